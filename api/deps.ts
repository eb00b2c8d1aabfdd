// The ports of the API: what it needs from the world. main.ts wires them, tests fake them.

import type { Audit } from './auth/audit.ts'
import type { Tokens } from './auth/tokens.ts'
import type { Settings } from './config.ts'
import type { Databases } from './db/databases.ts'
import type { ReplicaReads } from './db/replicas/replica-reads.ts'
import type { Metrics } from './metrics/metrics.ts'
import type { Operations } from './operations/operations.ts'

export interface Clock {
  now(): Date
  /** Resolves after `milliseconds`; rejects with the signal's reason when aborted first. */
  sleep(milliseconds: number, signal?: AbortSignal): Promise<void>
}

export interface Random {
  /** `count` unpredictable bytes. */
  bytes(count: number): Uint8Array
}

export interface Log {
  debug(fields: object, message: string): void
  info(fields: object, message: string): void
  warn(fields: object, message: string): void
  error(fields: object, message: string): void
}

export interface Deps {
  readonly settings: Settings
  readonly databases: Databases
  /** Absent: everything is read from the primary. */
  readonly replicaReads?: ReplicaReads
  readonly operations: Operations
  readonly tokens: Tokens
  readonly clock: Clock
  readonly random: Random
  readonly log: Log
  readonly metrics: Metrics
  readonly audit: Audit
  /** Release of FiniA, from the file VERSION. */
  readonly release: string
  /** Aborted once the process is to end. */
  readonly stopping: AbortSignal
}
