import { randomBytes } from 'node:crypto'
import sql, { raw } from 'sql-template-tag'
import type { Login } from '../../api/db/databases.ts'
import { asAdmin } from './environment.ts'

/** An operations database of the test's own, as the operator makes it. */
export const anOperationsDatabase = async (): Promise<Login> => {
  const name = `ops_${randomBytes(6).toString('hex')}`
  const login = { username: name, password: randomBytes(12).toString('base64url'), database: name }
  await asAdmin(async (db) => {
    await db.run(raw(`CREATE DATABASE ${name}`))
    await db.run(sql`CREATE USER ${name}@'%' IDENTIFIED BY ${login.password}`)
    await db.run(raw(`GRANT ALL PRIVILEGES ON \`${name.replaceAll('_', '\\_')}\`.* TO '${name}'@'%'`))
  })
  return login
}
