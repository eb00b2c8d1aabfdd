// What the end-to-end tests do with the cluster beyond looking: damage to nodes and pods, and the API server's own account of who did what.
import { inject } from 'vitest'
import { Cluster, until } from '../kind/cluster.ts'
import { run } from '../kind/command.ts'
import { operatorNamespace } from '../kind/install.ts'

export { ask } from '../kind/browser.ts'
export { type KubernetesObject, until } from '../kind/cluster.ts'
export { Person } from '../kind/finia.ts'
export { operatorNamespace } from '../kind/install.ts'

/** The cluster that set-up.ts started. */
export const theCluster = (): Cluster => new Cluster(inject('cluster'))

/** The service account that the chart gives the operator. */
export const operatorAccount = `system:serviceaccount:${operatorNamespace}:finia-operator`

export interface AuditEvent {
  readonly verb: string
  readonly requestURI: string
  readonly stageTimestamp: string
  readonly user: { readonly username: string }
  readonly objectRef?: {
    readonly resource: string
    readonly namespace?: string
    readonly name?: string
    readonly apiGroup?: string
    readonly subresource?: string
  }
  readonly responseStatus?: { readonly code?: number }
}

/** What a user asked of the API server since a moment, from its audit log. */
export const auditEvents = async (cluster: Cluster, username: string, since: Date): Promise<readonly AuditEvent[]> => {
  const node = `${cluster.settings.name}-control-plane`
  const text = await run('docker', ['exec', node, 'sh', '-c', `grep -hF '"username":"${username}"' /var/log/kubernetes/audit*.log || true`])
  const events = text.split('\n').filter((line) => line !== '')
  return events.map((line) => JSON.parse(line) as AuditEvent).filter(({ stageTimestamp }) => new Date(stageTimestamp) >= since)
}

const reading = new Set(['get', 'list', 'watch'])
export const isWrite = ({ verb }: AuditEvent): boolean => !reading.has(verb)
export const isLeaseRenewal = ({ objectRef }: AuditEvent): boolean => objectRef?.resource === 'leases'

/** Waits for a condition of an object, as a person would; when it does not come, the error says how the object stands and which pods are about. */
export const waitFor = async (cluster: Cluster, namespace: string, object: string, condition: string, seconds = 300): Promise<string> => {
  const within = (args: readonly string[], timeoutMilliseconds = 30_000) => cluster.kubectl(['-n', namespace, ...args], { timeoutMilliseconds })
  try {
    return await within(['wait', `--for=${condition}`, object, `--timeout=${seconds}s`], (seconds + 10) * 1000)
  } catch (error) {
    const looks = [within(['get', object, '-o', 'jsonpath={.status}']), within(['get', 'pods', '--no-headers'])]
    const [status, pods] = await Promise.all(looks.map((look) => look.catch(String)))
    throw new Error(`${object} in ${namespace} has no ${condition} within ${seconds} s; its status: ${status}; the pods: ${pods?.split('\n').join(', ')}`, {
      cause: error,
    })
  }
}

export const createNamespace = (cluster: Cluster, name: string): Promise<string> => cluster.kubectl(['create', 'namespace', name])

/** Runs a command in a pod's container and returns what it printed. */
export const execute = (cluster: Cluster, namespace: string, pod: string, container: string, command: readonly string[]): Promise<string> =>
  cluster.kubectl(['-n', namespace, 'exec', pod, '-c', container, '--', ...command])

/** Kills pods without a farewell. */
export const killPods = (cluster: Cluster, namespace: string, selector: string): Promise<string> =>
  cluster.kubectl(['-n', namespace, 'delete', 'pods', '-l', selector, '--grace-period=0', '--force', '--wait=false'])

interface PodOnNode {
  readonly spec: { readonly nodeName?: string }
}

export const nodeOf = async (cluster: Cluster, namespace: string, pod: string): Promise<string> => {
  const node = (await cluster.get<PodOnNode>(namespace, 'pod', pod))?.spec.nodeName
  if (node === undefined) throw new Error(`the pod ${namespace}/${pod} is on no node`)
  return node
}

/** A node that hangs, one that dies, and one that is cut off; `bringBack` undoes each. */
export const pauseNode = (node: string): Promise<string> => run('docker', ['pause', node])
export const killNode = (node: string): Promise<string> => run('docker', ['kill', node])
export const cutOffNode = (node: string): Promise<string> => run('docker', ['network', 'disconnect', 'kind', node])

interface NodeState {
  readonly State: { readonly Running: boolean; readonly Paused: boolean }
  readonly NetworkSettings: { readonly Networks: Readonly<Record<string, unknown>> }
}

/** Brings a node back from whatever was done to it, and waits until Kubernetes has it again. */
export const bringBack = async (cluster: Cluster, node: string): Promise<void> => {
  const [state] = JSON.parse(await run('docker', ['inspect', node])) as readonly NodeState[]
  if (state?.State.Paused) await run('docker', ['unpause', node])
  else if (!state?.State.Running) await run('docker', ['start', node])
  if (!state?.NetworkSettings.Networks['kind']) await run('docker', ['network', 'connect', 'kind', node])
  await until(`${node} answers`, () => run('docker', ['exec', node, 'true']), { seconds: 60 })
  await cluster.script('network.sh')
  await cluster.kubectl(['wait', '--for=condition=Ready', `node/${node}`, '--timeout=180s'], { timeoutMilliseconds: 190_000 })
}
