import fc from 'fast-check'
import { expect, test } from 'vitest'
import type { FiniaInstance } from '../../../operator/crd/kinds.ts'
import type { InstanceSpec } from '../../../operator/crd/spec.ts'
import type { KubeObject } from '../../../operator/deps.ts'
import { digest } from '../../../operator/digest.ts'
import { execute } from '../../../operator/execute/execute.ts'
import { observeInstance } from '../../../operator/observe/instance.ts'
import { planInstance } from '../../../operator/plan/instance.ts'
import type { Step } from '../../../operator/plan/steps.ts'
import { certificateFlaw, coversHost } from '../../../operator/plan/tls.ts'
import { kinds } from '../../../operator/resources/kinds.ts'
import { anInstance, type Part } from '../../support/instance.ts'
import { noon } from '../../support/observed-user.ts'
import { aTlsSecret, daysFromNoon } from '../../support/tls-secret.ts'
import { aWorld, letControllersWork, type World } from '../../support/world.ts'

const hosts = ['finia.example.com', 'books.example.com'] as const
type Tls = InstanceSpec['ingress']['tls']
const modes: readonly Tls[] = [
  { mode: 'SelfSigned' },
  { mode: 'CertManager', issuer: { kind: 'ClusterIssuer', name: 'acme' } },
  { mode: 'Secret', secretName: 'bought' },
  { mode: 'Disabled' },
]

interface Secret extends KubeObject {
  readonly data?: Readonly<Record<string, string>>
}

const base64 = (text: string): string => Buffer.from(text).toString('base64')

/** As the world's own PKI writes them. */
const pairFor = (world: World, host: string, days = 90, key = 'key') => {
  const now = world.deps.clock.now().getTime()
  const [notBefore, notAfter] = [now - 1000, now + days * 86_400_000 - 1000].map((time) => new Date(time).toISOString())
  return { 'tls.crt': base64(JSON.stringify({ names: [host], notBefore, notAfter })), 'tls.key': base64(key) }
}

const secretOf = (world: World, name: string) => world.kube.objects.get(`secrets/finance/${name}`) as Secret | undefined
const certificateOf = (world: World) => world.kube.objects.get('certificates/finance/home-tls')
const edgeOf = (world: World) => world.kube.objects.get('deployments/finance/home-edge')

const mountOf = (deployment: unknown): string | undefined =>
  (
    deployment as { spec?: { template?: { spec?: { volumes?: { name: string; secret?: { secretName?: string } }[] } } } } | undefined
  )?.spec?.template?.spec?.volumes?.find(({ name }) => name === 'tls')?.secret?.secretName

/** `tls`: with cert-manager a certificate of our own is not what was asked for. */
const isFaultless = (world: World, name: string, host: string, tls: Tls): boolean => {
  const data = secretOf(world, name)?.data
  if (!data?.['tls.crt'] || data['tls.key'] !== base64('key')) return false
  const { by, names, notAfter } = JSON.parse(Buffer.from(data['tls.crt'], 'base64').toString()) as { by?: string; names: string[]; notAfter: string }
  return names.includes(host) && (tls.mode !== 'CertManager' || by === undefined) && new Date(notAfter) > world.deps.clock.now()
}

/** With `--enable-certificate-owner-ref` cert-manager's Secret goes with the Certificate, unless it is ours as well. */
const goesWithCertificate = (world: World) => !(secretOf(world, 'home-tls')?.metadata.ownerReferences ?? []).some(({ kind }) => kind === 'FiniaInstance')

const actions = {
  certManagerIssues: (world: World) => {
    const certificate = certificateOf(world) as (KubeObject & { spec: { dnsNames: string[] } }) | undefined
    if (!certificate) return
    const before = secretOf(world, 'home-tls')
    const metadata = before?.metadata ?? { name: 'home-tls', namespace: 'finance' }
    world.kube.put(kinds.secret, { apiVersion: 'v1', kind: 'Secret', metadata, data: pairFor(world, certificate.spec.dnsNames[0] ?? '') } as KubeObject)
    const status = { conditions: [{ type: 'Ready', status: 'True', message: 'up to date' }] }
    world.kube.put(kinds.certificate, { ...certificate, status } as KubeObject)
  },
  secretIsLost: (world: World) => void world.kube.objects.delete('secrets/finance/home-tls'),
  boughtIsLost: (world: World) => void world.kube.objects.delete('secrets/finance/bought'),
} as const

const put = (world: World, data: object) =>
  world.kube.put(kinds.secret, { apiVersion: 'v1', kind: 'Secret', metadata: { name: 'bought', namespace: 'finance' }, data } as KubeObject)

type Action = (world: World, host: string) => void
interface Change {
  readonly name: string
  readonly act?: Action
  readonly tls?: Tls
  readonly host?: string
}

const anyAction: fc.Arbitrary<Change> = fc.oneof(
  { weight: 4, arbitrary: fc.constantFrom(...modes).map((tls) => ({ name: tls.mode, tls })) },
  fc.constantFrom(...hosts).map((host) => ({ name: host, host })),
  fc.constantFrom(...Object.entries(actions)).map(([name, act]) => ({ name, act })),
  fc.constant({ name: 'bought good', act: (world: World, host: string) => put(world, pairFor(world, host)) }),
  fc.constant({ name: 'bought expired', act: (world: World, host: string) => put(world, pairFor(world, host, 0)) }),
  fc.constant({ name: 'bought with another key', act: (world: World, host: string) => put(world, pairFor(world, host, 90, 'other')) }),
  fc.constant({ name: 'bought for another host', act: (world: World) => put(world, pairFor(world, 'other.example.com')) }),
  fc.constant({ name: 'bought half', act: (world: World, host: string) => put(world, { 'tls.crt': pairFor(world, host)['tls.crt'] }) }),
)

