// Everything that a user has, to take along: all tables as one JSON document, or one table as CSV.
import type { FastifyPluginAsyncTypebox } from '@fastify/type-provider-typebox'
import type { FastifyReply, FastifyRequest } from 'fastify'
import { Type } from 'typebox'
import type { Db } from '../db/db.ts'
import type { Deps } from '../deps.ts'
import { BadRequest, HttpError, TooManyRequests } from '../errors.ts'
import { facts } from '../plugins/error-handler.ts'
import { todayIn } from '../today.ts'
import { csvExport, jsonExport } from './document.ts'
import { snapshotStream } from './snapshot.ts'
import { listTables } from './tables.ts'

const Export = Type.Object({
  exported_at: Type.String(),
  release: Type.String(),
  user: Type.String(),
  database: Type.String(),
  tables: Type.Record(Type.String(), Type.Array(Type.Record(Type.String(), Type.Unknown()))),
})
const Format = Type.Object({ format: Type.Optional(Type.String()) })
const ByFile = Type.Object({ file: Type.String() })
const For = Type.Object({ for: Type.Optional(Type.String()) })

type ExportDeps = Pick<Deps, 'settings' | 'clock' | 'log' | 'release'>

/** Names may hold letters that a header cannot. */
const disposition = (name: string): string => {
  const ascii = name.replaceAll(/[^\x20-\x7e]/g, '_')
  return `attachment; filename="${ascii}"${ascii === name ? '' : `; filename*=UTF-8''${encodeURIComponent(name)}`}`
}

const tableIn = (file: string): string => {
  const [, name] = /^(\w+)\.csv$/.exec(file) ?? []
  if (name === undefined) throw new HttpError(404, `There is no export "${file}"; ask for a table, such as tbl_transaction.csv.`)
  return name
}

const purposeOf = (text: string | undefined) => {
  if (text === undefined) return 'exact'
  if (text !== 'spreadsheet') throw new BadRequest(`for is "${text}"; write spreadsheet, or leave it out for exact data.`)
  return text
}

interface File {
  readonly type: string
  /** The part between the user's name and the day. */
  readonly table?: string
  readonly ending: 'json' | 'csv'
}

type Send = (request: FastifyRequest, reply: FastifyReply, texts: (db: Db) => AsyncGenerator<string>, file: File) => Promise<FastifyReply>

const sender = ({ settings, clock, log }: ExportDeps): Send => {
  /** An export keeps one of the few connections of its user. */
  const busy = new Set<string>()
  return async (request, reply, texts, { type, table, ending }) => {
    const { username } = request.visitor
    if (busy.has(username)) throw new TooManyRequests('An export of yours is under way; ask for the next one when it has ended.', 5)
    busy.add(username)
    const stream = await snapshotStream(request.db, clock, texts, (failure) => {
      busy.delete(username)
      // whoever has gone away is no failure
      if (failure !== undefined && !request.raw.destroyed) log.warn({ requestId: request.id, error: facts(failure) }, 'an export did not come to its end')
    })
    const name = ['finia', username, ...(table === undefined ? [] : [table]), todayIn(settings.api.timeZone, clock.now())].join('-')
    return reply
      .type(type)
      .header('cache-control', 'no-store')
      .header('content-disposition', disposition(`${name}.${ending}`))
      .send(stream)
  }
}

export const exportRoutes: FastifyPluginAsyncTypebox<ExportDeps> = async (app, deps) => {
  const { clock, release } = deps
  const send = sender(deps)

  app.get(
    '/',
    {
      schema: { summary: 'Everything one has, as one JSON document', refuses: [400], querystring: Format, response: { 200: Export } },
      config: { operation: 'export' },
    },
    async (request, reply) => {
      const { format = 'json' } = request.query
      if (format !== 'json') throw new BadRequest(`format is "${format}"; write json. CSV is one table a file: /api/export/tbl_transaction.csv.`)
      const { username: user, database } = request.visitor
      const head = { exported_at: clock.now().toISOString(), release, user, database }
      return send(request, reply, (db) => jsonExport(db, head), { type: 'application/json; charset=utf-8', ending: 'json' })
    },
  )

  app.get(
    '/:file',
    {
      schema: { summary: 'One table as CSV', refuses: [400, 404], produces: 'text/csv', params: ByFile, querystring: For },
      config: { operation: 'export table' },
    },
    async (request, reply) => {
      const name = tableIn(request.params.file)
      const purpose = purposeOf(request.query.for)
      const tables = await listTables(request.db)
      const table = tables.find((one) => one.name === name)
      if (!table) throw new HttpError(404, `There is no table "${name}"; there are ${tables.map((one) => one.name).join(', ')}.`)
      return send(request, reply, (db) => csvExport(db, table, purpose), { type: 'text/csv; charset=utf-8', table: name, ending: 'csv' })
    },
  )
}
