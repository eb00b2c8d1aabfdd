import { randomBytes } from 'node:crypto'
import { setTimeout as sleep } from 'node:timers/promises'
import sql, { raw } from 'sql-template-tag'
import { expect, test } from 'vitest'
import type { Db } from '../../api/db/db.ts'
import { migrate } from '../../api/db/migrations/run.ts'
import { asAdmin, aUser, someDatabases } from './environment.ts'
import { inFolder } from './process.ts'
import { replicaProcesses, signIn, stopAll } from './replica-processes.ts'

interface Person {
  readonly username: string
  readonly password: string
  readonly address: string
}

/** What is read below of a database as migrations make it. */
const templateOf = async (): Promise<string> => {
  const user = await aUser()
  const databases = someDatabases()
  await migrate(databases.open(user), { labels: ['expand', 'contract'], dryRun: false })
  await databases.close()
  return `${user.database}.tbl_accountType`
}

const makePerson = async (db: Db, template: string, { username, password }: Person): Promise<void> => {
  const database = `finiaDB_${username}`
  await db.run(raw(`CREATE DATABASE ${database}`))
  await db.run(raw(`CREATE TABLE ${database}.tbl_accountType LIKE ${template}`))
  await db.run(sql`INSERT INTO ${raw(database)}.tbl_accountType (dateImport, type) VALUES (NOW(), ${`of ${username}`})`)
  await db.run(sql`CREATE USER ${username}@'%' IDENTIFIED BY ${password}`)
  await db.run(raw(`GRANT ALL PRIVILEGES ON \`${database.replaceAll('_', '\\_')}\`.* TO '${username}'@'%'`))
}

const people = async (count: number): Promise<readonly Person[]> => {
  const template = await templateOf()
  const mark = randomBytes(4).toString('hex')
  const all = Array.from({ length: count }, (_, number) => ({
    username: `m${mark}${number}`,
    password: randomBytes(9).toString('base64url'),
    address: `198.51.${Math.floor(number / 250)}.${number % 250}`,
  }))
  await asAdmin((db) => Promise.all(all.map((person) => makePerson(db, template, person))))
  return all
}

/** The most connections of these accounts that the server had at once while the work was done. */
const peakDuring = (accounts: string, work: () => Promise<void>): Promise<number> =>
  asAdmin(async (db) => {
    let peak = 0
    let isDone = false
    const watch = async () => {
      while (!isDone) {
        const row = await db.first<{ open: number }>(sql`SELECT COUNT(*) AS open FROM information_schema.PROCESSLIST WHERE USER LIKE ${accounts}`)
        peak = Math.max(peak, row?.open ?? 0)
        await sleep(50)
      }
    }
    const watching = watch()
    try {
      await work()
    } finally {
      isDone = true
      await watching
    }
    return peak
  })

test(
  'five hundred people who are signed in and read at the same time at two replicas are all answered, though the server allows 151 connections; one who asks too often is not',
  () =>
    inFolder(async (folder) => {
      const { allowed } = (await asAdmin((db) => db.first<{ allowed: number }>(sql`SELECT @@max_connections AS allowed`))) ?? { allowed: 0 }
      expect(allowed).toBe(151)
      const begin = performance.now()
      const everybody = await people(500)
      const made = performance.now()
      const replicas = await replicaProcesses(folder, 2)
      const replicaOf = (turn: number) => {
        const replica = replicas[turn % replicas.length]
        if (!replica) throw new Error('no replica')
        return replica
      }
      const ready = performance.now()
      let signedIn = 0
      let read: readonly { readonly status: number; readonly isHis: boolean }[] = []
      const peak = await peakDuring('m%', async () => {
        const tokens = await Promise.all(everybody.map(({ username, password, address }, turn) => signIn(replicaOf(turn), username, password, address)))
        signedIn = performance.now()
        // each at the other replica than the one that knows him
        read = await Promise.all(
          everybody.map(async ({ username, address }, turn) => {
            const answer = await replicaOf(turn + 1).ask('/api/settings/account-types', address, { token: tokens[turn] ?? '' })
            return { status: answer.status, isHis: (await answer.text()).includes(`of ${username}"`) }
          }),
        )
      })
      const answered = performance.now()
      // with the limit that there is when nobody says one, divided by the two
      const busy = await Promise.all(Array.from({ length: 150 }, (_, turn) => replicaOf(turn).ask('/api/settings/account-types', '203.0.113.1')))
      expect(Map.groupBy(busy, ({ status }) => status).get(401)).toHaveLength(100)
      expect(Map.groupBy(busy, ({ status }) => status).get(429)).toHaveLength(50)
      expect(read).toHaveLength(500)
      // the server sees a little later than we do that a connection is closed
      expect(peak).toBeLessThanOrEqual(100)
      expect(peak).toBeGreaterThan(40)
      expect(read.filter(({ status, isHis }) => status !== 200 || !isHis)).toEqual([])
      expect(await stopAll(replicas)).toEqual([0, 0])
      const times = [made - begin, ready - made, signedIn - ready, answered - signedIn].map((time) => Math.round(time))
      console.log(
        `500 people: made in ${times[0]} ms, replicas ready in ${times[1]} ms, signed in within ${times[2]} ms, read within ${times[3]} ms, ${peak} connections at most`,
      )
    }),
  120_000,
)
