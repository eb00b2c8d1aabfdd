// The whole app without a database, with routes that hand back what they were given.
import { randomBytes } from 'node:crypto'
import type { FastifyInstance } from 'fastify'
import { Type } from 'typebox'
import { buildApp } from '../../../api/app.ts'
import { auditOn } from '../../../api/auth/audit.ts'
import { pseudonymsFrom } from '../../../api/auth/pseudonyms.ts'
import { tokensOf } from '../../../api/auth/tokens.ts'
import { readConfiguration, type Settings } from '../../../api/config.ts'
import type { Databases } from '../../../api/db/databases.ts'
import type { Log } from '../../../api/deps.ts'
import { prometheusMetrics } from '../../../api/metrics/prometheus.ts'
import { memoryStore } from '../../../api/operations/memory.ts'
import { operationsOn } from '../../../api/operations/operations.ts'
import { systemClock } from '../../../api/system.ts'
import { Upload } from '../../../api/validation/types.ts'
import { holdToDocument } from '../../support/described.ts'

const settingsWith = (api: object): Settings => {
  const configuration = readConfiguration({}, JSON.stringify({ database: {}, api: { requests_per_minute: 0, ...api }, auth: {} }))
  if ('problems' in configuration) throw new Error(configuration.problems.join('\n'))
  return configuration.settings
}

const nobody: Databases = {
  open: () => {
    throw new Error('no database in this test')
  },
  check: () => Promise.reject(new Error('no database in this test')),
  close: async () => {},
}

export const lines: { fields: object; message: string }[] = []
const keep = (fields: object, message: string) => void lines.push({ fields, message })
const log: Log = { debug: keep, info: keep, warn: keep, error: keep }

export const depsWith = (api: object = {}, stopping = new AbortController().signal) => {
  const settings = settingsWith(api)
  const none = { total: 0, idle: 0, waiting: 0 }
  return {
    settings,
    databases: nobody,
    operations: operationsOn(memoryStore(), systemClock, log, settings.auth),
    tokens: tokensOf([{ kid: 'test', key: randomBytes(32) }]),
    clock: systemClock,
    random: { bytes: (count: number) => randomBytes(count) },
    log,
    audit: auditOn(log, pseudonymsFrom([{ kid: 'test', key: randomBytes(32) }])),
    metrics: prometheusMetrics({ release: '9.9.9', pools: () => ({ users: none, service: none }), sessions: () => 0 }),
    release: '9.9.9',
    stopping,
  }
}

const Form = Type.Object({ file: Upload, format: Type.String(), account_id: Type.Optional(Type.Integer()) })
const Json = Type.Object({ name: Type.String() })

/** The app with routes that hand back what they were given. */
export const anApp = async (api: object = {}, stopping?: AbortSignal): Promise<FastifyInstance> => {
  const app = holdToDocument(await buildApp(depsWith(api, stopping)))
  const config = { public: true }
  app.post('/echo/form', { schema: { body: Form }, config: { ...config, form: true } }, async ({ body }) => {
    const { file, ...fields } = body as { file: { filename: string; content: Buffer } }
    return { ...fields, file: { filename: file.filename, text: file.content.toString() } }
  })
  app.post('/echo/json', { schema: { body: Json }, config }, async ({ body }) => body)
  app.delete('/echo/empty', { config }, async ({ body }) => ({ body: body ?? null }))
  app.get('/echo/failure', { config }, async () => {
    throw new Error('Miete an Frau Huber')
  })
  return app
}

export const multipart = (parts: readonly string[]) => {
  const boundary = 'edge-of-part'
  const payload = `${parts.map((part) => `--${boundary}\r\nContent-Disposition: form-data; ${part}\r\n`).join('')}--${boundary}--\r\n`
  return { headers: { 'content-type': `multipart/form-data; boundary=${boundary}` }, payload }
}
export const file = (text: string) => `name="file"; filename="bank.csv"\r\nContent-Type: text/csv\r\n\r\n${text}`
