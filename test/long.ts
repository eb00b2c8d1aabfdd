// `make test-long SEED=n MINUTES=n`: the property tests and the fuzzer of the API again and again, each round with the next seed, for as long as told.
// A round that fails is shown by its seed; a run that ended is continued by the seed that it prints.
import { spawn } from 'node:child_process'
import { randomInt } from 'node:crypto'
import { mkdirSync, readFileSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import type { Report } from './summary.ts'

const root = join(import.meta.dirname, '..')
const reportFile = join(root, 'reports/long.json')

const wholeNumber = (name: string, fallback: number): number => {
  const text = process.env[name] ?? ''
  if (text === '') return fallback
  if (/^\d{1,9}$/.test(text)) return Number(text)
  console.error(`${name} is "${text}": give a whole number, as in \`make test-long SEED=1 MINUTES=30\``)
  process.exit(2)
}

/** Requests to the whole API in each round. */
const fuzzed = 20_000
const parts = [
  ['--project', 'unit'],
  ['--project', 'api', 'test/mariadb/fuzz'],
] as const

const run = (part: readonly string[], seed: number): Promise<number> =>
  new Promise((resolve, reject) => {
    const args = ['run', ...part, '--testTimeout', '600000', '--reporter', 'dot', '--reporter', 'json', '--outputFile', reportFile]
    const child = spawn('vitest', args, {
      cwd: root,
      stdio: ['ignore', 'ignore', 'inherit'],
      env: { ...process.env, FINIA_SEED: String(seed), FINIA_RUNS: '1000', FINIA_FUZZ: String(fuzzed) },
    })
    child.once('error', reject)
    child.once('exit', (code) => resolve(code ?? 1))
  })

interface Failed {
  readonly testResults: readonly {
    readonly assertionResults: readonly { readonly status: string; readonly fullName: string; readonly failureMessages?: readonly string[] }[]
  }[]
}

const failures = ({ testResults }: Failed): readonly string[] =>
  testResults.flatMap(({ assertionResults }) =>
    assertionResults.filter(({ status }) => status === 'failed').map((test) => [test.fullName, ...(test.failureMessages ?? [])].join('\n')),
  )

const first = wholeNumber('SEED', randomInt(2 ** 29))
const minutes = wholeNumber('MINUTES', 10)
const deadline = performance.now() + minutes * 60_000
mkdirSync(join(root, 'reports'), { recursive: true })
let seed = first
let passed = 0
do {
  for (const part of parts) {
    rmSync(reportFile, { force: true })
    const code = await run(part, seed)
    const report = JSON.parse(readFileSync(reportFile, 'utf8')) as Report & Failed
    passed += report.numPassedTests
    if (code !== 0) {
      console.log(
        [
          ...failures(report),
          `a test failed with seed ${seed}: \`make test-long SEED=${seed} MINUTES=0\` repeats it`,
          `${passed} passed, ${report.numFailedTests} failed`,
        ].join('\n'),
      )
      process.exit(1)
    }
  }
  seed += 1
  console.log(`${seed - first} rounds, ${passed} tests passed`)
} while (performance.now() < deadline)
console.log(`${passed} passed, 0 failed in ${seed - first} rounds of 1000 runs a property and ${fuzzed} requests; go on with SEED=${seed}`)
