import { expect, test } from 'vitest'
import { InstanceSpec } from '../../operator/crd/spec.ts'
import { UserSpec } from '../../operator/crd/user.ts'
import { anInstance, aUser, type Part } from '../support/instance.ts'
import { freshNamespace } from './environment.ts'
import { applyStrictly, type Manifest } from './manifests.ts'

const apiVersion = 'finia.io/v1alpha1'
const instance = (spec: unknown, name = 'home'): Manifest & { readonly spec: unknown } => ({ apiVersion, kind: 'FiniaInstance', metadata: { name }, spec })
const user = (spec: unknown, name = 'john'): Manifest & { readonly spec: unknown } => ({ apiVersion, kind: 'FiniaUser', metadata: { name }, spec })

const host = 'finia.example.com'
const withApi = (api: unknown) => instance({ ingress: { host }, api })
const withIngress = (ingress: object) => instance({ ingress: { host, ...ingress } })
const withDatabase = (database: unknown) => instance({ ingress: { host }, database })

test('what a person leaves out of an instance and a user is filled in as the schema says', async () => {
  const namespace = await freshNamespace('defaults')
  const smallest = await applyStrictly(instance({ ingress: { host } }), namespace)
  expect(smallest.body.spec).toEqual(anInstance().spec)
  const external = { mode: 'External', external: { primary: { host: 'db.example.com' }, adminSecretName: 'admin' } } as const
  const outside = await applyStrictly(instance({ ingress: { host }, database: external }, 'outside'), namespace)
  expect(outside.body.spec).toEqual(anInstance({ spec: { database: external as unknown as Part<InstanceSpec>['database'] & object } }).spec)
  const person = await applyStrictly(user({ instance: 'home' }), namespace)
  expect(person.body.spec).toEqual(aUser().spec)
})

