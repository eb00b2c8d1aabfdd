// What the replicas know in common, and whether it can be asked.
import type { Settings } from '../config.ts'
import { DatabaseError } from '../db/errors.ts'
import type { Clock, Log } from '../deps.ts'
import { Unavailable } from '../errors.ts'
import { type Peers, unseen } from '../limits/replicas.ts'
import { LoginAttempts } from './login-attempts.ts'
import { Sessions } from './sessions.ts'
import type { OperationsStore } from './store.ts'

export interface Operations {
  readonly sessions: Sessions
  readonly attempts: LoginAttempts
  /** The other processes that live. */
  readonly peers: Pick<Peers, 'own' | 'part'>
  /** Makes the tables, again and again until the database lets us, or the signal ends it; from then on the others know of this one. */
  start(signal: AbortSignal): Promise<void>
  /** Whether sessions can be checked now. */
  isReady(): Promise<boolean>
  /** Forgets what is too old to matter. */
  sweep(): Promise<void>
  /** After the last request: the others need not wait for this process. */
  leave(): Promise<void>
}

/** A session that cannot be checked is neither good nor bad: 503, never 401. */
const guarded = (store: OperationsStore): OperationsStore => {
  const guard =
    <A extends readonly unknown[], T>(call: (...input: A) => Promise<T>) =>
    async (...input: A): Promise<T> => {
      try {
        return await call(...input)
      } catch (cause) {
        if (!(cause instanceof DatabaseError)) throw cause
        throw new Unavailable('Your session cannot be checked because the database does not answer. Please try again in a moment.', { cause })
      }
    }
  return {
    insertSession: guard(store.insertSession),
    findSession: guard(store.findSession),
    touchSession: guard(store.touchSession),
    revokeSession: guard(store.revokeSession),
    revokeOthers: guard(store.revokeOthers),
    beginAttempt: guard(store.beginAttempt),
    failAttempt: guard(store.failAttempt),
    withdrawAttempt: guard(store.withdrawAttempt),
    countFailures: guard(store.countFailures),
    clearFailures: guard(store.clearFailures),
    beat: store.beat,
    leave: store.leave,
    sweep: guard(store.sweep),
    prepare: guard(store.prepare),
    ping: guard(store.ping),
  }
}

const retryAfter = 1_000

const prepareUntilDone = async (store: OperationsStore, clock: Clock, log: Log, signal: AbortSignal): Promise<boolean> => {
  for (let told = false; !signal.aborted; told = true) {
    try {
      await store.prepare()
      if (told) log.info({}, 'the operations database answers now')
      return true
    } catch (error) {
      const cause = error instanceof Error ? error.cause : undefined
      const { errno, sqlState } = cause instanceof DatabaseError ? cause : { errno: undefined, sqlState: undefined }
      if (!told) log.warn({ errno, sqlState }, 'the operations database does not let us in; not ready until it does')
      await clock.sleep(retryAfter, signal).catch(() => {})
    }
  }
  return false
}

export const operationsOn = (bareStore: OperationsStore, clock: Clock, log: Log, auth: Settings['auth'], peers: Peers = unseen(1)): Operations => {
  const store = guarded(bareStore)
  const sessions = new Sessions(store, clock, auth.idleSeconds)
  let prepared = false
  return {
    sessions,
    attempts: new LoginAttempts(store, clock, auth),
    peers,
    start: async (signal) => {
      prepared = await prepareUntilDone(store, clock, log, signal)
      if (prepared) void peers.run()
    },
    isReady: async () => {
      if (!prepared || peers.part === 0) return false
      try {
        await store.ping()
        return true
      } catch {
        return false
      }
    },
    leave: () => peers.leave(),
    sweep: async () => {
      sessions.sweep()
      const now = clock.now().getTime()
      await store.sweep(new Date(now - auth.expirySeconds * 1000), new Date(now - auth.windowSeconds * 1000))
    },
  }
}
