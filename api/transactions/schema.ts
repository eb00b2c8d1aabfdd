import { Type } from 'typebox'
import { DateTime, Decimal, Flag, MoneyText, Nullable, OptionalNull, pageQuery, Upload } from '../validation/types.ts'

const Entry = Type.Object({
  id: Type.Integer(),
  dateImport: Nullable(Type.String()),
  checked: Flag,
  amount: MoneyText,
  accountingPlanned: Nullable(Type.Integer()),
  category: Nullable(Type.Integer()),
  category_name: Nullable(Type.String()),
})

export const Transaction = Type.Object({
  id: Type.Integer(),
  dateImport: Nullable(Type.String()),
  dateValue: Nullable(Type.String()),
  description: Type.String(),
  amount: MoneyText,
  iban: Nullable(Type.String()),
  bic: Nullable(Type.String()),
  recipientApplicant: Nullable(Type.String()),
  account_id: Type.Integer(),
  account_name: Type.String(),
  account_iban: Nullable(Type.String()),
  entries: Type.Array(Entry),
})

export const TransactionPage = Type.Object({
  transactions: Type.Array(Transaction),
  total: Type.Integer(),
  page: Type.Integer(),
  page_size: Type.Integer(),
})

// An empty text means that the field of the page was left empty.
const OptionalDate = Type.Optional(Type.Union([DateTime, Type.Literal('')]))
export const TransactionQuery = Type.Object({
  ...pageQuery(20),
  search: Type.String({ default: '' }),
  filter: Type.String({ default: '' }),
  account_id: Type.Integer({ default: 0 }),
  date_from: OptionalDate,
  date_to: OptionalDate,
  sort_by: Type.String({ default: '' }),
  sort_dir: Type.String({ default: '' }),
})

export const ById = Type.Object({ transaction_id: Type.Integer() })
export const MarkBody = Type.Object({ transaction_ids: Type.Array(Type.Integer()), checked: Type.Boolean({ default: true }) })
export const Marked = Type.Object({ updated_entries: Type.Integer() })
export const FormatNames = Type.Object({ success: Type.Boolean(), formats: Type.Array(Type.String()) })

export const EntriesBody = Type.Object({
  entries: Type.Array(
    Type.Object({
      id: OptionalNull(Type.Integer()),
      dateImport: DateTime,
      amount: Decimal,
      checked: Type.Boolean({ default: false }),
      accountingPlanned: Type.Boolean({ default: false }),
      category_name: OptionalNull(Type.String()),
    }),
  ),
})

export const ImportBody = Type.Object({ file: Upload, format: Type.String(), account_id: Type.Optional(Type.Integer()) })
export const Imported = Type.Object({
  success: Type.Boolean(),
  message: Type.String(),
  inserted: Type.Integer(),
  total: Type.Integer(),
  format: Type.String(),
  filename: Type.String(),
  auto_categorized: Type.Integer(),
  auto_categorized_total: Type.Integer(),
  warnings: Type.Optional(Type.Array(Type.String())),
})

/** Null or 0: every account. */
export const AccountChoice = Type.Object({ account_id: OptionalNull(Type.Integer()) })
export const AutoCategorized = Type.Object({ success: Type.Boolean(), categorized: Type.Integer(), total_checked: Type.Integer(), message: Type.String() })

const FileImported = Type.Object({ file: Type.String(), account: Type.String(), inserted: Type.Integer(), total: Type.Integer() })
// Of all accounts only the first two are told.
export const FolderImported = Type.Object({
  success: Type.Boolean(),
  message: Type.String(),
  account_id: Type.Optional(Type.Integer()),
  inserted: Type.Optional(Type.Integer()),
  total: Type.Optional(Type.Integer()),
  files: Type.Optional(Type.Array(FileImported)),
  auto_categorized: Type.Optional(Type.Integer()),
  auto_categorized_total: Type.Optional(Type.Integer()),
  warnings: Type.Optional(Type.Array(Type.String())),
})
