import { Type } from 'typebox'
import { MoneyNumber, Nullable, Upload } from '../validation/types.ts'

type Config = Readonly<Record<string, unknown>>
const AnyObject = Type.Unsafe<Config>({ type: 'object', additionalProperties: true })

export const ById = Type.Object({ setting_id: Type.Integer() })
/** Read by hand, because its mistakes are sentences; the document shows what it is about. */
const free = (description: string, example: object) => Type.Unsafe<Config>({ type: 'object', additionalProperties: true, description, examples: [example] })
export const ShareCategoryBody = free('category_id: the id of a category; type: buy, sell or dividend.', { category_id: 12, type: 'dividend' })
export const FormatBody = free('name: a text that is unique; config: how a file of this format is read.', {
  name: 'my-bank',
  config: { encoding: 'utf-8', delimiter: ';', decimal: ',', date_format: '%d.%m.%Y', columns: { dateValue: 'Valuta', amount: 'Betrag', description: 'Text' } },
})
export const AccountTypeBody = free('type: a text that is unique.', { type: 'Girokonto' })
export const CycleBody = free('cycle: a text that is unique; periodValue: a number, or a text that holds one; periodUnit: d, m or y.', {
  cycle: 'quarterly',
  periodValue: 3,
  periodUnit: 'm',
})
export const Format = Type.Object({ id: Type.Integer(), name: Type.String(), config: AnyObject })
export const Formats = Type.Object({ formats: Type.Array(Format) })
export const Success = Type.Object({ status: Type.String() })
export const FileBody = Type.Object({ file: Upload })
export const FilesStored = Type.Object({
  status: Type.String(),
  imported_count: Type.Integer(),
  total_formats: Type.Integer(),
  errors: Nullable(Type.Array(Type.String())),
})
export const Imported = Type.Object({ status: Type.String(), message: Type.String() })

/** Answered as it was sent: a number, or a text that holds one. */
const AsSent = Type.Unsafe<unknown>({ type: ['number', 'string'] })

const shareCategory = { type: Type.String() }
export const ShareCategories = Type.Object({ categories: Type.Array(Type.Object({ category_id: Type.Integer(), ...shareCategory })) })
export const ShareCategory = Type.Object({ status: Type.String(), category_id: AsSent, ...shareCategory })

const dateImport = Nullable(Type.String())
const accountType = { id: Type.Integer(), type: Type.String() }
export const AccountTypes = Type.Object({ account_types: Type.Array(Type.Object({ ...accountType, dateImport })) })
export const AccountType = Type.Object({ status: Type.String(), ...accountType })

const cycle = { id: Type.Integer(), cycle: Type.String(), periodUnit: Type.String() }
export const Cycles = Type.Object({ planning_cycles: Type.Array(Type.Object({ ...cycle, periodValue: MoneyNumber, dateImport })) })
export const Cycle = Type.Object({ status: Type.String(), ...cycle, periodValue: AsSent })
