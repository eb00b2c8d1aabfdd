import { Type } from 'typebox'
import { DateTime, Decimal, MoneyNumber, Nullable, OptionalNull, pageQuery, Upload } from '../validation/types.ts'

const common = {
  id: Type.Integer(),
  name: Type.String(),
  iban_accountNumber: Type.String(),
  bic_market: Type.String(),
  startAmount: MoneyNumber,
  dateStart: Nullable(Type.String()),
  dateEnd: Nullable(Type.String()),
  type: Type.Integer(),
  clearingAccount: Nullable(Type.Integer()),
}
export const AccountListItem = Type.Object({ ...common, type_name: Nullable(Type.String()) })
export const Account = Type.Object({ ...common, importFormat: Nullable(Type.Integer()), importPath: Nullable(Type.String()) })
export const AccountPage = Type.Object({
  accounts: Type.Array(AccountListItem),
  page: Type.Integer(),
  page_size: Type.Integer(),
  total: Type.Integer(),
})

export const AccountQuery = Type.Object({ ...pageQuery(50), search: Type.String({ default: '' }) })
export const ById = Type.Object({ account_id: Type.Integer({ exclusiveMinimum: 0 }) })
export const AccountBody = Type.Object({
  name: Type.String(),
  iban_accountNumber: Type.String(),
  bic_market: Type.String(),
  type: OptionalNull(Type.Integer()),
  startAmount: Decimal,
  dateStart: DateTime,
  // The page sends an empty text for "no end".
  dateEnd: Type.Optional(Type.Union([DateTime, Type.Literal(''), Type.Null()])),
  clearingAccount: OptionalNull(Type.Integer()),
  importFormat: OptionalNull(Type.Integer()),
  importPath: OptionalNull(Type.String()),
})

export const Names = Type.Object({ accounts: Type.Array(Type.String()) })
const Typed = Type.Array(Type.Object({ id: Type.Integer(), type: Type.String() }))
export const Types = Type.Object({ types: Typed })
export const FileFormats = Type.Object({ formats: Typed })
export const Message = Type.Object({ message: Type.String() })
export const FileBody = Type.Object({ file: Upload })
export const Imported = Type.Object({ status: Type.String(), imported: Type.Integer(), message: Type.String() })
