// Requests made of the OpenAPI document, in sequences that build on each other, against the whole API: FINIA_FUZZ of them, 2,000 unless told.
import { randomInt } from 'node:crypto'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import fc from 'fast-check'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { type Described, documentIn, operationsOf } from '../../support/described.ts'
import { aDatabase, aUser, someSettings, type TestDatabase } from '../environment.ts'
import { sample, sendForm } from '../import-form.ts'
import { Fuzzer } from './fuzzer.ts'
import { harm } from './harms.ts'
import { lists } from './known.ts'
import { drafts, hintOf } from './requests.ts'

const size = Number(process.env.FINIA_FUZZ ?? 2_000)
const seed = Number(process.env.FINIA_SEED ?? randomInt(2 ** 29))

const first = ['postPlanning', 'postShares', 'postCategoryAutomationRules', 'postSharesHistory', 'postSharesTransactions']

const folder = mkdtempSync(join(tmpdir(), 'finia-fuzz-'))
let database: TestDatabase
let fuzzer: Fuzzer
let operations: readonly Described[]
beforeAll(async () => {
  const limits = { max_login_attempts: 0, max_login_attempts_per_address: 0 }
  const settings = someSettings({ auth: limits })
  database = await aDatabase({ settings: { ...settings, import: { ...settings.import, folder } } })
  const { username, password, database: own } = database
  const filled = await database.inject({ method: 'POST', url: '/api/setup/init-data', payload: { username, password, database_name: own } })
  const file = new Blob([sample('csv-cb')])
  const imported = await sendForm(database, '/api/transactions/import-csv', { file, format: 'csv-cb', account_id: '1' })
  expect([filled.statusCode, imported.status]).toEqual([200, 200])
  fuzzer = new Fuzzer(database, await aUser())
  operations = operationsOf(await documentIn(database.app))
  // something of each kind, made by the operations themselves
  await fuzzer.learn()
  const makers = operations.filter(({ operation: { operationId } }) => first.includes(operationId))
  for (const maker of makers) for (const draft of fc.sample(drafts(maker), { seed, numRuns: 5 })) await fuzzer.send(maker, draft)
})
afterAll(async () => {
  await database.close()
  rmSync(folder, { recursive: true })
})

/** For each operation one request that fits, right after one that makes what it needs, and one that something was done to. */
const turnOf = (described: Described) => {
  const maker = operations.find(({ operation }) => operation.operationId === hintOf(described).after)
  const [own, before] = [drafts(described), maker ? drafts(maker) : fc.constant(undefined)]
  return fc.record({ good: own, before, bad: own, harms: fc.array(harm, { minLength: 1, maxLength: 3 }) }).map((one) => ({ ...one, described, maker }))
}

type Turn = typeof turnOf extends (...input: never[]) => fc.Arbitrary<infer T> ? T : never

const report = (problem: string) =>
  [problem, `repeat it with FINIA_SEED=${seed} FINIA_FUZZ=${size}; answers so far:`, ...fuzzer.distribution().map(({ line }) => line)].join('\n')

test(`${size} requests: no failure of ours, no answer outside the document, no hang, and a quarter of each operation's answers are 2xx`, {
  timeout: 3_600_000,
}, async () => {
  // a round asks for the lists and sends each operation twice
  const rounds = Math.max(1, Math.ceil(size / (lists.length + 2 * operations.length)))
  const round = fc.tuple(
    fc.tuple(...operations.map(turnOf)),
    fc.shuffledSubarray(
      operations.flatMap((_described, index) => [index, index + operations.length]),
      { minLength: 2 * operations.length },
    ),
  )
  const take = async ({ described, maker, before, good, bad, harms }: Turn, isGood: boolean) => {
    if (!isGood) return fuzzer.send(described, bad, harms)
    if (maker && before) await fuzzer.send(maker, before)
    return fuzzer.send(described, good)
  }
  const property = fc.asyncProperty(round, fc.constantFrom(1, 1, 4), async ([turns, order], together) => {
    await fuzzer.learn()
    for (let start = 0; start < order.length; start += together) {
      const some = order.slice(start, start + together).flatMap((index) => {
        const turn = turns[index % operations.length]
        return turn ? [take(turn, index < operations.length)] : []
      })
      await Promise.all(some)
    }
  })
  // what was sent has changed the database: a shorter sequence would be another one
  const outcome = await fc.check(property, { seed, numRuns: rounds, endOnFailure: true })
  if (outcome.failed) throw new Error(report(String(outcome.errorInstance)))
  expect(fuzzer.sent).toBeGreaterThanOrEqual(size)
  const poor = fuzzer.distribution().filter(({ enough }) => !enough)
  const reasons = poor.map(({ operation, refused }) => `fewer than a quarter of the answers of ${operation} were 2xx: ${refused}`)
  if (poor.length > 0) throw new Error(report(reasons.join('\n')))
})
