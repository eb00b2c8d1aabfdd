// An instance in a namespace of its own whose edges are tried: the managed one first, then others. Its database is the server of `home`.
import { pki } from '../../operator/pki/x509.ts'
import { systemRandom } from '../../operator/runtime/system-random.ts'
import { type Cluster } from '../kind/cluster.ts'
import { run } from '../kind/command.ts'
import { createNamespace, until } from './cluster.ts'
import { apply, type Condition, namespace as home } from './home.ts'
import { letInToServer, letTestsAskAgents } from './let-in.ts'

export const namespace = 'tls'
/** SERVICE.NAMESPACE.edge.test and everything below finia.test are names that the add-ons make known in the cluster. */
export const hosts = { managed: 'shop-edge.tls.edge.test', controller: 'shop.finia.test', stranger: 'stranger.finia.test' } as const

/** What comes through a node port comes from one of these; as proxies they are not counted as one client, nor kept to one nginx. */
const trustedProxies = ['10.0.0.0/8', '172.16.0.0/12', '192.168.0.0/16']

/** Seconds: the guide's minute would be long to wait for. */
export const timeouts = { connect: 4, send: 4, read: 8 } as const

/** Whose pages may call the API, and whose may not. */
export const origins = { named: 'https://app.example.com', other: 'https://other.example.com' } as const

export const shop = (ingress: object, spec: object = {}) => ({
  apiVersion: 'finia.io/v1alpha1',
  kind: 'FiniaInstance',
  metadata: { name: 'shop', namespace },
  spec: {
    api: {
      replicas: 1,
      resources: { requests: { cpu: '50m', memory: '128Mi' }, limits: { memory: '512Mi' } },
      config: { databasePrefix: 'shopDB_', corsOrigins: [origins.named] },
      connections: { total: 20 },
      // what the edge does is looked at, and whoever looks asks often
      limits: { requestsPerMinute: 0 },
    },
    ingress: {
      host: hosts.managed,
      managed: { service: { type: 'NodePort', externalTrafficPolicy: 'Cluster' } },
      trustedProxies,
      timeouts: Object.fromEntries(Object.entries(timeouts).map(([name, seconds]) => [name, `${seconds}s`])),
      ...ingress,
    },
    database: {
      mode: 'External',
      names: { account: 'shop_app', operations: 'shop_ops' },
      external: { primary: { host: `home-db-rw.${home}.svc` }, adminSecretName: 'shop-admin' },
      tls: { caSecretName: 'server-ca' },
    },
    ...spec,
  },
})

const secret = (name: string, stringData: Readonly<Record<string, string>>) => ({
  apiVersion: 'v1',
  kind: 'Secret',
  metadata: { name, namespace },
  stringData,
})

/** The namespace, what the instance needs to know of the server, and leave to reach it. */
export const prepare = async (cluster: Cluster): Promise<void> => {
  await createNamespace(cluster, namespace)
  await cluster.kubectl(['label', 'namespace', namespace, 'pod-security.kubernetes.io/enforce=restricted'])
  await apply(
    cluster,
    secret('shop-admin', { username: 'finia_app_admin', password: await cluster.secretValue(home, 'home-db', 'admin-password') }),
    secret('server-ca', { 'ca.crt': await cluster.secretValue(home, 'home-ca', 'ca.crt') }),
    letInToServer(home, 'shop-to-home', { namespaceSelector: { matchLabels: { 'kubernetes.io/metadata.name': namespace } } }),
    await letTestsAskAgents(cluster, namespace, 'shop'),
  )
}

interface Pair {
  readonly certificate: string
  readonly key: string
}
const ownPki = pki(systemRandom)
const day = 86_400_000

/** An authority that nobody knows but the test. */
export const authority = (): Promise<Pair> => ownPki.createCa('An authority of the tests', new Date(Date.now() - 30 * day), 365)

/** A certificate for the edge that was good from some days ago on, for some days. */
export const certified = (ca: Pair, from = -1, days = 90): Promise<Pair> => ownPki.issue(ca, [hosts.managed], new Date(Date.now() + from * day), days)

export const ownSecret = (ca: Pair, { certificate, key }: Pair) =>
  secret('own', { 'tls.crt': `${certificate}\n${ca.certificate}`, 'tls.key': key, 'ca.crt': ca.certificate })

interface Service {
  readonly spec: { readonly ports: readonly { readonly name: string; readonly nodePort: number }[] }
}

export interface Door {
  readonly address: string
  readonly http: number
  readonly https: number
}

/** A Service's ports on the control plane's node; the node's address is one of a network of this machine. */
export const doorOf = async (cluster: Cluster, within: string, service: string): Promise<Door> => {
  const inspect = ['inspect', '-f', '{{.NetworkSettings.Networks.kind.IPAddress}}', `${cluster.settings.name}-control-plane`]
  const ports = (await cluster.get<Service>(within, 'service', service))?.spec.ports ?? []
  const port = (name: string) => ports.find((found) => found.name === name)?.nodePort ?? 0
  return { address: (await run('docker', inspect)).trim(), http: port('http'), https: port('https') }
}

export interface ShopStatus {
  readonly url?: string
  readonly tls?: { readonly notAfter?: string }
  readonly ingress?: { readonly enforcement: readonly { readonly protection: string; readonly by: string; readonly detail: string }[] }
  readonly conditions?: readonly (Condition & { readonly observedGeneration?: number })[]
}

interface Shop {
  readonly metadata: { readonly generation: number }
  readonly status?: ShopStatus
}

export const statusOf = async (cluster: Cluster): Promise<ShopStatus> => (await cluster.get<Shop>(namespace, 'finiainstance', 'shop'))?.status ?? {}

/** Waits for a condition that speaks of the spec as it is now; meanwhile `hasten` is done again and again. */
export const untilShop = (cluster: Cluster, type: string, wanted: string, seconds: number, hasten?: () => Promise<unknown>): Promise<Condition> =>
  until(
    `${type} of the instance is ${wanted}`,
    async () => {
      const { metadata, status } = (await cluster.get<Shop>(namespace, 'finiainstance', 'shop')) ?? {}
      const found = status?.conditions?.find((condition) => condition.type === type)
      if (found && [found.status, found.reason].includes(wanted) && found.observedGeneration === metadata?.generation) return found
      await hasten?.()
      throw new Error(`it is ${found ? `${found.status} ${found.reason}: ${found.message}` : 'not there'}`)
    },
    { seconds, everyMilliseconds: 1_000 },
  )

/** A pod that is changed is looked at by its kubelet at once, with the Secrets that are mounted in it; otherwise that takes up to 90 seconds. */
export const hastenEdge = (cluster: Cluster): Promise<string> =>
  cluster.kubectl([
    '-n',
    namespace,
    'annotate',
    'pods',
    '-l',
    'app.kubernetes.io/instance=shop,app.kubernetes.io/component=edge',
    `test.finia.io/looked-at=${Date.now()}`,
    '--overwrite',
  ])

export const renewal = (name: string) => ({
  apiVersion: 'finia.io/v1alpha1',
  kind: 'FiniaOperation',
  metadata: { name, namespace },
  spec: { instance: 'shop', type: 'RenewCertificate', ttlAfterFinished: '30s' },
})
