import fc from 'fast-check'
import { expect, test } from 'vitest'
import type { FiniaInstance, FiniaOperation } from '../../operator/crd/kinds.ts'
import type { InstanceSpec } from '../../operator/crd/spec.ts'
import type { Deps, EdgeReport, Kube, KubeObject } from '../../operator/deps.ts'
import { annotations, childLabels } from '../../operator/names.ts'
import { reconcileOperation } from '../../operator/reconcile-operation.ts'
import { kinds } from '../../operator/resources/kinds.ts'
import { anInstance, anOperation, type Part } from '../support/instance.ts'
import { aWorld, type World } from '../support/world.ts'

const minute = 60_000
const namespace = 'finance'

interface Scene extends World {
  readonly deps: Deps
  /** What the agent of each edge pod says. */
  readonly agents: Map<string, EdgeReport | { readonly failure: string }>
}

const secret = (name: string, data: Readonly<Record<string, string>>): KubeObject =>
  ({
    apiVersion: 'v1',
    kind: 'Secret',
    metadata: { name, namespace },
    data: Object.fromEntries(Object.entries(data).map(([key, value]) => [key, Buffer.from(value).toString('base64')])),
  }) as KubeObject

/** An instance whose Secrets are there, and edge pods at these addresses. */
async function aScene(ingress: Part<InstanceSpec['ingress']> = {}, addresses: readonly string[] = ['10.0.0.1', '10.0.0.2']): Promise<Scene> {
  const world = aWorld(anInstance({ spec: { ingress: { host: 'finia.example.com', ...ingress } } }))
  const { kube, clock } = world
  const agents: Scene['agents'] = new Map()
  const ca = await world.deps.pki.createCa('FiniA', clock.now(), 3650)
  const pair = await world.deps.pki.issue(ca, ['finia.example.com'], clock.now(), 90)
  kube.put(kinds.secret, secret('home-ca', { 'tls.crt': ca.certificate, 'tls.key': ca.key, 'ca.crt': ca.certificate }))
  kube.put(kinds.secret, secret('home-tls', { 'tls.crt': pair.certificate, 'tls.key': pair.key }))
  for (const [index, podIP] of addresses.entries()) {
    const metadata = { name: `home-edge-${index}`, namespace, labels: childLabels('home', 'edge') }
    kube.put(kinds.pod, {
      apiVersion: 'v1',
      kind: 'Pod',
      metadata,
      status: { phase: 'Running', podIP, conditions: [{ type: 'Ready', status: 'True' }] },
    } as KubeObject)
  }
  const state = ({ address }: { readonly address: string }) => Promise.resolve(agents.get(address) ?? { failure: `${address}:8082 did not answer` })
  return { ...world, agents, deps: { ...world.deps, edgeProbe: { ...world.deps.edgeProbe, state } } }
}

const put = ({ kube }: Scene, operation: FiniaOperation): void => kube.put(kinds.operation, operation as unknown as KubeObject)
const find = ({ kube }: Scene, name = 'act') => kube.objects.get(`finiaoperations/${namespace}/${name}`) as unknown as FiniaOperation | undefined
const look = (scene: Scene, name = 'act', deps: Deps = scene.deps) => reconcileOperation(deps, { namespace, name })
const message = (scene: Scene, name = 'act') => find(scene, name)?.status?.conditions?.find(({ type }) => type === 'Ready')?.message
const certificateOf = ({ kube }: Scene) =>
  Buffer.from((kube.objects.get(`secrets/${namespace}/home-tls`) as { data?: Record<string, string> }).data?.['tls.crt'] ?? '', 'base64').toString()
const renewal = (spec: Partial<FiniaOperation['spec']> = {}) => anOperation({ spec: { type: 'RenewCertificate', ...spec } })

/** Every edge pod serves what the Secret holds. */
const mount = (scene: Scene, addresses: readonly string[] = ['10.0.0.1', '10.0.0.2']) => {
  for (const address of addresses)
    scene.agents.set(address, { certificate: { fingerprint: certificateOf(scene), notAfter: new Date('2027-01-01'), standIn: false } })
}

test('a certificate that is still good is issued anew, and the operation is over when every edge pod serves it', async () => {
  const scene = await aScene()
  mount(scene)
  const before = certificateOf(scene)
  await scene.clock.advance(2 * minute)
  put(scene, renewal())
  await look(scene)
  expect(certificateOf(scene)).not.toBe(before)
  expect(find(scene)?.status).toMatchObject({ state: 'Running', step: 'Issue', startedAt: '2026-01-01T12:02:00Z' })
  mount(scene, ['10.0.0.2'])
  await look(scene)
  expect([find(scene)?.status?.state, message(scene)]).toEqual([
    'Running',
    'The certificate is a new one, but not every edge pod serves it yet (home-edge-0: it serves another certificate)',
  ])
  mount(scene)
  await look(scene)
  expect(find(scene)?.status).toMatchObject({ state: 'Succeeded', step: 'Done', completedAt: '2026-01-01T12:02:00Z' })
  expect(scene.events).toEqual(['Started', 'Succeeded'])
})

