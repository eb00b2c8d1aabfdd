// Leave that the tests give beside the policies of an instance: to servers that another instance takes for somebody else's, and to themselves.
import type { Cluster } from '../kind/cluster.ts'
import { run } from '../kind/command.ts'

const policy = (namespace: string, name: string, instance: string, component: string, from: object, port: number) => ({
  apiVersion: 'networking.k8s.io/v1',
  kind: 'NetworkPolicy',
  metadata: { name, namespace },
  spec: {
    podSelector: { matchLabels: { 'app.kubernetes.io/instance': instance, 'app.kubernetes.io/component': component } },
    policyTypes: ['Ingress'],
    ingress: [{ from: [from], ports: [{ protocol: 'TCP', port }] }],
  },
})

/** The server of `home` lets its own instance in, and now also pods of others. */
export const letInToServer = (namespace: string, name: string, from: object) => policy(namespace, name, 'home', 'database', from, 3306)

/** Tests ask the agents of an edge through the API server, which calls from its node. */
export const letTestsAskAgents = async (cluster: Cluster, namespace: string, instance: string) => {
  const inspect = ['inspect', '-f', '{{.NetworkSettings.Networks.kind.IPAddress}}', `${cluster.settings.name}-control-plane`]
  const address = (await run('docker', inspect)).trim()
  return policy(namespace, 'tests-ask-agents', instance, 'edge', { ipBlock: { cidr: `${address}/32` } }, 8082)
}
