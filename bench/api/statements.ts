// Which statements a request sends, as the database server itself writes them down.
import sql from 'sql-template-tag'
import type { Db } from '../../api/db/db.ts'

export interface Sent {
  /** The account that sent it. */
  readonly user: string
  /** Undefined: it opened a connection. */
  readonly sql: string | undefined
}

interface LogRow {
  readonly user_host: string
  readonly command_type: string
  readonly argument: string
}

/** The log has those of triggers as well, which the server runs by itself. */
const ofTrigger = /\b(NEW|OLD)\.`?\w/

/** Statements of these accounts while the work went on. */
export const statementsOf = async (admin: Db, users: readonly string[], work: () => Promise<unknown>): Promise<readonly Sent[]> => {
  await admin.run(sql`SET GLOBAL log_output = 'TABLE'`)
  await admin.run(sql`TRUNCATE TABLE mysql.general_log`)
  await admin.run(sql`SET GLOBAL general_log = ON`)
  try {
    await work()
  } finally {
    await admin.run(sql`SET GLOBAL general_log = OFF`)
  }
  const rows = await admin.all<LogRow>(sql`SELECT user_host, command_type, CONVERT(argument USING utf8mb4) AS argument FROM mysql.general_log`)
  return rows.flatMap(({ user_host, command_type, argument }) => {
    const user = users.find((name) => user_host.startsWith(`${name}[`) || user_host.startsWith(`[${name}]`))
    if (!user || !['Query', 'Connect'].includes(command_type) || ofTrigger.test(argument)) return []
    return [{ user, sql: command_type === 'Connect' ? undefined : argument }]
  })
}

/** Of several times the one with the fewest: now and then a session is looked up again, or a heartbeat falls into it. */
export const fewestStatements = async (admin: Db, users: readonly string[], times: number, work: () => Promise<unknown>): Promise<readonly Sent[]> => {
  let fewest = await statementsOf(admin, users, work)
  for (let time = 1; time < times; time++) {
    const again = await statementsOf(admin, users, work)
    if (again.length < fewest.length) fewest = again
  }
  return fewest
}
