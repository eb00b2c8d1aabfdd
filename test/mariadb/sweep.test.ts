import { randomBytes } from 'node:crypto'
import sql, { bulk } from 'sql-template-tag'
import { expect, test } from 'vitest'
import { mysqlStore } from '../../api/operations/mysql.ts'
import { asAdmin, someDatabases } from './environment.ts'
import { anOperationsDatabase } from './operations-database.ts'

const now = new Date('2026-06-01T12:00:00Z')
const before = (milliseconds: number) => new Date(now.getTime() - milliseconds)
const hour = 3_600_000
const written = (date: Date) => date.toISOString().slice(0, 23).replace('T', ' ')

test('three replicas sweep at the same time while people sign in: what is old is gone, nobody fails, and nothing else is touched', async () => {
  const ops = await anOperationsDatabase()
  const databases = someDatabases()
  const stores = [0, 1, 2].map(() => mysqlStore(databases.open(ops)))
  const [one = mysqlStore(databases.open(ops))] = stores
  await one.prepare()
  const old = Array.from({ length: 3_000 }, (_, row) => before(hour + 1 + row))
  await asAdmin(async (db) => {
    await db.run(sql`INSERT INTO login_subjects (subject, touched_at) VALUES ${bulk(old.map((date, row) => [`old${row}`, written(date)]))}`)
    const rows = old.map((date) => [randomBytes(16).toString('hex'), 'alice', written(date), written(date)])
    await db.run(sql`INSERT INTO sessions (id, username, created_at, last_activity) VALUES ${bulk(rows)}`)
    await db.run(sql`INSERT INTO login_attempts (attempt, subject, attempted_at) VALUES ${bulk(old.map((date) => ['x', 'x', written(date)]))}`)
  }, ops.database)
  const people = Array.from({ length: 60 }, (_, person) => `person${person}`)
  const work = [
    ...stores.map((store) => store.sweep(before(hour), before(hour))),
    ...people.map(async (name) => {
      await one.beginAttempt(name, [{ kind: 'account', name, limit: 5 }], { now, since: before(hour), lostBefore: before(hour) })
      await one.insertSession({ id: name, username: name, createdAt: now })
    }),
  ]
  const outcomes = await Promise.allSettled(work)
  expect(outcomes.filter(({ status }) => status === 'rejected')).toEqual([])
  const left = await asAdmin(
    (db) =>
      db.first(
        sql`SELECT (SELECT COUNT(*) FROM sessions) AS sessions, (SELECT COUNT(*) FROM login_attempts) AS attempts, (SELECT COUNT(*) FROM login_subjects) AS subjects`,
      ),
    ops.database,
  )
  await databases.close()
  expect(left).toEqual({ sessions: 60, attempts: 60, subjects: 60 })
})
