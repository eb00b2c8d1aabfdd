import fc from 'fast-check'
import { expect, test } from 'vitest'
import type { KubeObject } from '../../../operator/deps.ts'
import { keysKeys } from '../../../operator/names.ts'
import { reconcileInstance } from '../../../operator/reconcile.ts'
import { kinds } from '../../../operator/resources/kinds.ts'
import { anInstance } from '../../support/instance.ts'
import { aWorld, letControllersWork, type World } from '../../support/world.ts'

/** More rounds than it takes from nothing. */
const settle = async (world: World): Promise<void> => {
  for (let round = 0; round < 8; round++) {
    await reconcileInstance(world.deps, { namespace: 'finance', name: 'home' })
    letControllersWork(world)
  }
}

interface Secret extends KubeObject {
  readonly data?: Readonly<Record<string, string>>
}

interface Workload extends KubeObject {
  readonly spec: { readonly template: unknown }
}

const base64 = (text: string): string => Buffer.from(text).toString('base64')
const templateOf = ({ kube }: World, name: string) => (kube.objects.get(`deployments/finance/${name}`) as Workload | undefined)?.spec.template

/** Which Deployments have other pods after a key of the key Secret was given another value. */
const rolledBy = async (key: string, value: string): Promise<readonly string[]> => {
  const world = aWorld(anInstance())
  await settle(world)
  const deployments = ['home-api', 'home-edge']
  const before = deployments.map((name) => templateOf(world, name))
  expect(before).not.toContain(undefined)
  const keys = world.kube.objects.get('secrets/finance/home-keys') as Secret
  world.kube.put(kinds.secret, { ...keys, data: { ...keys.data, [key]: base64(value) } } as KubeObject)
  await settle(world)
  return deployments.filter((name, index) => JSON.stringify(templateOf(world, name)) !== JSON.stringify(before[index]))
}

test("whatever becomes of the ring of session keys, the edge's pods stay; they start anew for a key of their own", async () => {
  await fc.assert(
    fc.asyncProperty(fc.constantFrom(keysKeys.sessionKeys, keysKeys.setupToken, keysKeys.operatorKey), fc.string({ minLength: 1 }), async (key, value) => {
      expect(await rolledBy(key, value)).toEqual(['home-api'])
    }),
    { numRuns: 10 },
  )
  expect(await rolledBy(keysKeys.edgeKey, 'another')).toEqual(['home-api', 'home-edge'])
})

test('a policy for a network that is none stays as it is, and what else there is gets its changes', async () => {
  const external = { primary: { host: 'db.example.com' }, adminSecretName: 'admin' }
  const withNetworks = (cidrs: string[]) => anInstance({ spec: { database: { mode: 'External', external: { ...external, cidrs } as never } } })
  const world = aWorld(withNetworks(['192.0.2.0/24']))
  const policies = () => ['home-api', 'home-migrate'].map((name) => JSON.stringify(world.kube.objects.get(`networkpolicies/finance/${name}`)))
  await settle(world)
  const before = policies()
  expect(before[0]).toContain('192.0.2.0/24')
  const live = world.kube.objects.get('finiainstances/finance/home') as KubeObject
  const next = { ...live, spec: { ...withNetworks(['1:2:3/64']).spec, networkPolicy: { ...anInstance().spec.networkPolicy, ingressFrom: [{ team: 'web' }] } } }
  world.kube.put(kinds.instance, next as KubeObject)
  await settle(world)
  expect(policies()).toEqual(before)
  expect(JSON.stringify(world.kube.objects.get('networkpolicies/finance/home-edge'))).toContain('{"team":"web"}')
})

test('the edge is let out to the OCSP responder that the certificate of its Secret names', async () => {
  const outwardOf = async (responderPort?: number) => {
    const world = aWorld(anInstance({ spec: { ingress: { tls: { mode: 'Secret', secretName: 'bought' } } } }))
    const now = world.deps.clock.now().getTime()
    const [notBefore, notAfter] = [now - 1000, now + 86_400_000].map((time) => new Date(time).toISOString())
    const certificate = JSON.stringify({ names: ['finia.example.com'], notBefore, notAfter, responderPort })
    const data = { 'tls.crt': base64(certificate), 'tls.key': base64('key') }
    world.kube.put(kinds.secret, { apiVersion: 'v1', kind: 'Secret', metadata: { name: 'bought', namespace: 'finance' }, data } as KubeObject)
    await settle(world)
    const policy = world.kube.objects.get('networkpolicies/finance/home-edge') as
      | (KubeObject & { readonly spec: { readonly egress: readonly object[] } })
      | undefined
    return policy?.spec.egress.filter((flow) => !('to' in flow))
  }
  const whereApiServerIsUnknown = await outwardOf()
  expect(await outwardOf(80)).toEqual([...(whereApiServerIsUnknown ?? []), { ports: [{ protocol: 'TCP', port: 80 }] }])
})
