import type { AddressInfo } from 'node:net'
import { connect, type Socket } from 'node:net'
import { parse } from 'csv-parse/sync'
import fc from 'fast-check'
import sql, { join, raw } from 'sql-template-tag'
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest'
import type { Db } from '../../api/db/db.ts'
import type { Row } from '../../api/export/tables.ts'
import { aDatabase, asAdmin, type TestDatabase } from './environment.ts'
import { bearer } from './login-requests.ts'
import { eventually } from './process.ts'

interface Exported {
  readonly tables: Readonly<Record<string, readonly Row[]>>
}

const accountId = async (db: Db): Promise<number> => {
  const at = '2026-01-31T00:00:00'
  const { insertId } = await db.run(sql`INSERT INTO tbl_account (dateImport, name, iban_accountNumber, bic_market, startAmount, dateStart, type)
    VALUES (${at}, 'Girokonto', 'DE02', '', '0.0000000001', ${at}, 1)`)
  return insertId
}

/** Texts as they come from banks and from those who want to break something. */
const hostile = fc.oneof(
  fc.string({ unit: 'grapheme-composite', maxLength: 60 }),
  fc
    .array(fc.constantFrom('"', "'", ',', ';', '\r\n', '\n', '\t', '=1+1', '@SUM(A1)', '-', '+', '\\', ' ', 'ä', '€', ''), { maxLength: 12 })
    .map((parts) => parts.join('')),
)
/** The columns take three bytes a character: they refuse what lies beyond. */
const storable = hostile.map((text) => text.replaceAll(/[\u{10000}-\u{10ffff}\0]/gu, '?').slice(0, 120))

const booking = fc.record({
  description: storable,
  recipient: fc.option(storable, { nil: null }),
  amount: fc.bigInt({ min: -(10n ** 19n), max: 10n ** 19n }).map((units) => {
    const digits = String(units < 0n ? -units : units).padStart(11, '0')
    return `${units < 0n ? '-' : ''}${digits.slice(0, -10)}.${digits.slice(-10)}`
  }),
})

