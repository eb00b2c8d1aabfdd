// `make bench-edge`: the managed edge beside the same nginx configuration written by hand, both before one upstream, and that upstream by itself.
// ROUNDS, TURN_SECONDS, CONNECTIONS, RATE (requests a second where latency is measured).
import { mkdtempSync, rmSync } from 'node:fs'
import { availableParallelism, loadavg, tmpdir } from 'node:os'
import { join } from 'node:path'
import { type Comparison, compare, misses, type Round, type Turn, tableOf } from './figures.ts'
import { measure, needLoadGenerator, type Protocol } from './h2load.ts'
import { type Measured, type Place, startPlace } from './place.ts'

const settingOf = (name: string, usual: number, most: number): number => {
  const text = process.env[name] ?? String(usual)
  const number = Number(text)
  if (/^\d+$/.test(text) && number >= 1 && number <= most) return number
  throw new Error(`${name} is ${JSON.stringify(text)}: give a whole number from 1 to ${most}`)
}

const settings = () => ({
  rounds: settingOf('ROUNDS', 3, 1_000),
  seconds: settingOf('TURN_SECONDS', 3, 20),
  connections: settingOf('CONNECTIONS', 8, 1_000),
  rate: settingOf('RATE', 400, 100_000),
})

type Settings = ReturnType<typeof settings>

const say = (text: string) => console.log(`${new Date().toISOString().slice(11, 19)} ${text}`)

const streams = 2
const protocols: readonly Protocol[] = ['HTTP/1.1', 'HTTP/2']

const turnOf = async (folder: string, { url, cpu }: Measured, protocol: Protocol, { seconds, connections, rate }: Settings): Promise<Turn> => {
  const load = { url, protocol, connections, streams, seconds }
  const before = cpu()
  const full = await measure(folder, load)
  const used = cpu() - before
  return { full, cpu: (used * 1000) / full.milliseconds.length, steady: await measure(folder, { ...load, rate }) }
}

/** One after the other, and the next round the other way round. */
const roundOf = async (folder: string, place: Place, protocol: Protocol, number: number, chosen: Settings): Promise<Round> => {
  // whatever comes to an upstream directly is HTTP/1.1, as an edge would ask it
  const direct = () => turnOf(folder, place.direct, 'HTTP/1.1', chosen)
  const managed = () => turnOf(folder, place.managed, protocol, chosen)
  const handWritten = () => turnOf(folder, place.handWritten, protocol, chosen)
  if (number % 2 === 0) return { direct: await direct(), managed: await managed(), handWritten: await handWritten() }
  const second = await handWritten()
  const first = await managed()
  return { direct: await direct(), managed: first, handWritten: second }
}

const measureAll = async (folder: string, place: Place, chosen: Settings): Promise<readonly Comparison[]> => {
  const rounds = new Map<Protocol, Round[]>(protocols.map((protocol) => [protocol, []]))
  for (let number = 0; number < chosen.rounds; number++) {
    say(`round ${number + 1} of ${chosen.rounds}`)
    for (const [protocol, done] of rounds) done.push(await roundOf(folder, place, protocol, number, chosen))
  }
  return [...rounds].map(([protocol, done]) => compare(protocol, done))
}

const folder = mkdtempSync(join(tmpdir(), 'finia-bench-'))
let starting: Promise<Place> | undefined
const cleanUp = async (): Promise<void> => {
  // one that did not start has told why
  await starting?.then(({ stop }) => stop()).catch(() => {})
  rmSync(folder, { recursive: true, force: true })
}

const interrupted = new AbortController()
for (const [signal, number] of [['SIGINT', 2] as const, ['SIGTERM', 15] as const]) {
  process.once(signal, () => {
    interrupted.abort()
    say(`${signal}: cleaning up`)
    void cleanUp().finally(() => process.exit(128 + number))
  })
}

try {
  const chosen = settings()
  await needLoadGenerator()
  say(`starting both; ${availableParallelism()} cores, others keep ${loadavg()[0]?.toFixed(1)} of them busy`)
  starting = startPlace(folder)
  const comparisons = await measureAll(folder, await starting, chosen)
  const missed = comparisons.flatMap(misses)
  console.log(['', tableOf(comparisons), '', ...missed].join('\n'))
  process.exitCode = missed.length === 0 ? 0 : 1
} catch (error) {
  // what was stopped fails, which says nothing
  if (!interrupted.signal.aborted) throw error
} finally {
  await cleanUp()
}
