import { expect, test } from 'vitest'
import { edgeFiles, edgePaths } from '../../operator/resources/edge-paths.ts'
import { bringBack, execute, type KubernetesObject, killNode, nodeOf, operatorNamespace, theCluster, until, waitFor } from './cluster.ts'
import { login, namespace, transactions, untilServed } from './home.ts'

interface Pod extends KubernetesObject {
  readonly status: { readonly podIP?: string; readonly conditions?: readonly { readonly type: string; readonly status: string }[] }
}
const isReady = ({ status }: Pod): boolean => status.conditions?.some((condition) => condition.type === 'Ready' && condition.status === 'True') ?? false

export const damage = () => {
  const cluster = theCluster()
  const volume = async () => (await cluster.get<KubernetesObject & { spec: { volumeName: string } }>(namespace, 'pvc', 'data-home-db-0'))?.spec.volumeName
  const uidOf = async (pod: string) => (await cluster.get<KubernetesObject>(namespace, 'pod', pod))?.metadata.uid
  const untilDatabase = async () => {
    await cluster.kubectl(['-n', namespace, 'rollout', 'status', 'statefulset/home-db', '--timeout=180s'], { timeoutMilliseconds: 190_000 })
    await waitFor(cluster, namespace, 'finiainstance/home', 'condition=Ready')
    await untilServed(cluster)
  }

  const podsOf = (component: string) => cluster.list<Pod>(namespace, 'pods', `app.kubernetes.io/instance=home,app.kubernetes.io/component=${component}`)
  /** A pod that is killed tells nobody: until nginx has heard of it, whom it sends there waits for as long as a connection may take to be made. */
  const untilEdgesKnowTheApi = () =>
    until(
      'every nginx knows the three API pods that live, and no other',
      async () => {
        const living = (await podsOf('api')).flatMap((pod) => (isReady(pod) ? [pod.status.podIP ?? ''] : [])).toSorted()
        const upstream = ['cat', `${edgePaths.exchange}/current/${edgeFiles.upstream}`]
        for (const { metadata } of await podsOf('edge')) {
          const known = (await execute(cluster, namespace, metadata.name, 'nginx', upstream)).match(/[0-9.]+(?=:\d)/g)?.toSorted() ?? []
          if (living.length !== 3 || known.join() !== living.join()) throw new Error(`${metadata.name} knows ${known.join()}, and ready are ${living.join()}`)
        }
        return true
      },
      { seconds: 120 },
    )

  test('an API pod is killed and no session is lost', async () => {
    const person = await login(cluster, 'john')
    const seen = await transactions(person)
    const [pod] = await cluster.list(namespace, 'pods', 'app.kubernetes.io/instance=home,app.kubernetes.io/component=api')
    await cluster.kubectl(['-n', namespace, 'delete', 'pod', pod?.metadata.name ?? '', '--grace-period=0', '--force'])
    await until('the session is served', async () => ((await transactions(person)) === seen ? true : undefined), { seconds: 60 })
    await untilEdgesKnowTheApi()
    expect(await transactions(person)).toBe(seen)
  })

  test('the database pod is deleted and comes back on its volume, with the same transactions in the same session', async () => {
    const person = await login(cluster, 'john')
    const seen = await transactions(person)
    const [before, uid] = [await volume(), await uidOf('home-db-0')]
    await cluster.kubectl(['-n', namespace, 'delete', 'pod', 'home-db-0'])
    await until('the pod is another one', async () => ((await uidOf('home-db-0')) === uid ? undefined : true), { seconds: 120 })
    await untilDatabase()
    expect(await volume()).toBe(before)
    expect(await transactions(person)).toBe(seen)
  })

  test('the worker of the database dies and comes back: the same volume, the same transactions', { timeout: 600_000 }, async () => {
    const seen = await transactions(await login(cluster, 'john'))
    const before = await volume()
    const node = await nodeOf(cluster, namespace, 'home-db-0')
    await killNode(node)
    await cluster.kubectl(['wait', '--for=condition=Ready=Unknown', `node/${node}`, '--timeout=120s'], { timeoutMilliseconds: 130_000 })
    await bringBack(cluster, node)
    await untilDatabase()
    // its pod may have been on the same node
    await waitFor(cluster, operatorNamespace, 'deployment/finia-operator', 'condition=Available')
    await untilEdgesKnowTheApi()
    expect(await volume()).toBe(before)
    expect(await transactions(await login(cluster, 'john'))).toBe(seen)
  })
}
