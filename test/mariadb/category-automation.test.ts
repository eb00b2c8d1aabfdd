import sql from 'sql-template-tag'
import { afterEach, beforeEach, expect, test } from 'vitest'
import type { Rule } from '../../api/category-automation/rule.ts'
import { aDatabase, type TestDatabase } from './environment.ts'
import { ask } from './import-form.ts'

let database: TestDatabase
beforeEach(async () => {
  database = await aDatabase()
  await database.db.run(sql`INSERT INTO tbl_category (id, dateImport, name) VALUES (1, NOW(), 'Essen'), (2, NOW(), 'Wohnen')`)
})
afterEach(() => database.close())

const url = '/api/category-automation/rules'
const condition = { id: 1, type: 'contains', columnName: 'description', value: 'Brot' }
const aRule = (changes: object = {}) => ({ name: 'Bäcker 🥖', conditions: [condition], category: 1, ...changes })

interface Written {
  readonly id: string
  readonly message: string
  readonly rule: Rule
}
const create = async (changes: object = {}) => (await ask<Written>(database, 'POST', url, aRule(changes))).body
const list = async (query = '') => {
  const { body } = await ask<{ rules: readonly (Rule & { category_name: string | null })[]; total: number }>(database, 'GET', `${url}${query}`)
  expect(body.total).toBe(body.rules.length)
  return body.rules.map(({ id }) => id)
}

const timestamp = expect.stringMatching(/^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}\.\d{6}$/)
const full = {
  name: 'Bäcker 🥖',
  description: null,
  conditions: [{ ...condition, caseSensitive: false, minAmount: null, maxAmount: null }],
  conditionLogic: null,
  category: 1,
  accounts: [],
  priority: 5,
  enabled: true,
  dateCreated: timestamp,
  dateModified: timestamp,
}

