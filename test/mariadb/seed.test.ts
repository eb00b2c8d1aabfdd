import { readFileSync } from 'node:fs'
import sql from 'sql-template-tag'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { seedUnused } from '../../api/setup/seed.ts'
import { readSeedData } from '../../api/setup/seed-data.ts'
import { aDatabase, someDatabases, type TestDatabase } from './environment.ts'

const reading = readSeedData(readFileSync('cfg/data.yaml', 'utf8'))
if ('problems' in reading) throw new Error(reading.problems.join('\n'))
const seed = { data: reading.data, formats: readFileSync('cfg/import_formats.yaml', 'utf8') }

let database: TestDatabase
beforeEach(async () => {
  database = await aDatabase()
})
afterEach(() => database.close())

const held = () =>
  database.db.first(
    sql`SELECT (SELECT COUNT(*) FROM tbl_category) AS categories, (SELECT COUNT(*) FROM tbl_account) AS accounts, (SELECT COUNT(*) FROM tbl_setting) AS formats`,
  )
const nothing = { categories: 0, accounts: 0, formats: 0 }
const everything = { categories: 58, accounts: 5, formats: 4 }

test('a seed that fails at its last step leaves nothing behind, and the next one puts in all of it', async () => {
  await expect(seedUnused(database.db, { ...seed, formats: 'formats: 5' })).rejects.toThrow('import_formats.yaml')
  expect(await held()).toEqual(nothing)
  expect(await seedUnused(database.db, seed)).toBe(true)
  expect(await held()).toEqual(everything)
})

test('what somebody has deleted stays deleted, even when it is everything', async () => {
  await seedUnused(database.db, seed)
  for (const emptying of [
    sql`DELETE FROM tbl_accountImportPath`,
    sql`UPDATE tbl_account SET clearingAccount = NULL`,
    sql`DELETE FROM tbl_account`,
    sql`DELETE FROM tbl_category ORDER BY id DESC`,
    sql`DELETE FROM tbl_setting`,
  ])
    await database.db.run(emptying)
  expect(await seedUnused(database.db, seed)).toBe(false)
  expect(await held()).toEqual(nothing)
})

test('a database that is in use is left as it is, also once it is empty', async () => {
  await database.db.run(sql`INSERT INTO tbl_category (dateImport, name) VALUES (NOW(), 'Eigenes')`)
  expect(await seedUnused(database.db, seed)).toBe(false)
  expect(await held()).toEqual({ ...nothing, categories: 1 })
  await database.db.run(sql`DELETE FROM tbl_category`)
  expect(await seedUnused(database.db, seed)).toBe(false)
  expect(await held()).toEqual(nothing)
})

test('of several seeds at the same time one puts everything in', async () => {
  const databases = someDatabases()
  const seeds = await Promise.all(Array.from({ length: 5 }, () => seedUnused(databases.open(database), seed)))
  await databases.close()
  expect(seeds.filter(Boolean)).toHaveLength(1)
  expect(await held()).toEqual(everything)
})
