// A person and the Secret take turns at the password, with the operator looking now and then: who spoke last is heard.
import fc from 'fast-check'
import { expect, test } from 'vitest'
import type { UserServer } from '../../../operator/observe/user.ts'
import { decidePassword, notedPassword } from '../../../operator/plan/user-password.ts'
import { aUser } from '../../support/instance.ts'
import { anAccount, anObservedUser, aServer } from '../../support/observed-user.ts'
import { named, password } from '../../support/user-plans.ts'

interface World {
  readonly isNamed: boolean
  secret: string
  account: string | undefined
  annotation: string | undefined
}

const facts = (world: World) => {
  const user = aUser({ ...(world.annotation !== undefined && { annotations: { 'finia.io/password': world.annotation } }) })
  const mark = `s${world.secret}`
  const observed = anObservedUser({ user, password: world.isNamed ? named({ mark }) : password({ mark }) })
  const isTried = notedPassword(user)?.secret !== mark
  const account =
    world.account === undefined
      ? anAccount('john')
      : { ...anAccount('john', 'finiaDB\\_john'), passwordMark: `a${world.account}`, ...(isTried && { passwordWorks: world.account === world.secret }) }
  const server: UserServer = aServer({ account })
  return { observed, server }
}

/** One look of the operator; true when there was something to do. */
const look = (world: World): boolean => {
  const { observed, server } = facts(world)
  const decision = decidePassword(observed, server)
  if (decision.do === 'create' || decision.do === 'set') world.account = world.secret
  if (decision.do === 'note') world.annotation = decision.annotation
  return decision.do !== 'keep'
}

const settle = (world: World): void => {
  for (let turn = 0; look(world); turn++) expect(turn).toBeLessThan(3)
}

const act = fc.record({ by: fc.constantFrom('person' as const, 'Secret' as const, 'dropper' as const), text: fc.constantFrom('1', '2', '3') })

test('whoever spoke last is heard: a person’s own change stays at every later look, a new content of the Secret wins, and the operator comes to rest', () => {
  fc.assert(
    fc.property(fc.boolean(), fc.array(act, { maxLength: 12 }), (isNamed, acts) => {
      const world: World = { isNamed, secret: '0', account: undefined, annotation: undefined }
      settle(world)
      expect(world.account).toBe('0')
      for (const { by, text } of acts) {
        const before = { ...world }
        if (by === 'person') world.account = text
        else if (by === 'Secret') world.secret = text
        else world.account = undefined
        settle(world)
        const heard = by === 'person' ? text : by === 'Secret' && text === before.secret ? before.account : world.secret
        expect(world.account).toBe(heard)
        const { observed, server } = facts(world)
        expect(decidePassword(observed, server)).toEqual({ do: 'keep', isOwn: world.account !== world.secret })
      }
    }),
    { numRuns: 150 },
  )
})

test('an account that was there before gets the password of a Secret that a person named, and keeps its own beside a generated one', () => {
  const adopted = (isNamed: boolean): World => ({ isNamed, secret: '1', account: 'from before', annotation: undefined })
  const [toNamed, beside] = [adopted(true), adopted(false)]
  settle(toNamed)
  settle(beside)
  expect([toNamed.account, beside.account]).toEqual(['1', 'from before'])
  // what is written into the generated Secret later is meant
  beside.secret = '2'
  settle(beside)
  expect(beside.account).toBe('2')
})

test('without a key for marks nothing is set: whether the Secret is new cannot be told', () => {
  const { observed, server } = facts({ isNamed: true, secret: '1', account: '2', annotation: undefined })
  const { mark: _, ...unmarked } = observed.password
  expect(decidePassword({ ...observed, password: unmarked }, server)).toEqual({ do: 'keep', isOwn: false })
})