test('a rule is made with its defaults and an id of its own, read with the name of its category, and deleted', async () => {
  const { status, body } = await ask<Written>(database, 'POST', url, aRule())
  expect([status, body]).toEqual([200, { id: body.id, message: 'Rule created successfully.', rule: { id: body.id, ...full } }])
  expect(body.id).toMatch(/^[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/)
  expect(await ask(database, 'GET', `${url}/${body.id}`)).toEqual({ status: 200, body: { id: body.id, ...full, category_name: 'Essen' } })
  expect(await ask(database, 'GET', url)).toEqual({ status: 200, body: { rules: [{ id: body.id, ...full, category_name: 'Essen' }], total: 1 } })
  expect(await ask(database, 'DELETE', `${url}/${body.id}`)).toEqual({ status: 200, body: { message: 'Rule deleted successfully.', id: body.id } })
  const missing = { status: 404, body: { detail: 'Rule not found.' } }
  expect(await ask(database, 'DELETE', `${url}/${body.id}`)).toEqual(missing)
  expect(await ask(database, 'GET', `${url}/${body.id}`)).toEqual(missing)
})

test('rules are listed by priority, of an account, and those that are off when they are asked for', async () => {
  await create({ id: 'a' })
  await create({ id: 'b', priority: 9, accounts: [3] })
  await create({ id: 'c', enabled: false })
  await create({ id: 'd', accounts: [4, 3] })
  expect(await list()).toEqual(['b', 'a', 'd'])
  expect(await list('?enabled_only=false')).toEqual(['b', 'a', 'c', 'd'])
  expect(await list('?account=4')).toEqual(['a', 'd'])
  expect(await list('?account=5&enabled_only=false')).toEqual(['a', 'c'])
  expect((await ask(database, 'GET', `${url}?account=x`)).status).toBe(422)
})

test('the category of a rule may be gone, or never have been', async () => {
  await create({ id: 'a', category: 77 })
  expect((await ask(database, 'GET', `${url}/a`)).body).toMatchObject({ category: 77, category_name: null })
})

test.each([
  [{ name: '' }, 400, 'Rule name is required.'],
  [{ conditions: [] }, 400, 'At least one condition is required.'],
  [{ category: 0 }, 400, 'Category is required.'],
  [{ conditions: [condition, condition] }, 400, 'Condition IDs must be unique.'],
  [{ name: null }, 422, expect.anything()],
  [{ conditions: [{ id: 1, type: 'contains' }] }, 422, expect.anything()],
  [{ category: null }, 422, expect.anything()],
])('a new rule with %j is refused with %i', async (changes, status, detail) => {
  expect(await ask(database, 'POST', url, aRule(changes))).toEqual({ status, body: { detail } })
  expect(await ask(database, 'PUT', `${url}/new-1`, aRule(changes))).toEqual({ status, body: { detail } })
  expect(await list('?enabled_only=false')).toEqual([])
})

test('a change replaces the whole rule, keeps its id and birthday, and asks no more of it than its form', async () => {
  const { rule } = await create({ id: 'a', accounts: [1], conditionLogic: '1' })
  const wanted = { id: 'b', name: '', conditions: [], category: 0, priority: 1 }
  const { status, body } = await ask<Written>(database, 'PUT', `${url}/a`, wanted)
  expect([status, body.id, body.message]).toEqual([200, 'a', 'Rule updated successfully.'])
  expect(body.rule).toEqual({ ...full, ...wanted, id: 'a', dateCreated: rule.dateCreated })
  expect(body.rule.dateModified >= rule.dateModified).toBe(true)
  expect(await list()).toEqual(['a'])
})

test('a change of a rule that is missing is refused, but for one that the page has made up: that is created', async () => {
  expect(await ask(database, 'PUT', `${url}/a`, aRule())).toEqual({ status: 404, body: { detail: 'Rule not found.' } })
  const own = await ask<Written>(database, 'PUT', `${url}/new-1`, aRule())
  expect([own.status, own.body.message]).toEqual([200, 'Rule created successfully.'])
  expect(own.body.id).toMatch(/^[0-9a-f-]{36}$/)
  expect((await ask<Written>(database, 'PUT', `${url}/new-2`, aRule({ id: 'given' }))).body.id).toBe('given')
  expect(await list()).toEqual([own.body.id, 'given'])
})

test('a change without a rule is refused', async () => {
  const answer = await database.inject({ method: 'PUT', url: `${url}/a`, headers: { 'content-type': 'application/json' }, payload: '' })
  expect([answer.statusCode, answer.json()]).toEqual([400, { detail: 'Rule data is required.' }])
  expect((await ask(database, 'PUT', `${url}/a`, {})).status).toBe(422)
})

test('other settings are no rules, and what is no rule is passed over', async () => {
  await database.db.run(
    sql`INSERT INTO tbl_setting (\`key\`, value) VALUES ('import_format', '{"id": "a", "name": "x", "config": {}}'), ('category_automation_rule', '{"x": 1}')`,
  )
  expect(await list('?enabled_only=false')).toEqual([])
  expect((await ask(database, 'DELETE', `${url}/a`)).status).toBe(404)
  await create({ id: 'a' })
  expect(await list()).toEqual(['a'])
})

test('of many changes of one rule at once each has its answer, and one rule is left', async () => {
  await create({ id: 'a' })
  const answers = await Promise.all(Array.from({ length: 5 }, (_, priority) => ask(database, 'PUT', `${url}/a`, aRule({ priority }))))
  expect(answers.map(({ status }) => status)).toEqual([200, 200, 200, 200, 200])
  expect(await list()).toEqual(['a'])
})

const trial = (rule: object, transaction: object) => ask(database, 'POST', '/api/category-automation/test-rule', { rule: aRule(rule), transaction })

test('a rule is tried on a transaction that the client writes, its amount as a text or a number', async () => {
  const conditions = [condition, { id: 2, type: 'amountRange', columnName: 'amount', minAmount: -2, maxAmount: -1 }]
  for (const amount of ['-1.50', -1.5]) {
    expect(await trial({ conditions, conditionLogic: '1 AND 2' }, { description: 'ein brot', recipientApplicant: '', amount, iban: 'DE1' })).toEqual({
      status: 200,
      body: {
        matches: true,
        message: 'Rule matches',
        conditionResults: { 1: true, 2: true },
        logicEvaluation: true,
        transaction: { description: 'ein brot', recipientApplicant: null, amount: -1.5, iban: 'DE1' },
      },
    })
  }
  expect(await trial({ conditions }, { description: 'Milch', amount: 'viel' })).toEqual({
    status: 200,
    body: {
      matches: false,
      message: 'Rule does not match',
      conditionResults: { 1: false, 2: false },
      logicEvaluation: null,
      transaction: { description: 'Milch', recipientApplicant: null, amount: null, iban: null },
    },
  })
  expect((await trial({ conditionLogic: 'x' }, { description: 'Brot', amount: '1e999' })).body).toMatchObject({
    matches: true,
    logicEvaluation: expect.stringContaining("'x' is no condition"),
    transaction: { amount: null },
  })
  expect((await trial({}, {})).status).toBe(422)
  expect((await ask(database, 'POST', '/api/category-automation/test-rule', { rule: {}, transaction: { description: '' } })).status).toBe(422)
})

test('a rule that would take long is given up, and others are answered meanwhile', async () => {
  const conditions = Array.from({ length: 400 }, (_, id) => ({ id, type: 'regex', columnName: 'description', value: '(?:x?){900}(?:x?){900}'.repeat(5) + 'y' }))
  const started = performance.now()
  const slow = trial({ conditions }, { description: 'x'.repeat(5000) })
  const healthy = await database.inject({ method: 'GET', url: '/api/health' })
  expect(healthy.statusCode).toBe(200)
  expect(await slow).toEqual({
    status: 400,
    body: { detail: expect.stringMatching(/^The rule cannot be tried: it takes longer than 3 seconds; make the regular/) },
  })
  expect(performance.now() - started).toBeLessThan(15_000)
})
