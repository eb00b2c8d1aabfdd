// Requests made of the document: those that fit it, and those that something was done to.
import fc from 'fast-check'
import type { InjectOptions } from 'fastify'
import type { Described } from '../../support/described.ts'
import { everywhere, type Hint, hints } from './hints.ts'
import { type Known, settle } from './known.ts'
import { fitting, nasty, type Values } from './values.ts'

/** A request that fits the document; its values may still have to be settled. */
interface Draft {
  readonly path: Readonly<Record<string, unknown>>
  readonly query: Readonly<Record<string, unknown>>
  readonly body: unknown
  /** Content type of the body; undefined without one. */
  readonly type: string | undefined
}

/** What is done to a request; `at` from 0 to 1 says where. */
export type Harm =
  | { readonly kind: 'drop'; readonly at: number }
  | { readonly kind: 'replace'; readonly at: number; readonly by: unknown }
  | { readonly kind: 'path'; readonly by: string }
  | { readonly kind: 'query'; readonly by: string }
  | { readonly kind: 'repeat'; readonly at: number; readonly by: unknown }
  | { readonly kind: 'extra'; readonly key: string; readonly by: unknown }
  | { readonly kind: 'type'; readonly by: string }
  | { readonly kind: 'bytes'; readonly by: string }
  | { readonly kind: 'numbers'; readonly by: string }
  | { readonly kind: 'cut'; readonly at: number }

const text = (value: unknown): string => (typeof value === 'string' ? value : (JSON.stringify(value) ?? 'undefined')).toWellFormed()

const at = fc.double({ min: 0, max: 1, maxExcluded: true, noNaN: true })
const types = [
  'application/json',
  'application/x-www-form-urlencoded',
  'multipart/form-data',
  'multipart/form-data; boundary=x',
  'text/plain',
  'application/xml',
]
const oddTypes = ['', 'nonsense', 'application/json; charset=latin-1', 'APPLICATION/JSON', 'application/json, text/plain', 'multipart/form-data; boundary=']
const oddBytes = [
  '',
  '{',
  '[]',
  'null',
  '"text"',
  '1',
  '{"a":',
  '{"__proto__":{"a":1}}',
  '\0',
  '[[[[[[',
  `${'['.repeat(5_000)}${']'.repeat(5_000)}`,
  '--x\r\n',
  'a=b&a=c',
  '%zz=%',
]

export const harm: fc.Arbitrary<Harm> = fc.oneof(
  { weight: 2, arbitrary: fc.record({ kind: fc.constant('drop' as const), at }) },
  { weight: 6, arbitrary: fc.record({ kind: fc.constant('replace' as const), at, by: nasty }) },
  {
    weight: 2,
    arbitrary: fc.record({ kind: fc.constant('path' as const), by: fc.oneof(nasty.map(text), fc.constantFrom('%', '%zz', '%00', '%2F', '..', '.', '%C3')) }),
  },
  fc.record({
    kind: fc.constant('query' as const),
    by: fc.constantFrom('page=%zz', '&&&', '=', '?', 'page=1&page=2', 'page[]=1', 'page[a]=1', 'a=b#c', '__proto__=1', '%'),
  }),
  fc.record({ kind: fc.constant('repeat' as const), at, by: nasty }),
  fc.record({ kind: fc.constant('extra' as const), key: fc.constantFrom('x', '__proto__', 'constructor', 'toString', 'id', 'file'), by: nasty }),
  fc.record({ kind: fc.constant('type' as const), by: fc.constantFrom(...types, ...oddTypes) }),
  fc.record({ kind: fc.constant('bytes' as const), by: fc.oneof(fc.constantFrom(...oddBytes), fc.string({ unit: 'binary' }), fc.json()) }),
  fc.record({ kind: fc.constant('numbers' as const), by: fc.constantFrom('1e400', '-1e400', '9'.repeat(50), '1.5', '-1', '0', '00') }),
  fc.record({ kind: fc.constant('cut' as const), at }),
)

const parameters = ({ operation }: Described, place: 'path' | 'query', hint: Readonly<Record<string, Values>> = {}): fc.Arbitrary<Record<string, unknown>> => {
  const own = operation.parameters.filter((one) => one.in === place)
  const values = Object.fromEntries(own.map(({ name, schema }) => [name, hint[name] ?? everywhere[name] ?? fitting(schema)]))
  return fc.record(values, { requiredKeys: own.filter(({ required }) => required).map(({ name }) => name) })
}

export const hintOf = ({ operation }: Described): Hint => hints[operation.operationId] ?? {}

export const drafts = (described: Described): fc.Arbitrary<Draft> => {
  const hint = hintOf(described)
  const content = Object.entries(described.operation.requestBody?.content ?? {})
  const [, media] = content[0] ?? []
  const body = hint.body ?? (media ? fitting(media.schema, { ...everywhere, ...hint.fields }) : fc.constant(undefined))
  const type = content.length > 0 ? fc.constantFrom(...content.map(([one]) => one)) : fc.constant(undefined)
  return fc.record({ path: parameters(described, 'path', hint.path), query: parameters(described, 'query', hint.query), body, type })
}

