import { expect, test } from 'vitest'
import type { FiniaInstance, FiniaOperation } from '../../operator/crd/kinds.ts'
import type { InstanceSpec } from '../../operator/crd/spec.ts'
import type { Kube, KubeObject } from '../../operator/deps.ts'
import { kinds } from '../../operator/resources/kinds.ts'
import { anInstance, anOperation, type Part } from '../support/instance.ts'
import { aScene, find, look, message, mount, namespace, put, renewal, secret } from '../support/operation-scene.ts'

interface Refusal {
  readonly what: string
  readonly type: FiniaOperation['spec']['type']
  readonly spec: Part<InstanceSpec>
  readonly sentence: string
}

const refusals: readonly Refusal[] = [
  {
    what: 'a certificate of a person’s own',
    type: 'RenewCertificate',
    spec: { ingress: { tls: { mode: 'Secret', secretName: 'bought' } } },
    sentence:
      'spec.ingress.tls.mode of the instance is Secret: the certificate in the Secret "bought" is yours. Put the new one into that Secret; it is served without a restart',
  },
  {
    what: 'no TLS',
    type: 'RenewCertificate',
    spec: { ingress: { tls: { mode: 'Disabled' } } },
    sentence: 'spec.ingress.tls.mode of the instance is Disabled: there is no certificate',
  },
  {
    what: 'no edge',
    type: 'RenewCertificate',
    spec: { ingress: { provider: 'None' } },
    sentence: 'spec.ingress.provider of the instance is None: the API is reached without TLS, and there is no certificate',
  },
  {
    what: 'keys of a person’s own',
    type: 'RotateKeys',
    spec: { api: { keysSecretName: 'mine', config: { tokenLifetime: '8h' } } },
    sentence:
      'spec.api.keysSecretName of the instance names the Secret "mine", which is yours and is not changed by the operator. By hand: add a key at the end of the JWK set "session-keys" in it, wait for kubectl rollout status deployment/home-api, move that key to the front, wait again, and take the other keys out after 8h (spec.api.config.tokenLifetime)',
  },
]

test.each(refusals)('with $what $type fails with a sentence that says what to do', async ({ type, spec, sentence }) => {
  const scene = await aScene()
  scene.kube.put(kinds.instance, anInstance({ spec }) as unknown as KubeObject)
  scene.kube.put(kinds.secret, secret('mine', { 'session-keys': '{"keys":[{"kid":"a"}]}' }))
  const secrets = () => [...scene.kube.objects].filter(([path]) => path.startsWith('secrets/'))
  const before = secrets()
  put(scene, anOperation({ spec: { type } }))
  await look(scene)
  expect([find(scene)?.status?.state, message(scene)]).toEqual(['Failed', sentence])
  expect(find(scene)?.status?.conditions?.map((condition) => [condition.type, condition.status])).toEqual([
    ['Ready', 'False'],
    ['Stalled', 'True'],
  ])
  expect(secrets()).toEqual(before)
})

test('an operation waits for its instance, and fails when the instance goes while it runs', async () => {
  const scene = await aScene()
  const [path, instance] = [`finiainstances/${namespace}/home`, scene.kube.objects.get(`finiainstances/${namespace}/home`)]
  scene.kube.objects.delete(path)
  put(scene, renewal())
  await look(scene)
  expect([find(scene)?.status?.state, message(scene)]).toEqual([
    'Pending',
    'FiniaInstance "home" does not exist in this namespace: create it, or create the FiniaOperation anew with the right spec.instance',
  ])
  scene.kube.put(kinds.instance, instance as KubeObject)
  await look(scene)
  expect(find(scene)?.status?.state).toBe('Running')
  scene.kube.objects.delete(path)
  await look(scene)
  expect([find(scene)?.status?.state, message(scene)]).toEqual(['Failed', 'FiniaInstance "home" was deleted in the meantime'])
})

test('of operations of one type on one instance one runs at a time: who has begun, else who is older', async () => {
  const scene = await aScene()
  put(scene, { ...renewal(), metadata: { ...renewal().metadata, name: 'later', uid: 'b', creationTimestamp: '2026-01-01T12:00:02Z' } })
  await look(scene, 'later')
  put(scene, { ...renewal(), metadata: { ...renewal().metadata, name: 'same-second', uid: 'a', creationTimestamp: '2026-01-01T12:00:02Z' } })
  put(scene, { ...renewal({ instance: 'office' }), metadata: { ...renewal().metadata, name: 'elsewhere', uid: 'c' } })
  await look(scene, 'same-second')
  expect([find(scene, 'later')?.status?.state, find(scene, 'same-second')?.status?.state, message(scene, 'same-second')]).toEqual([
    'Running',
    'Pending',
    'FiniaOperation "later" of the same type is to end first',
  ])
  mount(scene)
  await look(scene, 'later')
  await look(scene, 'same-second')
  expect([find(scene, 'later')?.status?.state, find(scene, 'same-second')?.status?.state]).toEqual(['Succeeded', 'Running'])
})

test.each([
  ['24h', 86_400],
  ['0s', 0],
  ['1h30m', 5_400],
])('with ttlAfterFinished %s what has ended is deleted after %i seconds, and nothing is done for it until then', async (ttlAfterFinished, seconds) => {
  const scene = await aScene({ tls: { mode: 'Disabled' } })
  put(scene, renewal({ ttlAfterFinished }))
  await look(scene)
  expect(find(scene)?.status?.state).toBe('Failed')
  scene.kube.put(kinds.instance, anInstance() as FiniaInstance as unknown as KubeObject)
  const writes = scene.kube.writes.length
  if (seconds > 0) {
    expect(await look(scene)).toEqual({ afterSeconds: seconds })
    await scene.clock.advance((seconds - 1) * 1000)
    expect(await look(scene)).toEqual({ afterSeconds: 1 })
    await scene.clock.advance(1_000)
  }
  await look(scene)
  expect(scene.kube.writes.slice(writes)).toEqual(['delete FiniaOperation act'])
})

test('an attempt that fails is told and repeated', async () => {
  const scene = await aScene()
  put(scene, renewal())
  const kube = { ...scene.deps.kube, create: () => Promise.reject(new Error('create Secret finance/home-tls: 503')) } as Kube
  await expect(look(scene, 'act', { ...scene.deps, kube })).rejects.toThrow('503')
  expect([find(scene)?.status?.state, message(scene)]).toEqual(['Running', 'The last attempt failed and is repeated: create Secret finance/home-tls: 503'])
})

test('an operation that is called off does nothing more, and holds nobody up', async () => {
  const scene = await aScene()
  put(scene, { ...renewal(), metadata: { ...renewal().metadata, deletionTimestamp: '2026-01-01T12:00:00Z', finalizers: ['example.com/audit'] } })
  await look(scene)
  expect(scene.kube.writes).toEqual([])
  put(scene, { ...renewal(), metadata: { ...renewal().metadata, name: 'next', uid: 'next', creationTimestamp: '2026-01-01T12:00:05Z' } })
  await look(scene, 'next')
  expect(find(scene, 'next')?.status?.state).toBe('Running')
})