test.each<[string, Manifest, RegExp]>([
  ['no ingress', instance({}), /spec\.ingress: Required/],
  ['no host', instance({ ingress: {} }), /spec\.ingress\.host: Required/],
  ['a host with a slash', withIngress({ host: 'finia.example.com/app' }), /spec\.ingress\.host: Invalid value: "finia\.example\.com\/app"/],
  ['a host that breaks out of a configuration', withIngress({ host: 'a;return 200' }), /spec\.ingress\.host: Invalid value/],
  ['an unknown field', withApi({ replcas: 3 }), /spec\.api\.replcas: field not declared in schema/],
  ['a provider that there is not', withIngress({ provider: 'Apache' }), /spec\.ingress\.provider: Unsupported value: "Apache"/],
  [
    'a Gateway without its name',
    withIngress({ provider: 'Gateway' }),
    /spec\.ingress: Invalid value: .*spec.ingress.provider Gateway needs spec.ingress.gateway: name the Gateway/,
  ],
  ['a Gateway without the listener', withIngress({ provider: 'Gateway', gateway: { name: 'public' } }), /spec\.ingress\.gateway\.sectionName: Required/],
  [
    'an address as the host of a route',
    withIngress({ provider: 'Nginx', host: '192.0.2.1' }),
    /spec\.ingress: Invalid value: .*spec.ingress.host is an address, which routes cannot/,
  ],
  ['a class that breaks out of an annotation', withIngress({ className: 'nginx\n}' }), /spec\.ingress\.className: Invalid value/],
  ['replicas as text', withApi({ replicas: 'three' }), /spec\.api\.replicas: expected numeric/],
  ['negative replicas', withApi({ replicas: -1 }), /spec\.api\.replicas: Invalid value: -1: .*greater than or equal to 0/],
  ['an empty image', withApi({ image: '' }), /spec\.api\.image: Invalid value: ""/],
  ['memory that is no amount', withApi({ resources: { limits: { memory: 'lots' } } }), /spec\.api\.resources\.limits\.memory: Invalid value: "lots"/],
  ['a misspelt part of the resources', withApi({ resources: { limit: {} } }), /spec\.api\.resources\.limit: field not declared in schema/],
  ['a toleration of an unknown effect', withApi({ placement: { tolerations: [{ effect: 'Never' }] } }), /tolerations\[0\]\.effect: Unsupported value: "Never"/],
  ['a prefix with a quote', withApi({ config: { databasePrefix: "x'; DROP" } }), /spec\.api\.config\.databasePrefix: Invalid value/],
  ['a time without a unit', withApi({ config: { sessionTimeout: '60' } }), /spec\.api\.config\.sessionTimeout: Invalid value: "60"/],
  ['a time of nothing', withIngress({ timeouts: { read: '0s' } }), /spec\.ingress\.timeouts\.read: Invalid value: .*must be longer than nothing, such as 30s/],
  ['an origin that is a pattern', withApi({ config: { corsOrigins: ['https://*.example.com'] } }), /spec\.api\.config\.corsOrigins\[0\]: Invalid value/],
  ['an origin given twice', withApi({ config: { corsOrigins: ['https://a.de', 'https://a.de'] } }), /spec\.api\.config\.corsOrigins: duplicate entries/],
  [
    'an import from folders without a claim',
    withApi({ config: { folderImport: { enabled: true } } }),
    /spec\.api\.config\.folderImport: Invalid value: .*enabled needs spec\.api\.config\.folderImport\.volumeClaim: name the PersistentVolumeClaim/,
  ],
  [
    'a certificate of cert-manager without its issuer',
    withIngress({ tls: { mode: 'CertManager' } }),
    /spec\.ingress\.tls: Invalid value: .*mode CertManager needs spec\.ingress\.tls\.issuer/,
  ],
  [
    'a certificate of one’s own without its Secret',
    withIngress({ tls: { mode: 'Secret' } }),
    /spec\.ingress\.tls: Invalid value: .*mode Secret needs spec\.ingress\.tls\.secretName/,
  ],
  ['an issuer that is neither kind', withIngress({ tls: { issuer: { kind: 'Vault', name: 'a' } } }), /tls\.issuer\.kind: Unsupported value: "Vault"/],
  ['a Secret whose name is a path', withIngress({ tls: { mode: 'Secret', secretName: '../keys' } }), /tls\.secretName: Invalid value: "\.\.\/keys"/],
  ['a node port out of range', withIngress({ managed: { service: { nodePorts: { http: 70000 } } } }), /nodePorts\.http: Invalid value: 70000/],
  ['a referrer policy of one’s own', withIngress({ headers: { referrerPolicy: 'none; x' } }), /spec\.ingress\.headers\.referrerPolicy: Unsupported value/],
  ['a body size that is no amount', withIngress({ limits: { bodySize: '20 MB' } }), /spec\.ingress\.limits\.bodySize: Invalid value: "20 MB"/],
  ['an external database without its address', withDatabase({ mode: 'External' }), /spec\.database\.external is required with spec\.database\.mode External/],
  [
    'an external database without an administrator',
    withDatabase({ external: { primary: { host: 'db' } } }),
    /spec\.database\.external\.adminSecretName: Required/,
  ],
  ['an account with a space', withDatabase({ names: { account: 'finia app' } }), /spec\.database\.names\.account: Invalid value: "finia app"/],
  ['a volume smaller than an empty server', withDatabase({ managed: { storage: { size: '1Mi' } } }), /storage\.size must be at least 256Mi/],
  [
    'a range that is none',
    withDatabase({ external: { primary: { host: 'db' }, adminSecretName: 'a', cidrs: ['anywhere'] } }),
    /cidrs\[0\]: Invalid value: .*spec\.database\.external\.cidrs: "anywhere" is no network in CIDR notation: give an address and a prefix length, as 10\.0\.0\.0\/8/,
  ],
  ...['10.0.0.300/8', '10.0.0.0', '10.0.0.0/33', '010.0.0.0/8', '10.0.0/8', '2001:db8::/129', '20010:db8::/32', '2001:db8::10.0.0.300/96', '::;/1', ''].map(
    (range): [string, Manifest, RegExp] => [
      `the proxy ${JSON.stringify(range)}`,
      withIngress({ trustedProxies: ['10.0.0.0/8', range] }),
      new RegExp(`trustedProxies\\[1\\]: Invalid value: .*spec.ingress.trustedProxies: "${range}" is no network in CIDR notation: give an address`),
    ],
  ),
  [
    'a proxy that breaks a line',
    withIngress({ trustedProxies: ['10.0.0.0/8\n'] }),
    /trustedProxies\[0\]: Invalid value: .*spec\.ingress\.trustedProxies has an entry that is no network in CIDR notation/,
  ],
  ['a deletion policy that there is not', instance({ ingress: { host }, deletionPolicy: 'Keep' }), /spec\.deletionPolicy: Unsupported value: "Keep"/],
  ['a name too long for its children', instance({ ingress: { host } }, 'a'.repeat(41)), /metadata\.name must be a DNS label of at most 40 characters/],
  ['a name with a dot', instance({ ingress: { host } }, 'my.home'), /metadata\.name must be a DNS label of at most 40 characters/],
  ["a name that is another one's database", instance({ ingress: { host } }, 'home-db'), /metadata\.name must not end in -db/],
  ['a user of no instance', user({}), /spec\.instance: Required/],
  ['a user name with capitals', user({ instance: 'home', username: 'John' }), /spec\.username: Invalid value: "John"/],
  ['an object name that is no user name', user({ instance: 'home' }, 'john-doe'), /metadata\.name is no valid user name.*set spec\.username/],
  ['a password Secret without a name', user({ instance: 'home', passwordSecret: {} }), /spec\.passwordSecret\.name: Required/],
])('%s is refused with a sentence that names the field', async (_what, manifest, sentence) => {
  const { body } = await applyStrictly(manifest, 'default', { dryRun: true })
  expect(body.message).toMatch(sentence)
})

