import fc from 'fast-check'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import type { FiniaInstance } from '../../operator/crd/kinds.ts'
import type { KubeObject } from '../../operator/deps.ts'
import { kinds } from '../../operator/resources/kinds.ts'
import { routeChildren } from '../../operator/resources/providers/index.ts'
import { anyInstance } from '../support/any-instance.ts'
import { audited, auditMark, connect, freshNamespace, until } from './environment.ts'
import { type Manifest, refusalsOf } from './manifests.ts'
import { conditionOf, fakeServers, type RunningOperator, simulateControllers, startOperator, untilReady } from './operator.ts'
import { publishedKinds } from './published-kinds.ts'

const gatewayApi = publishedKinds('gateway-api.yaml')

type Provider = FiniaInstance['spec']['ingress']['provider']

/** Instances of every sort, behind one provider. */
const behind = (provider: Provider): readonly FiniaInstance[] =>
  fc
    .sample(anyInstance, 200)
    .filter(({ spec }) => spec.ingress.provider === provider)
    .slice(0, 20)

const manifestsOf = (instances: readonly FiniaInstance[], namespace: string): readonly Manifest[] =>
  instances.flatMap(routeChildren).map(({ manifest: { metadata, ...manifest } }) => ({ ...manifest, metadata: { ...metadata, namespace } }))

test.each(['Nginx', 'NginxF5'] as const)('the API server takes every Ingress of provider %s', async (provider) => {
  const namespace = await freshNamespace('ingresses')
  const manifests = manifestsOf(behind(provider), namespace)
  expect(manifests.length).toBeGreaterThan(20)
  expect(await refusalsOf(manifests, namespace, { dryRun: true })).toEqual([])
})

test("upstream's schema takes every route of provider Gateway", async () => {
  await gatewayApi.install()
  const namespace = await freshNamespace('routes')
  const manifests = manifestsOf(behind('Gateway'), namespace)
  expect(manifests.length).toBeGreaterThan(20)
  expect(await refusalsOf(manifests, namespace, { dryRun: true })).toEqual([])
  await gatewayApi.remove()
})

describe('an instance whose provider changes', () => {
  const { kube, lists } = connect()
  let namespace: string
  let simulated: ReturnType<typeof simulateControllers>
  let operator: RunningOperator

  beforeEach(async () => {
    namespace = await freshNamespace('providers')
    simulated = simulateControllers(namespace)
    operator = startOperator('1.0.0', namespace, fakeServers())
    await kube.create(kinds.instance, {
      apiVersion: 'finia.io/v1alpha1',
      kind: 'FiniaInstance',
      metadata: { name: 'home', namespace },
      spec: { ingress: { host: 'home.example.com', gateway: { name: 'public', sectionName: 'https' } } },
    } as KubeObject)
    await untilReady(namespace, 'home')
  })
  afterEach(async () => {
    await operator.stop()
    await simulated.stop()
  })

  const instance = () => ({ resource: kinds.instance, namespace, name: 'home' })
  const choose = (provider: Provider) => kube.patch(instance(), { spec: { ingress: { provider } } })
  const untilCondition = (type: string, status: string, reason: string, milliseconds = 30_000) =>
    until(`${type} is ${status} for ${reason}`, milliseconds, async () => {
      const found = await conditionOf(namespace, 'home', type)
      return found?.status === status && found.reason === reason
    })
  const edges = async (): Promise<readonly string[]> => {
    const asked = [kinds.deployment, kinds.ingress].map((kind) => lists.list(kind, { namespace }, {}, AbortSignal.timeout(10_000)))
    const found = (await Promise.all(asked)).flatMap(({ items }) => items)
    return found
      .map(({ metadata }) => metadata.name)
      .filter((name) => name.startsWith('home-edge'))
      .sort()
  }
  const untilEdges = (...names: string[]) => until(`the edges are ${names.join(', ') || 'none'}`, 30_000, async () => (await edges()).join() === names.join())

  test('has the new edge before the old one goes, and is ready while nobody has told an address', async () => {
    const since = await auditMark()
    await choose('Nginx')
    await untilEdges('home-edge', 'home-edge-api', 'home-edge-login')
    const acts = (await audited(since, { namespace })).filter(
      ({ resource, verb }) => ['ingresses', 'deployments'].includes(resource) && ['patch', 'delete'].includes(verb),
    )
    const told = acts.map(({ verb, resource, name }) => `${verb} ${resource} ${name}`)
    const removal = told.indexOf('delete deployments home-edge')
    expect(told.filter((act, index) => act.startsWith('patch ingresses') && index < removal)).toEqual([
      'patch ingresses home-edge',
      'patch ingresses home-edge-api',
      'patch ingresses home-edge-login',
    ])
    await untilCondition('IngressReady', 'Unknown', 'NoAddress')
    await untilReady(namespace, 'home')

    const live = await kube.get({ resource: kinds.ingress, namespace, name: 'home-edge' })
    await kube.patchStatus({ resource: kinds.ingress, namespace, name: 'home-edge' }, live?.metadata.uid ?? '', {
      loadBalancer: { ingress: [{ ip: '192.0.2.7' }] },
    })
    await untilCondition('IngressReady', 'True', 'Answered')

    await choose('NginxF5')
    await untilEdges('home-edge', 'home-edge-api', 'home-edge-login', 'home-edge-ui')
    await choose('None')
    await untilEdges()
  })

  test('keeps the old edge while the cluster lacks the Gateway API, and goes on once it is installed', async () => {
    await choose('Gateway')
    await untilCondition('Stalled', 'True', 'GatewayApiMissing')
    expect(await edges()).toEqual(['home-edge'])
    expect((await conditionOf(namespace, 'home', 'IngressReady'))?.message).toMatch(/install the Gateway API CRDs/)

    await gatewayApi.install()
    await untilCondition('IngressReady', 'Unknown', 'NoAddress', 60_000)
    await untilEdges()
    expect(await kube.get({ resource: kinds.httpRoute, namespace, name: 'home-edge' })).toBeDefined()
    await untilReady(namespace, 'home')
    const gateway = {
      apiVersion: 'gateway.networking.k8s.io/v1',
      kind: 'Gateway',
      metadata: { name: 'public', namespace },
      spec: { gatewayClassName: 'any', listeners: [{ name: 'https', port: 443, protocol: 'HTTPS', tls: { certificateRefs: [{ name: 'home-tls' }] } }] },
    }
    const created = await kube.create(kinds.gateway, gateway as KubeObject)
    await kube.patchStatus({ resource: kinds.gateway, namespace, name: 'public' }, created?.metadata.uid ?? '', {
      addresses: [{ type: 'IPAddress', value: '192.0.2.8' }],
    })
    // A Gateway is looked at with the next resync, which is far away here; a label calls for it now.
    await kube.patch(instance(), { metadata: { labels: { looked: 'again' } } })
    await untilCondition('IngressReady', 'True', 'Answered')
    await gatewayApi.remove()
    await untilCondition('Stalled', 'True', 'GatewayApiMissing', 60_000)
  })
})
