import { setTimeout } from 'node:timers/promises'
import { afterEach, beforeEach, expect, test } from 'vitest'
import type { FiniaOperation } from '../../operator/crd/kinds.ts'
import type { KubeObject } from '../../operator/deps.ts'
import { annotations, childLabels } from '../../operator/names.ts'
import { kinds } from '../../operator/resources/kinds.ts'
import { anOperation } from '../support/instance.ts'
import { connect, freshNamespace, until } from './environment.ts'
import { applyStrictly, type Manifest } from './manifests.ts'
import { fakeServers, type RunningOperator, simulateControllers, startOperator, untilReady } from './operator.ts'

const { kube } = connect()
let namespace: string
let servers: ReturnType<typeof fakeServers>
let simulated: ReturnType<typeof simulateControllers>
let pods: { readonly stop: () => Promise<void> }
let operator: RunningOperator

interface Deployment extends KubeObject {
  readonly spec: { readonly replicas: number; readonly template: { readonly metadata: { readonly annotations: Readonly<Record<string, string>> } } }
}

const get = <T extends KubeObject>(resource: (typeof kinds)[keyof typeof kinds], name: string) => kube.get<T>({ resource, namespace, name })

/** The pods of the API, each with what its Deployment says when it is made; one of the wrong sort goes at each turn. */
function simulatePods(): { readonly stop: () => Promise<void> } {
  const stopping = new AbortController()
  const turn = async () => {
    const deployment = await get<Deployment>(kinds.deployment, 'home-api')
    if (!deployment) return
    const wanted = deployment.spec.template.metadata.annotations
    for (let index = 0; index < deployment.spec.replicas; index += 1) {
      const name = `home-api-${index}`
      const pod = await get(kinds.pod, name)
      const metadata = { name, namespace, labels: childLabels('home', 'api'), annotations: wanted }
      if (!pod)
        await kube.create(kinds.pod, { apiVersion: 'v1', kind: 'Pod', metadata, spec: { containers: [{ name: 'api', image: 'finia:1.0.0' }] } } as KubeObject)
      else if (pod.metadata.annotations?.[annotations.keys] !== wanted[annotations.keys])
        return kube.delete({ resource: kinds.pod, namespace, name }, pod.metadata.uid)
    }
  }
  const turns = async () => {
    while (!stopping.signal.aborted) {
      await turn().catch(() => undefined) // the next turn tries again
      await setTimeout(50)
    }
  }
  const turning = turns()
  return {
    stop: async () => {
      stopping.abort()
      await turning
    },
  }
}

beforeEach(async () => {
  namespace = await freshNamespace('operations')
  servers = fakeServers()
  simulated = simulateControllers(namespace)
  pods = simulatePods()
  operator = startOperator('1.0.0', namespace, servers)
  await kube.create(kinds.instance, {
    apiVersion: 'finia.io/v1alpha1',
    kind: 'FiniaInstance',
    metadata: { name: 'home', namespace },
    spec: { ingress: { host: 'finia.example.com' } },
  } as KubeObject)
  await untilReady(namespace, 'home')
})
afterEach(async () => {
  await operator.stop()
  await pods.stop()
  await simulated.stop()
})

const operation = (name: string, spec: object): Manifest & { readonly spec: object } => ({
  apiVersion: 'finia.io/v1alpha1',
  kind: 'FiniaOperation',
  metadata: { name },
  spec: { instance: 'home', ...spec },
})
const statusOf = async (name: string) => ((await get(kinds.operation, name)) as unknown as FiniaOperation | undefined)?.status

const kids = async (): Promise<readonly string[]> => {
  const secret = await get<KubeObject & { readonly data: Readonly<Record<string, string>> }>(kinds.secret, 'home-keys')
  const set = JSON.parse(Buffer.from(secret?.data['session-keys'] ?? '', 'base64').toString()) as { readonly keys: readonly { readonly kid: string }[] }
  return set.keys.map(({ kid }) => kid)
}

