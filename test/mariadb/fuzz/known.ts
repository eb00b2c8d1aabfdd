// What the fuzzer has learned from answers: ids and names that exist.

export type Kind =
  | 'account'
  | 'accountName'
  | 'accountType'
  | 'category'
  | 'categoryName'
  | 'cycle'
  | 'format'
  | 'formatName'
  | 'planning'
  | 'planningEntry'
  | 'transaction'
  | 'entry'
  | 'share'
  | 'isin'
  | 'price'
  | 'trade'
  | 'rule'
  | 'shareCategory'
  | 'login'
  | 'stranger'

export class Known {
  readonly #pools = new Map<Kind, unknown[]>()
  #count = 0

  /** Replaces what was known of a kind. */
  set(kind: Kind, values: readonly unknown[]): void {
    this.#pools.set(kind, [...values])
  }

  add(kind: Kind, value: unknown): void {
    this.#pools.set(kind, [...(this.#pools.get(kind) ?? []), value])
  }

  /** Somebody has deleted it. */
  forget(kind: Kind, value: string): void {
    this.#pools.set(
      kind,
      (this.#pools.get(kind) ?? []).filter((one) => String(one) !== value),
    )
  }

  /** `at` from 0 to 1; -1 when nothing is known. */
  pick(kind: Kind, at: number): unknown {
    const pool = this.#pools.get(kind) ?? []
    return pool[Math.min(pool.length - 1, Math.floor(at * pool.length))] ?? -1
  }

  newest(kind: Kind): unknown {
    return this.#pools.get(kind)?.at(-1) ?? -1
  }

  /** Another number each time, for names that have to be new. */
  next(): number {
    this.#count += 1
    return this.#count
  }
}

/** A value that is known only when the request is sent. */
export type Later = (known: Known) => unknown

export const settle = (value: unknown, known: Known): unknown => {
  if (typeof value === 'function') return settle((value as Later)(known), known)
  if (Array.isArray(value)) return value.map((one) => settle(one, known))
  if (typeof value !== 'object' || value === null || value instanceof Blob) return value
  return Object.fromEntries(Object.entries(value).map(([key, inner]) => [key, settle(inner, known)]))
}

type Body = Readonly<Record<string, unknown>>
type Rows = readonly Body[]

const column = (rows: unknown, name: string) => (rows as Rows).map((row) => row[name])

/** Lists that are asked for again and again, and what is learned from them. */
export const lists: readonly { readonly url: string; readonly learn: (known: Known, body: Body) => void }[] = [
  {
    url: '/api/accounts/list?page_size=1000',
    learn: (known, { accounts }) => {
      known.set('account', column(accounts, 'id'))
      known.set('accountName', column(accounts, 'name'))
    },
  },
  {
    url: '/api/categories/hierarchy/all',
    learn: (known, { categories }) => {
      known.set('category', column(categories, 'id'))
      known.set('categoryName', column(categories, 'name'))
    },
  },
  { url: '/api/settings/account-types', learn: (known, { account_types: types }) => known.set('accountType', column(types, 'id')) },
  { url: '/api/settings/planning-cycles', learn: (known, { planning_cycles: cycles }) => known.set('cycle', column(cycles, 'id')) },
  {
    url: '/api/settings/import-formats',
    learn: (known, { formats }) => {
      known.set('format', column(formats, 'id'))
      known.set('formatName', column(formats, 'name'))
    },
  },
  { url: '/api/settings/shares-tx-categories', learn: (known, { categories }) => known.set('shareCategory', categories as Rows) },
  { url: '/api/planning/?page_size=1000', learn: (known, { plannings }) => known.set('planning', column(plannings, 'id')) },
  {
    url: '/api/transactions/?page_size=200',
    learn: (known, { transactions }) => {
      known.set('transaction', column(transactions, 'id'))
      known.set(
        'entry',
        (transactions as Rows).flatMap(({ entries }) => column(entries, 'id')),
      )
    },
  },
  {
    url: '/api/shares/?page_size=1000',
    learn: (known, { shares }) => {
      known.set('share', column(shares, 'id'))
      known.set('isin', column(shares, 'isin'))
    },
  },
  { url: '/api/shares/history?page_size=200', learn: (known, { history }) => known.set('price', column(history, 'id')) },
  { url: '/api/shares/transactions?page_size=200', learn: (known, { transactions }) => known.set('trade', column(transactions, 'id')) },
  { url: '/api/category-automation/rules?enabled_only=false', learn: (known, { rules }) => known.set('rule', column(rules, 'id')) },
]

/** What is learned from the answer that an operation gives when it made something. */
export const made: Readonly<Record<string, (known: Known, body: Body) => void>> = {
  postAccounts: (known, { id }) => known.add('account', id),
  postCategories: (known, { id }) => known.add('category', id),
  postSettingsAccountTypes: (known, { id }) => known.add('accountType', id),
  postSettingsPlanningCycles: (known, { id }) => known.add('cycle', id),
  postSettingsImportFormats: (known, { id }) => known.add('format', id),
  postSettingsSharesTxCategories: (known, { category_id, type }) => known.add('shareCategory', { category_id, type }),
  postPlanning: (known, { id }) => known.add('planning', id),
  postPlanningByPlanningIdEntriesGenerate: (known, { planning_id, entries }) => {
    for (const { id } of entries as Rows) known.add('planningEntry', { planning_id, entry_id: id })
  },
  postShares: (known, { share_id: id }) => id !== undefined && known.add('share', id),
  postCategoryAutomationRules: (known, { id }) => known.add('rule', id),
}
