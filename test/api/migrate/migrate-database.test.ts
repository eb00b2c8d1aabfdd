import { expect, test } from 'vitest'
import type { Db } from '../../../api/db/db.ts'
import { DatabaseError, faultOf } from '../../../api/db/errors.ts'
import { migrateDatabase } from '../../../api/migrate-database.ts'

/** A database that refuses everything. */
const refusing = (errno: number, message: string): Db => {
  const refuse = () => Promise.reject(new DatabaseError(faultOf(errno), errno, 'HY000', message))
  return { all: refuse, first: refuse, run: refuse, transaction: refuse, pinned: refuse }
}

const failure = async (errno: number, message: string) =>
  (await migrateDatabase(refusing(errno, message), 'alice', 'finiaDB_alice', { labels: ['expand'], dryRun: false, seed: undefined })).error

test.each([
  [1062, "Duplicate entry 'Miete Huber' for key 'x'"],
  [1366, "Incorrect string value: 'Miete Huber' for column `x`.`y`.`z`"],
])('what a row holds stays out of logs and status when a migration fails by it (error %d)', async (errno, message) => {
  expect(await failure(errno, message)).toBe(`Database finiaDB_alice: the server refused a statement (error ${errno}).`)
})

test('every other failure is told in the server’s own words, with what to do', async () => {
  expect(await failure(1044, 'Access denied for user')).toBe(
    'Database finiaDB_alice: the migration account has no rights on it: grant them, and check that the database exists (error 1044: Access denied for user).',
  )
  expect(await failure(0, 'connect ECONNREFUSED 10.0.0.1:3306')).toBe(
    'Database finiaDB_alice: the server does not answer (connect ECONNREFUSED 10.0.0.1:3306); try again.',
  )
})
