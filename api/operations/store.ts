// What has to outlive a process and be known to all of them: sessions, attempts to log in, and the processes themselves. mysql.ts and memory.ts keep it.

export interface SessionRow {
  readonly id: string
  readonly username: string
  readonly createdAt: Date
  readonly lastActivity: Date
  readonly revokedAt: Date | null
}

/** What attempts are counted by. */
export interface Subject {
  readonly kind: 'account' | 'address'
  readonly name: string
  /** So many attempts may have failed or be under way. */
  readonly limit: number
}

/** Attempts of a subject within the window. */
export interface Tally {
  readonly failed: number
  /** Nobody knows yet how they end. */
  readonly underWay: number
  /** When the oldest of the failed ones was made. */
  readonly oldest: Date | null
}

export interface Window {
  readonly now: Date
  /** What is older does not count. */
  readonly since: Date
  /** What is under way since before this will not end any more: its process is gone. It counts as failed. */
  readonly lostBefore: Date
}

export const hasRoom = ({ failed, underWay }: Tally, { limit }: Subject): boolean => failed + underWay < limit

/** A process that lives, as the others see it. */
export interface ReplicaRow {
  readonly id: string
  readonly deployment: string
  /** How many connections for users it may have open. */
  readonly connections: number
}

/** Every call fails with a DatabaseError when the operations database does not answer. */
export interface OperationsStore {
  readonly insertSession: (row: Pick<SessionRow, 'id' | 'username' | 'createdAt'>) => Promise<void>
  readonly findSession: (id: string) => Promise<SessionRow | undefined>
  readonly touchSession: (id: string, at: Date) => Promise<void>
  readonly revokeSession: (id: string, at: Date) => Promise<void>
  /** Revokes the living sessions of a user but one, and tells which they were. */
  readonly revokeOthers: (username: string, kept: string, at: Date) => Promise<readonly string[]>
  /** Counts for each subject, and notes the attempt as under way when all of them have room: as one step, whoever else does the same. */
  readonly beginAttempt: (id: string, subjects: readonly Subject[], window: Window) => Promise<readonly Tally[]>
  readonly failAttempt: (id: string) => Promise<void>
  /** As if it had not been made. */
  readonly withdrawAttempt: (id: string) => Promise<void>
  readonly countFailures: (subject: Pick<Subject, 'kind' | 'name'>, since: Date) => Promise<number>
  readonly clearFailures: (subject: Pick<Subject, 'kind' | 'name'>) => Promise<void>
  /**
   * Notes that the process lives, and the connections that it claims beside the others that live: as one step, whoever else does the same.
   * Who has not been seen for `lifeSeconds` lives no more. `claim` may be asked again.
   */
  readonly beat: (replica: Pick<ReplicaRow, 'id' | 'deployment'>, lifeSeconds: number, claim: (others: readonly ReplicaRow[]) => number) => Promise<void>
  readonly leave: (id: string) => Promise<void>
  /** Forgets sessions and attempts made before these moments. */
  readonly sweep: (sessionsBefore: Date, attemptsBefore: Date) => Promise<void>
  /** Makes what is missing; may be called again. */
  readonly prepare: () => Promise<void>
  readonly ping: () => Promise<void>
}
