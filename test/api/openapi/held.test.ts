// The tests rely on this: whatever is not in the document fails the request.
import Fastify from 'fastify'
import { Type } from 'typebox'
import { afterAll, expect, test } from 'vitest'
import { openApi } from '../../../api/openapi/open-api.ts'
import { holdToDocument } from '../../support/described.ts'

const app = Fastify()
await app.register(openApi, { release: '1.0.0' })
const answers: Readonly<Record<string, readonly [status: number, type: string, body: string]>> = {
  right: [200, 'application/json; charset=utf-8', '{"id":1,"name":null}'],
  refused: [404, 'application/json', '{"detail":"gone"}'],
  status: [418, 'application/json', '{"detail":"tea"}'],
  type: [200, 'text/plain', '{"id":1,"name":null}'],
  value: [200, 'application/json', '{"id":"1","name":null}'],
  missing: [200, 'application/json', '{"id":1}'],
  form: [404, 'application/json', '{"message":"gone"}'],
}
const Thing = Type.Object({ id: Type.Integer(), name: Type.Unsafe({ type: ['string', 'null'] }) })
app.get<{ Params: { kind: string } }>(
  '/api/things/:kind',
  { schema: { summary: 'A thing', refuses: [404], params: Type.Object({ kind: Type.String() }), response: { 200: Thing } } },
  async ({ params }, reply) => {
    const [status, type, body] = answers[params.kind] ?? [500, 'text/plain', '']
    return reply
      .code(status)
      .type(type)
      .serializer(String)
      .send(body as never)
  },
)
holdToDocument(app)
afterAll(() => app.close())

test.each(['right', 'refused'])('the answer "%s" is in the document', async (kind) => {
  expect((await app.inject(`/api/things/${kind}`)).body).toBe(answers[kind]?.[2])
})

test.each([
  ['status', 'answered 418, which the document does not list'],
  ['type', 'answered 200 with text/plain, and the document has application/json'],
  ['value', '"instancePath":"/id"'],
  ['missing', 'must have required properties name'],
  ['form', 'must have required properties detail'],
  ['unknown', 'answered 500'],
])('the answer with a wrong %s fails the request', async (kind, sentence) => {
  await expect(app.inject(`/api/things/${kind}`)).rejects.toThrow(sentence)
})
