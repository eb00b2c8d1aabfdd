// `node bench/api/load.ts`: a user with a database full of bookings, on the server that DATABASE_URL names
// (mysql://account:password@host:port, an account that may make users). ROWS, USER_NAME and USER_PASSWORD are choices; prints the login as JSON.
import { randomBytes } from 'node:crypto'
import { readFileSync } from 'node:fs'
import sql, { raw } from 'sql-template-tag'
import type { Server } from '../../api/db/connection.ts'
import type { Login } from '../../api/db/databases.ts'
import type { Db } from '../../api/db/db.ts'
import { migrate } from '../../api/db/migrations/run.ts'
import { mysqlDatabases } from '../../api/db/mysql.ts'
import { takeChangesOver } from '../../api/reports/take-changes-over.ts'
import { seedImportFormats } from '../../api/settings/seed-import-formats.ts'
import { systemClock } from '../../api/system.ts'
import { takeCountsOver } from '../../api/transactions/count.ts'
import { fill } from './fill.ts'

export interface Administrator {
  readonly host: string
  readonly port: number
  readonly user: string
  readonly password: string
}

const bounds = { total: 4, perUser: 4, idleMilliseconds: 60_000, lifeMilliseconds: 3_600_000, waitMilliseconds: 60_000 }

/** Work on a server; statements may take as long as they take. */
export const onServer = async <T>({ host, port, user, password }: Administrator, work: (as: (login: Partial<Login>) => Db) => Promise<T>): Promise<T> => {
  const server: Server = { host, port, netReadTimeout: 600, netWriteTimeout: 600, maxExecutionTime: 0, tls: 'Disabled', ca: undefined }
  const databases = mysqlDatabases(server, bounds, systemClock)
  try {
    return await work((login) => databases.open({ username: user, password, database: 'mysql', ...login }))
  } finally {
    await databases.close()
  }
}

export const aLogin = (username = `bench_${randomBytes(4).toString('hex')}`, password = randomBytes(15).toString('base64url')): Login => ({
  username,
  password,
  database: `finiaDB_${username}`,
})

/** An account with an empty database, as the operator makes them. */
export const createUser = async (admin: Db, { username, password, database }: Login): Promise<void> => {
  if (!/^\w+$/.test(username)) throw new Error(`USER_NAME is '${username}'; use letters, digits and underscores.`)
  await admin.run(raw(`CREATE DATABASE \`${database}\` CHARACTER SET utf8mb3`))
  await admin.run(sql`CREATE USER ${username}@'%' IDENTIFIED BY ${password}`)
  await admin.run(raw(`GRANT ALL PRIVILEGES ON \`${database.replaceAll('_', '\\_')}\`.* TO '${username}'@'%'`))
}

/** What the triggers have noted down is taken over, as it has been long ago with the bookings of many years. */
export const settle = async (db: Db): Promise<void> => {
  for (const [table, takeOver] of [['finia_changes', takeChangesOver] as const, ['finia_transaction_changes', takeCountsOver] as const])
    while (await db.first(raw(`SELECT id FROM ${table} LIMIT 1`))) await takeOver(db)
}

/** The user of the benchmark, with everything that he has. */
export const loadUser = (admin: Administrator, rows: number, login: Login = aLogin()): Promise<Login> =>
  onServer(admin, async (as) => {
    await createUser(as({}), login)
    const db = as(login)
    await migrate(db, { labels: ['expand', 'contract'], dryRun: false })
    await seedImportFormats(db, readFileSync(new URL('../../cfg/import_formats.yaml', import.meta.url), 'utf8'))
    await fill(db, rows)
    await settle(db)
    await as({ database: login.database }).run(
      sql`ANALYZE TABLE tbl_transaction, tbl_accountingEntry, tbl_planningEntry, tbl_shareTransaction, tbl_shareHistory`,
    )
    return login
  })

if (import.meta.main) {
  const { DATABASE_URL = '', ROWS = '100000', USER_NAME, USER_PASSWORD } = process.env
  if (!URL.canParse(DATABASE_URL)) throw new Error('DATABASE_URL is missing; write mysql://account:password@host:port.')
  const { hostname, port, username, password } = new URL(DATABASE_URL)
  const admin = { host: hostname, port: Number(port || 3306), user: decodeURIComponent(username), password: decodeURIComponent(password) }
  console.log(JSON.stringify(await loadUser(admin, Number(ROWS), aLogin(USER_NAME, USER_PASSWORD))))
}
