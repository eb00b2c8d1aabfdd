// Requests made of the document: those that fit it, and those that something was done to.
import fc from 'fast-check'
import type { InjectOptions } from 'fastify'
import type { Described } from '../../support/described.ts'
import type { Harm } from './harms.ts'
import { everywhere, type Hint, hints } from './hints.ts'
import { type Known, settle } from './known.ts'
import { fitting, text, type Values } from './values.ts'

/** A request that fits the document; its values may still have to be settled. */
interface Draft {
  readonly path: Readonly<Record<string, unknown>>
  readonly query: Readonly<Record<string, unknown>>
  readonly body: unknown
  /** Content type of the body; undefined without one. */
  readonly type: string | undefined
}

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

/** Another value for one that stands somewhere. */
const changed = (before: unknown, one: Harm & { readonly kind: 'replace' | 'stretch' }): unknown => {
  if (one.kind === 'replace') return structuredClone(one.by)
  return typeof before === 'number' ? one.number : typeof before === 'string' ? one.text : before
}

const changeValues = (target: { query: Container; body: unknown }, one: Harm): void => {
  if (one.kind === 'extra' && isContainer(target.body))
    Object.defineProperty(target.body, one.key, { value: structuredClone(one.by), enumerable: true, configurable: true, writable: true })
  if (one.kind !== 'drop' && one.kind !== 'replace' && one.kind !== 'stretch') return
  const all = [...places(target.query), ...places(target.body)]
  const [container, key] = all[Math.floor(one.at * all.length)] ?? []
  if (!container || key === undefined) return
  if (one.kind === 'drop') delete container[key]
  else container[key] = changed(container[key], one)
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
    headers: {
      ...(type !== undefined && { 'content-type': type }),
      ...Object.fromEntries(harms.flatMap((one) => (one.kind === 'header' ? [[one.key, one.by]] : []))),
    },
    ...(payload && { payload }),
  }
}