describe('a user with bookings of all kinds', () => {
  let user: TestDatabase
  let account: number

  beforeAll(async () => {
    user = await aDatabase()
    account = await accountId(user.db)
  })
  afterAll(() => user.close())

  const exported = async (): Promise<Exported> => {
    const answer = await user.inject({ url: '/api/export' })
    expect(answer.statusCode).toBe(200)
    return answer.json<Exported>()
  }

  test('the document has every table of the user, and says whose it is and of when', async () => {
    const answer = await user.inject({ url: '/api/export' })
    const { tables, exported_at: at, ...head } = answer.json<Exported & { exported_at: string }>()
    expect(head).toEqual({ release: '1.0.0-test', user: user.username, database: user.database })
    expect(Math.abs(Date.parse(at) - Date.now())).toBeLessThan(60_000)
    const day = at.slice(0, 10)
    expect(answer.headers['content-disposition']).toBe(`attachment; filename="finia-${user.username}-${day}.json"`)
    expect(answer.headers['content-type']).toBe('application/json; charset=utf-8')
    const named = await user.db.all<{ name: string }>(
      sql`SELECT TABLE_NAME AS name FROM information_schema.TABLES WHERE TABLE_SCHEMA = DATABASE() AND TABLE_TYPE = 'BASE TABLE'`,
    )
    const names = named.map(({ name }) => name)
    expect(names).toContain('finia_schema')
    expect(Object.keys(tables).toSorted()).toEqual(names.filter((name) => name.startsWith('tbl_')).toSorted())
  })

  test('what was exported is what the database holds, row by row, in JSON and in CSV, whatever the texts are', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(booking, { minLength: 1, maxLength: 20 }), async (bookings) => {
        await user.db.run(sql`DELETE FROM tbl_accountingEntry`)
        await user.db.run(sql`DELETE FROM tbl_transaction`)
        for (const [index, { description, recipient, amount }] of bookings.entries()) {
          await user.db.run(sql`INSERT INTO tbl_transaction (dateImport, description, recipientApplicant, amount, dateValue, account)
            VALUES (NOW(), ${description}, ${recipient}, ${amount}, ${`2026-01-01T00:00:${String(index).padStart(2, '0')}`}, ${account})`)
        }
        const { tables } = await exported()
        for (const [name, rows] of Object.entries(tables)) {
          const columns = Object.keys(rows[0] ?? { id: 0 })
          const stored = await user.db.all<Row>(raw(`SELECT ${columns.map((column) => `\`${column}\``).join()} FROM ${name} ORDER BY id`))
          expect(rows).toEqual(stored)
        }
        const written = tables['tbl_transaction'] ?? []
        expect(written.map((row) => [row['description'], row['recipientApplicant'], row['amount']])).toEqual(
          bookings.map(({ description, recipient, amount }) => [description, recipient, amount]),
        )
        const file = await user.inject({ url: '/api/export/tbl_transaction.csv' })
        const read = parse(file.body, { cast: (text, { quoting }) => (text === '' && !quoting ? null : text), record_delimiter: '\r\n' }) as unknown[][]
        const [names = [], ...lines] = read
        expect(lines.map((line) => Object.fromEntries(line.map((value, at) => [names[at], value])))).toEqual(
          written.map((row) => Object.fromEntries(Object.entries(row).map(([name, value]) => [name, value === null ? null : String(value)]))),
        )
      }),
      { numRuns: 25 },
    )
  })

  test('for a spreadsheet no text is a formula, and amounts stay numbers', async () => {
    await user.db.run(sql`DELETE FROM tbl_accountingEntry`)
    await user.db.run(sql`DELETE FROM tbl_transaction`)
    await user.db.run(sql`INSERT INTO tbl_transaction (dateImport, description, recipientApplicant, amount, dateValue, account)
      VALUES (NOW(), '=HYPERLINK("http://x")', '+49 30 1', '-12.5', '2026-01-01', ${account})`)
    const exact = await user.inject({ url: '/api/export/tbl_transaction.csv' })
    expect(exact.body).toMatch(/^"id",/)
    expect(exact.body).toContain(',"=HYPERLINK(""http://x"")",-12.5000000000,2026-01-01T00:00:00,"+49 30 1",')
    expect(exact.headers['content-type']).toBe('text/csv; charset=utf-8')
    expect(exact.headers['content-disposition']).toMatch(/^attachment; filename="finia-\w+-tbl_transaction-\d{4}-\d\d-\d\d\.csv"$/)
    const safe = await user.inject({ url: '/api/export/tbl_transaction.csv?for=spreadsheet' })
    expect(safe.body.startsWith('\u{feff}"id",')).toBe(true)
    expect(safe.body).toContain(`,"'=HYPERLINK(""http://x"")",-12.5000000000,2026-01-01T00:00:00,"'+49 30 1",`)
  })

  test.each([
    ['/api/export?format=xml', 400, 'format is "xml"; write json. CSV is one table a file: /api/export/tbl_transaction.csv.'],
    ['/api/export/tbl_account.csv?for=excel', 400, 'for is "excel"; write spreadsheet, or leave it out for exact data.'],
    ['/api/export/tbl_account.xls', 404, 'There is no export "tbl_account.xls"; ask for a table, such as tbl_transaction.csv.'],
    ['/api/export/finia_schema.csv', 404, expect.stringMatching(/^There is no table "finia_schema"; there are tbl_account, /)],
    ['/api/export/tbl_account%60.csv', 404, expect.stringContaining('There is no export')],
  ])('%s is answered %i with a sentence', async (url, status, detail) => {
    const answer = await user.inject({ url })
    expect([answer.statusCode, answer.json()]).toEqual([status, { detail }])
  })
})

/** More than any buffer between the database and the client takes. */
const many = async (db: Db, account: number): Promise<void> => {
  await db.run(sql`INSERT INTO tbl_transaction (dateImport, description, amount, dateValue, account)
    SELECT NOW(), CONCAT(REPEAT('x', 300), seq), seq, '2026-01-01', ${account} FROM seq_1_to_40000`)
}

describe('a user with 40,000 bookings', () => {
  let user: TestDatabase
  let port: number
  const sockets: Socket[] = []

  beforeAll(async () => {
    user = await aDatabase()
    await many(user.db, await accountId(user.db))
    await user.app.listen({ host: '127.0.0.1', port: 0 })
    port = (user.app.server.address() as AddressInfo).port
  }, 60_000)
  afterEach(() => {
    for (const socket of sockets.splice(0)) socket.destroy()
  })
  afterAll(() => user.close())

  /** Connections with a transaction of the user's. */
  const underWay = () =>
    asAdmin((db) =>
      db.all<{ id: number }>(sql`SELECT p.ID AS id FROM information_schema.PROCESSLIST p
        JOIN information_schema.INNODB_TRX t ON t.trx_mysql_thread_id = p.ID WHERE p.USER = ${user.username}`),
    )
  const get = (path: string) => fetch(`http://127.0.0.1:${port}${path}`, { headers: bearer(user.token) })

  /** Asks, and reads no more than the beginning. */
  const askOnly = (path: string): Promise<Socket> =>
    new Promise((resolve, reject) => {
      const socket = connect(port, '127.0.0.1', () => socket.write(`GET ${path} HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer ${user.token}\r\n\r\n`))
      sockets.push(socket)
      socket.once('error', reject)
      socket.once('data', () => {
        socket.pause()
        resolve(socket)
      })
    })

  test('all of it arrives, once each, and what is made meanwhile is not in it', async () => {
    const answer = await get('/api/export')
    // into the table that is read last, behind more than buffers take
    await user.db.run(sql`INSERT INTO tbl_transaction (dateImport, description, amount, dateValue, account)
      SELECT NOW(), 'made meanwhile', 1, '2026-01-02', id FROM tbl_account`)
    const text = await answer.text()
    const { tables } = JSON.parse(text) as Exported
    expect(tables['tbl_transaction']?.map((row) => row['id'])).toEqual([...new Set(tables['tbl_transaction']?.map((row) => row['id']))])
    expect(tables['tbl_transaction']).toHaveLength(40_000)
    expect(tables['tbl_accountingEntry']).toHaveLength(40_000)
  })

  test('a client that goes away in the middle gives the connection back, and the next export is served', async () => {
    const socket = await askOnly('/api/export')
    await eventually(underWay, (list) => list.length === 1)
    expect((await get('/api/export')).status).toBe(429)
    socket.destroy()
    await eventually(underWay, (list) => list.length === 0)
    const next = await get('/api/export/tbl_category.csv')
    expect([next.status, (await next.text()).split('\r\n').length > 1]).toEqual([200, true])
  })

  test('when the database fails in the middle the connection is cut: no file looks whole', async () => {
    const socket = await askOnly('/api/export')
    let received = ''
    const closed = new Promise((resolve) => socket.once('close', resolve))
    const [running] = await eventually(underWay, (list) => list.length === 1)
    await asAdmin((db) => db.run(raw(`KILL ${running?.id ?? 0}`)))
    socket.on('data', (chunk: Buffer) => (received += chunk.toString('latin1')))
    socket.resume()
    await closed
    // neither the end of the document nor the last chunk of the answer
    expect(received.endsWith('0\r\n\r\n')).toBe(false)
    expect(received).not.toContain('\n}}\n')
    expect((await get('/api/export/tbl_category.csv')).status).toBe(200)
  })

  test('when the database lets nobody in the answer is no file but a refusal', async () => {
    const other = await aDatabase()
    try {
      await asAdmin((db) => db.run(sql`ALTER USER ${other.username}@'%' ACCOUNT LOCK`))
      for (const { id } of await asAdmin((db) =>
        db.all<{ id: number }>(sql`SELECT ID AS id FROM information_schema.PROCESSLIST WHERE USER IN (${join([other.username])})`),
      ))
        await asAdmin((db) => db.run(raw(`KILL ${id}`)))
      const answer = await other.inject({ url: '/api/export' })
      expect([401, 503]).toContain(answer.statusCode)
      expect(answer.headers['content-disposition']).toBeUndefined()
    } finally {
      await other.close()
    }
  })
})
