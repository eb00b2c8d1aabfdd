// What the fuzzer has to know of each operation, beyond its schema, for requests that mean something.
import fc from 'fast-check'
import type { Kind, Later } from './known.ts'
import { amount, day, file, fresh, moment, newest, some, type Values, word } from './values.ts'

export interface Hint {
  readonly path?: Readonly<Record<string, Values>>
  readonly query?: Readonly<Record<string, Values>>
  /** Fields of the body, or of the objects in it. */
  readonly fields?: Readonly<Record<string, Values>>
  /** The whole body. */
  readonly body?: Values
  /** An operation that makes what this one needs, right before it. */
  readonly after?: string
  /** What it deletes; its id is the last part of the path. */
  readonly deletes?: Kind
  /** Sent by another user, who signs in for it: it ends or changes his session. */
  readonly stranger?: true
  /** A failure on the server's side that is documented: its sentence begins like this. */
  readonly failsWith?: string
}

const name = fresh((count, text) => `${text} ${count}`)
const isin = fresh((count) => `XF${String(count).padStart(10, '0')}`)
const wkn = fresh((count) => `W${String(count).padStart(5, '0')}`)
const year = fc.integer({ min: 1990, max: 2040 })
const orNull = (values: Values) => fc.oneof(values, fc.constant(null))
/** An entry that a trade is linked to cannot be taken away any more. */
const seldom = (values: Values) => fc.oneof({ weight: 9, arbitrary: fc.constant(null) }, { weight: 1, arbitrary: values })
const textOf = (values: Values) =>
  values.map(
    (value): Later =>
      (known) =>
        String(typeof value === 'function' ? (value as Later)(known) : value),
  )

/** Fields that mean the same wherever they are. */
export const everywhere: Readonly<Record<string, Values>> = {
  name,
  year,
  page: fc.integer({ min: 1, max: 3 }),
  page_size: fc.integer({ min: 1, max: 1000 }),
  search: fc.oneof(word, fc.constantFrom('', 'a', '%', '_')),
  sort_dir: fc.constantFrom('asc', 'DESC', ''),
  account_id: some('account'),
  category_id: some('category'),
  cycle_id: some('cycle'),
  account: some('accountName'),
  amount,
  date: day,
  date_from: day,
  date_to: moment,
  dateStart: moment,
  dateEnd: orNull(moment),
  dateImport: moment,
  isin: some('isin'),
}

const accountFields = {
  name,
  iban_accountNumber: fresh((count) => `DE${count}`),
  bic_market: word,
  type: some('accountType'),
  startAmount: amount,
  clearingAccount: orNull(some('account')),
  importFormat: fc.constant(null),
}
const ruleFields = {
  id: fc.constant(null),
  name,
  conditions: fc.uniqueArray(fc.integer({ min: 1, max: 9 }), { minLength: 1, maxLength: 4 }).chain((ids) => fc.tuple(...ids.map((id) => condition(id)))),
  conditionLogic: fc.constantFrom(null, '', '1', '1 AND NOT 2', '(1 ODER 2) UND 3', 'nonsense ('),
  category: some('category'),
  accounts: fc.array(some('account'), { maxLength: 2 }),
}
const condition = (id: number) =>
  fc.record({
    id: fc.constant(id),
    type: fc.constantFrom('contains', 'startsWith', 'endsWith', 'equals', 'regex', 'amountRange', 'other'),
    columnName: fc.constantFrom('description', 'recipientApplicant', 'iban', 'amount', 'nothing'),
    value: fc.oneof(word, fc.constantFrom(null, '^B.*t$', '(a+)+$', '[')),
    caseSensitive: fc.boolean(),
    minAmount: fc.constantFrom(null, -10, 0.5),
  })

const one = (field: string, kind: Kind) => ({ path: { [field]: some(kind) } })
/** What is deleted is made right before, so that nothing else needs it and the lists do not run dry. */
const deleted = (field: string, kind: Kind, after: string): Hint => ({ path: { [field]: newest(kind) }, after, deletes: kind })

const typeBody = fc.record({ type: name })
const cycleBody = fc.record({
  cycle: name,
  periodValue: fc.oneof(fc.integer({ min: 1, max: 40 }), fc.constantFrom('1.5', '0', 2.5)),
  periodUnit: fc.constantFrom('d', 'm', 'y'),
})
const formatBody = fc.record({
  name,
  config: fc.record({
    encoding: fc.constant('utf-8'),
    date_format: fc.constant('%d.%m.%Y'),
    columns: fc.record({ dateValue: word, amount: word, description: fc.oneof(word, fc.record({ join: fc.array(word, { maxLength: 3 }) })) }),
  }),
})
const shareCategoryBody = fc.record({ category_id: some('category'), type: fc.constantFrom('buy', 'sell', 'dividend') })