test('an operation has a day to live after its end, unless told otherwise; acts that there are not are refused, and times that are none', async () => {
  const smallest = await applyStrictly(operation('smallest', { type: 'RotateKeys', instance: 'office' }), namespace)
  expect(smallest.body.spec).toEqual(anOperation({ spec: { instance: 'office' } }).spec)
  const refused = await Promise.all(
    [{ type: 'Restart' }, { type: 'RotateKeys', ttlAfterFinished: 'soon' }, { type: 'RotateKeys', now: true }, {}].map((spec) =>
      applyStrictly(operation('refused', spec), namespace),
    ),
  )
  expect(refused.map(({ body }) => JSON.stringify(body))).toEqual([
    expect.stringContaining('spec.type: Unsupported value: \\"Restart\\"'),
    expect.stringContaining('spec.ttlAfterFinished: Invalid value: \\"soon\\"'),
    expect.stringContaining('spec.now: field not declared in schema'),
    expect.stringContaining('spec.type: Required value'),
  ])
})

test('keys are rotated by operators that are replaced at every step', { timeout: 120_000 }, async () => {
  const [original] = await kids()
  await applyStrictly(operation('rotate', { type: 'RotateKeys' }), namespace)
  const uid = (await get(kinds.operation, 'rotate'))?.metadata.uid
  const steps = new Set<string>()
  let seen = ''
  await until('the rotation has ended', 100_000, async () => {
    const { state, step = '' } = (await statusOf('rotate')) ?? {}
    if (step !== seen && state === 'Running') {
      seen = step
      await operator.stop()
      operator = startOperator('1.0.0', namespace, servers)
    }
    steps.add(step)
    return state === 'Succeeded'
  })
  expect(await kids()).toEqual([uid, original])
  expect([...steps]).toEqual(expect.arrayContaining(['TeachKey', 'UseKey', 'Done']))
  const template = (await get<Deployment>(kinds.deployment, 'home-api'))?.spec.template.metadata.annotations
  expect((await get(kinds.pod, 'home-api-0'))?.metadata.annotations?.[annotations.keys]).toBe(template?.[annotations.keys])
})

test('a certificate is issued anew once, and its Secret says for whom', async () => {
  const before = await get<KubeObject & { readonly data: object }>(kinds.secret, 'home-tls')
  await applyStrictly(operation('renew', { type: 'RenewCertificate' }), namespace)
  await until('the certificate is issued', 30_000, async () => (await statusOf('renew'))?.step === 'Serve')
  const after = await get<KubeObject & { readonly data: object }>(kinds.secret, 'home-tls')
  expect(after?.data).not.toEqual(before?.data)
  expect(after?.metadata.annotations).toMatchObject({ [annotations.renewedFor]: (await get(kinds.operation, 'renew'))?.metadata.uid })
  expect((await statusOf('renew'))?.conditions?.find(({ type }) => type === 'Ready')?.message).toBe(
    'The certificate is a new one, but no edge pod is ready to serve it',
  )
})

test('what has ended is deleted after its time, and its spec cannot be changed before', async () => {
  await applyStrictly(operation('office', { type: 'RotateKeys', instance: 'office' }), namespace)
  await until('it waits', 30_000, async () => (await statusOf('office'))?.state === 'Pending')
  const changed = await applyStrictly(operation('office', { type: 'RotateKeys', instance: 'home' }), namespace)
  expect(JSON.stringify(changed.body)).toContain('spec.instance, spec.type and spec.ttlAfterFinished cannot be changed after creation')
  await kube.patch({ resource: kinds.instance, namespace, name: 'home' }, { spec: { ingress: { provider: 'None' } } })
  await applyStrictly(operation('at-once', { type: 'RenewCertificate', ttlAfterFinished: '0s' }), namespace)
  await until('it is gone', 30_000, async () => (await get(kinds.operation, 'at-once')) === undefined)
})
