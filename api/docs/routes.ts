// The project's own documents, as they are written.
import { existsSync } from 'node:fs'
import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import type { FastifyPluginAsyncTypebox } from '@fastify/type-provider-typebox'
import { Type } from 'typebox'
import { Forbidden, HttpError } from '../errors.ts'

export interface DocumentOptions {
  readonly folder?: string
}

const ByPath = Type.Object({ '*': Type.String() })

// Beside the bundled program, when somebody has put them there; in the repository where they are written.
const defaultFolder = (): string => {
  const beside = join(import.meta.dirname, 'docs')
  return existsSync(join(beside, 'install.md')) ? beside : join(import.meta.dirname, '../../docs')
}

const read = async (path: string): Promise<string> => {
  try {
    return await readFile(path, 'utf8')
  } catch (cause) {
    const folder = (cause as NodeJS.ErrnoException).code === 'EISDIR'
    throw new HttpError(404, folder ? 'Not a file' : 'Documentation file not found', {}, { cause })
  }
}

export const documentRoutes: FastifyPluginAsyncTypebox<DocumentOptions> = async (app, { folder = defaultFolder() }) => {
  app.get(
    '/*',
    {
      config: { public: true, operation: 'read document' },
      schema: { summary: 'A document of the project', refuses: [403, 404], produces: 'text/plain', params: ByPath },
    },
    async ({ params: { '*': path } }, reply) => {
      if (path.includes('..') || !path.endsWith('.md')) throw new Forbidden('Access denied')
      return reply.type('text/plain; charset=utf-8').send(await read(join(folder, path)))
    },
  )
}