const german = (text: string) => text.split('-').toReversed().join('.')
const yamlFile = (form: (count: number, text: string) => string) =>
  file(fresh((count, text) => form(count, JSON.stringify(`${text} ${count}`))) as fc.Arbitrary<Later>)
const shareFile = file(
  fc.array(fc.tuple(some('isin'), day, fc.integer({ min: -99, max: 99 })), { maxLength: 5 }).map(
    (rows): Later =>
      (known) =>
        `ISIN;Datum;Wert\n${rows.map(([code, date, value]) => `${String((code as Later)(known))};${german(date)};${value},5`).join('\n')}`,
  ),
)
const statement = file(
  fc
    .array(fc.tuple(day, fc.integer({ min: -9999, max: 9999 }), word), { minLength: 1, maxLength: 5 })
    .map(
      (rows) =>
        `Valuta;Betrag;Verwendungszweck;IBAN;BIC;Sender / Empfänger\n${rows.map(([date, value, text]) => `${german(date)};${value},50;"${text.replaceAll('"', '""')}";DE77;ABC;Wer`).join('\n')}`,
    ),
)

const history: Hint = { fields: { isin: some('isin'), date: moment, amount } }
const trade: Hint = { fields: { isin: some('isin'), dateTransaction: moment, tradingVolume: amount, accountingEntryId: seldom(some('entry')) } }
const ownDatabase: Hint = {
  body: fc.constant<Later>((known) => known.pick('login', 0)),
  failsWith: 'Internal server error (',
}
const report = { query: { year, account: some('accountName') } }

