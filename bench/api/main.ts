// `make bench-api`: how fast the API is beside bare Fastify and bare queries, on a database of its own that is gone afterwards.
// BENCH=list,search chooses points; ROWS, SECONDS (of each), CONNECTIONS; PEER_URL with PEER_USER and PEER_PASSWORD: another server of the same API.
import { execFileSync } from 'node:child_process'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Login } from '../../api/db/databases.ts'
import { startApi } from './api-process.ts'
import { aLogin, createUser, loadUser, onServer } from './load.ts'
import { type OwnServer, pidOf, startMariadb } from './mariadb.ts'
import { signIn } from './measure.ts'
import { chosenPoints, points, unknownPoint } from './points.ts'
import { memoryOf, root, stopAll } from './process.ts'
import { run } from './run.ts'
import { misses, tableOf } from './table.ts'

const { BENCH = '', ROWS = '100000', SECONDS = BENCH ? '1' : '3', CONNECTIONS = '1,16,64', PEER_URL, PEER_USER = '', PEER_PASSWORD = '' } = process.env
const sessions = 200
const allowedMemory = 150

const say = (text: string) => console.log(`${new Date().toISOString().slice(11, 19)} ${text}`)

/** Signs in many users at once; each has a database of his own. */
const signInMany = async (server: OwnServer, url: string): Promise<void> => {
  const logins = Array.from({ length: sessions }, () => aLogin())
  await onServer(server, async (as) => {
    for (const login of logins) await createUser(as({}), login)
  })
  await Promise.all(logins.map(({ username, password }) => signIn(url, username, password)))
}

const serviceLogin = async (server: OwnServer): Promise<Login> => {
  const { username, password } = aLogin('bench_service')
  const service = { username, password, database: 'finiaDB_bench_service' }
  await onServer(server, (as) => createUser(as({}), service))
  return service
}

const measureAll = async (server: OwnServer, folder: string): Promise<boolean> => {
  say(`loading a user with ${ROWS} transactions`)
  const user = await loadUser(server, Number(ROWS))
  const service = await serviceLogin(server)
  say('starting the API')
  const api = await startApi(folder, server, service)
  try {
    await signInMany(server, api.url)
    const memory = memoryOf(api.pid)
    const other = PEER_URL ? { url: PEER_URL.replace(/\/$/, ''), token: await signIn(PEER_URL.replace(/\/$/, ''), PEER_USER, PEER_PASSWORD) } : undefined
    const chosen = { points: chosenPoints(points(user), BENCH), connections: CONNECTIONS.split(',').map(Number), seconds: Number(SECONDS) }
    const rows = await run({ server, folder, user, service, api, databasePid: await pidOf(server), other, say }, chosen)
    const after = memoryOf(api.pid)
    console.log(`\n${tableOf(rows)}\n`)
    console.log(
      `memory with ${sessions} sessions: ${memory.now.toFixed(0)} MiB (≤ ${allowedMemory}); after all points ${after.now.toFixed(0)} MiB, at most ${after.most.toFixed(0)} MiB`,
    )
    return memory.now <= allowedMemory && rows.every((row) => misses(row).length === 0)
  } finally {
    await api.stop()
  }
}

const wrong = unknownPoint(points({ username: '', password: '' }), BENCH)
if (wrong !== undefined) {
  console.error(wrong)
  process.exit(2)
}

const folder = mkdtempSync(join(tmpdir(), 'finia-bench-'))
let starting: Promise<OwnServer> | undefined
const cleanUp = async (): Promise<void> => {
  await stopAll()
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
  say('building the programs')
  execFileSync(process.execPath, [join(root, 'build.ts'), folder], { stdio: 'inherit' })
  say('starting a database')
  starting = startMariadb()
  process.exitCode = (await measureAll(await starting, folder)) ? 0 : 1
} catch (error) {
  // what was stopped fails, which says nothing
  if (!interrupted.signal.aborted) throw error
} finally {
  await cleanUp()
}