const usualSpec = (tls: Tls, host: string): Part<InstanceSpec> => ({ ingress: { host, tls }, networkPolicy: { enabled: false } })

/** What must hold of a plan, looked at while it is carried out step by step. */
async function carryOut(world: World, steps: readonly Step[], host: string, tls: Tls): Promise<void> {
  for (const step of steps) {
    const before = edgeOf(world)
    if (step.do === 'apply' && step.resource === kinds.deployment && step.manifest.metadata.name === 'home-edge' && before) {
      const [old, next] = [mountOf(before), mountOf(step.manifest)]
      const isReady = ((before as { status?: { readyReplicas?: number } }).status?.readyReplicas ?? 0) > 0
      if (isReady && next !== undefined && next !== old) expect(isFaultless(world, next, host, tls), `new pods would serve ${next}`).toBe(true)
    }
    if (step.do === 'delete') {
      expect(step.ref.resource).not.toBe(kinds.secret)
      if (step.ref.resource === kinds.certificate) {
        expect(goesWithCertificate(world) && mountOf(before) === 'home-tls', 'the Secret that is served would go').toBe(false)
        if (goesWithCertificate(world)) world.kube.objects.delete('secrets/finance/home-tls')
      }
    }
    await execute(world.deps, [step])
  }
}

async function settle(world: World, host: string, tls: Tls): Promise<void> {
  for (let round = 0; round < 6; round++) {
    const observed = await observeInstance(world.deps, { namespace: 'finance', name: 'home' })
    if (!observed) throw new Error('the instance is gone')
    const plan = planInstance(observed, { now: world.deps.clock.now(), settings: world.deps.settings, digest })
    await carryOut(world, plan.steps, host, tls)
    letControllersWork(world)
  }
}

const issued = { name: 'certManagerIssues', act: actions.certManagerIssues }
type Switch = Change & { readonly tls: Tls }
const [selfSigned, certManager, bought, disabled] = modes.map((tls) => ({ name: tls.mode, tls })) as [Switch, Switch, Switch, Switch]
/** What chance meets too seldom. */
const hard: [Change[], Tls][] = [
  [[issued, bought], certManager.tls],
  [[issued, bought, selfSigned], certManager.tls],
  [[bought, { name: 'bought good', act: (world, host) => put(world, pairFor(world, host)) }, certManager, issued, disabled], selfSigned.tls],
]

test('whatever changes in whatever order, pods never get a certificate that they cannot serve, and what is served is never deleted', async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(anyAction, { maxLength: 8 }), fc.constantFrom(...modes), async (steps, first) => {
      let [tls, host]: [Tls, string] = [first, hosts[0]]
      const world = aWorld(anInstance({ spec: usualSpec(tls, host) }))
      await settle(world, host, tls)
      for (const action of steps) {
        tls = action.tls ?? tls
        host = action.host ?? host
        const live = world.kube.objects.get('finiainstances/finance/home') as unknown as FiniaInstance
        world.kube.put(kinds.instance, { ...live, spec: anInstance({ spec: usualSpec(tls, host) }).spec } as unknown as KubeObject)
        action.act?.(world, host)
        await settle(world, host, tls)
      }
      // once everything that was asked for is there, the edge serves it
      put(world, pairFor(world, host))
      actions.certManagerIssues(world)
      await settle(world, host, tls)
      const wanted = tls.mode === 'Disabled' ? undefined : tls.mode === 'Secret' ? 'bought' : 'home-tls'
      expect([mountOf(edgeOf(world)), certificateOf(world) !== undefined]).toEqual([wanted, tls.mode === 'CertManager'])
      if (wanted) expect(isFaultless(world, wanted, host, tls)).toBe(true)
    }),
    { numRuns: 40, examples: hard },
  )
}, 60_000)

test.each([
  [['finia.example.com'], true],
  [['FINIA.example.com'], true],
  [['*.example.com'], true],
  [['*.com'], false],
  [['example.com', 'www.example.com'], false],
  [['*.finia.example.com'], false],
  [[], false],
] as const)('names %j cover the host: %s', (names, covered) => {
  expect(coversHost(names, 'finia.example.com')).toBe(covered)
})

test.each([
  ['its key is missing', { ...aTlsSecret(), keys: ['tls.crt'] }, 'SecretIncomplete'],
  ['it is no certificate', { metadata: { name: 'x' }, keys: ['tls.crt', 'tls.key'], digest: '', digests: {} }, 'CertificateUnreadable'],
  ['its key is another one', aTlsSecret({ key: 'Differs' }), 'Mismatch'],
  ['its key is encrypted', aTlsSecret({ key: 'Unreadable' }), 'Mismatch'],
  ['it is made for another host', aTlsSecret({ names: ['other.example.com'] }), 'Mismatch'],
  ['it has expired', aTlsSecret({ notAfter: noon }), 'Expired'],
  ['it is not valid yet', aTlsSecret({ notBefore: daysFromNoon(1) }), 'NotYetValid'],
  ['it is good', aTlsSecret(), undefined],
])('a certificate is looked through: %s', (_, secret, reason) => {
  const flaw = certificateFlaw(secret, 'finia.example.com', noon)
  expect(flaw?.reason).toBe(reason)
  // every sentence ends with what to do
  if (flaw) expect(flaw.words).toMatch(/: put (in|one|a|the) /)
})
