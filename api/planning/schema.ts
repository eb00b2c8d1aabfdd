import { Type } from 'typebox'
import { DateTime, Decimal, MoneyText, Nullable, OptionalNull, pageQuery } from '../validation/types.ts'

export const Planning = Type.Object({
  id: Type.Integer(),
  dateImport: Nullable(Type.String()),
  description: Nullable(Type.String()),
  amount: MoneyText,
  dateStart: Nullable(Type.String()),
  dateEnd: Nullable(Type.String()),
  account_id: Type.Integer(),
  account_name: Type.String(),
  category_id: Type.Integer(),
  category_name: Nullable(Type.String()),
  cycle_id: Type.Integer(),
  cycle_name: Type.String(),
})
const Entry = Type.Object({
  id: Type.Integer(),
  dateImport: Nullable(Type.String()),
  dateValue: Nullable(Type.String()),
  planning_id: Type.Integer(),
})

export const PageQuery = Type.Object(pageQuery(100))
export const ById = Type.Object({ planning_id: Type.Integer() })
export const EntryById = Type.Object({ planning_id: Type.Integer(), entry_id: Type.Integer() })
export const PlanningBody = Type.Object({
  description: OptionalNull(Type.String()),
  amount: Decimal,
  dateStart: DateTime,
  dateEnd: OptionalNull(DateTime),
  account_id: Type.Integer(),
  category_id: Type.Integer(),
  cycle_id: Type.Integer(),
})
export const Cycles = Type.Array(Type.Object({ id: Type.Integer(), cycle: Type.String() }))
export const Plannings = Type.Object({ plannings: Type.Array(Planning), total: Type.Integer() })
export const Entries = Type.Object({ planning_id: Type.Integer(), entries: Type.Array(Entry), total: Type.Integer() })
export const Nothing = Type.Null()
