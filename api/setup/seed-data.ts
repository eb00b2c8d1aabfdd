// cfg/data.yaml as data, or everything that is wrong with it. Pure.
import { type Static, Type } from 'typebox'
import { readYaml } from '../settings/yaml.ts'
import { read } from '../validation/read.ts'
import { DateTime, Decimal, Nullable } from '../validation/types.ts'

const OptionalText = Type.Optional(Nullable(Type.String()))

const Account = Type.Object({
  name: Type.String({ minLength: 1, maxLength: 128 }),
  iban_accountNumber: Type.String({ maxLength: 32 }),
  bic_market: Type.String({ default: '' }),
  startAmount: Type.Unsafe<string>({ ...Decimal, default: '0' }),
  dateStart: DateTime,
  dateEnd: Type.Optional(Nullable(DateTime)),
  type: OptionalText,
  clearingAccount: OptionalText,
  importFolder: OptionalText,
  importFileEnding: OptionalText,
  importType: OptionalText,
})
export type SeedAccount = Static<typeof Account>

const Cycle = Type.Object({
  cycle: Type.String({ minLength: 1, maxLength: 128 }),
  periodValue: Type.Unsafe<string>({ ...Decimal, default: '1' }),
  periodUnit: Type.Unsafe<string>({ type: 'string', enum: ['d', 'm', 'y'], default: 'm' }),
})

const File = Type.Object({
  accountType: Type.Optional(Type.Unsafe<Record<string, unknown>>({ type: 'object' })),
  planningCycle: Type.Optional(Type.Array(Cycle)),
  categories: Type.Optional(Type.Array(Type.Unsafe<unknown>({}))),
  account_data: Type.Optional(Type.Array(Type.Object({ account: Account }))),
})

export interface SeedCategory {
  readonly name: string
  readonly subcategories: readonly SeedCategory[]
}

export interface SeedData {
  readonly accountTypes: readonly string[]
  readonly cycles: readonly Static<typeof Cycle>[]
  readonly categories: readonly SeedCategory[]
  readonly accounts: readonly SeedAccount[]
}

export type SeedReading = { readonly data: SeedData } | { readonly problems: readonly string[] }

/** A tree deeper than this is a mistake. */
const deepest = 20

const readCategories = (list: readonly unknown[], path: string, problems: string[], depth = 1): readonly SeedCategory[] =>
  list.flatMap((item, index) => {
    const { name, subcategories = [] } = (item ?? {}) as { name?: unknown; subcategories?: unknown }
    const place = `${path}.${index}`
    if (typeof name !== 'string' || name === '' || name.length > 128) {
      problems.push(`${place}.name is ${JSON.stringify(name)}; write a text of 1 to 128 characters.`)
      return []
    }
    if ((subcategories !== null && !Array.isArray(subcategories)) || depth > deepest) {
      problems.push(`${place}.subcategories is no list, or deeper than ${deepest} levels; write a list of {name, subcategories}.`)
      return []
    }
    return [{ name, subcategories: readCategories(subcategories ?? [], `${place}.subcategories`, problems, depth + 1) }]
  })

/** Numbers that are kept as they are written: money, and account numbers that nobody has put into quotes. */
export const verbatim = ['startAmount', 'periodValue', 'iban_accountNumber', 'bic_market']

export const readSeedData = (text: string): SeedReading => {
  const yaml = readYaml(text, verbatim)
  return 'problem' in yaml ? { problems: [`it is not YAML: ${yaml.problem.split('\n')[0]}`] } : readSeedFile(yaml.root ?? {})
}

/** The same of what a file of YAML holds. */
export const readSeedFile = (yaml: unknown): SeedReading => {
  const reading = read(File, yaml)
  if ('issues' in reading)
    return { problems: reading.issues.map(({ loc, msg, input }) => `${loc.join('.') || 'the file'} is ${JSON.stringify(input)}: ${msg}.`) }
  const { value: file } = reading
  const problems: string[] = []
  const categories = readCategories(file.categories ?? [], 'categories', problems)
  if (problems.length > 0) return { problems }
  return {
    data: {
      accountTypes: Object.keys(file.accountType ?? {}),
      cycles: file.planningCycle ?? [],
      categories,
      accounts: (file.account_data ?? []).map(({ account }) => account),
    },
  }
}

export interface CategoryRow {
  readonly id: number
  readonly name: string
  readonly parent: number | null
}

/** The tree as rows in document order, depth first, with ids from `first` on. */
export const categoryRows = (tree: readonly SeedCategory[], first: number, parent: number | null = null): readonly CategoryRow[] => {
  let next = first
  return tree.flatMap(({ name, subcategories }) => {
    const id = next
    const below = categoryRows(subcategories, id + 1, id)
    next = id + 1 + below.length
    return [{ id, name, parent }, ...below]
  })
}
