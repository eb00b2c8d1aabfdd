import fc from 'fast-check'
import { expect, test } from 'vitest'
import type { Db, Statement } from '../../../api/db/db.ts'
import { timedDb } from '../../../api/metrics/timed-db.ts'

/** What a route does: statements that take a while, its own work between them, and either of them within others. */
type Work =
  | { readonly kind: 'statement'; readonly by: 'all' | 'first' | 'run'; readonly takes: number; readonly fails: boolean }
  | { readonly kind: 'own work'; readonly takes: number }
  | { readonly kind: 'transaction' | 'pinned'; readonly works: readonly Work[] }

const { work } = fc.letrec<{ work: Work }>((tie) => ({
  work: fc.oneof(
    { maxDepth: 4 },
    fc.record({
      kind: fc.constant('statement' as const),
      by: fc.constantFrom('all' as const, 'first' as const, 'run' as const),
      takes: fc.nat(50),
      fails: fc.boolean(),
    }),
    fc.record({ kind: fc.constant('own work' as const), takes: fc.nat(50) }),
    fc.record({ kind: fc.constantFrom('transaction' as const, 'pinned' as const), works: fc.array(tie('work'), { maxLength: 4 }) }),
  ),
}))

const query = (takes: number, fails: boolean): Statement => ({ sql: 'SELECT ?', values: [takes, fails] })

/** A server whose clock moves only while it works or the route does; a connection takes 7 to come, a beginning or an end 3. */
const aWorld = () => {
  const seen = { now: 0, spent: 0, statements: 0 }
  const pass = (milliseconds: number) => {
    seen.now += milliseconds
    seen.spent += milliseconds
  }
  const answer = async ({ values: [takes, fails] }: Statement) => {
    pass(Number(takes))
    seen.statements += 1
    if (fails === true) throw new Error('refused')
  }
  const connection = (inTransaction: boolean): Db => ({
    all: async (statement) => (await answer(statement), []),
    first: async (statement) => (await answer(statement), undefined),
    run: async (statement) => (await answer(statement), { affectedRows: 0, changedRows: 0, insertId: 0 }),
    pinned: (inside) => inside(connection(inTransaction)),
    transaction: async (inside) => {
      if (inTransaction) return inside(connection(true))
      await answer(query(3, false))
      try {
        return await inside(connection(true))
      } finally {
        await answer(query(3, false))
      }
    },
  })
  const borrowed = () => {
    pass(7)
    return connection(false)
  }
  const pool: Db = {
    all: async (statement) => borrowed().all(statement),
    first: async (statement) => borrowed().first(statement),
    run: async (statement) => borrowed().run(statement),
    pinned: async (inside) => borrowed().pinned(inside),
    transaction: async (inside) => borrowed().transaction(inside),
  }
  return { seen, pool }
}

test('the time that adds up is the time that passed in the database and on the way there, and every statement that was sent is counted', async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(work, { maxLength: 6 }), async (works) => {
      const { seen, pool } = aWorld()
      const spent = { since: 0, milliseconds: 0, statements: 0 }
      const perform = async (db: Db, one: Work): Promise<void> => {
        if (one.kind === 'own work') seen.now += one.takes
        else if (one.kind === 'statement') await db[one.by](query(one.takes, one.fails)).catch(() => {})
        else
          await db[one.kind](async (inside) => {
            for (const next of one.works) await perform(inside, next)
          })
      }
      for (const one of works)
        await perform(
          timedDb(pool, spent, () => seen.now),
          one,
        )
      expect([spent.milliseconds, spent.statements]).toEqual([seen.spent, seen.statements])
    }),
  )
})

test('what fails rises as it is, and its time is counted', async () => {
  const { seen, pool } = aWorld()
  const spent = { since: 0, milliseconds: 0, statements: 0 }
  const failing = timedDb(pool, spent, () => seen.now).transaction((inside) => inside.run(query(10, true)))
  await expect(failing).rejects.toThrow('refused')
  expect(spent).toEqual({ since: 0, milliseconds: 7 + 3 + 10 + 3, statements: 3 })
})
