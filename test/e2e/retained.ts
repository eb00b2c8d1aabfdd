import { expect, test } from 'vitest'
import { type KubernetesObject, theCluster, until, waitFor } from './cluster.ts'
import { apply, condition, home, login, namespace, transactions, untilServed } from './home.ts'

interface Owned {
  readonly metadata: { readonly ownerReferences?: readonly unknown[] }
}

export const retained = () => {
  const cluster = theCluster()

  test('a deleted instance leaves its volume and the Secrets of its data; applied again, the same transactions are there', async () => {
    const seen = await transactions(await login(cluster, 'john'))
    const claim = (await cluster.get<KubernetesObject>(namespace, 'pvc', 'data-home-db-0'))?.metadata.uid
    await cluster.kubectl(['-n', namespace, 'delete', 'finiainstance', 'home', '--timeout=60s'])
    await until(
      'the pods are gone',
      async () => {
        const pods = await cluster.list(namespace, 'pods', 'app.kubernetes.io/instance=home,app.kubernetes.io/component!=migrate')
        if (pods.length === 0) return true
        throw new Error(`there are ${pods.map(({ metadata }) => metadata.name).join(', ')}`)
      },
      { seconds: 180 },
    )
    expect((await cluster.get<KubernetesObject>(namespace, 'pvc', 'data-home-db-0'))?.metadata.uid).toBe(claim)
    for (const name of ['home-db', 'home-ca', 'john-password']) expect(await cluster.get(namespace, 'secret', name)).toBeDefined()
    expect(await cluster.get(namespace, 'secret', 'home-keys')).toBeUndefined()

    await apply(cluster, home(cluster))
    await waitFor(cluster, namespace, 'finiainstance/home', 'condition=Ready')
    await waitFor(cluster, namespace, 'finiauser/john', 'condition=Ready')
    await untilServed(cluster)
    expect(await transactions(await login(cluster, 'john'))).toBe(seen)
    expect(await condition(cluster, 'finiainstance', 'home', 'Stalled')).toBeUndefined()
    expect(await condition(cluster, 'finiauser', 'john', 'Stalled')).toBeUndefined()
  })

  test('deleted with the policy Delete it leaves nothing: no volume, no Secret of the data', async () => {
    await apply(cluster, home(cluster, { deletionPolicy: 'Delete' }))
    const owned = async (kind: string, name: string) => ((await cluster.get<Owned>(namespace, kind, name))?.metadata.ownerReferences?.length ? true : undefined)
    for (const name of ['home-db', 'home-ca']) await until(`the Secret ${name} goes with the instance`, () => owned('secret', name), { seconds: 60 })
    await until('the volume goes with the server', () => owned('pvc', 'data-home-db-0'), { seconds: 60 })
    await cluster.kubectl(['-n', namespace, 'delete', 'finiainstance', 'home', '--timeout=60s'])
    for (const [kind, name] of [
      ['pvc', 'data-home-db-0'],
      ['secret', 'home-db'],
      ['secret', 'home-ca'],
    ] as const) {
      await until(`${kind} ${name} is gone`, async () => ((await cluster.get(namespace, kind, name)) === undefined ? true : undefined), { seconds: 180 })
    }
  })
}
