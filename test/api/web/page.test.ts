import { mkdtemp, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import Fastify, { type FastifyInstance } from 'fastify'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { buildWebPage } from '../../../api/web/build.ts'
import { webPage } from '../../../api/web/page.ts'
import { anApp } from '../plugins/an-app.ts'

let folder: string
let app: FastifyInstance
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'finia-web-'))
  await buildWebPage(folder)
  app = Fastify()
  await app.register(webPage, { folder })
})
afterAll(async () => {
  await app.close()
  await rm(folder, { recursive: true })
})

const addresses = (html: string) => [...html.matchAll(/(?:src|href)="(\/[^"]*)"/g)].map(([, address = '']) => address)
const links = (html: string) => addresses(html).filter((address) => address.startsWith('/api/'))
const filesOf = (html: string) => addresses(html).filter((address) => !address.startsWith('/api/'))

test('the page is asked for anew each time, and its files are kept for ever under the hash of their content', async () => {
  const page = await app.inject('/')
  expect([page.statusCode, page.headers['content-type'], page.headers['cache-control']]).toEqual([200, 'text/html; charset=utf-8', 'no-cache'])
  expect((await app.inject('/index.html')).body).toBe(page.body)
  const files = await Promise.all(filesOf(page.body).map((address) => app.inject(address)))
  expect(files.map(({ statusCode, headers }) => [statusCode, headers['content-type'], headers['cache-control']])).toEqual([
    [200, 'text/css; charset=utf-8', 'public, max-age=31536000, immutable'],
    [200, 'text/javascript; charset=utf-8', 'public, max-age=31536000, immutable'],
  ])
  expect(filesOf(page.body)).toEqual([expect.stringMatching(/^\/assets\/style-[A-Z0-9]{8}\.css$/), expect.stringMatching(/^\/assets\/finia-[A-Z0-9]{8}\.js$/)])
})

test('what the page links to is there for who is signed in', async () => {
  const html = await readFile(join(folder, 'index.html'), 'utf8')
  const api = await anApp()
  const statuses = await Promise.all(links(html).map(async (address) => (await api.inject(address)).statusCode))
  await api.close()
  expect(statuses).toEqual([401, 401, 401])
})

test('nothing is inline, so that the strictest policy for scripts and styles allows all of it', async () => {
  const html = await readFile(join(folder, 'index.html'), 'utf8')
  expect(html).not.toMatch(/<style|\sstyle=|\son[a-z]+=|<script(?![^>]*\ssrc=)/)
})

test('every field of the page has a label', async () => {
  const html = await readFile(join(folder, 'index.html'), 'utf8')
  const fields = html.match(/<(input|select)\b/g) ?? []
  const labelled = html.match(/<label\b[^>]*>[^<]*<(input|select)\b/g) ?? []
  expect(fields.length).toBeGreaterThan(8)
  expect(labelled).toHaveLength(fields.length)
})

test('no script keeps anything in the browser', async () => {
  const [script = ''] = addresses((await app.inject('/')).body).filter((address) => address.endsWith('.js'))
  expect((await app.inject(script)).body).not.toMatch(/localStorage|sessionStorage|document\.cookie|innerHTML/)
})

test('a folder that nobody has built is told by a sentence instead of an empty page', async () => {
  const other = Fastify()
  await other.register(webPage, { folder: join(folder, 'nothing') })
  const answer = await other.inject('/')
  await other.close()
  expect([answer.statusCode, answer.json()]).toMatchObject([503, { message: expect.stringContaining('node api/web/build.ts') }])
})