type Container = Record<string, unknown>
const isContainer = (value: unknown): value is Container => typeof value === 'object' && value !== null && !(value instanceof Blob)

/** Every place where a value stands, at any depth. */
const places = (value: unknown): readonly (readonly [Container, string])[] =>
  isContainer(value) ? Object.entries(value).flatMap(([key, inner]) => [[value, key] as const, ...places(inner)]) : []

const changeValues = (target: { query: Container; body: unknown }, one: Harm): void => {
  if (one.kind !== 'drop' && one.kind !== 'replace' && one.kind !== 'extra') return
  if (one.kind === 'extra') {
    if (isContainer(target.body))
      Object.defineProperty(target.body, one.key, { value: structuredClone(one.by), enumerable: true, configurable: true, writable: true })
    return
  }
  const all = [...places(target.query), ...places(target.body)]
  const [container, key] = all[Math.floor(one.at * all.length)] ?? []
  if (!container || key === undefined) return
  if (one.kind === 'drop') delete container[key]
  else container[key] = structuredClone(one.by)
}

const pairsOf = (value: Container): readonly (readonly [string, string | Blob])[] =>
  Object.entries(value)
    .filter(([, one]) => one !== null && one !== undefined)
    .map(([key, one]) => [key, one instanceof Blob ? one : text(one)])

interface Encoded {
  readonly type: string | undefined
  readonly payload: Buffer | undefined
}

const encode = async (body: unknown, type: string | undefined): Promise<Encoded> => {
  if (type === undefined || body === undefined) return { type: undefined, payload: undefined }
  if (type === 'application/json') return { type, payload: Buffer.from(JSON.stringify(body) ?? '') }
  const pairs = pairsOf(isContainer(body) ? body : {})
  if (type !== 'multipart/form-data')
    return { type, payload: Buffer.from(new URLSearchParams(pairs.map(([key, one]) => [key, typeof one === 'string' ? one : 'a file'])).toString()) }
  const form = new FormData()
  for (const [key, one] of pairs) {
    if (typeof one === 'string') form.append(key, one)
    else form.append(key, one, 'file.csv')
  }
  const response = new Response(form)
  return { type: response.headers.get('content-type') ?? type, payload: Buffer.from(await response.arrayBuffer()) }
}

const changeBytes = ({ type, payload }: Encoded, one: Harm): Encoded => {
  if (one.kind === 'type') return { type: one.by, payload }
  if (one.kind === 'bytes') return { type: type ?? 'application/json', payload: Buffer.from(one.by) }
  if (one.kind === 'numbers') return { type, payload: payload && Buffer.from(payload.toString().replace(/\d+/, one.by)) }
  return one.kind === 'cut' ? { type, payload: payload?.subarray(0, Math.floor(one.at * payload.length)) } : { type, payload }
}

const queryOf = (query: Container, harms: readonly Harm[]): string => {
  const pairs = pairsOf(query).map(([key, value]) => [key, typeof value === 'string' ? value : 'a file'])
  for (const one of harms) {
    const [key] = (one.kind === 'repeat' && pairs[Math.floor(one.at * pairs.length)]) || []
    if (one.kind === 'repeat' && key !== undefined) pairs.push([key, text(one.by)])
  }
  return [new URLSearchParams(pairs).toString(), ...harms.flatMap((one) => (one.kind === 'query' ? [one.by] : []))].filter(Boolean).join('&')
}

const pathOf = (template: string, path: Container, harms: readonly Harm[]): string =>
  template.replace(/\{(\w+)\}/g, (_all, name: string) => {
    const [by] = harms.flatMap((one) => (one.kind === 'path' ? [one.by] : []))
    if (by === undefined) return encodeURIComponent(text(path[name]))
    return /^[%.]/.test(by) && by.length < 5 ? by : encodeURIComponent(by.toWellFormed())
  })

/** A request as the fuzzer makes them. */
export interface Sent extends InjectOptions {
  readonly url: string
  readonly payload?: Buffer
}

/** The request as it is sent, after everything that is done to it. */
export const requestOf = async ({ method, path }: Described, draft: Draft, known: Known, harms: readonly Harm[]): Promise<Sent> => {
  // what was settled is new, and may be changed
  const target = { query: settle(draft.query, known) as Container, body: settle(draft.body, known) }
  for (const one of harms) changeValues(target, one)
  const { type, payload } = harms.reduce(changeBytes, await encode(target.body, draft.type))
  const query = queryOf(target.query, harms)
  return {
    method: method as 'GET',
    url: `${pathOf(path, settle(draft.path, known) as Container, harms)}${query && `?${query}`}`,
    headers: { ...(type !== undefined && { 'content-type': type }) },
    ...(payload && { payload }),
  }
}
