import { expect, test } from 'vitest'
import type { KubernetesObject } from '../kind/cluster.ts'
import { execute, operatorNamespace, theCluster, until, waitFor } from './cluster.ts'
import { apply, home, namespace } from './home.ts'

const elsewhere = 'elsewhere'
/** What the pods that are no instance's listen on. */
const port = 7000
/** More than one lost packet takes. */
const limitSeconds = 5

interface Pod extends KubernetesObject {
  readonly spec: { readonly containers: readonly { readonly image: string }[] }
  readonly status: { readonly podIP: string; readonly phase: string }
}

interface Place {
  readonly namespace: string
  readonly selector: string
  /** With bash in its image. */
  readonly container: string
  readonly ports: readonly number[]
}

const ofInstance = (component: string, container: string, ports: readonly number[]): Place => ({
  namespace,
  selector: `app.kubernetes.io/instance=home,app.kubernetes.io/component=${component}`,
  container,
  ports,
})

const api = ofInstance('api', 'api', [8000, 8001])

/** Whoever may call or be called. Where there are more pods than one, the first calls and the last is called. */
const places: Readonly<Record<string, Place>> = {
  edge: ofInstance('edge', 'nginx', [8080, 8443, 8081, 8082]),
  api,
  migrate: ofInstance('migrate', 'listener', []),
  database: ofInstance('database', 'mariadb', [3306]),
  operator: { namespace: operatorNamespace, selector: 'app.kubernetes.io/name=finia-operator', container: 'operator', ports: [8080] },
  neighbour: { namespace, selector: 'app=neighbour', container: 'listener', ports: [port] },
  stranger: { namespace: elsewhere, selector: 'app=stranger', container: 'listener', ports: [port] },
}

/** Prints the names of what a connection could be made to, of arguments like `name=address/port`. */
const attempt = `for target; do { timeout ${limitSeconds} bash -c "</dev/tcp/\${target#*=}" 2>/dev/null && echo "\${target%%=*}"; } & done; wait`

const listener = (within: string, name: string, image: string, labels: Readonly<Record<string, string>>) => ({
  apiVersion: 'v1',
  kind: 'Pod',
  metadata: { name, namespace: within, labels },
  spec: {
    automountServiceAccountToken: false,
    securityContext: { runAsNonRoot: true, runAsUser: 1000, seccompProfile: { type: 'RuntimeDefault' } },
    terminationGracePeriodSeconds: 0,
    containers: [
      {
        name: 'listener',
        image,
        command: ['node', '-e', `require('node:net').createServer((socket) => socket.end()).listen(${port})`],
        readinessProbe: { tcpSocket: { port }, periodSeconds: 1 },
        resources: { requests: { cpu: '10m', memory: '32Mi' }, limits: { memory: '128Mi' } },
        securityContext: { allowPrivilegeEscalation: false, readOnlyRootFilesystem: true, capabilities: { drop: ['ALL'] } },
      },
    ],
  },
})

/** Who connects to what. */
const open = [
  ...['edge', 'api', 'migrate', 'database', 'operator', 'neighbour', 'stranger'].map((from) => `${from} → dns:53`),
  ...['edge', 'operator', 'neighbour', 'stranger'].map((from) => `${from} → apiServer:6443`),
  ...['operator', 'neighbour', 'stranger'].flatMap((from) => [`${from} → edge:8080`, `${from} → edge:8443`]),
  'edge → api:8000',
  'operator → api:8001',
  'operator → edge:8082',
  ...['api', 'migrate', 'operator'].map((from) => `${from} → database:3306`),
  'neighbour → stranger:7000',
  'stranger → neighbour:7000',
].sort()

/** Of these there is one pod, which is not asked about itself. */
const single = ['database', 'neighbour', 'stranger']
/** Who connects to what without policies; the operator keeps its own. */
const everything = Object.keys(places)
  .flatMap((from) => {
    if (from === 'operator') return open.filter((flow) => flow.startsWith('operator →'))
    const called = Object.entries(places).flatMap(([to, { ports }]) =>
      to === 'operator' || (single.includes(from) && to === from) ? [] : ports.map((number) => `${to}:${number}`),
    )
    return [...called, 'apiServer:6443', 'dns:53'].map((to) => `${from} → ${to}`)
  })
  .sort()

