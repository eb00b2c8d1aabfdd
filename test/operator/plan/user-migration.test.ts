import { describe, expect, test } from 'vitest'
import { aServer } from '../../support/observed-user.ts'
import { briefly, exact, job, made, plan, wanted } from '../../support/user-plans.ts'

describe('migrations', () => {
  test('another image is another Job, and the old one goes when the new one is complete', () => {
    const old = job('john-migrate-old')
    expect(briefly({ ...made, migrations: [old] })).toEqual(['apply Job john-migrate-HASH'])
    expect(briefly({ ...made, migrations: [old, job(wanted(), { state: 'Running' })] })).toEqual([])
    expect(briefly({ ...made, migrations: [old, job()] })).toEqual(['delete Job john-migrate-old uid-of-john-migrate-old'])
  })

  test('a failed Job is told with its sentence and tried anew five minutes after it failed', () => {
    const said = JSON.stringify({ databases: [{ user: 'john', database: 'finiaDB_john', error: 'table tbl_x is read-only' }] })
    const failed = job(wanted(), { state: 'Failed', failedAt: '2026-01-01T11:58:00Z', said })
    const waiting = plan({ ...made, migrations: [failed] })
    expect([waiting.steps, waiting.requeue]).toEqual([[], { afterSeconds: 180 }])
    expect(waiting.findings[0]).toMatchObject({ status: 'False', reason: 'MigrationFailed' })
    expect(waiting.findings[0]?.message).toContain('failed: table tbl_x is read-only. It is tried again at 2026-01-01T12:03:00Z')
    expect(briefly({ ...made, migrations: [failed] }, new Date('2026-01-01T12:03:00Z'))).toEqual([`delete Job ${wanted()} uid-of-${wanted()}`])
  })

  test('a Job that died without a word of its own says what Kubernetes or its log says', () => {
    const silent = {
      ...job(wanted(), { state: 'Failed', failedAt: '2026-01-01T11:58:00Z', reason: 'Job was active longer than specified deadline' }),
      said: 'node: not found',
    }
    expect(plan({ ...made, migrations: [silent] }).findings[0]?.message).toContain('its log ends with: node: not found')
    const { said: _, ...mute } = silent
    expect(plan({ ...made, migrations: [mute] }).findings[0]?.message).toContain('Job was active longer than specified deadline')
  })

  test('a database that vanished is made anew, and so is its schema', () => {
    const database = aServer({ account: exact, databaseExists: false })
    expect(briefly({ ...made, database, migrations: [job()] })).toEqual([
      expect.stringMatching(/^CREATE DATABASE/),
      `delete Job ${wanted()} uid-of-${wanted()}`,
    ])
    expect(briefly({ ...made, database, migrations: [job(wanted(), { isBeingDeleted: true })] })).toEqual([expect.stringMatching(/^CREATE DATABASE/)])
  })
})
