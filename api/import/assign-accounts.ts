// Which account each row of a statement belongs to.
import type { NewTransaction } from './repository.ts'
import type { StatementRow } from './statement.ts'

export interface Assignment {
  readonly transactions: readonly NewTransaction[]
  readonly warnings: readonly string[]
}

/** By the name in the row, else the account that was chosen for the file; rows with neither are left out and named. */
export const assignAccounts = (rows: readonly StatementRow[], ids: ReadonlyMap<string, number>, chosen: number | undefined): Assignment => {
  const transactions: NewTransaction[] = []
  const warnings: string[] = []
  const named = new Set<string>()
  for (const row of rows) {
    const account = ids.get(row.account) ?? chosen
    if (account !== undefined) transactions.push(transactionOf(row, account, null))
    if (row.account !== '' && !ids.has(row.account)) {
      if (account === undefined) warnings.push(`Account '${row.account}' not found, skipping row ${row.index}`)
      else if (!named.has(row.account)) warnings.push(`Account '${row.account}' not found, using default account`)
      named.add(row.account)
    } else if (account === undefined) warnings.push(`No account specified for row ${row.index}, skipping`)
  }
  return { transactions, warnings }
}

// What the columns hold, in characters. The server would cut as well (INSERT IGNORE), but a cell can be larger than a statement may be.
const longest = { iban: 32, description: 378, text: 20_000 }
const cut = (text: string, length: number) => (text.length <= length ? text : Array.from(text).slice(0, length).join(''))

/** An empty field becomes null, or stays empty: it counts for nothing when rows are compared. */
export const transactionOf = (row: StatementRow, account: number, empty: '' | null): NewTransaction => ({
  iban: cut(row.iban, longest.iban) || empty,
  bic: cut(row.bic, longest.text) || empty,
  description: cut(row.description, longest.description),
  amount: row.amount,
  dateValue: row.dateValue,
  recipientApplicant: cut(row.recipientApplicant, longest.text) || empty,
  account,
})
