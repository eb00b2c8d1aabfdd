// Without a service account there is one process and it remembers itself.
import type { FailureKind, OperationsStore, SessionRow } from './store.ts'

export const memoryStore = (): OperationsStore => {
  const sessions = new Map<string, SessionRow>()
  const failures = new Map<string, Date[]>()
  const change = (id: string, fields: Partial<SessionRow>) => {
    const row = sessions.get(id)
    if (row) sessions.set(id, { ...row, ...fields })
  }
  const keyOf = (kind: FailureKind, subject: string) => `${kind}:${subject}`
  return {
    insertSession: async (row) => void sessions.set(row.id, { ...row, lastActivity: row.createdAt, revokedAt: null }),
    findSession: async (id) => sessions.get(id),
    touchSession: async (id, lastActivity) => change(id, { lastActivity }),
    revokeSession: async (id, revokedAt) => change(id, { revokedAt }),
    addFailure: async (kind, subject, at) => void failures.set(keyOf(kind, subject), [...(failures.get(keyOf(kind, subject)) ?? []), at]),
    failuresSince: async (kind, subject, since) => {
      const recent = (failures.get(keyOf(kind, subject)) ?? []).filter((at) => at > since)
      return { count: recent.length, oldest: recent[0] ?? null }
    },
    clearFailures: async (kind, subject) => void failures.delete(keyOf(kind, subject)),
    sweep: async (sessionsBefore, failuresBefore) => {
      for (const { id, createdAt } of sessions.values()) if (createdAt < sessionsBefore) sessions.delete(id)
      for (const [key, times] of failures) {
        const left = times.filter((at) => at >= failuresBefore)
        if (left.length > 0) failures.set(key, left)
        else failures.delete(key)
      }
    },
    prepare: async () => {},
    ping: async () => {},
  }
}
