// The YAML file of import formats: `formats:` maps names to configs.
import type { Config } from './import-formats.ts'
import { readYaml } from './yaml.ts'

export interface FormatFile {
  readonly formats: readonly { readonly name: string; readonly config: Config }[]
  readonly total: number
  readonly errors: readonly string[]
}

const isObject = (value: unknown): value is Config => typeof value === 'object' && value !== null && !Array.isArray(value)

/** What the file says, or why it cannot be used at all. */
export const readFormatFile = (text: string): FormatFile | { readonly problem: string } => {
  const yaml = readYaml(text)
  if ('problem' in yaml) return { problem: `YAML parsing error: ${yaml.problem}` }
  const { root } = yaml
  if (!isObject(root)) return { problem: 'YAML file must contain a dictionary' }
  const entries = root['formats'] ?? {}
  if (!isObject(entries)) return { problem: "YAML root must have 'formats' key with a dictionary of formats" }
  return sorted(Object.entries(entries))
}

const sorted = (entries: readonly (readonly [string, unknown])[]): FormatFile => {
  const formats: { name: string; config: Config }[] = []
  const errors: string[] = []
  for (const [name, config] of entries) {
    if (!isObject(config)) errors.push(`Format '${name}': config must be an object`)
    else if (!isJson(config)) errors.push(`Format '${name}': config holds a value that JSON cannot hold, such as .inf or .nan`)
    else if (isTooDeep(config)) errors.push(`Format '${name}': config is nested more than ${deepest} deep`)
    else formats.push({ name, config })
  }
  return { formats, total: entries.length, errors }
}

/** The database takes JSON of 32 levels, two of which are ours. */
export const deepest = 30

export const isTooDeep = (value: unknown, levels = deepest): boolean =>
  typeof value === 'object' && value !== null && (levels === 0 || Object.values(value).some((inner) => isTooDeep(inner, levels - 1)))

const isJson = (value: unknown): boolean => {
  if (typeof value === 'number') return Number.isFinite(value)
  if (value === null || typeof value === 'string' || typeof value === 'boolean') return true
  if (Array.isArray(value)) return value.every(isJson)
  return typeof value === 'object' && Object.getPrototypeOf(value) === Object.prototype && Object.values(value).every(isJson)
}
