// The operator's own accounts on a real server, and names that try to be more than names.
import { randomBytes } from 'node:crypto'
import { describe, expect, test } from 'vitest'
import { mysql } from '../../operator/mysql/client.ts'
import { readAccount } from '../../operator/observe/server.ts'
import * as statements from '../../operator/plan/statements.ts'
import { admin, aPlace, as, ask, kindOf, run, secretText, unique, valueOf } from './administration-place.ts'

describe('the service accounts of an instance', () => {
  test('are made once, open with their passwords, and reach no more than they need', async () => {
    const place = aPlace()
    expect(await place.settle()).toHaveLength(7)
    expect(await place.settle()).toEqual([])
    const api = as(place.id, valueOf(place, 'home-db', 'app-password'))
    await run(api, `CREATE TABLE ${place.id}_ops.sessions (id INT)`)
    expect(await kindOf(run(api, `CREATE DATABASE ${place.id}x_john`))).toBe('Refused')
    const migrate = as(`${place.id}_migrate`, valueOf(place, 'home-db', 'migrate-password'))
    await run(migrate, `CREATE DATABASE ${place.id}x_john`, `CREATE TABLE ${place.id}x_john.t (id INT)`)
    await run(migrate, `CREATE TRIGGER ${place.id}x_john.g BEFORE INSERT ON ${place.id}x_john.t FOR EACH ROW SET NEW.id = 1`)
    expect(await kindOf(run(migrate, `SELECT * FROM ${place.id}_ops.sessions`))).toBe('Refused')
    expect(await kindOf(run(migrate, `CREATE DATABASE ${place.id}xyjohn`))).toBe('Refused')
  })

  test('get the password of their Secret back when somebody changed it', async () => {
    const place = aPlace()
    await place.settle()
    await run(admin, `ALTER USER '${place.id}'@'%' IDENTIFIED BY 'changed'`)
    expect(await place.settle()).toEqual([`ALTER USER '${place.id}'@'%' IDENTIFIED BY ?`])
    await run(as(place.id, valueOf(place, 'home-db', 'app-password')), 'SELECT 1')
  })

  test('belong to one instance: the next of its name takes over, another is told who the owner is', async () => {
    const place = aPlace()
    await place.settle()
    const names = { spec: place.instance.spec }
    const successor = { ...place.instance, metadata: { ...place.instance.metadata, uid: 'the-next' }, ...names }
    expect(await place.settle(successor)).toEqual([expect.stringMatching(/^UPDATE .* AND uid = 'uid-of-home'$/)])
    const stranger = { ...successor, metadata: { ...successor.metadata, uid: 'stranger', name: 'other' } }
    place.secret('other-db', { 'app-password': secretText(), 'migrate-password': secretText() })
    expect(await place.settle(stranger)).toEqual(['OperationsDatabaseOwned'])
    const heir = { ...stranger, metadata: { ...stranger.metadata, annotations: { 'finia.io/adopt-database': 'the-next' } } }
    expect(await place.settle(heir)).toHaveLength(3)
    expect(await place.settle(heir)).toEqual([])
    expect(await place.settle(successor)).toEqual(['OperationsDatabaseOwned'])
  })
})

test('names made of quotes, backslashes and wildcards go to the server and back unchanged', async () => {
  const parts = ['`', "'", '\\', '"', '_', '%', '?', ';', '-- ', '/*', 'é', '$', '*', ',', '@']
  for (let round = 0; round < 25; round += 1) {
    const name = `${unique()}${Array.from(randomBytes(6), (byte) => parts[byte % parts.length]).join('')}q`
    const pattern = statements.escapedPattern(name)
    const password = secretText()
    await mysql.use(admin, async (session) => {
      await session.run({ sql: statements.createDatabase(name).text, values: [] })
      await session.run({ sql: `CREATE USER ${statements.accountName(name)} IDENTIFIED BY ?`, values: [password] })
      await session.run({ sql: statements.grantAll(pattern, name).text, values: [] })
      const { hosts, grants } = await readAccount(session, name)
      expect({ name, hosts, grants }).toEqual({ name, hosts: ['%'], grants: { global: [], databases: [{ pattern, all: true, some: true }] } })
    })
    const seen = await ask<{ Database: string }>(as(name, password), 'SHOW DATABASES')
    expect(seen.map((row) => row.Database)).toContain(name)
    await mysql.use(admin, async (session) => {
      await session.run({ sql: statements.revokeAll(pattern, name).text, values: [] })
      expect((await readAccount(session, name)).grants.databases).toEqual([])
      await session.run({ sql: statements.dropAccount(name).text, values: [] })
      await session.run({ sql: statements.dropDatabase(name).text, values: [] })
    })
  }
})
