// All points at all numbers of connections, the API and its peers in turn.
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import type { Login } from '../../api/db/databases.ts'
import { freePort } from '../../test/support/free-port.ts'
import { type ApiProcess, poolSize } from './api-process.ts'
import { replayImport, withoutTrace } from './imports.ts'
import { onServer } from './load.ts'
import type { OwnServer } from './mariadb.ts'
import { markedRequest, type Sample, sample, sendOnce, signIn, summed, untilReady } from './measure.ts'
import type { Point } from './points.ts'
import { cpuOf, type Running, root, start } from './process.ts'
import type { PeerFile, PeerPoint } from './replay.ts'
import { fewestStatements, statementsOf } from './statements.ts'
import { type Row, summaryOf } from './table.ts'

interface World {
  readonly server: OwnServer
  readonly folder: string
  readonly user: Login
  readonly service: Login
  readonly api: ApiProcess
  readonly databasePid: number
  readonly other: { readonly url: string; readonly token: string } | undefined
  readonly say: (text: string) => void
}

interface Choice {
  readonly points: readonly Point[]
  readonly connections: readonly number[]
  readonly seconds: number
}

interface Peer {
  readonly url: string
  readonly points: ReadonlyMap<string, PeerPoint>
  readonly running: Running
}

/** What the API sends to the database and to the client, for the peer to do the same. */
const capture = ({ server, user, service, api }: World, point: Point, token: string): Promise<PeerPoint> =>
  onServer(server, async (as) => {
    let answer = { type: '', body: '' }
    const work = async () => {
      answer = await sendOnce(api.url, markedRequest(point), token)
    }
    const users = [user.username, service.username]
    const watch = async () => {
      if (point.writes) return withoutTrace(as(user), () => statementsOf(as({}), users, work))
      // warm: its connections are open
      await work()
      return fewestStatements(as({}), users, 5, work)
    }
    const statements = await watch()
    return { name: point.name, method: point.send(0).method, ...answer, statements }
  })

const startPeer = async (world: World, captured: readonly PeerPoint[]): Promise<Peer> => {
  const { server, user, service, folder } = world
  const port = await freePort()
  const file: PeerFile = { port, server: { host: server.host, port: server.port }, logins: [user, service], points: captured }
  const path = join(folder, 'peer.json')
  writeFileSync(path, JSON.stringify(file), { mode: 0o600 })
  const running = start(join(root, 'bench', 'api', 'peer.ts'), { PEER: path })
  const url = `http://127.0.0.1:${port}`
  try {
    await untilReady(`${url}/`, 20_000, running.hasEnded)
  } catch (error) {
    await running.stop()
    throw new Error(`the peer did not start: ${running.output()}`, { cause: error })
  }
  return { url, running, points: new Map(captured.map((point) => [point.name, point])) }
}

/** Statements of an import can be sent again only to what was there before, one after another. */
const importRow = async ({ server, user, api, other, databasePid }: World, point: Point, peer: Peer, connections: number, token: string): Promise<Row> =>
  onServer(server, async (as) => {
    const db = as(user)
    const load = { connections, seconds: 0 }
    const before = [cpuOf(api.pid), cpuOf(databasePid)] as const
    const measured = await withoutTrace(db, async () => {
      const ours = summed([await sample(point, { url: api.url, token, ...load })])
      return { ours, cpu: (cpuOf(api.pid) - before[0]) / ours.requests, databaseCpu: (cpuOf(databasePid) - before[1]) / ours.requests }
    })
    const statements = peer.points.get(point.name)?.statements ?? []
    const queried = connections === 1 ? { p50: await replayImport(db, user.username, statements, 3) } : undefined
    const theirs = other && summed([await sample(point, { ...other, ...load })])
    const { ours, cpu, databaseCpu } = measured
    return { point, connections, api: ours, cpu, databaseCpu, queries: statements.length, bare: undefined, queried, peer: theirs }
  })

/**
 * Seconds of one turn: the servers take turns, so that what else the machine does falls on all of them. One is the shortest that the load
 * generator knows; of many connections each has to get an answer.
 */
const turnOf = (connections: number): number => (connections === 1 ? 1 : connections <= 16 ? 2 : 4)

const readRow = async (world: World, point: Point, peer: Peer, load: { connections: number; seconds: number; token: string }): Promise<Row> => {
  const { api, other, databasePid } = world
  const turn = turnOf(load.connections)
  const one = { ...load, seconds: turn }
  const at = (prefix: string): Point => ({ ...point, send: (mark) => ({ ...point.send(mark), path: `/${prefix}/${point.name}` }) })
  if (load.connections === 1) await sample(point, { ...one, url: api.url })
  const [ours, queried, bare, theirs]: [Sample[], Sample[], Sample[], Sample[]] = [[], [], [], []]
  let [cpu, databaseCpu] = [0, 0]
  for (let done = 0; done < load.seconds; done += turn) {
    const before = [cpuOf(api.pid), cpuOf(databasePid)] as const
    ours.push(await sample(point, { ...one, url: api.url }))
    cpu += cpuOf(api.pid) - before[0]
    databaseCpu += cpuOf(databasePid) - before[1]
    queried.push(await sample(at('queries'), { ...one, url: peer.url }))
    bare.push(await sample(at('bare'), { ...one, url: peer.url }))
    if (other) theirs.push(await sample(point, { ...one, ...other }))
  }
  const measured = summed(ours)
  const queries = peer.points.get(point.name)?.statements.filter(({ sql }) => sql !== undefined).length ?? 0
  const each = { cpu: cpu / measured.requests, databaseCpu: databaseCpu / measured.requests }
  return { point, connections: load.connections, api: measured, ...each, queries, bare: summed(bare), queried: summed(queried), peer: other && summed(theirs) }
}

export const run = async (world: World, { points, connections, seconds }: Choice): Promise<readonly Row[]> => {
  const { api, user, say } = world
  const token = await signIn(api.url, user.username, user.password)
  const captured: PeerPoint[] = []
  for (const point of points) captured.push(await capture(world, point, token))
  const peer = await startPeer(world, captured)
  say(`measuring; the API and its peer have ${poolSize} connections to the database for the user`)
  const rows: Row[] = []
  try {
    for (const count of connections)
      for (const point of points) {
        const row = await (point.writes ? importRow(world, point, peer, count, token) : readRow(world, point, peer, { connections: count, seconds, token }))
        rows.push(row)
        // whoever interrupts it has at least these
        say(summaryOf(row))
      }
    return rows
  } finally {
    await peer.running.stop()
  }
}
