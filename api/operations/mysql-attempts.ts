// Attempts to log in, counted over all replicas.
import { createHash } from 'node:crypto'
import sql, { bulk } from 'sql-template-tag'
import type { Db } from '../db/db.ts'
import { retriedTransaction } from '../db/retry.ts'
import { hasRoom, type OperationsStore, type Subject, type Tally, type Window } from './store.ts'
import { readTime, written } from './times.ts'

export const attemptTables = [
  // one row for each subject, locked while its attempts are counted
  sql`CREATE TABLE IF NOT EXISTS login_subjects (
    subject CHAR(64) CHARACTER SET ascii COLLATE ascii_bin NOT NULL PRIMARY KEY,
    touched_at DATETIME(3) NOT NULL,
    KEY touched_at (touched_at)
  ) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4`,
  sql`CREATE TABLE IF NOT EXISTS login_attempts (
    id BIGINT NOT NULL AUTO_INCREMENT PRIMARY KEY,
    attempt VARCHAR(64) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
    subject CHAR(64) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
    attempted_at DATETIME(3) NOT NULL,
    failed BOOLEAN NOT NULL DEFAULT FALSE,
    KEY attempt (attempt),
    KEY subject (subject, attempted_at),
    KEY attempted_at (attempted_at)
  ) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4`,
]

type Named = Pick<Subject, 'kind' | 'name'>

/** What somebody typed as his name may be his password, and can be of any length. */
const digest = ({ kind, name }: Named) => createHash('sha256').update(`${kind}:${name}`).digest('hex')

const lockSubject = (db: Db, subject: Named, now: Date) =>
  db.run(sql`INSERT INTO login_subjects (subject, touched_at) VALUES (${digest(subject)}, ${written(now)})
    ON DUPLICATE KEY UPDATE touched_at = VALUES(touched_at)`)

const tallyOf = async (db: Db, subject: Named, { since, lostBefore }: Window): Promise<Tally> => {
  const failed = sql`(failed OR attempted_at <= ${written(lostBefore)})`
  const row = await db.first<{ failed: number; underWay: number; oldest: string | null }>(
    sql`SELECT COUNT(IF(${failed}, 1, NULL)) AS failed, COUNT(IF(${failed}, NULL, 1)) AS underWay, MIN(IF(${failed}, attempted_at, NULL)) AS oldest
      FROM login_attempts WHERE subject = ${digest(subject)} AND attempted_at > ${written(since)}`,
  )
  return { failed: row?.failed ?? 0, underWay: row?.underWay ?? 0, oldest: row?.oldest ? readTime(row.oldest) : null }
}

/** The locks come before the first count: a transaction sees what was committed when it first looked. */
const beginAttempt = (db: Db, id: string, subjects: readonly Subject[], window: Window): Promise<readonly Tally[]> =>
  retriedTransaction(db, async (inside) => {
    for (const subject of subjects) await lockSubject(inside, subject, window.now)
    const counted: { subject: Subject; tally: Tally }[] = []
    for (const subject of subjects) counted.push({ subject, tally: await tallyOf(inside, subject, window) })
    if (subjects.length > 0 && counted.every(({ subject, tally }) => hasRoom(tally, subject))) {
      const rows = subjects.map((subject) => [id, digest(subject), written(window.now)])
      await inside.run(sql`INSERT INTO login_attempts (attempt, subject, attempted_at) VALUES ${bulk(rows)}`)
    }
    return counted.map(({ tally }) => tally)
  })

type Attempts = Pick<OperationsStore, 'beginAttempt' | 'failAttempt' | 'withdrawAttempt' | 'countFailures' | 'clearFailures'>

export const mysqlAttempts = (db: Db): Attempts => ({
  beginAttempt: (id, subjects, window) => beginAttempt(db, id, subjects, window),
  failAttempt: async (id) => {
    await db.run(sql`UPDATE login_attempts SET failed = TRUE WHERE attempt = ${id}`)
  },
  withdrawAttempt: async (id) => {
    await db.run(sql`DELETE FROM login_attempts WHERE attempt = ${id}`)
  },
  countFailures: async (subject, since) => {
    const row = await db.first<{ total: number }>(
      sql`SELECT COUNT(*) AS total FROM login_attempts WHERE subject = ${digest(subject)} AND attempted_at > ${written(since)} AND failed`,
    )
    return row?.total ?? 0
  },
  clearFailures: async (subject) => {
    await db.run(sql`DELETE FROM login_attempts WHERE subject = ${digest(subject)} AND failed`)
  },
})
