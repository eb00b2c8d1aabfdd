// Sums the JSON reports of the test suites into the one line that `make test` ends with.

/** What a suite's report says; vitest's JSON reporter writes these fields. */
export interface Report {
  readonly numPassedTests: number
  readonly numFailedTests: number
  readonly numPendingTests: number
  readonly numTotalTests: number
  readonly success: boolean
  readonly testResults?: readonly { readonly assertionResults: readonly TestResult[] }[]
}

interface TestResult {
  readonly status: string
  readonly fullName: string
  readonly failureMessages?: readonly string[] | null
}

/** How one step of the run ended; `report` is undefined when it wrote none, and `suite` is false for a step that is no test suite. */
export interface Outcome {
  readonly name: string
  readonly exitCode: number
  readonly seconds: number
  readonly suite: boolean
  readonly report?: Report
}

export interface Summary {
  readonly line: string
  readonly problems: readonly string[]
  readonly passed: boolean
}

/** Failed tests that are named; a suite that fails altogether would drown the line that counts. */
const namedAtMost = 10

/** Each failed test with the first line of why: what is left of a run is often its end alone. */
const failedTests = ({ testResults = [] }: Report): readonly string[] =>
  testResults
    .flatMap(({ assertionResults }) => assertionResults)
    .filter(({ status }) => status === 'failed')
    .slice(0, namedAtMost)
    .map(({ fullName, failureMessages }) => `  ${fullName}: ${(failureMessages?.[0] ?? 'no message').split('\n', 1)[0]?.slice(0, 900)}`)

const problemsOf = ({ name, exitCode, suite, report }: Outcome): readonly string[] => {
  if (!suite) return exitCode === 0 ? [] : [`${name} failed (exit code ${exitCode})`]
  if (!report) return [`${name} did not run to its end (exit code ${exitCode})`]
  if (report.numTotalTests === 0) return [`${name} ran no test`]
  if (report.numPendingTests > 0) return [`${name} skipped ${report.numPendingTests} tests`]
  if (report.numFailedTests > 0) return [[`${name} failed ${report.numFailedTests} tests`, ...failedTests(report)].join('\n')]
  return exitCode === 0 && report.success ? [] : [`${name} failed outside its tests (exit code ${exitCode})`]
}

/** A step that fails without a failed test of its own counts as one failure, so that a red run never reads "0 failed". */
const failuresOf = (outcome: Outcome): number => Math.max(outcome.report?.numFailedTests ?? 0, problemsOf(outcome).length)

export const summarise = (outcomes: readonly Outcome[]): Summary => {
  const problems = outcomes.flatMap(problemsOf)
  const passed = outcomes.reduce((sum, { report }) => sum + (report?.numPassedTests ?? 0), 0)
  const failed = outcomes.reduce((sum, outcome) => sum + failuresOf(outcome), 0)
  return { line: `${passed} passed, ${failed} failed`, problems, passed: problems.length === 0 }
}

/** One line a step: how long it took and what it counted. */
export const table = (outcomes: readonly Outcome[]): readonly string[] =>
  outcomes.map(({ name, seconds, report }) => {
    const counts = report ? `${report.numPassedTests} passed, ${report.numFailedTests} failed` : ''
    return `${name.padEnd(14)} ${String(Math.round(seconds)).padStart(5)} s  ${counts}`.trimEnd()
  })
