import { readFileSync } from 'node:fs'
import sql from 'sql-template-tag'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { seedImportFormats } from '../../api/settings/seed-import-formats.ts'
import { aDatabase, type TestDatabase } from './environment.ts'
import { ask, sendForm } from './import-form.ts'

let database: TestDatabase
beforeEach(async () => {
  database = await aDatabase()
})
afterEach(() => database.close())

interface Format {
  readonly id: number
  readonly name: string
  readonly config: object
}
const url = '/api/settings/import-formats'
const formats = async () => (await ask<{ formats: readonly Format[] }>(database, 'GET', url)).body.formats
const config = { v1: { encoding: 'utf-8', nested: { list: [1, 'zwei', null] } } }

test('a format is created, changed and deleted with its config as it was sent', async () => {
  expect(await ask(database, 'POST', url, { name: 'bank', config })).toEqual({ status: 200, body: { id: 1, name: 'bank', config } })
  expect(await formats()).toEqual([{ id: 1, name: 'bank', config }])
  const changed = { status: 200, body: { id: 1, name: 'other', config: {} } }
  expect(await ask(database, 'PUT', `${url}/1`, { name: 'other', config: {} })).toEqual(changed)
  expect(await ask(database, 'PUT', `${url}/1`, { name: 'other', config: {} })).toEqual(changed)
  expect(await ask(database, 'DELETE', `${url}/1`)).toEqual({ status: 200, body: { status: 'success' } })
  expect(await formats()).toEqual([])
})

test('a name is used once, however many ask for it at the same time', async () => {
  const answers = await Promise.all(Array.from({ length: 5 }, () => ask(database, 'POST', url, { name: 'bank', config })))
  expect(answers.filter(({ status }) => status === 200)).toHaveLength(1)
  expect(answers.filter(({ status }) => status === 409)).toHaveLength(4)
  await ask(database, 'POST', url, { name: 'other', config })
  const other = (await formats()).find(({ name }) => name === 'other')
  expect(await ask(database, 'PUT', `${url}/${other?.id}`, { name: 'bank', config })).toEqual({ status: 409, body: { detail: "Format 'bank' already exists" } })
})

test('only formats are changed and deleted here, not the other settings', async () => {
  await database.db.run(sql`INSERT INTO tbl_setting (\`key\`, value) VALUES ('share_tx_category', '{"category_id": 1, "type": "buy"}')`)
  const missing = { status: 404, body: { detail: 'Format not found' } }
  expect(await ask(database, 'DELETE', `${url}/1`)).toEqual(missing)
  expect(await ask(database, 'PUT', `${url}/1`, { name: 'x', config })).toEqual(missing)
  expect(await database.db.all(sql`SELECT COUNT(*) AS settings FROM tbl_setting`)).toEqual([{ settings: 1 }])
})

test('a format without a name or with a config that is no object is refused', async () => {
  for (const payload of [{}, { name: 'x' }, { name: '', config }, { name: 1, config }, { name: 'x', config: [] }, { name: 'x', config: 'y' }]) {
    expect(await ask(database, 'POST', url, payload)).toEqual({ status: 400, body: { detail: 'name and config (object) are required' } })
  }
})

test('what an old page stored wrong is repaired when it is read', async () => {
  const broken = { name: 'bank', config: { columns: { iban: { sources: ['name: Details'] } } } }
  await database.db.run(sql`INSERT INTO tbl_setting (\`key\`, value) VALUES ('import_format', ${JSON.stringify(broken)})`)
  expect(await formats()).toEqual([{ id: 1, name: 'bank', config: { columns: { iban: { sources: [{ name: 'Details' }] } } } }])
})

test('a YAML file stores its formats by name, replaces those that are there, and names those that it cannot store', async () => {
  await ask(database, 'POST', url, { name: 'bank', config })
  const upload = (text: string | Uint8Array<ArrayBuffer>) => sendForm(database, `${url}/upload-yaml`, { file: new Blob([text]) })
  expect(await upload('formats:\n  bank: {v1: {encoding: latin-1}}\n  other: {date_format: "%Y"}\n  bad: 5\n')).toEqual({
    status: 200,
    body: { status: 'success', imported_count: 2, total_formats: 3, errors: ["Format 'bad': config must be an object"] },
  })
  expect(await formats()).toEqual([
    { id: 1, name: 'bank', config: { v1: { encoding: 'latin-1' } } },
    { id: 2, name: 'other', config: { date_format: '%Y' } },
  ])
  expect(await upload('x: 1')).toEqual({ status: 200, body: { status: 'success', imported_count: 0, total_formats: 0, errors: null } })
  expect((await upload('a: [')).status).toBe(400)
  expect(await upload(`formats: {a: "${'x'.repeat(1_048_576)}"}`)).toEqual({
    status: 413,
    body: { detail: 'The file is larger than 1048576 bytes; formats of many banks fit into less.' },
  })
  expect((await upload(`formats: ${'['.repeat(100_000)}`)).status).toBe(400)
  expect((await upload(new Uint8Array([0x66, 0xfc]))).body).toEqual({ detail: 'YAML parsing error: the file is not UTF-8' })
})

test('seeding stores the shipped formats once and leaves what a user has changed', async () => {
  const text = readFileSync('cfg/import_formats.yaml', 'utf8')
  await ask(database, 'POST', url, { name: 'csv-cb', config })
  expect([await seedImportFormats(database.db, text), await seedImportFormats(database.db, text)]).toEqual([3, 0])
  expect((await formats()).find(({ name }) => name === 'csv-cb')).toMatchObject({ config })
})
