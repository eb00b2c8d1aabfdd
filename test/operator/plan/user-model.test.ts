// Plans applied to a small model of the world, from any state of it: they never contradict themselves, never hold a secret, and come to rest.
import fc from 'fast-check'
import { expect, test } from 'vitest'
import type { FiniaUser } from '../../../operator/crd/kinds.ts'
import type { MigrationJob } from '../../../operator/observe/migrations.ts'
import type { ObservedUser, PasswordFacts } from '../../../operator/observe/user.ts'
import type { DatabaseGrant } from '../../../operator/plan/grants.ts'
import type { Step } from '../../../operator/plan/steps.ts'
import { planUser } from '../../../operator/plan/user.ts'
import type { UserPlan } from '../../../operator/plan/user-plan.ts'
import { anInstance, aUser } from '../../support/instance.ts'
import { aContext, anAccount, aServer, noon } from '../../support/observed-user.ts'

interface World {
  user: FiniaUser | undefined
  readonly instance: boolean
  readonly reachable: boolean
  /** Password in force; undefined = no account. */
  account: string | undefined
  grants: readonly DatabaseGrant[]
  readonly global: readonly string[]
  databases: ReadonlySet<string>
  /** Passwords by the Secret's name. */
  secrets: Readonly<Record<string, string>>
  jobs: readonly MigrationJob[]
  readonly rival: boolean
}

const database = 'finiaDB_a_b'
/** Mostly the first, so that states are broken in one place rather than in all. */
const mostly = <T>(usual: T, other: T) => fc.constantFrom(...Array<T>(7).fill(usual), other)
const secretValue = fc.constantFrom('s3cret-one', 's3cret-two')
const grant = fc.record({ pattern: fc.constantFrom('finiaDB\\_a\\_b', 'finiaDB_a_b', 'shop'), all: fc.boolean(), some: fc.constant(true) })
const job = fc.record({
  name: fc.constantFrom('wanted', 'wanted', 'a-migrate-old', 'a-migrate-older'),
  uid: fc.uuid(),
  state: fc.constantFrom('Running' as const, 'Complete' as const, 'Failed' as const, 'Failed' as const),
  isBeingDeleted: fc.boolean(),
  failedAt: fc.constantFrom('2026-01-01T11:00:00Z', '2026-01-01T11:58:00Z'),
})

const user = fc
  .record({
    deletionPolicy: fc.constantFrom('Retain' as const, 'Delete' as const),
    passwordSecret: fc.option(fc.constant({ name: 'mine', key: 'password' }), { nil: undefined }),
    finalizers: fc.subarray(['finia.io/finalizer', 'other/one']),
    leaving: fc.constantFrom(false, false, true),
    username: mostly('a_b', 'finia_app'),
  })
  .map(({ deletionPolicy, passwordSecret, finalizers, leaving, username }) =>
    aUser({
      name: 'a',
      finalizers,
      creationTimestamp: '2026-01-01T00:00:00Z',
      ...(leaving && { deletionTimestamp: '2026-01-01T11:00:00Z' }),
      spec: { username, deletionPolicy, ...(passwordSecret && { passwordSecret }) },
    }),
  )

const world: fc.Arbitrary<World> = fc.record({
  user,
  instance: mostly(true, false),
  reachable: mostly(true, false),
  account: fc.option(secretValue, { nil: undefined }),
  grants: fc.uniqueArray(grant, { maxLength: 2, selector: ({ pattern }) => pattern }),
  global: mostly<readonly string[]>([], ['SUPER ON *.*']),
  databases: fc.subarray([database, 'shop']).map((names) => new Set(names)),
  secrets: fc.record({ mine: secretValue, 'a-password': secretValue }, { requiredKeys: [] }),
  jobs: fc.uniqueArray(job, { maxLength: 3, selector: ({ name }) => name }),
  rival: mostly(false, true),
})

