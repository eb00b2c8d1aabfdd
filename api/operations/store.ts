// What has to outlive a process and be known to all of them: sessions and failed logins. mysql.ts and memory.ts keep it.

export interface SessionRow {
  readonly id: string
  readonly username: string
  readonly createdAt: Date
  readonly lastActivity: Date
  readonly revokedAt: Date | null
}

export type FailureKind = 'account' | 'address'

/** Failures within the window. */
export interface Failures {
  readonly count: number
  readonly oldest: Date | null
}

/** Every call fails with a DatabaseError when the operations database does not answer. */
export interface OperationsStore {
  readonly insertSession: (row: Pick<SessionRow, 'id' | 'username' | 'createdAt'>) => Promise<void>
  readonly findSession: (id: string) => Promise<SessionRow | undefined>
  readonly touchSession: (id: string, at: Date) => Promise<void>
  readonly revokeSession: (id: string, at: Date) => Promise<void>
  readonly addFailure: (kind: FailureKind, subject: string, at: Date) => Promise<void>
  readonly failuresSince: (kind: FailureKind, subject: string, since: Date) => Promise<Failures>
  readonly clearFailures: (kind: FailureKind, subject: string) => Promise<void>
  /** Forgets sessions made and failures counted before these moments. */
  readonly sweep: (sessionsBefore: Date, failuresBefore: Date) => Promise<void>
  /** Makes what is missing; may be called again. */
  readonly prepare: () => Promise<void>
  readonly ping: () => Promise<void>
}