export const hints: Readonly<Record<string, Hint>> = {
  postAuthLogin: { body: fc.constant<Later>((known) => known.pick('stranger', 0)) },
  postAuthLogout: { stranger: true },
  postAuthPassword: {
    stranger: true,
    body: fresh((count) => `Zugang ${count} pferd tasse wolke`).map(
      (wanted): Later =>
        (known) => ({
          current_password: (known.pick('stranger', 0) as { password: string }).password,
          new_password: wanted,
        }),
    ),
  },
  postSetupDatabase: ownDatabase,
  postSetupInitData: ownDatabase,
  postSetupMigrationsApply: { fields: { dry_run: fc.boolean() } },
  getDocsByPath: { path: { path: fc.constantFrom('install.md', 'install.md', 'reference.md') } },
  getExport: { query: { format: fc.constant('json') } },
  getExportByFile: { path: { file: fc.constantFrom('tbl_transaction.csv', 'tbl_account.csv', 'tbl_setting.csv') }, query: { for: fc.constant('spreadsheet') } },
  getAccountsByAccountId: one('account_id', 'account'),
  postAccounts: { fields: accountFields },
  putAccountsByAccountId: { ...one('account_id', 'account'), fields: accountFields },
  deleteAccountsByAccountId: deleted('account_id', 'account', 'postAccounts'),
  postAccountsImportYaml: {
    fields: { file: yamlFile((count, text) => `account_data:\n  - account: {name: ${text}, iban_accountNumber: 'Y${count}', dateStart: 2024-01-01}\n`) },
  },
  getAccountsIncome: report,
  getAccountsExpenses: report,
  getAccountsSummary: report,
  getCategoriesByCategoryId: one('category_id', 'category'),
  postCategories: { fields: { name, parent_id: orNull(some('category')) } },
  putCategoriesByCategoryId: { ...one('category_id', 'category'), fields: { name, parent_id: fc.constant(null) } },
  deleteCategoriesByCategoryId: deleted('category_id', 'category', 'postCategories'),
  postCategoriesImportYaml: { fields: { file: yamlFile((_count, text) => `categories:\n  - name: ${text}\n`) } },
  getCategoryAutomationRules: { query: { account: some('account') } },
  getCategoryAutomationRulesByRuleId: one('rule_id', 'rule'),
  postCategoryAutomationRules: { fields: ruleFields },
  putCategoryAutomationRulesByRuleId: { ...one('rule_id', 'rule'), fields: ruleFields },
  deleteCategoryAutomationRulesByRuleId: deleted('rule_id', 'rule', 'postCategoryAutomationRules'),
  postCategoryAutomationTestRule: { fields: { ...ruleFields, description: word } },
  getPlanningByPlanningId: one('planning_id', 'planning'),
  putPlanningByPlanningId: one('planning_id', 'planning'),
  deletePlanningByPlanningId: deleted('planning_id', 'planning', 'postPlanning'),
  getPlanningByPlanningIdEntries: one('planning_id', 'planning'),
  postPlanningByPlanningIdEntriesGenerate: one('planning_id', 'planning'),
  deletePlanningByPlanningIdEntriesByEntryId: {
    path: {
      planning_id: fc.constant<Later>((known) => (known.newest('planningEntry') as { planning_id: number }).planning_id),
      entry_id: fc.constant<Later>((known) => (known.newest('planningEntry') as { entry_id: number }).entry_id),
    },
    after: 'postPlanningByPlanningIdEntriesGenerate',
  },
  getTransactionsByTransactionId: one('transaction_id', 'transaction'),
  postTransactionsMarkChecked: { fields: { transaction_ids: fc.array(some('transaction'), { maxLength: 5 }) } },
  putTransactionsByTransactionIdEntries: {
    ...one('transaction_id', 'transaction'),
    fields: {
      entries: fc.array(
        fc.record({ id: orNull(some('entry')), dateImport: moment, amount, checked: fc.boolean(), category_name: orNull(some('categoryName')) }),
        { maxLength: 4 },
      ),
    },
  },
  postTransactionsImport: { fields: { account_id: fc.constantFrom(null, 0) } },
  postTransactionsImportCsv: { fields: { file: statement, format: fc.constant('csv-cb'), account_id: textOf(some('account')) } },
  getSharesAccountingEntries: { query: { type: fc.constantFrom('buy', 'sell', 'dividend', ''), date: moment } },
  getSharesAccountingEntriesByEntryId: one('entry_id', 'entry'),
  postShares: { fields: { isin, name, wkn } },
  putSharesByShareId: { ...one('share_id', 'share'), fields: { isin, name, wkn } },
  deleteSharesByShareId: deleted('share_id', 'share', 'postShares'),
  postSharesHistory: history,
  putSharesHistoryByHistoryId: { ...one('history_id', 'price'), ...history },
  putSharesHistoryByHistoryIdChecked: one('history_id', 'price'),
  deleteSharesHistoryByHistoryId: { ...one('history_id', 'price'), deletes: 'price' },
  postSharesTransactions: trade,
  putSharesTransactionsByTransactionId: { ...one('transaction_id', 'trade'), ...trade },
  deleteSharesTransactionsByTransactionId: { ...one('transaction_id', 'trade'), deletes: 'trade' },
  postSharesImportHistory: { fields: { file: shareFile } },
  postSharesImportTransactions: { fields: { file: shareFile } },
  postSettingsSharesTxCategories: { body: shareCategoryBody },
  deleteSettingsSharesTxCategories: { body: newest('shareCategory'), after: 'postSettingsSharesTxCategories' },
  postSettingsImportFormats: { body: formatBody },
  putSettingsImportFormatsBySettingId: { path: { setting_id: newest('format') }, body: formatBody, after: 'postSettingsImportFormats' },
  deleteSettingsImportFormatsBySettingId: deleted('setting_id', 'format', 'postSettingsImportFormats'),
  postSettingsImportFormatsUploadYaml: { fields: { file: yamlFile((_count, text) => `formats:\n  ${text}: {encoding: utf-8}\n`) } },
  postSettingsAccountTypes: { body: typeBody },
  putSettingsAccountTypesBySettingId: { ...one('setting_id', 'accountType'), body: typeBody },
  deleteSettingsAccountTypesBySettingId: deleted('setting_id', 'accountType', 'postSettingsAccountTypes'),
  postSettingsPlanningCycles: { body: cycleBody },
  putSettingsPlanningCyclesBySettingId: { ...one('setting_id', 'cycle'), body: cycleBody },
  deleteSettingsPlanningCyclesBySettingId: deleted('setting_id', 'cycle', 'postSettingsPlanningCycles'),
  postSettingsPlanningCyclesImportYaml: {
    fields: { file: yamlFile((_count, text) => `planningCycle:\n  - {cycle: ${text}, periodValue: 2, periodUnit: m}\n`) },
  },
}
