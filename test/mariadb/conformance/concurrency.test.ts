// Several people, or several windows of one, change the same things at the same time.

import sql from 'sql-template-tag'
import { afterAll, beforeAll, expect, test } from 'vitest'
import type { TestDatabase } from '../environment.ts'
import { aHousehold } from './household.ts'
import { form, json, type Sent, type Target, tell, upload } from './rows.ts'

let database: TestDatabase
beforeAll(async () => {
  database = await aHousehold()
})
afterAll(() => database.close())

const times = <T>(count: number, work: (index: number) => Promise<T>): Promise<readonly T[]> =>
  Promise.all(Array.from({ length: count }, (_, index) => work(index)))
const ask = (target: Target, sent?: Sent) => tell(database, target, sent)
const statuses = async (answers: Promise<readonly (readonly [number, unknown])[]>) => (await answers).map(([status]) => status).toSorted((a, b) => a - b)
const entry = (amount: string) => ({ dateImport: '2024-01-01', amount, category_name: 'Neues' })

test('of two sets of entries for one transaction one wins whole, and each is answered as if alone', async () => {
  const sets = [['1', '2', '3'], ['4', '5'], ['6']]
  for (let round = 0; round < 5; round++) {
    const answers = await Promise.all(sets.map((amounts) => ask('PUT /transactions/2/entries', json({ entries: amounts.map(entry) }))))
    const amountsIn = (body: unknown) => (body as { entries: readonly { amount: string }[] }).entries.map(({ amount }) => amount.replace(/\..*/, '')).toSorted()
    expect(answers.map(([status, body]) => [status, amountsIn(body)])).toEqual(sets.map((amounts) => [200, amounts]))
    const [, stored] = await ask('GET /transactions/2')
    expect(sets).toContainEqual(amountsIn(stored))
  }
  expect(await database.db.all(sql`SELECT COUNT(*) AS total FROM tbl_category WHERE name = 'Neues'`)).toEqual([{ total: 1 }])
})

test('of many who take the same name one gets it, whatever it is a name of', async () => {
  const account = { name: 'Doppelt', iban_accountNumber: 'D', bic_market: '', type: 1, startAmount: 0, dateStart: '2026-01-01' }
  const planning = { amount: 77, dateStart: '2026-01-01', account_id: 1, category_id: 1, cycle_id: 1 }
  const wishes: readonly (readonly [Target, Sent, number])[] = [
    ['POST /categories/', json({ name: 'Doppelt' }), 200],
    ['POST /accounts/', json(account), 200],
    ['POST /planning/', json(planning), 201],
    ['POST /settings/account-types', json({ type: 'Doppelt' }), 200],
    ['POST /settings/planning-cycles', json({ cycle: 'Doppelt', periodValue: 1, periodUnit: 'd' }), 200],
    ['POST /settings/import-formats', json({ name: 'Doppelt', config: {} }), 200],
  ]
  for (const [target, sent, status] of wishes)
    expect([target, ...(await statuses(times(6, () => ask(target, sent))))]).toEqual([target, status, ...Array<number>(5).fill(409)])
  const shares = await times(6, () => ask('POST /shares/', form({ isin: 'DOPPELT' })))
  expect(shares.filter(([, body]) => (body as { status: string }).status === 'success')).toHaveLength(1)
  const prices = await times(6, () => ask('POST /shares/history', form({ isin: 'DOPPELT', date: '2025-01-01', amount: '1' })))
  expect(prices.filter(([, body]) => (body as { status: string }).status === 'success')).toHaveLength(1)
})

test('of many who delete the same thing each is told, and none fails', async () => {
  const id = ((await ask('POST /categories/', json({ name: 'Weg' })))[1] as { id: number }).id
  expect(await statuses(times(6, () => ask(`DELETE /categories/${id}`)))).toEqual([200, 404, 404, 404, 404, 404])
  const planning = (
    (await ask('POST /planning/', json({ amount: 5, dateStart: '2026-01-01', account_id: 1, category_id: 1, cycle_id: 5 })))[1] as { id: number }
  ).id
  await ask(`POST /planning/${planning}/entries/generate`)
  expect(await statuses(times(6, () => ask(`DELETE /planning/${planning}`)))).toEqual([204, 404, 404, 404, 404, 404])
  expect(await statuses(times(6, () => ask('DELETE /shares/2')))).toEqual(Array(6).fill(200))
})

test('a category that is deleted while an entry gets it: either is done, or told that it contradicts the other', async () => {
  let kept: string | null = null
  for (let round = 0; round < 10; round++) {
    const name = `Runde ${round}`
    const id = ((await ask('POST /categories/', json({ name })))[1] as { id: number }).id
    const entries = [{ dateImport: '2024-01-01', amount: 1, category_name: name }]
    const [[put], [deletion]] = await Promise.all([ask('PUT /transactions/3/entries', json({ entries })), ask(`DELETE /categories/${id}`)])
    // both succeed when the deletion came first: then the name is a new category's
    expect(['200 409', '200 200', '409 200']).toContain(`${put} ${deletion}`)
    if (put === 200) kept = name
    expect((await ask('GET /transactions/3'))[1]).toMatchObject({ entries: [{ category_name: kept }] })
  }
})

test('reviews, splits, imports and categorising at the same time: nobody fails, and nothing is lost or doubled', async () => {
  const file = (part: number) => `Valuta;Betrag;Verwendungszweck\n${Array.from({ length: 50 }, (_, row) => `01.06.2024;-1,00;Brot ${part} ${row}\n`).join('')}`
  const answers = await times(40, (index) => {
    if (index % 5 === 0) return ask('POST /transactions/import-csv', upload(file(index % 4), { format: 'csv-cb', account_id: '1' }))
    if (index % 5 === 1) return ask('POST /transactions/auto-categorize', json({}))
    if (index % 5 === 2) return ask('POST /transactions/mark-checked', json({ transaction_ids: [1, 2, 3], checked: index % 2 === 0 }))
    if (index % 5 === 3) return ask(`PUT /transactions/${(index % 3) + 1}/entries`, json({ entries: [entry(String(index))] }))
    return ask('GET /transactions/?page_size=100')
  })
  expect(new Set(answers.map(([status]) => status))).toEqual(new Set([200]))
  const counts = await database.db.first(
    sql`SELECT COUNT(DISTINCT t.id) AS transactions, COUNT(e.id) AS entries FROM tbl_transaction t JOIN tbl_accountingEntry e ON e.transaction = t.id`,
  )
  expect(counts).toEqual({ transactions: 3 + 200, entries: 3 + 200 })
})

test('changes of one account at the same time are each whole', async () => {
  const body = (letter: string) => ({
    name: `Giro ${letter}`,
    iban_accountNumber: `DE ${letter}`,
    bic_market: letter,
    type: 1,
    startAmount: 0,
    dateStart: '2026-01-01',
  })
  const answers = await Promise.all(['a', 'b', 'c', 'd'].map((letter) => ask('PUT /accounts/3', json(body(letter)))))
  expect(answers.map(([status]) => status)).toEqual([200, 200, 200, 200])
  const [, stored] = await ask('GET /accounts/3')
  const { bic_market: letter } = stored as { bic_market: string }
  expect(stored).toMatchObject({ name: `Giro ${letter}`, iban_accountNumber: `DE ${letter}` })
})
