// `make test`: every step of it, one after another, whatever the one before said; ends with one summed line.
import { spawn } from 'node:child_process'
import { mkdirSync, readFileSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { workFolder } from './kind/cluster.ts'
import { type Outcome, type Report, summarise, table } from './summary.ts'

const root = join(import.meta.dirname, '..')
const reports = join(root, 'reports')

interface Step {
  readonly name: string
  readonly command: readonly [string, ...string[]]
  readonly suite: boolean
  /** The run is pointless without it. */
  readonly needed?: boolean
}

/** With kubectl and helm, which the prerequisites put there. */
const env = { ...process.env, PATH: `${join(workFolder(), 'tools')}:${process.env.PATH}` }

const kit = (script: string) => `test/kind/${script}`
const suite = (name: string): Step => ({
  name,
  command: ['vitest', 'run', '--project', name, '--reporter', 'default', '--reporter', 'json', '--outputFile', join(reports, `${name}.json`)],
  suite: true,
})

const steps: readonly Step[] = [
  {
    name: 'prerequisites',
    command: ['bash', '-c', `${kit('docker.sh')} && ${kit('binaries.sh')} && ${kit('base-images.sh')} && ${kit('node-image.sh')}`],
    suite: false,
    needed: true,
  },
  { name: 'check', command: ['npm', 'run', '--silent', 'check'], suite: false },
  ...['unit', 'contract', 'api', 'apiserver', 'e2e'].map(suite),
]

const run = ([program, ...args]: readonly [string, ...string[]]): Promise<number> =>
  new Promise((resolve, reject) => {
    const child = spawn(program, args, { cwd: root, stdio: 'inherit', env })
    child.once('error', reject)
    child.once('exit', (code) => resolve(code ?? 1))
  })

const readReport = (name: string): { readonly report: Report } | undefined => {
  try {
    return { report: JSON.parse(readFileSync(join(reports, `${name}.json`), 'utf8')) as Report }
  } catch {
    return undefined
  }
}

const take = async (step: Step): Promise<Outcome> => {
  console.log(`\n==> ${step.name}`)
  const start = performance.now()
  const exitCode = await run(step.command)
  return { name: step.name, exitCode, seconds: (performance.now() - start) / 1000, suite: step.suite, ...(step.suite && readReport(step.name)) }
}

rmSync(reports, { recursive: true, force: true })
mkdirSync(reports, { recursive: true })
const outcomes: Outcome[] = []
for (const step of steps) {
  const outcome = await take(step)
  outcomes.push(outcome)
  if (step.needed && outcome.exitCode !== 0) break
}
const { line, problems, passed } = summarise(outcomes)
console.log(['', ...table(outcomes), ...problems, line].join('\n'))
process.exitCode = passed ? 0 : 1
