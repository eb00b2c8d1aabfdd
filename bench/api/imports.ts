// An import brings rows: they go again after each run, and its statements can be replayed on what was there before.
import sql, { raw } from 'sql-template-tag'
import type { Db } from '../../api/db/db.ts'
import { settle } from './load.ts'
import type { Sent } from './statements.ts'

export const highestTransaction = async (db: Db): Promise<number> =>
  (await db.first<{ id: number }>(sql`SELECT IFNULL(MAX(id), 0) AS id FROM tbl_transaction`))?.id ?? 0

const removeAfter = async (db: Db, id: number): Promise<void> => {
  await db.run(sql`DELETE FROM tbl_accountingEntry WHERE transaction > ${id}`)
  await db.run(sql`DELETE FROM tbl_transaction WHERE id > ${id}`)
}

const nextId = async (db: Db, table: 'tbl_transaction' | 'tbl_accountingEntry'): Promise<number> =>
  (await db.first<{ id: number }>(sql`SELECT AUTO_INCREMENT AS id FROM information_schema.tables WHERE table_schema = DATABASE() AND table_name = ${table}`))
    ?.id ?? 1

/** Does the work on a database that gets the same ids again and again, and leaves nothing in it. */
export const withoutTrace = async <T>(db: Db, work: () => Promise<T>): Promise<T> => {
  const highest = await highestTransaction(db)
  const tables = ['tbl_transaction', 'tbl_accountingEntry'] as const
  await db.run(sql`ANALYZE TABLE tbl_transaction, tbl_accountingEntry`)
  const next = await Promise.all(tables.map((table) => nextId(db, table)))
  try {
    return await work()
  } finally {
    await removeAfter(db, highest)
    await settle(db)
    for (const [index, table] of tables.entries()) await db.run(raw(`ALTER TABLE ${table} AUTO_INCREMENT = ${next[index] ?? 1}`))
  }
}

/** Milliseconds that the statements of one import take alone: the median of several times. */
export const replayImport = async (db: Db, user: string, statements: readonly Sent[], times: number): Promise<number> => {
  const own = statements.flatMap((sent) => (sent.user === user && sent.sql !== undefined ? [sent.sql] : []))
  const taken: number[] = []
  for (let time = 0; time < times; time++) {
    await withoutTrace(db, () =>
      db.pinned(async (pinned) => {
        const started = performance.now()
        for (const statement of own) await pinned.all({ sql: statement, values: [] })
        taken.push(performance.now() - started)
      }),
    )
  }
  return taken.toSorted((one, other) => one - other)[Math.floor(times / 2)] ?? Number.NaN
}
