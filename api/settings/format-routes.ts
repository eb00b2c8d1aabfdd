import type { FastifyPluginAsyncTypebox } from '@fastify/type-provider-typebox'
import { BadRequest, HttpError } from '../errors.ts'
import { utf8 } from '../import/text-of-file.ts'
import { readFormatFile } from './format-file.ts'
import { changeImportFormat, createImportFormat, deleteImportFormat, listImportFormats, storeImportFormats } from './import-formats.ts'
import { nameAndConfig } from './read-body.ts'
import { ById, FileBody, FilesStored, Format, FormatBody, Formats, Success } from './schema.ts'

// YAML is read in one go, and everybody waits meanwhile.
const largestFile = 1_048_576

const single: FastifyPluginAsyncTypebox = async (app) => {
  app.get(
    '/import-formats',
    { config: { operation: 'fetch import formats' }, schema: { summary: 'The formats of bank statements', response: { 200: Formats } } },
    async ({ db }) => ({
      formats: [...(await listImportFormats(db))],
    }),
  )

  app.post(
    '/import-formats',
    { config: { operation: 'create import format' }, schema: { summary: 'Create a format of bank statements', body: FormatBody, response: { 200: Format } } },
    async ({ db, body }) => createImportFormat(db, ...nameAndConfig(body)),
  )

  app.put(
    '/import-formats/:setting_id',
    {
      config: { operation: 'update import format' },
      schema: { summary: 'Replace a format of bank statements', refuses: [404], params: ById, body: FormatBody, response: { 200: Format } },
    },
    async ({ db, params, body }) => changeImportFormat(db, params.setting_id, ...nameAndConfig(body)),
  )

  app.delete(
    '/import-formats/:setting_id',
    {
      config: { operation: 'delete import format' },
      schema: { summary: 'Delete a format of bank statements', refuses: [404], params: ById, response: { 200: Success } },
    },
    async ({ db, params }) => {
      await deleteImportFormat(db, params.setting_id)
      return { status: 'success' }
    },
  )
}

const files: FastifyPluginAsyncTypebox = async (app) => {
  app.post(
    '/import-formats/upload-yaml',
    {
      config: { operation: 'upload import formats', form: true },
      schema: { summary: 'Import formats of bank statements from a YAML file', body: FileBody, response: { 200: FilesStored } },
    },
    async ({ db, body }) => {
      if (body.file.content.length > largestFile) throw new HttpError(413, `The file is larger than ${largestFile} bytes; formats of many banks fit into less.`)
      const text = utf8(body.file.content)
      if (text === undefined) throw new BadRequest('YAML parsing error: the file is not UTF-8')
      const file = readFormatFile(text)
      if ('problem' in file) throw new BadRequest(file.problem)
      const stored = await storeImportFormats(db, file.formats)
      return { status: 'success', imported_count: stored, total_formats: file.total, errors: file.errors.length > 0 ? [...file.errors] : null }
    },
  )
}

export const formatRoutes: FastifyPluginAsyncTypebox = async (app) => {
  await app.register(single)
  await app.register(files)
}
