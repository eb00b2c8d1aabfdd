// The list of transactions, page by page.
import { listChoice } from './accounts.ts'
import { byId, expired, field, messageOf, type OnSignedOut, show } from './dom.ts'
import { dateText, isNegative, moneyText } from './german.ts'
import { get, Refusal } from './server.ts'

interface Transaction {
  readonly dateValue: string | null
  readonly description: string
  readonly amount: string
  readonly iban: string | null
  readonly recipientApplicant: string | null
  readonly account_name: string
}

const pageSize = 20
const form = byId('search', HTMLFormElement)
const rows = byId('rows', HTMLTableSectionElement)
const error = byId('list-error', HTMLParagraphElement)
const previous = byId('previous', HTMLButtonElement)
const next = byId('next', HTMLButtonElement)
let page = 1
// The answer to an older question must not overwrite the one to a newer question.
let newest = 0

const cell = (text: string, ...classes: readonly string[]): HTMLTableCellElement => {
  const element = document.createElement('td')
  element.textContent = text
  element.classList.add(...classes)
  return element
}

const rowOf = (transaction: Transaction): HTMLTableRowElement => {
  const row = document.createElement('tr')
  row.append(
    cell(dateText(transaction.dateValue), 'date'),
    cell(transaction.recipientApplicant ?? ''),
    cell(transaction.description),
    cell(transaction.iban ?? ''),
    cell(transaction.account_name),
    cell(moneyText(transaction.amount), 'amount', isNegative(transaction.amount) ? 'negative' : 'positive'),
  )
  return row
}

const emptyRow = (): HTMLTableRowElement => {
  const row = document.createElement('tr')
  const only = cell('Keine Umsätze gefunden.')
  only.colSpan = 6
  row.append(only)
  return row
}

export const loadTransactions = async (wanted = 1): Promise<void> => {
  const question = ++newest
  page = wanted
  const query = new URLSearchParams({ page: String(page), page_size: String(pageSize), search: field(form, 'search', HTMLInputElement).value.trim() })
  if (listChoice.value !== '') query.set('account_id', listChoice.value)
  const { transactions, total } = await get<{ transactions: readonly Transaction[]; total: number }>(`/api/transactions/?${query}`)
  if (question !== newest) return
  const pages = Math.max(1, Math.ceil(total / pageSize))
  rows.replaceChildren(...(transactions.length === 0 ? [emptyRow()] : transactions.map(rowOf)))
  byId('position', HTMLSpanElement).textContent = `Seite ${page} von ${pages}, ${total} Umsätze`
  previous.disabled = page <= 1
  next.disabled = page >= pages
}

export const forgetTransactions = (): void => {
  newest++
  rows.replaceChildren()
  form.reset()
}

export const watchTransactions = (signedOut: OnSignedOut): void => {
  const load = (wanted: number) => {
    show(error, '')
    loadTransactions(wanted).catch((cause: unknown) => {
      if (cause instanceof Refusal && cause.status === 401) signedOut(expired)
      else show(error, messageOf(cause))
    })
  }
  form.addEventListener('submit', (event) => {
    event.preventDefault()
    load(1)
  })
  listChoice.addEventListener('change', () => load(1))
  previous.addEventListener('click', () => load(page - 1))
  next.addEventListener('click', () => load(page + 1))
}
