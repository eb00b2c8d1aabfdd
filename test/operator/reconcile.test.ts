import fc from 'fast-check'
import { expect, test } from 'vitest'
import type { FiniaInstance } from '../../operator/crd/kinds.ts'
import { annotations } from '../../operator/names.ts'
import { reconcileInstance } from '../../operator/reconcile.ts'
import { kinds } from '../../operator/resources/kinds.ts'
import { anInstance } from '../support/instance.ts'
import { aWorld, letControllersWork, type World } from '../support/world.ts'

const key = { namespace: 'finance', name: 'home' }

/** Reconciles until nothing is written any more; fails when that does not come. */
async function settle(world: World, rounds = 12): Promise<void> {
  for (let round = 0; round < rounds; round += 1) {
    const before = world.kube.writes.length + world.server.changes.length
    await reconcileInstance(world.deps, key)
    letControllersWork(world)
    if (world.kube.writes.length + world.server.changes.length === before) return
  }
  throw new Error(`still writing after ${rounds} rounds: ${world.kube.writes.slice(-5).join(', ')}`)
}

const instanceOf = ({ kube }: World) => kube.objects.get('finiainstances/finance/home') as unknown as FiniaInstance
const conditionOf = (world: World, type: string) => instanceOf(world).status?.conditions?.find((condition) => condition.type === type)
const child = ({ kube }: World, path: string) => kube.objects.get(path)

test('an instance becomes ready, and then nothing is written any more', async () => {
  const world = aWorld(anInstance())
  await settle(world)
  expect(conditionOf(world, 'Ready')).toMatchObject({ status: 'True', reason: 'Serving' })
  expect(instanceOf(world).status).toMatchObject({ url: 'https://finia.example.com', version: '1.0.0', api: { replicas: 3, readyReplicas: 3 } })
  expect(conditionOf(world, 'Reconciling')).toBeUndefined()
  const { writes } = world.kube
  const count = writes.length
  await reconcileInstance(world.deps, key)
  expect(writes.slice(count)).toEqual([])
})

test('the API is started only after its accounts are on the server', async () => {
  const world = aWorld(anInstance())
  await settle(world)
  const { writes } = world.kube
  expect(writes.indexOf('apply StatefulSet home-db')).toBeGreaterThan(writes.indexOf('create Secret home-db'))
  expect(writes.indexOf('apply Deployment home-api')).toBeGreaterThan(writes.indexOf('apply StatefulSet home-db'))
  expect([...world.server.accounts.keys()].sort()).toEqual(['finia_app', 'finia_app_migrate'])
})

test('whatever is lost or changed by somebody else is made again, and generated values that are still there stay', async () => {
  const settled = aWorld(anInstance())
  await settle(settled)
  const children = [...settled.kube.objects.keys()].filter((path) => !path.startsWith('finiainstances/'))
  await fc.assert(
    fc.asyncProperty(fc.subarray(children), fc.subarray(children), async (lost, changed) => {
      const world = aWorld(anInstance())
      await settle(world)
      const passwords = child(world, 'secrets/finance/home-db')
      for (const path of changed) {
        const object = child(world, path)
        if (object && !path.startsWith('secrets/')) world.kube.objects.set(path, { ...object, metadata: { ...object.metadata, labels: { other: 'manager' } } })
      }
      for (const path of lost) world.kube.objects.delete(path)
      // A watch shows only what carries our labels: without them an object is as good as gone, and is applied anew.
      await settle(world, 20)
      expect([...world.kube.objects.keys()].sort()).toEqual([...settled.kube.objects.keys()].sort())
      expect(conditionOf(world, 'Ready')?.status).toBe('True')
      if (!lost.includes('secrets/finance/home-db'))
        expect(child(world, 'secrets/finance/home-db')).toMatchObject({ data: (passwords as unknown as { data: object }).data })
    }),
    { numRuns: 25 },
  )
})

