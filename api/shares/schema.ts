import { Type } from 'typebox'
import { Decimal, MoneyNumber, Nullable, OptionalNull, Upload } from '../validation/types.ts'

// The page asks for 2000 at once.
const paging = {
  page: Type.Integer({ minimum: 1, default: 1 }),
  page_size: Type.Integer({ minimum: 1, maximum: 10_000, default: 20 }),
}
const listing = {
  ...paging,
  search: Type.String({ default: '' }),
  sort_by: Type.String({ default: '' }),
  sort_dir: Type.String({ default: '' }),
}
const counted = { page: Type.Integer(), page_size: Type.Integer(), total: Type.Integer() }

const Share = Type.Object({
  id: Type.Integer(),
  name: Nullable(Type.String()),
  isin: Type.String(),
  wkn: Nullable(Type.String()),
  currentVolume: MoneyNumber,
  currentPrice: MoneyNumber,
  portfolioValue: MoneyNumber,
  investments: MoneyNumber,
  proceeds: MoneyNumber,
  net: MoneyNumber,
  dividends: MoneyNumber,
})
const ofShare = { share: Type.Integer(), share_name: Nullable(Type.String()), isin: Type.String(), wkn: Nullable(Type.String()) }
const History = Type.Object({
  id: Type.Integer(),
  dateImport: Nullable(Type.String()),
  amount: MoneyNumber,
  date: Nullable(Type.String()),
  checked: Type.Integer(),
  ...ofShare,
})
const Trade = Type.Object({
  id: Type.Integer(),
  dateImport: Nullable(Type.String()),
  tradingVolume: MoneyNumber,
  dateTransaction: Nullable(Type.String()),
  checked: Type.Integer(),
  accountingEntry: Nullable(Type.Integer()),
  // Of a number that may be null the serialiser wants a number.
  accountingEntry_amount: Nullable(Type.Number()),
  ...ofShare,
})
const AccountingEntry = Type.Object({
  id: Type.Integer(),
  amount: MoneyNumber,
  dateImport: Nullable(Type.String()),
  description: Nullable(Type.String()),
  dateValue: Nullable(Type.String()),
  display: Type.String(),
})

export const ShareQuery = Type.Object({ ...listing, filter: Type.String({ default: '' }) })
export const HistoryQuery = Type.Object({ ...listing, checked: Type.String({ default: '' }) })
export const TradeQuery = Type.Object(listing)
export const EntryQuery = Type.Object({ type: Type.String({ default: '' }), date: Type.String({ default: '' }) })

export const SharePage = Type.Object({ shares: Type.Array(Share), ...counted })
export const HistoryPage = Type.Object({ history: Type.Array(History), ...counted })
export const TradePage = Type.Object({ transactions: Type.Array(Trade), ...counted })
export const Entries = Type.Object({ entries: Type.Array(AccountingEntry) })
export const MaybeEntry = Type.Object({ entry: Nullable(AccountingEntry) })

export const ByShare = Type.Object({ share_id: Type.Integer() })
export const ByHistory = Type.Object({ history_id: Type.Integer() })
export const ByTrade = Type.Object({ transaction_id: Type.Integer() })
export const ByEntry = Type.Object({ entry_id: Type.Integer() })

export const ShareForm = Type.Object({ isin: Type.String(), name: OptionalNull(Type.String()), wkn: OptionalNull(Type.String()) })
export const HistoryForm = Type.Object({ isin: Type.String(), date: Type.String(), amount: Decimal })
export const ChangedHistoryForm = Type.Object({ ...HistoryForm.properties, checked: Type.Boolean({ default: false }) })
export const CheckedForm = Type.Object({ checked: Type.Boolean({ default: true }) })
export const TradeForm = Type.Object({
  isin: Type.String(),
  dateTransaction: Type.String(),
  tradingVolume: Decimal,
  accountingEntryId: OptionalNull(Type.Integer()),
})
export const FileForm = Type.Object({ file: Upload })

export const Outcome = Type.Object({ status: Type.String(), message: Type.Optional(Type.String()) })
export const ShareCreated = Type.Object({ ...Outcome.properties, share_id: Type.Optional(Type.Integer()) })
export const Filled = Type.Object({ status: Type.String(), created: Type.Integer(), skipped: Type.Integer() })
export const FileImported = Type.Object({
  status: Type.String(),
  imported: Type.Integer(),
  skipped: Type.Integer(),
  errors: Type.Array(Type.String()),
  total_errors: Type.Integer(),
})
