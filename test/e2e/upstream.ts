// A server of the tests among the API's pods: a pod with the image of the API, and an EndpointSlice that tells every edge that it is one of them.
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import type { Cluster } from '../kind/cluster.ts'
import { execute, until, waitFor } from './cluster.ts'
import { apply } from './home.ts'
import { namespace } from './shop.ts'

const name = 'test-upstream'
const port = 8000
const labels = { app: name }

const program = {
  apiVersion: 'v1',
  kind: 'ConfigMap',
  metadata: { name, namespace },
  data: { 'upstream-server.ts': readFileSync(join(import.meta.dirname, 'upstream-server.ts'), 'utf8') },
}

const pod = (image: string) => ({
  apiVersion: 'v1',
  kind: 'Pod',
  metadata: { name, namespace, labels },
  spec: {
    automountServiceAccountToken: false,
    securityContext: { runAsNonRoot: true, runAsUser: 1000, seccompProfile: { type: 'RuntimeDefault' } },
    terminationGracePeriodSeconds: 5,
    containers: [
      {
        name: 'server',
        image,
        command: ['node', '/srv/upstream-server.ts', String(port)],
        readinessProbe: { httpGet: { path: '/', port }, periodSeconds: 1 },
        resources: { requests: { cpu: '20m', memory: '64Mi' }, limits: { memory: '256Mi' } },
        securityContext: { allowPrivilegeEscalation: false, readOnlyRootFilesystem: true, capabilities: { drop: ['ALL'] } },
        volumeMounts: [{ name: 'program', mountPath: '/srv', readOnly: true }],
      },
    ],
    volumes: [{ name: 'program', configMap: { name } }],
  },
})

/** The edge of the instance may call nobody but its API. */
const leave = {
  apiVersion: 'networking.k8s.io/v1',
  kind: 'NetworkPolicy',
  metadata: { name, namespace },
  spec: {
    podSelector: { matchLabels: { 'app.kubernetes.io/instance': 'shop', 'app.kubernetes.io/component': 'edge' } },
    policyTypes: ['Egress'],
    egress: [{ to: [{ podSelector: { matchLabels: labels } }], ports: [{ protocol: 'TCP', port }] }],
  },
}

const slice = (address: string) => ({
  apiVersion: 'discovery.k8s.io/v1',
  kind: 'EndpointSlice',
  metadata: { name, namespace, labels: { 'kubernetes.io/service-name': 'shop-api' } },
  addressType: 'IPv4',
  endpoints: [{ addresses: [address], conditions: { ready: true } }],
  ports: [{ name: 'http', port, protocol: 'TCP' }],
})

interface ApiDeployment {
  readonly spec: { readonly template: { readonly spec: { readonly containers: readonly { readonly image: string }[] } } }
}

export const startUpstream = async (cluster: Cluster): Promise<void> => {
  const deployment = await cluster.get<ApiDeployment>(namespace, 'deployment', 'shop-api')
  await apply(cluster, program, leave, pod(deployment?.spec.template.spec.containers[0]?.image ?? ''))
  await waitFor(cluster, namespace, `pod/${name}`, 'condition=Ready', 120)
}

/** How many servers each nginx of the managed edge passes requests on to; none where there is no such edge. */
const serversOfEdge = async (cluster: Cluster): Promise<readonly (number | undefined)[]> => {
  const pods = await cluster.list(namespace, 'pods', 'app.kubernetes.io/instance=shop,app.kubernetes.io/component=edge')
  const status = (edge: string) => cluster.kubectl(['get', '--raw', `/api/v1/namespaces/${namespace}/pods/${edge}:8082/proxy/status`])
  return Promise.all(
    pods.map(async ({ metadata }) => (JSON.parse(await status(metadata.name)) as { readonly running?: { readonly servers: number } }).running?.servers),
  )
}

const untilEdgeHas = (cluster: Cluster, count: number) =>
  until(
    `every nginx of shop-edge passes requests on to ${count}`,
    async () => {
      const servers = await serversOfEdge(cluster)
      if (servers.every((found) => found === count)) return true
      throw new Error(`it is ${servers.join(', ')}`)
    },
    { seconds: 60 },
  )

/** From here on a part of the requests is its. */
export const attachUpstream = async (cluster: Cluster): Promise<void> => {
  const { status } = (await cluster.get<{ readonly status: { readonly podIP: string } }>(namespace, 'pod', name)) ?? {}
  await apply(cluster, slice(status?.podIP ?? ''))
  await untilEdgeHas(cluster, 2)
}

export const detachUpstream = async (cluster: Cluster): Promise<void> => {
  await cluster.kubectl(['-n', namespace, 'delete', 'endpointslice', name, '--ignore-not-found'])
  await untilEdgeHas(cluster, 1)
}

/** Told beside the edge, which spares whoever has something to do. */
export const endStreams = (cluster: Cluster): Promise<string> =>
  execute(cluster, namespace, name, 'server', ['node', '-e', `fetch('http://127.0.0.1:${port}/test/end')`])

export const removeUpstream = (cluster: Cluster): Promise<string> =>
  cluster.kubectl(['-n', namespace, 'delete', `pod/${name}`, `configmap/${name}`, `networkpolicy/${name}`, '--ignore-not-found'])