test('cut off after any write, the next operator ends where an uninterrupted one does', async () => {
  const whole = aWorld(anInstance())
  await settle(whole)
  for (let cut = 1; cut <= whole.kube.writes.length; cut += 1) {
    const world = aWorld(anInstance())
    const stop = () => {
      if (world.kube.writes.length >= cut) throw new Error('cut off')
    }
    const { kube } = world.deps
    const cutting = {
      ...kube,
      apply: (...call: Parameters<typeof kube.apply>) =>
        Promise.resolve()
          .then(stop)
          .then(() => kube.apply(...call)),
      create: (...call: Parameters<typeof kube.create>) =>
        Promise.resolve()
          .then(stop)
          .then(() => kube.create(...call)),
      patchStatus: (...call: Parameters<typeof kube.patchStatus>) =>
        Promise.resolve()
          .then(stop)
          .then(() => kube.patchStatus(...call)),
    } as typeof kube
    for (let round = 0; round < 6; round += 1) {
      await reconcileInstance({ ...world.deps, kube: cutting }, key).catch(() => undefined)
      letControllersWork(world)
    }
    await settle(world)
    expect([...world.kube.objects.keys()].sort()).toEqual([...whole.kube.objects.keys()].sort())
  }
})

test('a child that nobody wants any more is removed', async () => {
  const world = aWorld(anInstance())
  await settle(world)
  expect(child(world, 'deployments/finance/home-edge')).toBeDefined()
  world.kube.put(kinds.instance, { ...anInstance({ spec: { ingress: { provider: 'None' } } }), status: instanceOf(world).status } as never)
  await settle(world)
  expect(child(world, 'deployments/finance/home-edge')).toBeUndefined()
  expect(child(world, 'statefulsets/finance/home-db')).toBeDefined()
  expect(instanceOf(world).status?.url).toBeUndefined()
})

test('while the database does not answer, what ran keeps running and the condition says why', async () => {
  const world = aWorld(anInstance())
  await settle(world)
  world.server.up = false
  const before = child(world, 'deployments/finance/home-api')
  await settle(world)
  expect(child(world, 'deployments/finance/home-api')).toEqual(before)
  expect(conditionOf(world, 'Ready')).toMatchObject({ status: 'False', reason: 'Unreachable' })
  expect(conditionOf(world, 'Reconciling')?.status).toBe('True')
  expect(conditionOf(world, 'Stalled')).toBeUndefined()
  world.server.up = true
  await settle(world)
  expect(conditionOf(world, 'Ready')?.status).toBe('True')
})

test('a Secret that a person named and that is not there stalls the instance with a sentence that names field and Secret', async () => {
  const external = { primary: { host: 'db.example.com', port: 3306 }, adminSecretName: 'finia-db-admin', cidrs: [] }
  const world = aWorld(anInstance({ spec: { database: { mode: 'External', external } } }))
  await settle(world)
  expect(conditionOf(world, 'Stalled')?.message).toBe(
    'spec.database.external.adminSecretName names the Secret "finia-db-admin", which does not exist: create it with the keys username, password, or name another',
  )
  expect(conditionOf(world, 'Ready')?.status).toBe('False')
})

test('keys of an older operator get what a newer one needs, and keep what they have', async () => {
  const world = aWorld(anInstance())
  await settle(world)
  const path = 'secrets/finance/home-keys'
  const { data: before, ...rest } = child(world, path) as unknown as { data: Record<string, string> }
  const { 'operator-key': _, ...old } = before
  world.kube.objects.set(path, { ...rest, data: old } as never)
  await settle(world)
  const { data: after } = child(world, path) as unknown as { data: Record<string, string> }
  expect(Object.keys(after).sort()).toEqual(['edge-key', 'operator-key', 'session-keys', 'setup-token'])
  expect(after).toMatchObject(old)
})

test('a Secret of a person’s own is complete without the key of the operator', async () => {
  const world = aWorld(anInstance({ spec: { api: { keysSecretName: 'mine' } } }))
  const data = { 'session-keys': 'a', 'edge-key': 'b', 'setup-token': 'c' }
  world.kube.put(kinds.secret, { apiVersion: 'v1', kind: 'Secret', metadata: { namespace: 'finance', name: 'mine' }, data } as never)
  await settle(world)
  expect(conditionOf(world, 'Ready')).toMatchObject({ status: 'True' })
  expect(child(world, 'secrets/finance/mine')).toMatchObject({ data })
})

