import fc from 'fast-check'
import { expect, test } from 'vitest'
import { type Outcome, summarise, table } from './summary.ts'

const aSuite = (name: string, passed: number, failed = 0, skipped = 0): Outcome => ({
  name,
  exitCode: failed > 0 ? 1 : 0,
  seconds: 1.4,
  suite: true,
  report: { numPassedTests: passed, numFailedTests: failed, numPendingTests: skipped, numTotalTests: passed + failed + skipped, success: failed === 0 },
})
const aStep = (name: string, exitCode = 0): Outcome => ({ name, exitCode, seconds: 3, suite: false })

test('passing suites add up', () => {
  expect(summarise([aStep('check'), aSuite('unit', 40), aSuite('e2e', 2)])).toEqual({ line: '42 passed, 0 failed', problems: [], passed: true })
})

test.each<[string, Outcome, string]>([
  ['a suite without a report', { name: 'e2e', exitCode: 1, seconds: 1, suite: true }, 'e2e did not run to its end (exit code 1)'],
  ['a suite that ran nothing', aSuite('e2e', 0), 'e2e ran no test'],
  ['a skipped test', aSuite('e2e', 1, 0, 2), 'e2e skipped 2 tests'],
  ['a failed test', aSuite('e2e', 1, 1), 'e2e failed 1 tests'],
  ['an error outside the tests', { ...aSuite('e2e', 1), exitCode: 1 }, 'e2e failed outside its tests (exit code 1)'],
  ['a failed step', aStep('check', 2), 'check failed (exit code 2)'],
])('%s makes the run fail and says so', (_case, outcome, problem) => {
  const { problems, passed, line } = summarise([aSuite('unit', 3), outcome])
  expect({ problems, passed, failed: Number(/(\d+) failed/.exec(line)?.[1]) }).toEqual({ problems: [problem], passed: false, failed: 1 })
})

test('a run is green exactly when its last line says that nothing failed', () => {
  const count = fc.nat({ max: 3 })
  const suites = fc.array(fc.tuple(count, count, count).map(([passed, failed, skipped]) => aSuite('suite', passed, failed, skipped)))
  const steps = fc.array(count.map((code) => aStep('step', code)))
  fc.assert(
    fc.property(suites, steps, (some, others) => {
      const { line, passed } = summarise([...some, ...others])
      expect(line.endsWith(', 0 failed')).toBe(passed)
    }),
  )
})

test('a failed test is named with the first line of why', () => {
  const assertionResults = [
    { status: 'passed', fullName: 'users log in', failureMessages: [] },
    { status: 'failed', fullName: 'the edge answers', failureMessages: ['Error: expected 404 to be 200\n    at edge.ts:3:1'] },
  ]
  const report = { numPassedTests: 1, numFailedTests: 1, numPendingTests: 0, numTotalTests: 2, success: false, testResults: [{ assertionResults }] }
  expect(summarise([{ ...aSuite('e2e', 1, 1), report }]).problems).toEqual(['e2e failed 1 tests\n  the edge answers: Error: expected 404 to be 200'])
})

test('a step is shown with its seconds and counts', () => {
  expect(table([aStep('check'), aSuite('unit', 40)])).toEqual(['check              3 s', 'unit               1 s  40 passed, 0 failed'])
})
