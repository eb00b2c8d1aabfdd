// Serves the built page. Its files are few and small: they are read once.
import { existsSync } from 'node:fs'
import { readdir, readFile } from 'node:fs/promises'
import { join } from 'node:path'
import type { FastifyPluginAsyncTypebox } from '@fastify/type-provider-typebox'
import { HttpError } from '../errors.ts'

export interface WebPageOptions {
  /** The folder that build.ts has filled. */
  readonly folder?: string
}

const types: Readonly<Record<string, string>> = { js: 'text/javascript; charset=utf-8', css: 'text/css; charset=utf-8' }

// In the image it lies beside the bundled program, in the repository where build.ts puts it.
const defaultFolder = (): string => {
  const beside = join(import.meta.dirname, 'web')
  return existsSync(join(beside, 'index.html')) ? beside : join(import.meta.dirname, '../../dist/web')
}

export const webPage: FastifyPluginAsyncTypebox<WebPageOptions> = async (app, { folder = defaultFolder() }) => {
  const config = { public: true, operation: 'show page' }
  if (!existsSync(join(folder, 'index.html'))) {
    app.get('/', { config }, async () => {
      throw new HttpError(503, 'The page is not built; run `node api/web/build.ts` and start again.')
    })
    return
  }
  const html = await readFile(join(folder, 'index.html'))
  for (const path of ['/', '/index.html']) {
    // Asked for anew each time: it names the files of this release.
    app.get(path, { config }, async (_request, reply) => reply.type('text/html; charset=utf-8').header('cache-control', 'no-cache').send(html))
  }
  for (const name of await readdir(join(folder, 'assets'))) {
    const content = await readFile(join(folder, 'assets', name))
    const type = types[name.split('.').at(-1) ?? ''] ?? 'application/octet-stream'
    app.get(`/assets/${name}`, { config }, async (_request, reply) =>
      reply.type(type).header('cache-control', 'public, max-age=31536000, immutable').send(content),
    )
  }
}