test('a certificate is made anew when a third of its life is left', async () => {
  const world = aWorld(anInstance())
  await settle(world)
  const before = child(world, 'secrets/finance/home-tls')
  await world.clock.advance(59 * 86_400_000)
  await settle(world)
  expect(child(world, 'secrets/finance/home-tls')).toEqual(before)
  await world.clock.advance(2 * 86_400_000)
  await settle(world)
  expect(child(world, 'secrets/finance/home-tls')).not.toEqual(before)
  const edge = child(world, 'deployments/finance/home-edge') as unknown as { spec: { template: { metadata: { annotations: Record<string, string> } } } }
  expect(edge.spec.template.metadata.annotations[annotations.inputs]).toBeDefined()
})

test('another owner of the operations database stalls the instance until a person says that it is gone', async () => {
  const world = aWorld(anInstance())
  world.server.owner = { uid: 'other-uid', namespace: 'elsewhere', name: 'office' }
  world.server.databases.add('finia_ops')
  await settle(world)
  expect(conditionOf(world, 'Stalled')?.reason).toBe('OperationsDatabaseOwned')
  world.kube.put(kinds.instance, { ...anInstance({ annotations: { [annotations.adoptDatabase]: 'other-uid' } }), status: instanceOf(world).status } as never)
  await settle(world)
  expect(conditionOf(world, 'Ready')?.status).toBe('True')
  expect(world.server.owner).toMatchObject({ name: 'home' })
})

test('a time zone that nobody knows stalls the instance, and what ran keeps running with the one it had', async () => {
  const world = aWorld(anInstance())
  await settle(world)
  const before = [child(world, 'configmaps/finance/home-config'), child(world, 'deployments/finance/home-api')]
  world.kube.put(kinds.instance, { ...anInstance({ spec: { timeZone: 'Europe/Entenhausen' } }), status: instanceOf(world).status } as never)
  await settle(world)
  expect(conditionOf(world, 'Stalled')).toMatchObject({ reason: 'TimeZoneUnknown', message: expect.stringContaining('spec.timeZone is "Europe/Entenhausen"') })
  expect([child(world, 'configmaps/finance/home-config'), child(world, 'deployments/finance/home-api')]).toEqual(before)
})

test('a claim of folder imports that is not there stalls the instance, what ran keeps running, and it is mounted once it is there', async () => {
  const world = aWorld(anInstance())
  await settle(world)
  const before = [child(world, 'configmaps/finance/home-config'), child(world, 'deployments/finance/home-api')]
  const folderImport = { enabled: true, volumeClaim: 'bank-files' }
  world.kube.put(kinds.instance, { ...anInstance({ spec: { api: { config: { folderImport } } } }), status: instanceOf(world).status } as never)
  await settle(world)
  const message =
    'spec.api.config.folderImport.volumeClaim names the PersistentVolumeClaim "bank-files", which does not exist: create it, name another, or set folderImport.enabled to false'
  expect(conditionOf(world, 'Stalled')).toMatchObject({ reason: 'VolumeClaimMissing', message })
  expect([child(world, 'configmaps/finance/home-config'), child(world, 'deployments/finance/home-api')]).toEqual(before)
  world.kube.put(kinds.volumeClaim, { apiVersion: 'v1', kind: 'PersistentVolumeClaim', metadata: { name: 'bank-files', namespace: 'finance' } })
  await settle(world)
  expect(conditionOf(world, 'Ready')?.status).toBe('True')
  expect(JSON.stringify(child(world, 'deployments/finance/home-api'))).toContain('"claimName":"bank-files"')
})

test('another CA for a database that it does not open is not rolled out', async () => {
  const world = aWorld(anInstance())
  await settle(world)
  const before = child(world, 'deployments/finance/home-api')
  const ca = { apiVersion: 'v1', kind: 'Secret', metadata: { name: 'other-ca', namespace: 'finance' }, data: { 'ca.crt': 'eA==' } }
  world.kube.put(kinds.secret, ca)
  world.kube.put(kinds.instance, { ...anInstance({ spec: { database: { tls: { caSecretName: 'other-ca' } } } }), status: instanceOf(world).status } as never)
  world.server.up = false
  await settle(world)
  expect(child(world, 'deployments/finance/home-api')).toEqual(before)
  world.server.up = true
  await settle(world)
  expect(child(world, 'deployments/finance/home-api')).not.toEqual(before)
})