test('wherever the operator is cut off, one certificate is issued, and one only', async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(fc.constantFrom('done', 'before', 'after'), { maxLength: 8 }), async (fates) => {
      const scene = await aScene()
      const left = [...fates]
      const seen = new Set([certificateOf(scene)])
      const write = async <T>(call: () => Promise<T>): Promise<T> => {
        const fate = left.shift()
        if (fate === 'before') throw new Error('cut off')
        const answer = await call()
        if (fate === 'after') throw new Error('cut off')
        return answer
      }
      const { kube } = scene.deps
      const cutting = {
        ...kube,
        patch: (...call) => write(() => kube.patch(...call)),
        patchStatus: (...call) => write(() => kube.patchStatus(...call)),
      } as Kube
      put(scene, renewal())
      for (let round = 0; round < 20 && find(scene)?.status?.state !== 'Succeeded'; round += 1) {
        await scene.clock.advance(5_000)
        await look(scene, 'act', { ...scene.deps, kube: cutting }).catch((error: Error) => expect(error.message).toBe('cut off'))
        seen.add(certificateOf(scene))
        mount(scene)
      }
      expect([find(scene)?.status?.state, seen.size]).toEqual(['Succeeded', 2])
    }),
  )
})

test('what is not served after ten minutes has failed, with a sentence that says which pod lacks it', async () => {
  const scene = await aScene()
  put(scene, renewal())
  await look(scene)
  mount(scene, ['10.0.0.1'])
  await scene.clock.advance(10 * minute)
  await look(scene)
  expect(find(scene)?.status?.state).toBe('Running')
  await scene.clock.advance(minute)
  await look(scene)
  expect(find(scene)?.status).toMatchObject({ state: 'Failed', step: 'Serve' })
  expect(message(scene)).toBe(
    'After 10 minutes it is not over: The certificate is a new one, but not every edge pod serves it yet (home-edge-1: 10.0.0.2:8082 did not answer). Create another FiniaOperation when that is mended',
  )
  expect(scene.events).toEqual(['Started', 'TooLate'])
})

/** cert-manager's object, with or without word of an issuance. */
const certificate = (revision: number, issuing?: { readonly status: string; readonly lastTransitionTime: string; readonly message: string }): KubeObject =>
  ({
    apiVersion: 'cert-manager.io/v1',
    kind: 'Certificate',
    metadata: { name: 'home-tls', namespace, uid: 'uid-of-certificate', generation: 2 },
    status: { revision, conditions: [{ type: 'Ready', status: 'True' }, ...(issuing ? [{ type: 'Issuing', ...issuing }] : [])] },
  }) as KubeObject

const byCertManager = { tls: { mode: 'CertManager', issuer: { kind: 'Issuer', name: 'ours' } } } as const
const certificateStatus = ({ kube }: Scene) => (kube.objects.get(`certificates/${namespace}/home-tls`) as unknown as { status: object }).status

test('cert-manager is asked as cmctl asks it, and the operation is over when the revision has grown and is served', async () => {
  const scene = await aScene(byCertManager)
  mount(scene)
  scene.kube.put(kinds.certificate, certificate(3))
  put(scene, renewal())
  await look(scene)
  expect(find(scene)?.metadata.annotations).toEqual({ [annotations.revisionBefore]: '3 none' })
  await look(scene)
  expect(certificateStatus(scene)).toEqual({
    revision: 3,
    conditions: [
      { type: 'Ready', status: 'True' },
      {
        type: 'Issuing',
        status: 'True',
        reason: 'ManuallyTriggered',
        message: 'Certificate re-issuance manually triggered',
        lastTransitionTime: '2026-01-01T12:00:00Z',
        observedGeneration: 2,
      },
    ],
  })
  const writes = scene.kube.writes.length
  await look(scene)
  await look(scene)
  expect(scene.kube.writes.slice(writes)).toEqual(['patchStatus FiniaOperation act'])
  scene.kube.put(kinds.certificate, certificate(4))
  await look(scene)
  expect(find(scene)?.status?.state).toBe('Succeeded')
})

test('an issuance that fails is told in cert-manager’s words, and one that had failed before is tried again', async () => {
  const scene = await aScene(byCertManager)
  scene.kube.put(kinds.certificate, certificate(3, { status: 'False', lastTransitionTime: '2026-01-01T11:00:00Z', message: 'yesterday' }))
  put(scene, renewal())
  await look(scene)
  await look(scene)
  expect(certificateStatus(scene)).toMatchObject({ conditions: [{}, { type: 'Issuing', status: 'True' }] })
  scene.kube.put(kinds.certificate, certificate(3, { status: 'False', lastTransitionTime: '2026-01-01T12:00:09Z', message: 'the challenge was not answered' }))
  await look(scene)
  expect(find(scene)?.status?.state).toBe('Failed')
  expect(message(scene)).toBe(
    'cert-manager could not issue the Certificate "home-tls": the challenge was not answered. Mend that, then create another FiniaOperation',
  )
})

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
