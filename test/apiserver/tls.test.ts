// The modes of spec.ingress.tls against a real API server. cert-manager is simulated by what it writes; its kinds are upstream's.
import { afterAll, afterEach, beforeAll, beforeEach, expect, test } from 'vitest'
import type { KubeObject } from '../../operator/deps.ts'
import { pki } from '../../operator/pki/x509.ts'
import { kinds } from '../../operator/resources/kinds.ts'
import { systemRandom } from '../../operator/runtime/system-random.ts'
import { connect, freshNamespace, until } from './environment.ts'
import { conditionOf, fakeServers, type RunningOperator, simulateControllers, startOperator, untilReady } from './operator.ts'
import { publishedKinds } from './published-kinds.ts'

const certManager = publishedKinds('cert-manager.yaml')
const { kube } = connect()
const authority = pki(systemRandom)
const dayAgo = new Date(Date.now() - 86_400_000)
const host = 'home.example.com'

let namespace: string
let simulated: ReturnType<typeof simulateControllers>
let operator: RunningOperator

beforeAll(() => certManager.remove())
afterAll(() => certManager.remove())
beforeEach(async () => {
  namespace = await freshNamespace('tls')
  simulated = simulateControllers(namespace)
  operator = startOperator('1.0.0', namespace, fakeServers())
})
afterEach(async () => {
  await operator.stop()
  await simulated.stop()
})

interface Workload extends KubeObject {
  readonly spec: {
    readonly template: { readonly spec: { readonly volumes: readonly { readonly name: string; readonly secret?: { readonly secretName: string } }[] } }
  }
}

const get = <T extends KubeObject>(resource: (typeof kinds)[keyof typeof kinds], name: string) => kube.get<T>({ resource, namespace, name })
const mountedSecret = async () =>
  (await get<Workload>(kinds.deployment, 'home-edge'))?.spec.template.spec.volumes.find(({ name }) => name === 'tls')?.secret?.secretName

const create = (tls: object) =>
  kube.create(kinds.instance, {
    apiVersion: 'finia.io/v1alpha1',
    kind: 'FiniaInstance',
    metadata: { name: 'home', namespace },
    spec: { ingress: { host, tls } },
  } as KubeObject)

const change = (tls: object) => kube.patch({ resource: kinds.instance, namespace, name: 'home' }, { spec: { ingress: { tls } } })

const untilSaid = async (type: string, reason: string, words: RegExp, milliseconds = 60_000) => {
  let last: unknown
  await until(`${type} has the reason ${reason}`, milliseconds, async () => {
    const condition = await conditionOf(namespace, 'home', type)
    last = condition
    return condition?.reason === reason && words.test(condition.message)
  }).catch((error: unknown) => {
    throw new Error(`${type} is ${JSON.stringify(last)}`, { cause: error })
  })
}

const putPair = async (name: string, names: readonly string[]) => {
  const ca = await authority.createCa('CA', dayAgo, 100)
  const { certificate, key } = await authority.issue(ca, names, dayAgo, 90)
  const data = Object.fromEntries(
    Object.entries({ 'tls.crt': certificate, 'tls.key': key }).map(([field, text]) => [field, Buffer.from(text).toString('base64')]),
  )
  const secret = { apiVersion: 'v1', kind: 'Secret', metadata: { name, namespace }, type: 'kubernetes.io/tls', data } as KubeObject
  if (!(await kube.create(kinds.secret, secret))) await kube.patch({ resource: kinds.secret, namespace, name }, { data })
}