const context = aContext(noon)
const home = anInstance()
const older = aUser({ name: 'older', uid: 'older', creationTimestamp: '2025-01-01T00:00:00Z', spec: { username: 'a_b' } })
const anybody = aUser({ name: 'a', spec: { username: 'a_b' } })

const secretFacts = (value: string | undefined): Pick<PasswordFacts, 'secret' | 'mark'> =>
  value === undefined ? { secret: 'Missing' } : { secret: 'Usable', mark: `mark-of-${value.slice('s3cret-'.length)}` }

function passwordFacts({ secrets }: World, owner: FiniaUser): PasswordFacts {
  const named = owner.spec.passwordSecret !== undefined
  const name = owner.spec.passwordSecret?.name ?? 'a-password'
  return { ref: { namespace: 'finance', name, key: 'password' }, named, ...secretFacts(secrets[name]) }
}

function observe(state: World, owner: FiniaUser): ObservedUser {
  const password = passwordFacts(state, owner)
  const value = state.secrets[password.ref.name]
  const account =
    state.account === undefined
      ? anAccount(owner.spec.username ?? '')
      : {
          name: owner.spec.username ?? '',
          hosts: ['%'],
          grants: { global: state.global, databases: state.grants },
          ...(value !== undefined && { passwordWorks: value === state.account }),
          passwordMark: `account-of-${state.account.slice('s3cret-'.length)}`,
        }
  const server = aServer({ account, databaseExists: state.databases.has(database) })
  return {
    user: owner,
    instance: state.instance ? home : undefined,
    database: state.instance ? (state.reachable ? server : { state: 'unavailable', kind: 'Unreachable', sentence: 'No way' }) : undefined,
    rivals: state.rival ? [older] : [],
    password,
    migrations: state.jobs,
  }
}

const plan = (state: World, owner: FiniaUser): UserPlan => planUser(observe(state, owner), context)

const patternOf = (text: string): string => (/ ON `(.*)`\.\*/.exec(text)?.[1] ?? '').replaceAll('``', '`')

function runStatement(state: World, text: string, password: string | undefined): void {
  if (/^(CREATE|ALTER) USER/.test(text)) {
    expect(password).toBeDefined()
    if (state.account === undefined) state.grants = []
    state.account = password
  } else if (text.startsWith('DROP USER')) state.account = undefined
  else if (text.startsWith('CREATE DATABASE')) state.databases = new Set([...state.databases, database])
  else if (text.startsWith('DROP DATABASE')) state.databases = new Set([...state.databases].filter((name) => name !== database))
  else {
    const pattern = patternOf(text)
    const others = state.grants.filter((known) => known.pattern !== pattern)
    expect(state.account).toBeDefined()
    state.grants = text.startsWith('GRANT') ? [...others, { pattern, all: true, some: true }] : others
  }
}

function apply(state: World, step: Step): void {
  if (step.do === 'sql') for (const { text, passwordFrom } of step.changes) runStatement(state, text, passwordFrom && state.secrets[passwordFrom.name])
  else if (step.do === 'ensureSecret')
    state.secrets = { ...state.secrets, [step.manifest.metadata.name]: state.secrets[step.manifest.metadata.name] ?? 's3cret-generated' }
  else if (step.do === 'apply') state.jobs = [...state.jobs, { name: step.manifest.metadata.name, uid: 'new', state: 'Running', isBeingDeleted: false }]
  else if (step.do === 'delete') state.jobs = state.jobs.filter(({ uid }) => uid !== step.uid)
  else if (step.do === 'annotate' && state.user) {
    const { metadata } = state.user
    state.user = { ...state.user, metadata: { ...metadata, annotations: { ...metadata.annotations, ...step.annotations } } }
  } else if (step.do === 'setFinalizers' && state.user) {
    const { metadata } = state.user
    state.user =
      metadata.deletionTimestamp && step.finalizers.length === 0 ? undefined : { ...state.user, metadata: { ...metadata, finalizers: step.finalizers } }
  } else throw new Error(`a plan for a user has no step ${step.do}`)
}

