import { expect, test } from 'vitest'
import { bringBack, type KubernetesObject, killNode, nodeOf, theCluster, until, waitFor } from './cluster.ts'
import { login, namespace, transactions, untilServed } from './home.ts'

export const damage = () => {
  const cluster = theCluster()
  const volume = async () => (await cluster.get<KubernetesObject & { spec: { volumeName: string } }>(namespace, 'pvc', 'data-home-db-0'))?.spec.volumeName
  const uidOf = async (pod: string) => (await cluster.get<KubernetesObject>(namespace, 'pod', pod))?.metadata.uid
  const untilDatabase = async () => {
    await cluster.kubectl(['-n', namespace, 'rollout', 'status', 'statefulset/home-db', '--timeout=180s'], { timeoutMilliseconds: 190_000 })
    await waitFor(cluster, namespace, 'finiainstance/home', 'condition=Ready')
    await untilServed(cluster)
  }

  test('an API pod is killed and no session is lost', async () => {
    const person = await login(cluster, 'john')
    const seen = await transactions(person)
    const [pod] = await cluster.list(namespace, 'pods', 'app.kubernetes.io/instance=home,app.kubernetes.io/component=api')
    await cluster.kubectl(['-n', namespace, 'delete', 'pod', pod?.metadata.name ?? '', '--grace-period=0', '--force'])
    await until('the session is served', async () => ((await transactions(person)) === seen ? true : undefined), { seconds: 60 })
    await cluster.kubectl(['-n', namespace, 'rollout', 'status', 'deployment/home-api', '--timeout=120s'])
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

  test('the worker of the database dies and comes back: the same volume, the same transactions', { timeout: 480_000 }, async () => {
    const seen = await transactions(await login(cluster, 'john'))
    const before = await volume()
    const node = await nodeOf(cluster, namespace, 'home-db-0')
    await killNode(node)
    await cluster.kubectl(['wait', '--for=condition=Ready=Unknown', `node/${node}`, '--timeout=120s'], { timeoutMilliseconds: 130_000 })
    await bringBack(cluster, node)
    await untilDatabase()
    expect(await volume()).toBe(before)
    expect(await transactions(await login(cluster, 'john'))).toBe(seen)
  })
}
