// How request bodies are read: JSON (empty is fine), forms of both kinds, anything else as a text that no schema accepts.
import multipart, { type MultipartFile } from '@fastify/multipart'
import type { FastifyRequest } from 'fastify'
import fp from 'fastify-plugin'
import type { Deps } from '../deps.ts'
import { BadRequest, Invalid } from '../errors.ts'
import { Gate } from '../gate.ts'
import type { UploadedFile } from '../request.ts'

/** Bytes of a body that is no file: it is in memory before anybody has looked at it. */
export const textLimit = (bodyLimit: number): number => Math.min(bodyLimit || Number.MAX_SAFE_INTEGER, 1_048_576)

/** Files that are on their way into memory at the same time, and how long another one waits. */
const places = 8
const patience = 30_000

// A byte order mark is not JSON, but some write it.
const parseJson = (sent: string): unknown => {
  const text = sent.replace(/^\uFEFF/, '')
  if (text.trim() === '') return undefined
  try {
    return JSON.parse(text)
  } catch (cause) {
    const offset = Number(/position (\d+)/.exec(String(cause))?.[1] ?? 0)
    throw new Invalid([{ type: 'json_invalid', loc: ['body', offset], msg: 'JSON decode error', input: {}, ctx: { error: 'this is not JSON' } }])
  }
}

const formTypes = ['application/x-www-form-urlencoded', 'multipart/form-data']
const isForm = ({ headers }: FastifyRequest) => formTypes.some((type) => headers['content-type']?.toLowerCase().startsWith(type))

/** In a form an empty field counts as not sent, and of a field that was sent twice the last one counts. */
const formFields = (body: unknown): Record<string, unknown> =>
  Object.fromEntries(
    Object.entries(body ?? {})
      .map(([key, value]): [string, unknown] => [key, Array.isArray(value) ? value.at(-1) : value])
      .filter(([, value]) => value !== '' && value !== undefined),
  )

/** The parts of a multipart form; files are held in memory, within the limits given to the plugin. */
const readParts = async (request: FastifyRequest): Promise<Record<string, unknown>> => {
  const fields: Record<string, unknown> = {}
  try {
    for await (const part of request.parts()) {
      const file = async (): Promise<UploadedFile> => ({
        filename: part.type === 'file' ? part.filename : '',
        content: await (part as MultipartFile).toBuffer(),
      })
      fields[part.fieldname] = part.type === 'file' ? await file() : part.value
    }
    return fields
  } catch (cause) {
    if (cause instanceof Error && 'statusCode' in cause) throw cause
    throw new BadRequest('The form cannot be read; send it as multipart/form-data, whole and with the boundary that its Content-Type names.', { cause })
  }
}

const multipartLimits = (bodyLimit: number) => ({ fileSize: bodyLimit, fieldSize: Math.min(bodyLimit, 65_536), fields: 100, parts: 110, files: 1 })

export const bodies = fp(
  async (app, { settings }: Pick<Deps, 'settings'>) => {
    app.removeAllContentTypeParsers()
    app.addContentTypeParser<string>('application/json', { parseAs: 'string' }, async (_request: FastifyRequest, text: string) => parseJson(text))
    app.addContentTypeParser<string>('application/x-www-form-urlencoded', { parseAs: 'string' }, async (_request: FastifyRequest, text: string) =>
      Object.fromEntries(new URLSearchParams(text)),
    )
    app.addContentTypeParser<string>('*', { parseAs: 'string' }, async (_request: FastifyRequest, text: string) => (text === '' ? undefined : text))
    await app.register(multipart, { limits: multipartLimits(settings.api.bodyLimit || Number.MAX_SAFE_INTEGER) })
    const gate = new Gate(places, patience)
    app.addHook('preValidation', async (request) => {
      const form = isForm(request)
      if (request.routeOptions.config.form)
        request.body = formFields(request.isMultipart() ? await gate.pass(() => readParts(request)) : form ? request.body : {})
      else if (form) request.body = 'a form'
    })
  },
  { name: 'bodies' },
)