export const policies = () => {
  const cluster = theCluster()
  const podsOf = async ({ namespace: within, selector }: Place) =>
    (await cluster.list<Pod>(within, 'pods', selector))
      .filter(({ status }) => status.phase === 'Running')
      .toSorted((one, other) => (one.metadata.name < other.metadata.name ? -1 : 1))

  const startListeners = async () => {
    const image = (await podsOf(api))[0]?.spec.containers[0]?.image ?? ''
    const listeners = [
      listener(elsewhere, 'stranger', image, { app: 'stranger' }),
      listener(namespace, 'neighbour', image, { app: 'neighbour' }),
      // a Job's pod is gone before it could be asked for anything
      listener(namespace, 'migrate', image, {
        'app.kubernetes.io/name': 'finia',
        'app.kubernetes.io/instance': 'home',
        'app.kubernetes.io/component': 'migrate',
      }),
    ]
    await apply(cluster, { apiVersion: 'v1', kind: 'Namespace', metadata: { name: elsewhere } }, ...listeners)
    for (const { metadata } of listeners) await waitFor(cluster, metadata.namespace, `pod/${metadata.name}`, 'condition=Ready', 120)
  }
  const removeListeners = async () => {
    await cluster.kubectl(['-n', namespace, 'delete', 'pod/neighbour', 'pod/migrate', '--ignore-not-found'])
    await cluster.kubectl(['delete', 'namespace', elsewhere, '--wait=false'])
  }

  const outside = async () => {
    const [server] = await cluster.list<{ readonly endpoints: readonly { readonly addresses: readonly string[] }[] }>(
      'default',
      'endpointslices',
      'kubernetes.io/service-name=kubernetes',
    )
    const [dns] = await cluster.list<Pod>('kube-system', 'pods', 'k8s-app=kube-dns')
    return [`apiServer:6443=${server?.endpoints[0]?.addresses[0]}/6443`, `dns:53=${dns?.status.podIP}/53`]
  }
  /** Whom each place can connect to; nobody is asked about his own pod, which he always reaches. */
  const look = async (): Promise<readonly string[]> => {
    const found = await Promise.all(Object.entries(places).map(async ([name, place]) => ({ name, place, pods: await podsOf(place) })))
    const beyond = await outside()
    const from = found.map(async ({ name, place, pods }) => {
      const caller = pods[0]?.metadata.name ?? ''
      const targets = found.flatMap((to) => {
        const called = to.pods.at(-1)
        return called?.metadata.name === caller ? [] : to.place.ports.map((number) => `${to.name}:${number}=${called?.status.podIP}/${number}`)
      })
      const reached = await execute(cluster, place.namespace, caller, place.container, ['bash', '-c', attempt, 'attempt', ...targets, ...beyond])
      return reached.split('\n').flatMap((to) => (to === '' ? [] : [`${name} → ${to}`]))
    })
    return (await Promise.all(from)).flat().sort()
  }

  test('every pod connects to whom it needs, and to nobody else', { timeout: 300_000 }, async ({ annotate }) => {
    await startListeners()
    const began = performance.now()
    expect(await look()).toEqual(open)
    await annotate(`looked at in ${Math.round((performance.now() - began) / 1000)} s`)
  })

  const untilSeen = (what: string, wanted: readonly string[]) =>
    until(
      what,
      async () => {
        const seen = await look()
        const [missing, further] = [wanted.filter((flow) => !seen.includes(flow)), seen.filter((flow) => !wanted.includes(flow))]
        if (missing.length === 0 && further.length === 0) return true
        throw new Error(`closed: ${missing.join(', ')}; open: ${further.join(', ')}`)
      },
      { seconds: 120 },
    )

  test('where no policies are wanted everybody reaches everybody, and wanted again they hold again', { timeout: 300_000 }, async () => {
    await apply(cluster, home(cluster, { networkPolicy: { enabled: false } }))
    await untilSeen("everybody but the operator, whose policy is the chart's, reaches everybody", everything)
    await apply(cluster, home(cluster))
    await untilSeen('the policies hold again', open)
    await removeListeners()
  })
}
