// Which server a request reads from, and the cookie by which the next one is decided.
import sql from 'sql-template-tag'
import type { Databases, Login, Writes } from '../databases.ts'
import type { Db } from '../db.ts'
import { type Position, readPosition, union } from './position.ts'
import type { PositionCookie } from './position-cookie.ts'
import type { Replica } from './replica.ts'
import { RoutedDb } from './routed-db.ts'
import { SessionPositions } from './session-positions.ts'

export interface SessionLogin extends Login {
  readonly sessionId: string
}

export interface RequestReads {
  readonly db: Db
  /** What the answer has to tell the client, once the work is done; undefined = nothing has been written. */
  readonly cookie: () => string | undefined
}

export interface ReplicaReads {
  /** `isSafe`: a request that changes nothing. */
  forRequest(login: SessionLogin, isSafe: boolean, cookies: string | undefined): RequestReads
  /** The cookie of a session that begins: it sees all that was written before. Undefined when the primary keeps no binary log. */
  atLogin(login: SessionLogin): Promise<string | undefined>
  /** For an answer that begins before its work ends. */
  readonly expired: string
}

// What a primary has written itself counts by its binary log, what it had replicated before it became one by the other. Without a log of
// its own nobody can follow it.
const current = sql`SELECT IF(@@log_bin, @@gtid_binlog_pos, '') AS logged, IF(@@log_bin, @@gtid_slave_pos, '') AS followed`

const none: Position = new Map()

/** What a request does, as far as it matters to the session's next one. */
class WatchedRequest implements Writes {
  readonly #sessions: SessionPositions
  readonly #sessionId: string
  hasWritten = false

  constructor(sessions: SessionPositions, sessionId: string) {
    this.#sessions = sessions
    this.#sessionId = sessionId
  }

  wrote(text: string): void {
    const position = readPosition(text)
    if (!position) return this.lost()
    this.hasWritten = true
    this.#sessions.wrote(this.#sessionId, position)
  }

  lost(): void {
    this.hasWritten = true
    this.#sessions.lost(this.#sessionId)
  }
}

export const replicaReads = (databases: Databases, replicas: readonly Replica[], cookie: PositionCookie): ReplicaReads => {
  const sessions = new SessionPositions()
  let turn = 0

  const routed = (primary: Db, login: Login, wanted: Position): Db => {
    turn += 1
    const awake = replicas.filter((replica) => !replica.isResting)
    const replica = awake[turn % awake.length]
    return replica ? new RoutedDb(primary, replica, login, wanted) : primary
  }

  /** The answer tells what this process knows of the session, so that of two answers the later one never says less. */
  const cookieAfter = (sessionId: string, before: Position | undefined): string => {
    const known = sessions.of(sessionId)
    return known && known !== 'unknown' ? cookie.write(sessionId, union(before ?? none, known)) : cookie.expired
  }

  return {
    forRequest: (login, isSafe, cookies) => {
      const { sessionId } = login
      const request = new WatchedRequest(sessions, sessionId)
      const primary = databases.open(login, request)
      const before = cookie.read(sessionId, cookies)
      const wanted = isSafe ? sessions.wanted(sessionId, before) : undefined
      return {
        db: wanted ? routed(primary, login, wanted) : primary,
        cookie: () => (request.hasWritten ? cookieAfter(sessionId, before) : undefined),
      }
    },
    atLogin: async (login) => {
      const row = await databases.open(login).first<{ logged: string; followed: string }>(current)
      const [logged, followed] = [readPosition(row?.logged ?? ''), readPosition(row?.followed ?? '')]
      return logged || followed ? cookie.write(login.sessionId, union(logged ?? none, followed ?? none)) : undefined
    },
    expired: cookie.expired,
  }
}