test('networks of both versions are taken', async () => {
  const trustedProxies = [
    '0.0.0.0/0',
    '10.244.0.0/16',
    '255.255.255.255/32',
    '::/0',
    '2001:db8::/32',
    '1:2:3:4:5:6:7::/128',
    '::ffff:10.0.0.0/104',
    'FE80::1/64',
  ]
  expect((await applyStrictly(withIngress({ trustedProxies }), 'default', { dryRun: true })).body.message).toBeUndefined()
})

test.each<[string, object, RegExp]>([
  ['the prefix of databases', { api: { config: { databasePrefix: 'other_' } } }, /spec\.api\.config\.databasePrefix cannot be changed/],
  ['the prefix of users', { api: { config: { usernamePrefix: 'x_' } } }, /spec\.api\.config\.usernamePrefix cannot be changed/],
  ['the names on the server', { database: { names: { operations: 'other_ops' } } }, /spec\.database\.names cannot be changed/],
  ['the size of the volume, downwards', { database: { managed: { storage: { size: '5Gi' } } } }, /storage\.size cannot shrink/],
  [
    'who runs the database',
    { database: { mode: 'External', external: { primary: { host: 'db' }, adminSecretName: 'a' } } },
    /spec\.database\.mode cannot be changed/,
  ],
])('%s stays as it was created', async (_what, change, sentence) => {
  const namespace = await freshNamespace('immutable')
  expect((await applyStrictly(instance({ ingress: { host } }), namespace)).status).toBe(201)
  expect((await applyStrictly(instance({ ingress: { host }, ...change }), namespace)).body.message).toMatch(sentence)
})

test('a user stays with its instance and its name, and the volume may grow', async () => {
  const namespace = await freshNamespace('immutable')
  await applyStrictly(instance({ ingress: { host } }), namespace)
  await applyStrictly(user({ instance: 'home' }), namespace)
  const messageFor = async (manifest: Manifest) => (await applyStrictly(manifest, namespace)).body.message
  expect(await messageFor(user({ instance: 'other' }))).toMatch(/spec\.instance cannot be changed/)
  expect(await messageFor(user({ instance: 'home', username: 'jack' }))).toMatch(/spec\.username cannot be added or removed/)
  expect(await messageFor(instance({ ingress: { host }, database: { managed: { storage: { size: '20Gi' } } } }))).toBeUndefined()
})

test('the schemas ask for nothing that a person could not have left out, but for the host and the instance', () => {
  expect(InstanceSpec.required.filter((name) => !('default' in InstanceSpec.properties[name as keyof typeof InstanceSpec.properties]))).toEqual(['ingress'])
  expect(UserSpec.required.filter((name) => !('default' in UserSpec.properties[name as keyof typeof UserSpec.properties]))).toEqual(['instance'])
})
