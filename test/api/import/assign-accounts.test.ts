import { expect, test } from 'vitest'
import { assignAccounts } from '../../../api/import/assign-accounts.ts'
import type { StatementRow } from '../../../api/import/statement.ts'

const aRow = (index: number, account: string): StatementRow => ({
  index,
  account,
  dateValue: '2024-02-01 00:00:00',
  amount: '1.00',
  description: 'x',
  iban: '',
  bic: '',
  recipientApplicant: '',
})
const rows = [aRow(1, 'Haus'), aRow(2, 'Boot'), aRow(3, 'Boot'), aRow(4, '')]
const ids = new Map([['Haus', 7]])

test('rows without a known account go to the chosen one, each unknown name is told once', () => {
  const { transactions, warnings } = assignAccounts(rows, ids, 1)
  expect(transactions.map(({ account }) => account)).toEqual([7, 1, 1, 1])
  expect(warnings).toEqual(["Account 'Boot' not found, using default account"])
})

test('without a chosen account rows that name none are left out and named', () => {
  const { transactions, warnings } = assignAccounts(rows, ids, undefined)
  expect(transactions.map(({ account }) => account)).toEqual([7])
  expect(warnings).toEqual(["Account 'Boot' not found, skipping row 2", "Account 'Boot' not found, skipping row 3", 'No account specified for row 4, skipping'])
})

test('empty texts are stored as absent, an empty description stays', () => {
  expect(assignAccounts([aRow(1, '')], ids, 1).transactions).toEqual([
    { account: 1, amount: '1.00', bic: null, dateValue: '2024-02-01 00:00:00', description: 'x', iban: null, recipientApplicant: null },
  ])
})
