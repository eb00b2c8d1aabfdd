import sql from 'sql-template-tag'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { categorize } from '../../api/category-automation/categorize.ts'
import type { Db } from '../../api/db/db.ts'
import { systemClock } from '../../api/system.ts'
import type { TestDatabase } from './environment.ts'
import { aBankDatabase, anAccountBody, ask, importCsv } from './import-form.ts'

let database: TestDatabase
beforeEach(async () => {
  database = await aBankDatabase()
  await database.db.run(sql`INSERT INTO tbl_category (id, dateImport, name) VALUES (1, NOW(), 'Essen'), (2, NOW(), 'Wohnen'), (3, NOW(), 'Rest')`)
})
afterEach(() => database.close())

const header = 'Valuta;Betrag;Verwendungszweck;IBAN;BIC;Sender / Empfänger\n'
const rows = '01.01.2024;-1,50;Brot;DE77;;Bäcker\n02.01.2024;-800,00;Miete;DE78;;Vermieter\n03.01.2024;5,00;Pfand;;;\n'
const contains = (value: string, changes: object = {}) => ({ id: 1, type: 'contains', columnName: 'description', value, ...changes })
const addRule = (changes: object) =>
  ask(database, 'POST', '/api/category-automation/rules', { name: 'rule', conditions: [contains('brot')], category: 1, ...changes })
const run = (payload: object = {}) => ask(database, 'POST', '/api/transactions/auto-categorize', payload)
const categories = async () =>
  Object.fromEntries(
    (
      await database.db.all<{ description: string; category: number | null }>(
        sql`SELECT t.description, e.category FROM tbl_accountingEntry e JOIN tbl_transaction t ON t.id = e.transaction ORDER BY e.id`,
      )
    ).map(({ description, category }) => [description, category]),
  )

test('without rules, or without entries, there is nothing to do, which is said', async () => {
  const none = { success: true, categorized: 0, total_checked: 0 }
  expect(await run()).toEqual({ status: 200, body: { ...none, message: 'No categorization rules found.' } })
  await addRule({ enabled: false })
  expect((await run()).body).toEqual({ ...none, message: 'No categorization rules found.' })
  await addRule({})
  expect((await run({ account_id: 5 })).body).toEqual({ ...none, message: 'No uncategorized entries found.' })
  expect((await run({ account_id: 'x' })).status).toBe(422)
  const empty = await database.inject({ method: 'POST', url: '/api/transactions/auto-categorize' })
  expect(empty.statusCode).toBe(422)
})

test('an import gives its new entries the categories of the rules, and says how many', async () => {
  await addRule({})
  await addRule({ conditions: [contains('vermieter', { columnName: 'recipientApplicant' })], category: 2 })
  const { body } = await importCsv(database, header + rows, 'csv-cb', 1)
  expect(body).toMatchObject({ inserted: 3, auto_categorized: 2, auto_categorized_total: 3 })
  expect(body).not.toHaveProperty('warnings')
  expect(await categories()).toEqual({ Brot: 1, Miete: 2, Pfand: null })
  const again = await importCsv(database, header + rows, 'csv-cb', 1)
  expect(again.body).toMatchObject({ inserted: 0, auto_categorized: 0, auto_categorized_total: 0 })
})

test('entries of all accounts are looked at, rules are for theirs; what has a category keeps it, what is checked stays so', async () => {
  await ask(database, 'POST', '/api/accounts/', anAccountBody({ name: 'Boot', iban_accountNumber: 'DE2' }))
  await importCsv(database, header + rows, 'csv-cb', 1)
  await importCsv(database, `${header}04.01.2024;-2,00;Brot an Bord;;;\n`, 'csv-cb', 2)
  await database.db.run(sql`UPDATE tbl_accountingEntry SET category = 3, checked = 1 WHERE amount = 5`)
  await database.db.run(sql`UPDATE tbl_accountingEntry SET checked = 1 WHERE amount = -2`)
  await addRule({ accounts: [2], category: 2 })
  await addRule({ conditions: [{ id: 1, type: 'amountRange', columnName: 'amount', minAmount: -1.5, maxAmount: 5 }], priority: 1 })
  expect(await run({ account_id: 1 })).toEqual({
    status: 200,
    body: { success: true, categorized: 2, total_checked: 3, message: 'Transactions categorized.' },
  })
  expect(await categories()).toEqual({ Brot: 1, Miete: null, Pfand: 3, 'Brot an Bord': 2 })
  expect(await database.db.all(sql`SELECT SUM(checked) AS checked FROM tbl_accountingEntry`)).toEqual([{ checked: '2' }])
})

