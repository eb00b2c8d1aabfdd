// Without a service account there is one process and it remembers itself.
import { hasRoom, type OperationsStore, type ReplicaRow, type SessionRow, type Subject, type Tally, type Window } from './store.ts'

interface Attempt {
  readonly id: string
  readonly at: Date
  readonly failed: boolean
}

type Named = Pick<Subject, 'kind' | 'name'>
const keyOf = ({ kind, name }: Named) => `${kind}:${name}`

const tallyOf = (attempts: readonly Attempt[], { since, lostBefore }: Window): Tally => {
  const recent = attempts.filter(({ at }) => at > since)
  const failed = recent.filter((attempt) => attempt.failed || attempt.at <= lostBefore)
  return { failed: failed.length, underWay: recent.length - failed.length, oldest: failed[0]?.at ?? null }
}

const sessionsInMemory = () => {
  const sessions = new Map<string, SessionRow>()
  const change = (id: string, fields: Partial<SessionRow>) => {
    const row = sessions.get(id)
    if (row) sessions.set(id, { ...row, ...fields })
  }
  return {
    insertSession: async (row: Pick<SessionRow, 'id' | 'username' | 'createdAt'>) =>
      void sessions.set(row.id, { ...row, lastActivity: row.createdAt, revokedAt: null }),
    findSession: async (id: string) => sessions.get(id),
    touchSession: async (id: string, lastActivity: Date) => change(id, { lastActivity }),
    revokeSession: async (id: string, revokedAt: Date) => change(id, { revokedAt }),
    revokeOthers: async (username: string, kept: string, revokedAt: Date) => {
      const ids = [...sessions.values()].filter((row) => row.username === username && row.id !== kept && !row.revokedAt).map(({ id }) => id)
      for (const id of ids) change(id, { revokedAt })
      return ids
    },
    sweepSessions: (before: Date) => {
      for (const { id, createdAt } of sessions.values()) if (createdAt < before) sessions.delete(id)
    },
  }
}

const attemptsInMemory = () => {
  const attempts = new Map<string, readonly Attempt[]>()
  const of = (subject: Named) => attempts.get(keyOf(subject)) ?? []
  const put = (key: string, left: readonly Attempt[]) => (left.length > 0 ? attempts.set(key, left) : attempts.delete(key))
  const change = (work: (list: readonly Attempt[]) => readonly Attempt[]) => {
    for (const [key, list] of attempts) put(key, work(list))
  }
  return {
    beginAttempt: async (id: string, subjects: readonly Subject[], window: Window) => {
      const tallies = subjects.map((subject) => tallyOf(of(subject), window))
      const begins = subjects.every((subject, index) => hasRoom(tallies[index] ?? { failed: 0, underWay: 0, oldest: null }, subject))
      if (begins) for (const subject of subjects) put(keyOf(subject), [...of(subject), { id, at: window.now, failed: false }])
      return tallies
    },
    failAttempt: async (id: string) => change((list) => list.map((attempt) => (attempt.id === id ? { ...attempt, failed: true } : attempt))),
    withdrawAttempt: async (id: string) => change((list) => list.filter((attempt) => attempt.id !== id)),
    countFailures: async (subject: Named, since: Date) => of(subject).filter(({ at, failed }) => failed && at > since).length,
    clearFailures: async (subject: Named) =>
      void put(
        keyOf(subject),
        of(subject).filter(({ failed }) => !failed),
      ),
    sweepAttempts: (before: Date) => change((list) => list.filter(({ at }) => at >= before)),
  }
}

/** Nobody dies unnoticed where there is one process. */
const replicasInMemory = () => {
  const replicas = new Map<string, ReplicaRow>()
  return {
    beat: async (replica: Omit<ReplicaRow, 'connections'>, _lifeSeconds: number, claim: (others: readonly ReplicaRow[]) => number) => {
      const others = [...replicas.values()].filter(({ id }) => id !== replica.id)
      replicas.set(replica.id, { ...replica, connections: claim(others) })
    },
    leave: async (id: string) => void replicas.delete(id),
  }
}

export const memoryStore = (): OperationsStore => {
  const { sweepSessions, ...sessions } = sessionsInMemory()
  const { sweepAttempts, ...attempts } = attemptsInMemory()
  return {
    ...sessions,
    ...attempts,
    ...replicasInMemory(),
    sweep: async (sessionsBefore, attemptsBefore) => {
      sweepSessions(sessionsBefore)
      sweepAttempts(attemptsBefore)
    },
    prepare: async () => {},
    ping: async () => {},
  }
}