test('cert-manager is asked once it is there; what keeps it is told, its certificate is served, and it is left alone after a switch', {
  timeout: 180_000,
}, async () => {
  await create({ mode: 'CertManager', issuer: { name: 'acme' } })
  await untilSaid('Stalled', 'CertManagerMissing', /install cert-manager/)
  await certManager.install()
  await untilSaid('TLSReady', 'Waiting', /cert-manager has not issued the certificate for home\.example\.com yet/)
  const certificate = await get<KubeObject & { readonly spec: object }>(kinds.certificate, 'home-tls')
  expect(certificate?.spec).toMatchObject({ secretName: 'home-tls', dnsNames: [host], issuerRef: { kind: 'ClusterIssuer', name: 'acme' } })
  expect(await conditionOf(namespace, 'home', 'Stalled')).toBeUndefined()

  const challenge = { metadata: { name: 'c1', namespace }, apiVersion: 'acme.cert-manager.io/v1', kind: 'Challenge' }
  const url = 'https://acme.example.com/1'
  const issuerRef = { name: 'acme', kind: 'ClusterIssuer' }
  const asked = { authorizationURL: url, dnsName: host, issuerRef, key: 'k', solver: {}, token: 't', type: 'HTTP-01', url }
  const made = await kube.create(kinds.challenge, { ...challenge, spec: asked } as KubeObject)
  await kube.patchStatus({ resource: kinds.challenge, namespace, name: 'c1' }, made?.metadata.uid ?? '', { state: 'invalid', reason: 'wrong status code 404' })
  await untilSaid('TLSReady', 'IssuanceFailed', /wrong status code 404/)

  await kube.delete({ resource: kinds.challenge, namespace, name: 'c1' })
  await putPair('home-tls', [host])
  const renewalTime = new Date(Date.now() + 30 * 86_400_000).toISOString().replace(/\.\d+Z$/, 'Z')
  const ready = { type: 'Ready', status: 'True', reason: 'Ready', message: 'up to date', observedGeneration: certificate?.metadata.generation }
  await kube.patchStatus({ resource: kinds.certificate, namespace, name: 'home-tls' }, certificate?.metadata.uid ?? '', { conditions: [ready], renewalTime })
  await untilSaid('TLSReady', 'Valid', /valid until/)
  await untilReady(namespace, 'home')
  expect((await get<KubeObject & { readonly status: object }>(kinds.instance, 'home'))?.status).toMatchObject({ tls: { renewAt: renewalTime } })

  await change({ mode: 'SelfSigned' })
  await until('the Certificate is gone', 30_000, async () => (await get(kinds.certificate, 'home-tls')) === undefined)
  const secret = await get(kinds.secret, 'home-tls')
  expect(secret?.metadata.ownerReferences).toMatchObject([{ kind: 'FiniaInstance' }])
  await untilSaid('TLSReady', 'Valid', /valid until/)
})

test('a Secret of one’s own is taken once it is good, and the certificate before is served until then', { timeout: 120_000 }, async () => {
  await create({ mode: 'SelfSigned' })
  await untilReady(namespace, 'home')
  await change({ mode: 'Secret', secretName: 'bought' })
  await untilSaid('Stalled', 'SecretMissing', /"bought" of spec\.ingress\.tls\.secretName does not exist/)
  expect(await mountedSecret()).toBe('home-tls')
  await putPair('bought', ['other.example.com'])
  await untilSaid('TLSReady', 'Mismatch', /other\.example\.com, not for spec\.ingress\.host home\.example\.com/)
  expect(await mountedSecret()).toBe('home-tls')
  await putPair('bought', ['*.example.com'])
  await untilSaid('TLSReady', 'Valid', /valid until/)
  await until('the edge mounts it', 20_000, async () => (await mountedSecret()) === 'bought')
  await untilReady(namespace, 'home')
})

test('without TLS nothing of it is made, and nothing is said of it', { timeout: 60_000 }, async () => {
  await create({ mode: 'Disabled' })
  await untilReady(namespace, 'home')
  expect([await get(kinds.secret, 'home-tls'), await conditionOf(namespace, 'home', 'TLSReady'), await mountedSecret()]).toEqual([
    undefined,
    undefined,
    undefined,
  ])
  interface Service extends KubeObject {
    readonly spec: { readonly ports: readonly { readonly port: number }[] }
  }
  expect((await get<Service>(kinds.service, 'home-edge'))?.spec.ports.map(({ port }) => port)).toEqual([80])
  expect(await get<KubeObject>(kinds.instance, 'home')).toMatchObject({ status: { url: `http://${host}` } })
})
