// Migrations of the signed-in user's own database, and making a new one. A person may trigger what runs beside the previous release, nothing else.
import type { ServerResponse } from 'node:http'
import type { FastifyPluginAsyncTypebox } from '@fastify/type-provider-typebox'
import { Type } from 'typebox'
import type { Db } from '../db/db.ts'
import { DatabaseError } from '../db/errors.ts'
import { MigrationFailed, migrate, migrationStatus, type Progress } from '../db/migrations/run.ts'
import type { Deps } from '../deps.ts'
import { HttpError } from '../errors.ts'
import { facts } from '../plugins/error-handler.ts'
import { Nullable } from '../validation/types.ts'
import type { SetupDeps } from './new-database.ts'
import { newDatabaseRoutes } from './new-database-routes.ts'

const MigrationStatus = Type.Object({
  migrations_table_exists: Type.Boolean(),
  current_version: Nullable(Type.String()),
  pending: Type.Array(Type.Object({ version: Type.String(), description: Type.String() })),
  pending_count: Type.Integer(),
  is_initial: Type.Boolean(),
  needs_upgrade: Type.Boolean(),
})
const Apply = Type.Object({ dry_run: Type.Boolean({ default: false }) })

const labels = ['expand'] as const

const sentenceOf = (error: unknown): string => (error instanceof MigrationFailed || error instanceof DatabaseError ? error.message : 'the log has the reason')

/** JSON in ASCII, as the original's stream is. */
const ascii = (value: unknown): string =>
  JSON.stringify(value).replace(/[\u0080-\uffff]/g, (letter) => `\\u${letter.charCodeAt(0).toString(16).padStart(4, '0')}`)

type Send = (event: object) => void

const run = async (db: Db, dryRun: boolean, send: Send, now: () => number): Promise<void> => {
  const started = now()
  const onProgress = (progress: Progress) => send(progress)
  const { applied, skipped, version } = await migrate(db, { labels, dryRun, onProgress })
  const result = { applied, skipped, total_time_ms: now() - started }
  send({ phase: 'complete', message: 'Migrationen abgeschlossen', status: 'success', current_version: version, result })
}

const stream = async (raw: ServerResponse, work: (send: Send) => Promise<void>): Promise<void> => {
  const send: Send = (event) => void raw.write(`data: ${ascii(event)}\n\n`)
  try {
    await work(send)
  } catch (error) {
    send({ phase: 'error', message: `Migration fehlgeschlagen: ${sentenceOf(error)}`, status: 'error' })
    throw error
  } finally {
    raw.end()
  }
}

export const setupRoutes: FastifyPluginAsyncTypebox<SetupDeps & Pick<Deps, 'clock' | 'log'>> = async (
  app,
  { clock, log, settings, databases, operations, random },
) => {
  await app.register(newDatabaseRoutes, { settings, databases, operations, random })

  app.get(
    '/migrations/status',
    {
      schema: { summary: 'Which migrations the database lacks', refuses: [500], response: { 200: MigrationStatus } },
      config: { terse: true, operation: 'migration status' },
    },
    async ({ db }) => {
      try {
        return await migrationStatus(db, labels)
      } catch (error) {
        if (error instanceof MigrationFailed) throw new HttpError(500, error.message, {}, { cause: error })
        throw error
      }
    },
  )

  app.post(
    '/migrations/apply',
    {
      schema: { summary: 'Apply the migrations that the database lacks; tells how far it is', produces: 'text/event-stream', body: Apply },
      config: { terse: true, operation: 'apply migrations', writesOn: true },
    },
    async ({ db, body, id }, reply) => {
      reply.hijack()
      const headers = { 'content-type': 'text/event-stream; charset=utf-8', 'cache-control': 'no-cache', 'x-accel-buffering': 'no' }
      reply.raw.writeHead(200, { ...reply.getHeaders(), ...headers } as Record<string, string>)
      try {
        await stream(reply.raw, (send) => run(db, body.dry_run, send, () => clock.now().getTime()))
      } catch (error) {
        log.error({ requestId: id, error: facts(error) }, 'migration failed')
      }
    },
  )
}
