import { expect, test } from 'vitest'
import { documentOf } from '../../../api/openapi/document.ts'
import { resolved } from '../../../api/openapi/outline.ts'
import { pageOf } from '../../../api/openapi/page.ts'
import type { Route } from '../../../api/openapi/route.ts'
import { documentIn, operationsOf } from '../../support/described.ts'
import { anApp } from '../plugins/an-app.ts'

const app = await anApp()
const document = await documentIn(app)
const operations = operationsOf(document)

const aRoute = (changes: Partial<Route>): Route => ({ method: 'GET', url: '/api/things/:thing_id', isPublic: false, isForm: false, schema: {}, ...changes })
const operationOf = (changes: Partial<Route>) => operationsOf(documentOf([aRoute(changes)], '1.0.0'))[0]

test('anybody may read the document', async () => {
  expect(document).toMatchObject({ openapi: '3.1.0', info: { title: 'FiniA API', version: '9.9.9' } })
})

test('each operation has a summary, an id of its own, an answer for success and a group that is described', () => {
  const groups = document.tags.map(({ name }) => name)
  const ids = operations.map(({ operation }) => operation.operationId)
  expect(new Set(ids).size).toBe(operations.length)
  const incomplete = operations.filter(
    ({ operation: { summary, tags, responses } }) =>
      summary === '' || tags.some((tag) => !groups.includes(tag)) || !Object.keys(responses).some((status) => status.startsWith('2')),
  )
  expect(incomplete).toEqual([])
})

test('each parameter of a path is described, and nothing is that is not in it', () => {
  const wrong = operations.filter(({ path, operation }) => {
    const described = operation.parameters.filter((one) => one.in === 'path').map(({ name }) => `{${name}}`)
    return JSON.stringify(described) !== JSON.stringify(path.match(/\{\w+\}/g) ?? [])
  })
  expect(wrong).toEqual([])
})

test('every reference leads somewhere, and no word of our own reader is left', () => {
  const text = JSON.stringify(document)
  const references = [...text.matchAll(/"\$ref":"([^"]+)"/g)].map(([, reference]) => resolved(document, { $ref: reference }))
  expect(references.length).toBeGreaterThan(500)
  expect(text).not.toMatch(/"nullable"|"format":"(?!binary)/)
})

test('what opens an operation is said: a session, the token of the installation, or nothing', () => {
  const security = (path: string, method = 'post') => document.paths[path]?.[method]?.security
  expect(document.security).toEqual([{ bearer: [] }, { cookie: [] }])
  expect([security('/api/planning'), security('/api/auth/login'), security('/api/setup/database')]).toEqual([undefined, [], [{ setupToken: [] }, {}]])
})

test('a route says by what it is which failures it can answer', () => {
  const statuses = (changes: Partial<Route>) => Object.keys(operationOf(changes)?.operation.responses ?? {}).map(Number)
  expect([
    statuses({ url: '/api/things', isPublic: true }),
    statuses({ url: '/api/things' }),
    statuses({ url: '/api/things', method: 'POST', schema: { refuses: [404] } }),
    statuses({ schema: { params: { type: 'object', properties: { thing_id: { type: 'integer' } } } } }),
  ]).toEqual([[429], [401, 409, 429, 503], [400, 401, 403, 404, 409, 413, 415, 422, 429, 503], [400, 401, 409, 414, 422, 429, 503]])
})

test('a form with a file is multipart, another form may be either', () => {
  const types = (path: string) => Object.keys(document.paths[path]?.['post']?.requestBody?.content ?? {})
  expect([types('/api/shares/import/history'), types('/api/shares'), types('/api/planning')]).toEqual([
    ['multipart/form-data'],
    ['application/x-www-form-urlencoded', 'multipart/form-data'],
    ['application/json'],
  ])
})

test('what has a default need not be sent', () => {
  const body = document.paths['/api/planning']?.['post']?.requestBody?.content['application/json']?.schema
  expect(body).toMatchObject({
    required: ['amount', 'dateStart', 'account_id', 'category_id', 'cycle_id'],
    properties: { dateEnd: { type: ['string', 'number', 'null'], default: null } },
  })
})

test('the page lists every operation, with nothing inline and no address of anybody else', async () => {
  const [docs, redoc, style] = await Promise.all(['/api/docs', '/api/redoc', '/openapi.css'].map((url) => app.inject(url)))
  expect([docs?.statusCode, docs?.headers['content-type'], style?.headers['content-type']]).toEqual([
    200,
    'text/html; charset=utf-8',
    'text/css; charset=utf-8',
  ])
  expect(redoc?.body).toBe(docs?.body)
  expect(docs?.body.match(/<details id="(\w+)"/g)).toHaveLength(operations.length)
  expect(docs?.body).not.toMatch(/<script|<style|\sstyle=|\son[a-z]+=|https?:/)
})

test('nothing that a route says becomes markup', () => {
  const page = pageOf(documentOf([aRoute({ schema: { summary: '<script>"&' } })], '<1>'))
  expect(page).toContain('&lt;script&gt;&quot;&amp;')
  expect(page).toContain('<small>&lt;1&gt;</small>')
})