/** Kubernetes does its part: Jobs come to an end, deleted ones go. */
const letJobsEnd = (state: World) => {
  state.jobs = state.jobs.filter((known) => !known.isBeingDeleted).map((known) => (known.state === 'Running' ? { ...known, state: 'Complete' } : known))
}

const textsOf = (steps: readonly Step[]): readonly string[] => steps.flatMap((step) => (step.do === 'sql' ? step.changes.map(({ text }) => text) : []))

function expectNoContradiction(steps: readonly Step[]): void {
  const texts = textsOf(steps)
  const creates = texts.some((text) => /^(CREATE|ALTER|GRANT)/.test(text)) || steps.some((step) => step.do === 'apply' || step.do === 'ensureSecret')
  const drops = texts.some((text) => text.startsWith('DROP'))
  expect(creates && drops).toBe(false)
  expect(new Set(texts).size).toBe(texts.length)
  expect(steps.filter((step) => step.do === 'setFinalizers').length).toBeLessThanOrEqual(1)
  const applied = steps.flatMap((step) => (step.do === 'apply' ? [step.manifest.metadata.name] : []))
  const deleted = steps.flatMap((step) => (step.do === 'delete' ? [step.ref.name] : []))
  expect(applied.filter((name) => deleted.includes(name))).toEqual([])
}

/** The Job that is wanted has a name of its own, which the random states call `wanted`. */
function named(state: World): World {
  const fresh = planUser(
    observe({ ...state, instance: true, reachable: true, rival: false, account: undefined, jobs: [], secrets: { mine: 'x', 'a-password': 'x' } }, anybody),
    context,
  )
  const step = fresh.steps.find((candidate) => candidate.do === 'apply')
  const name = step?.do === 'apply' ? step.manifest.metadata.name : ''
  expect(name).toMatch(/^a-migrate-/)
  return { ...state, jobs: state.jobs.map((known) => (known.name === 'wanted' ? { ...known, name } : known)) }
}

test('from any state, a plan does not contradict itself, holds no secret, and after a few rounds there is nothing left to do', () => {
  const outcomes = new Set<string>()
  fc.assert(
    fc.property(world, fc.nat(5), (start, cut) => {
      const state = named(start)
      const before = { account: state.account, databases: [...state.databases] }
      for (let round = 0; round < 8 && state.user; round += 1) {
        const { steps, findings } = plan(state, state.user)
        expectNoContradiction(steps)
        expect(JSON.stringify(steps)).not.toContain('s3cret')
        // The first run is cut off somewhere: what was done stays, and the next one goes on from there.
        for (const step of round === 0 ? steps.slice(0, cut) : steps) apply(state, step)
        letJobsEnd(state)
        if (findings.some(({ type }) => type === 'Stalled')) expect(steps).toEqual([])
      }
      const rest = state.user && plan(state, state.user)
      expect(rest?.steps ?? []).toEqual([])
      const outcome = state.user ? (rest?.findings[0]?.reason ?? 'Leaving') : 'Gone'
      outcomes.add(outcome)
      if (outcome === 'Migrated') {
        expect([...state.databases]).toContain(database)
        expect(state.grants.find(({ pattern }) => pattern === 'finiaDB\\_a\\_b')?.all).toBe(true)
        expect(state.grants.map(({ pattern }) => pattern)).not.toContain('finiaDB_a_b')
      }
      const isOurs = start.global.length === 0 && !start.rival && start.user?.spec.username === 'a_b'
      if (!isOurs && start.account !== undefined) expect({ account: state.account, databases: [...state.databases] }).toEqual(before)
    }),
    { numRuns: 600 },
  )
  // The states are no state worth testing unless they lead everywhere.
  const everywhere = ['Migrated', 'Gone', 'ReservedUsername', 'AccountHasGlobalRights', 'UsernameTaken', 'PasswordSecretMissing', 'DatabaseUnavailable']
  expect([...outcomes]).toEqual(expect.arrayContaining(everywhere))
}, 30_000)
