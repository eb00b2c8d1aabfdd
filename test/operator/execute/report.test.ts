import { expect, test } from 'vitest'
import type { KubeObject } from '../../../operator/deps.ts'
import { report } from '../../../operator/execute/report.ts'
import { kinds } from '../../../operator/resources/kinds.ts'
import { anInstance } from '../../support/instance.ts'
import { aWorld } from '../../support/world.ts'

test('what a status no longer says is taken back, at any depth, and lists are written whole', async () => {
  const instance = anInstance()
  const { deps, kube } = aWorld(instance)
  const patches: object[] = []
  const telling = { ...deps, kube: { ...kube.kube, patchStatus: async (_ref: unknown, _uid: string, status: object) => void patches.push(status) } }
  const before = { url: 'https://x', tls: { notAfter: 'a', renewAt: 'b' }, users: [{ name: 'a', more: 1 }] }
  const object = { ...(instance as unknown as KubeObject), status: before }
  await report(telling, kinds.instance, object as never, { tls: { notAfter: 'c' }, users: [{ name: 'a' }] } as never, [])
  expect(patches).toEqual([{ url: null, tls: { notAfter: 'c', renewAt: null }, users: [{ name: 'a' }] }])
})
