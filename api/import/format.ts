// What an import format is: one version of a bank's file, or several with a default.
import { type Static, Type } from 'typebox'
import { Value } from 'typebox/value'

/** One version, as it is stored. The forms of a mapping are read by mapping.ts. */
const StoredVersion = Type.Object({
  encoding: Type.String({ default: 'utf-8' }),
  delimiter: Type.String({ default: ';' }),
  decimal: Type.Union([Type.Literal('.'), Type.Literal(',')], { default: '.' }),
  date_format: Type.String(),
  header_skip: Type.Integer({ default: 0, minimum: 0, maximum: 10_000 }),
  header: Type.Array(Type.String(), { default: [] }),
  columns: Type.Record(Type.String(), Type.Unknown(), { default: {} }),
  batch_size: Type.Optional(Type.Integer()),
})

export interface Version extends Static<typeof StoredVersion> {
  /** The key of a versioned format; none when the format is one version itself. */
  readonly key?: string
}

export interface Format {
  readonly name: string
  readonly versions: readonly Version[]
  readonly defaultKey?: string
}

type Json = Readonly<Record<string, unknown>>
const isObject = (value: unknown): value is Json => typeof value === 'object' && value !== null && !Array.isArray(value)

/** The stored config as a format, or what is wrong with it. */
export const readFormat = (name: string, stored: unknown): Format | { readonly problem: string } => {
  if (!isObject(stored)) return { problem: 'its config is not an object' }
  const config = repaired(stored)
  const versions: Version[] = []
  for (const [key, raw] of isVersioned(config) ? versionsOf(config) : [[undefined, config] as const]) {
    const version = readVersion(raw)
    if ('problem' in version) return { problem: `${key === undefined ? '' : `version '${key}': `}${version.problem}` }
    versions.push({ ...version, ...(key !== undefined && { key }) })
  }
  const chosen = isVersioned(config) ? config['default'] : undefined
  return { name, versions, ...(typeof chosen === 'string' && { defaultKey: chosen }) }
}

const versionsOf = (config: Json) => Object.entries(config).filter(([key, value]) => key !== 'default' && isObject(value))
const isVersioned = (config: Json) => versionsOf(config).some(([, value]) => isObject(value) && 'encoding' in value)

const readVersion = (raw: unknown): Version | { readonly problem: string } => {
  const version = Value.Default(StoredVersion, withoutNulls(raw))
  if (Value.Check(StoredVersion, version)) {
    const delimiter = version.delimiter === '\\t' ? '\t' : version.delimiter
    if (delimiter.length !== 1 || /["\r\n]/.test(delimiter)) return { problem: `delimiter '${delimiter}' is not one character that can separate cells` }
    return { ...version, delimiter }
  }
  const [first] = Value.Errors(StoredVersion, version)
  const field = first && 'requiredProperties' in first.params ? first.params.requiredProperties.join(', ') : first?.instancePath.slice(1).replaceAll('/', '.')
  return { problem: `${field ?? 'config'}: ${first?.message ?? 'does not fit'}` }
}

// The settings page stores null for what was left empty.
const withoutNulls = (raw: unknown) => (isObject(raw) ? Object.fromEntries(Object.entries(raw).filter(([, value]) => value !== null)) : raw)

/** An old settings page stored the items of `sources` as text `key: value`. */
export const repaired = (config: Json): Json => repairedValue(config) as Json

const repairedValue = (value: unknown): unknown => {
  if (Array.isArray(value)) return value.map(repairedValue)
  if (!isObject(value)) return value
  return Object.fromEntries(
    Object.entries(value).map(([key, inner]) => [key, key === 'sources' && Array.isArray(inner) ? inner.map(repairedSource) : repairedValue(inner)]),
  )
}

const repairedSource = (item: unknown): unknown => {
  if (typeof item !== 'string') return item
  const [, key, value] = /^([^:]*):(.*)$/s.exec(item) ?? []
  return key === undefined || value === undefined ? item : { [key.trim()]: value.trim() }
}
