import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import Fastify from 'fastify'
import { afterAll, expect, test } from 'vitest'
import { documentRoutes } from '../../../api/docs/routes.ts'
import { errorHandler } from '../../../api/plugins/error-handler.ts'
import { anApp, depsWith } from '../plugins/an-app.ts'

const root = mkdtempSync(join(tmpdir(), 'finia-docs-'))
const folder = join(root, 'docs')
mkdirSync(join(folder, 'more', 'folder.md'), { recursive: true })
writeFileSync(join(folder, 'guide.md'), '# Überblick\n')
writeFileSync(join(folder, 'more', 'deep.md'), 'deep')
writeFileSync(join(folder, 'notes.txt'), 'private')
writeFileSync(join(root, 'secret.md'), 'secret')
afterAll(() => rmSync(root, { recursive: true }))

const ask = async (path: string) => {
  const app = Fastify({ exposeHeadRoutes: false })
  await app.register(errorHandler, depsWith())
  await app.register(documentRoutes, { folder, prefix: '/api/docs' })
  const answer = await app.inject({ url: `/api/docs/${path}` })
  return [answer.statusCode, answer.statusCode === 200 ? answer.body : answer.json<{ detail: string }>().detail]
}

test.each([
  ['guide.md', 200, '# Überblick\n'],
  ['more/deep.md', 200, 'deep'],
  ['more%2Fdeep.md', 200, 'deep'],
  ['missing.md', 404, 'Documentation file not found'],
  ['guide.md/more.md', 404, 'Documentation file not found'],
  ['%00.md', 404, 'Documentation file not found'],
  ['more/folder.md', 404, 'Not a file'],
  ['notes.txt', 403, 'Access denied'],
  ['more', 403, 'Access denied'],
  ['', 403, 'Access denied'],
  ['..%2Fsecret.md', 403, 'Access denied'],
  ['more/..%2F..%2Fsecret.md', 403, 'Access denied'],
  ['a..b.md', 403, 'Access denied'],
  [`%2F${join(root, 'secret.md').slice(1).replaceAll('/', '%2F')}`, 404, 'Documentation file not found'],
])('the document %j answers %i', async (path, status, body) => {
  expect(await ask(path)).toEqual([status, body])
})

test('the project’s documents are read by anybody, as plain text', async () => {
  const app = await anApp()
  const answer = await app.inject({ url: '/api/docs/install.md' })
  expect([answer.statusCode, answer.headers['content-type']]).toEqual([200, 'text/plain; charset=utf-8'])
  expect(answer.body).toMatch(/^# /)
  await app.close()
})
