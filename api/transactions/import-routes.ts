// What brings transactions in, and the categories that follow.
import type { FastifyPluginAsyncTypebox } from '@fastify/type-provider-typebox'
import { categorize } from '../category-automation/categorize.ts'
import { retriedTransaction } from '../db/retry.ts'
import type { Deps } from '../deps.ts'
import { Forbidden, HttpError } from '../errors.ts'
import { Gate } from '../gate.ts'
import { type FolderResult, importFolders } from '../import/folder/import-folders.ts'
import { listJobs } from '../import/folder/jobs.ts'
import { userFolder } from '../import/folder/user-folder.ts'
import { importStatement } from '../import/import-statement.ts'
import { countedImport } from '../metrics/imports.ts'
import { AccountChoice, AutoCategorized, FolderImported, ImportBody, Imported } from './schema.ts'

export type ImportRouteDeps = Pick<Deps, 'settings' | 'clock' | 'log' | 'metrics'>

/** A file of 20 MiB becomes some 400 MB of rows: two of these fit into a process at the same time. */
const largeFile = 1_048_576
const places = 2
const patience = 30_000

const counts = (inserted: number, total: number) => ({ message: `Import completed: ${inserted} of ${total} transactions imported.`, inserted, total })
const automation = (categorized: number, candidates: number) => ({ auto_categorized: categorized, auto_categorized_total: candidates })
const named = (warnings: readonly string[]) => (warnings.length > 0 ? { warnings: [...warnings] } : {})

const rowsOf = ({ files }: FolderResult): number => files.reduce((before, { total }) => before + total, 0)

const folderAnswer = (account: number, { files, categorized, candidates, warnings }: FolderResult) => {
  const sum = (field: 'inserted' | 'total') => files.reduce((before, file) => before + file[field], 0)
  const { message, inserted, total } = counts(sum('inserted'), sum('total'))
  return { success: true, message, account_id: account, inserted, total, files: [...files], ...automation(categorized, candidates), ...named(warnings) }
}

const csvRoute: FastifyPluginAsyncTypebox<ImportRouteDeps & { readonly gate: Gate }> = async (app, { settings, clock, metrics, gate }) => {
  app.post(
    '/import-csv',
    {
      config: { operation: 'import transactions', form: true },
      schema: { summary: 'Import a bank statement', refuses: [404, 500], body: ImportBody, response: { 200: Imported } },
    },
    async ({ db, body: { file, format, account_id } }) => {
      const upload = { content: file.content, format, ...(account_id && { account: account_id }) }
      const deps = { clock, batchSize: settings.import.batchSize }
      const read = () =>
        countedImport(
          metrics,
          'statement',
          () => importStatement(db, upload, deps),
          ({ total: rows }) => rows,
        )
      const { inserted, total, categorized, candidates, warnings } = await (file.content.length > largeFile ? gate.pass(read) : read())
      const { message } = counts(inserted, total)
      return { success: true, message, inserted, total, format, filename: file.filename, ...automation(categorized, candidates), ...named(warnings) }
    },
  )
}

const folderRoute: FastifyPluginAsyncTypebox<ImportRouteDeps & { readonly gate: Gate }> = async (app, { settings, clock, log, metrics, gate }) => {
  const { folder, batchSize } = settings.import
  app.post(
    '/import',
    {
      config: { operation: 'import transactions' },
      schema: { summary: 'Import what lies in the folders of accounts', refuses: [404, 500], body: AccountChoice, response: { 200: FolderImported } },
    },
    async ({ id, db, visitor, body }) => {
      const account = body.account_id ?? 0
      const jobs = await listJobs(db, account)
      if (jobs.length === 0 && account !== 0) throw new HttpError(404, `No import configuration found for account ID ${account}`)
      if (jobs.length > 0 && folder === '') throw new Forbidden('The import of folders is off; upload the files, or have import.folder set in config.yaml.')
      const own = userFolder(folder, visitor.username, settings.api.bodyLimit || Number.MAX_SAFE_INTEGER)
      const read = () => importFolders(db, jobs, own, { clock, log, batchSize }, account !== 0)
      const result = await gate.pass(() => countedImport(metrics, 'folder', read, rowsOf))
      if (account !== 0) return folderAnswer(account, result)
      // the answer for all accounts has no place for them, and the log must not have them: they quote the files; one account's answer does
      if (result.warnings.length > 0) log.warn({ requestId: id, warnings: result.warnings.length }, 'folders could not be imported as they are')
      return { success: true, message: 'Import completed for all accounts.' }
    },
  )
}

export const importRoutes: FastifyPluginAsyncTypebox<ImportRouteDeps> = async (app, deps) => {
  const gate = new Gate(places, patience)
  await app.register(csvRoute, { ...deps, gate })
  await app.register(folderRoute, { ...deps, gate })

  app.post(
    '/auto-categorize',
    {
      config: { operation: 'categorize transactions' },
      schema: { summary: 'Categorise what has no category, by the rules', refuses: [500], body: AccountChoice, response: { 200: AutoCategorized } },
    },
    async ({ db }) => {
      const outcome = await retriedTransaction(db, (inside) => categorize(inside, deps.clock))
      if ('problem' in outcome) throw new HttpError(500, `Categorization failed: ${outcome.problem}`)
      const { rules, checked, categorized } = outcome
      const done = checked === 0 ? 'No uncategorized entries found.' : 'Transactions categorized.'
      return { success: true, categorized, total_checked: checked, message: rules === 0 ? 'No categorization rules found.' : done }
    },
  )
}