test('a rule without a category keeps those after it from deciding', async () => {
  await addRule({})
  await addRule({ id: 'none', priority: 9 })
  await ask(database, 'PUT', '/api/category-automation/rules/none', { name: '', conditions: [contains('brot')], category: 0, priority: 9 })
  expect((await importCsv(database, header + rows, 'csv-cb', 1)).body).toMatchObject({ auto_categorized: 0, auto_categorized_total: 3 })
  expect((await categories())['Brot']).toBeNull()
})

test('a category that is gone fails the categorisation with the name of the rule, and changes nothing; an import is done all the same', async () => {
  await addRule({ conditions: [contains('miete')], category: 2 })
  await addRule({ name: 'Bäcker', category: 77 })
  const problem = "the rule 'Bäcker' gives the category 77, which does not exist; choose another one"
  expect((await importCsv(database, header + rows, 'csv-cb', 1)).body).toMatchObject({
    inserted: 3,
    auto_categorized: 0,
    auto_categorized_total: 0,
    warnings: [`Automatic categorisation failed: ${problem}`],
  })
  expect(await run()).toEqual({ status: 500, body: { detail: `Categorization failed: ${problem}` } })
  expect(await categories()).toEqual({ Brot: null, Miete: null, Pfand: null })
})

test('each part of a split gets the category of its transaction', async () => {
  await importCsv(database, header + rows, 'csv-cb', 1)
  await database.db.run(
    sql`INSERT INTO tbl_accountingEntry (dateImport, amount, transaction) SELECT NOW(), 1, id FROM tbl_transaction WHERE description = 'Brot'`,
  )
  await addRule({})
  expect((await run()).body).toMatchObject({ categorized: 2, total_checked: 4 })
})

test('several at once each get an answer, and every entry is counted by one of them', async () => {
  await addRule({})
  const lines = Array.from({ length: 1500 }, (_, index) => `01.02.2024;${index},00;Brot ${index};;;`)
  await database.db.run(sql`UPDATE tbl_setting SET value = JSON_SET(value, '$.enabled', FALSE) WHERE \`key\` = 'category_automation_rule'`)
  await importCsv(database, header + lines.join('\n'), 'csv-cb', 1)
  await database.db.run(sql`UPDATE tbl_setting SET value = JSON_SET(value, '$.enabled', TRUE) WHERE \`key\` = 'category_automation_rule'`)
  const answers = await Promise.all([1, 2, 3, 4].map(async () => (await run()) as { status: number; body: { categorized: number } }))
  expect(answers.map(({ status }) => status)).toEqual([200, 200, 200, 200])
  expect(answers.reduce((sum, { body }) => sum + body.categorized, 0)).toBe(1500)
})

/** Counts the statements that go through. */
const counting = (db: Db, seen: string[]): Db => {
  const note = <T extends { readonly sql: string }>(statement: T) => {
    seen.push(statement.sql)
    return statement
  }
  return {
    all: (statement) => db.all(note(statement)),
    first: (statement) => db.first(note(statement)),
    run: (statement) => db.run(note(statement)),
    transaction: (work) => db.transaction((inside) => work(counting(inside, seen))),
    pinned: (work) => db.pinned((inside) => work(counting(inside, seen))),
  }
}

const manyRules = async () => {
  for (let index = 0; index < 50; index++) {
    const search = { type: 'regex', value: `kauf\\s+(bei|von) (händler|laden) ${index}\\b` }
    const conditions = [
      contains(`Händler ${index} `),
      contains(`laden ${index}`, { id: 2, ...(index % 5 === 0 && search) }),
      { id: 3, type: 'amountRange', columnName: 'amount', minAmount: -1000, maxAmount: 0 },
    ]
    await database.db.run(sql`INSERT IGNORE INTO tbl_category (id, dateImport, name) VALUES (${100 + index}, NOW(), ${`c${index}`})`)
    await addRule({ conditions, conditionLogic: '(1 OR 2) AND 3', category: 100 + index })
  }
}

test('five thousand entries and fifty rules, some of them searches, take few statements and well under a second', async () => {
  const lines = Array.from(
    { length: 5000 },
    (_, index) => `01.02.2024;-${index % 900},50;EREF ${index} Kauf  bei Händler ${index % 60} in der Stadt, danke für Ihren Einkauf;DE${index};;Händler`,
  )
  await importCsv(database, header + lines.join('\n'), 'csv-cb', 1)
  await manyRules()
  const seen: string[] = []
  const before = process.cpuUsage()
  const outcome = await counting(database.db, seen).transaction((inside) => categorize(inside, systemClock))
  const { user, system } = process.cpuUsage(before)
  expect(outcome).toEqual({ rules: 50, checked: 5000, categorized: expect.any(Number) })
  expect(outcome).toMatchObject({ categorized: lines.filter((line) => Number(/Händler (\d+)/.exec(line)?.[1]) < 50).length })
  // rules, categories, two pages of entries, one update
  expect(seen).toHaveLength(5)
  // Time of this process, which is the same however many others run.
  expect((user + system) / 1000).toBeLessThan(1000)
})
