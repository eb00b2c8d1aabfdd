// Brings a user's database to the schema of the release: one Job for each wish, tried anew after a while when it failed.

import type { KubeObject } from '../deps.ts'
import type { MigrationJob } from '../observe/migrations.ts'
import { kinds } from '../resources/kinds.ts'
import type { Step } from './steps.ts'

export const retryMinutes = 5

export type Migration =
  | { readonly state: 'Complete'; readonly schemaVersion?: string }
  | { readonly state: 'Running'; readonly sentence: string }
  | { readonly state: 'Failed'; readonly sentence: string; readonly retryAt: Date }

export interface MigrationPlan {
  readonly steps: readonly Step[]
  readonly migration: Migration
}

interface Result {
  readonly schemaVersion?: string
  readonly error?: string
}

const isRecord = (value: unknown): value is Readonly<Record<string, unknown>> => typeof value === 'object' && value !== null

/** Reads the termination message of the program `migrate`; what is none of its making is taken as the end of a log. */
export function readResult(said: string | undefined, database: string): Result {
  if (said === undefined) return {}
  try {
    const parsed: unknown = JSON.parse(said)
    const databases: readonly unknown[] = isRecord(parsed) && Array.isArray(parsed['databases']) ? parsed['databases'] : []
    const own = databases.filter(isRecord).find((entry) => entry['database'] === database)
    return {
      ...(typeof own?.['schemaVersion'] === 'string' && { schemaVersion: own['schemaVersion'] }),
      ...(typeof own?.['error'] === 'string' && { error: own['error'] }),
    }
  } catch {
    return { error: `its log ends with: ${said.trim().slice(-300)}` }
  }
}

const deletion = (namespace: string, { name, uid }: MigrationJob): Step => ({ do: 'delete', ref: { resource: kinds.job, namespace, name }, uid })

const running = (database: string, detail?: string): Migration => ({
  state: 'Running',
  sentence: `The database "${database}" is being brought to the schema of the release${detail === undefined ? '' : `; the last attempt failed: ${detail}`}`,
})

/** `wanted` is the Job of today's image and settings; `hasDatabase` is false for one that vanished and is made anew, empty. */
export function planMigration(wanted: KubeObject, jobs: readonly MigrationJob[], database: string, hasDatabase: boolean, now: Date): MigrationPlan {
  const namespace = wanted.metadata.namespace ?? ''
  const job = jobs.find(({ name }) => name === wanted.metadata.name)
  if (!job) return { steps: [{ do: 'apply', resource: kinds.job, manifest: wanted }], migration: running(database) }
  const { schemaVersion, error } = readResult(job.said, database)
  if (job.isBeingDeleted || job.state === 'Running') return { steps: [], migration: running(database, error) }
  if (!hasDatabase) return { steps: [deletion(namespace, job)], migration: running(database) }
  if (job.state === 'Complete') {
    const older = jobs.filter((other) => other !== job && !other.isBeingDeleted)
    return { steps: older.map((other) => deletion(namespace, other)), migration: { state: 'Complete', ...(schemaVersion !== undefined && { schemaVersion }) } }
  }
  return planRetry(namespace, job, database, error, now)
}

function planRetry(namespace: string, job: MigrationJob, database: string, error: string | undefined, now: Date): MigrationPlan {
  const retryAt = new Date(new Date(job.failedAt ?? now).getTime() + retryMinutes * 60_000)
  const why = error ?? job.reason ?? 'no pod of it said why'
  const at = retryAt.toISOString().replace(/\.\d+Z$/, 'Z')
  const sentence = `The migration of the database "${database}" failed: ${why}. It is tried again at ${at}; kubectl logs job/${job.name} shows more`
  return { steps: now < retryAt ? [] : [deletion(namespace, job)], migration: { state: 'Failed', sentence, retryAt } }
}
