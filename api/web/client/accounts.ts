// The accounts: one is chosen for the import, another one (or all) for the list; a new one can be made.
import { byId, field, type OnSignedOut, onSubmit, option } from './dom.ts'
import { decimalText } from './german.ts'
import { get, post } from './server.ts'

interface Account {
  readonly id: number
  readonly name: string
  readonly iban_accountNumber: string
}

// Its id is the same in every database; banks' files are mostly of such accounts.
const currentAccountType = 1

const form = byId('account-form', HTMLFormElement)
export const accountChoice = byId('account', HTMLSelectElement)
export const listChoice = field(byId('search', HTMLFormElement), 'account', HTMLSelectElement)

const allAccounts = async (): Promise<readonly Account[]> => {
  const accounts: Account[] = []
  for (let page = 1; ; page++) {
    const answer = await get<{ accounts: Account[]; total: number }>(`/api/accounts/list?page=${page}&page_size=1000`)
    accounts.push(...answer.accounts)
    if (answer.accounts.length === 0 || accounts.length >= answer.total) return accounts
  }
}

/** Loads accounts and account types; `chosen` is the account to be selected. */
export const loadAccounts = async (chosen?: number): Promise<void> => {
  const [accounts, { types }] = await Promise.all([allAccounts(), get<{ types: { id: number; type: string }[] }>('/api/accounts/types/list')])
  const options = () => accounts.map(({ id, name, iban_accountNumber: iban }) => option(id, `${name} (${iban})`))
  accountChoice.replaceChildren(...(accounts.length === 0 ? [option('', 'noch kein Konto angelegt')] : options()))
  if (chosen !== undefined) accountChoice.value = String(chosen)
  listChoice.replaceChildren(option('', 'alle Konten'), ...options())
  const typeChoice = field(form, 'type', HTMLSelectElement)
  typeChoice.replaceChildren(...types.map(({ id, type }) => option(id, type)))
  typeChoice.value = String(currentAccountType)
  byId('new-account', HTMLDetailsElement).open = accounts.length === 0
}

const startThisYear = (): void => {
  field(form, 'dateStart', HTMLInputElement).value = `${new Date().getFullYear()}-01-01`
}

export const watchAccountForm = (signedOut: OnSignedOut): void => {
  startThisYear()
  onSubmit(form, signedOut, async () => {
    const data = new FormData(form)
    const text = (name: string) => String(data.get(name) ?? '')
    const account = await post<Account>('/api/accounts/', {
      name: text('name').trim(),
      iban_accountNumber: text('iban_accountNumber').replace(/\s/g, ''),
      bic_market: text('bic_market').trim(),
      type: Number(text('type')),
      startAmount: decimalText(text('startAmount')),
      dateStart: text('dateStart'),
    })
    form.reset()
    startThisYear()
    await loadAccounts(account.id)
  })
}
