import fc from 'fast-check'
import { expect, test } from 'vitest'
import type { Kube, KubeObject } from '../../../operator/deps.ts'
import { annotations } from '../../../operator/names.ts'
import { kinds } from '../../../operator/resources/kinds.ts'
import { aScene, certificateOf, find, look, message, mount, namespace, put, renewal, type Scene } from '../../support/operation-scene.ts'

const minute = 60_000

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
