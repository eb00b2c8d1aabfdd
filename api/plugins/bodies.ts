// How request bodies are read: JSON (empty is fine), forms of both kinds, anything else as a text that no schema accepts.
import multipart from '@fastify/multipart'
import type { FastifyInstance, FastifyRequest } from 'fastify'
import fp from 'fastify-plugin'
import type { Deps } from '../deps.ts'
import { Invalid } from '../errors.ts'
import type { UploadedFile } from '../request.ts'

const parseJson = (text: string): unknown => {
  if (text.trim() === '') return undefined
  try {
    return JSON.parse(text)
  } catch (cause) {
    const offset = Number(/position (\d+)/.exec(String(cause))?.[1] ?? text.length)
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

const registerMultipart = async (app: FastifyInstance, bodyLimit: number) => {
  await app.register(multipart, {
    attachFieldsToBody: 'keyValues',
    limits: { fileSize: bodyLimit, fieldSize: Math.min(bodyLimit, 1_048_576), fields: 100, files: 1 },
    onFile: async (part) => {
      const file: UploadedFile = { filename: part.filename, content: await part.toBuffer() }
      // the plugin puts into the body what it finds here
      ;(part as unknown as { value: UploadedFile }).value = file
    },
  })
}

export const bodies = fp(
  async (app, { settings }: Pick<Deps, 'settings'>) => {
    app.removeAllContentTypeParsers()
    app.addContentTypeParser<string>('application/json', { parseAs: 'string' }, async (_request: FastifyRequest, text: string) => parseJson(text))
    app.addContentTypeParser<string>('application/x-www-form-urlencoded', { parseAs: 'string' }, async (_request: FastifyRequest, text: string) =>
      Object.fromEntries(new URLSearchParams(text)),
    )
    app.addContentTypeParser<string>('*', { parseAs: 'string' }, async (_request: FastifyRequest, text: string) => (text === '' ? undefined : text))
    await registerMultipart(app, settings.api.bodyLimit || Number.MAX_SAFE_INTEGER)
    app.addHook('preValidation', async (request) => {
      const form = isForm(request)
      if (request.routeOptions.config.form) request.body = form ? formFields(request.body) : {}
      else if (form) request.body = 'a form'
    })
  },
  { name: 'bodies' },
)
