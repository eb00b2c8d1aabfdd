// The files of a user's folders into his database, all of them or nothing.
import type { Db } from '../../db/db.ts'
import { retriedTransaction } from '../../db/retry.ts'
import type { Log } from '../../deps.ts'
import { type ImportFormat, listImportFormats } from '../../settings/import-formats.ts'
import { transactionOf } from '../assign-accounts.ts'
import { type Automation, categorizeNew, demandAccounts, formatOf, type ImportDeps, insertInBatches, inTurns } from '../import-statement.ts'
import { statementSteps } from '../statement.ts'
import type { Job } from './jobs.ts'
import type { UserFolder } from './user-folder.ts'

export interface FileResult {
  readonly file: string
  readonly account: string
  readonly inserted: number
  readonly total: number
}

export interface FolderResult extends Automation {
  readonly files: readonly FileResult[]
}

export interface FolderDeps extends ImportDeps {
  readonly log: Log
}

interface Task {
  readonly job: Job
  readonly folder: UserFolder
  readonly formats: readonly ImportFormat[]
}

export const importFolders = (db: Db, jobs: readonly Job[], folder: UserFolder, deps: FolderDeps, automatic: boolean): Promise<FolderResult> =>
  retriedTransaction(db, async (inside) => {
    const formats = await listImportFormats(inside)
    await demandAccounts(
      inside,
      jobs.map(({ account }) => account),
    )
    const files: FileResult[] = []
    const warnings: string[] = []
    for (const job of jobs) {
      const done = await importFolder(inside, { job, folder, formats }, deps)
      files.push(...done.files)
      warnings.push(...done.warnings)
    }
    const inserted = files.reduce((sum, file) => sum + file.inserted, 0)
    const automation = await categorizeNew(inside, deps.clock, automatic ? inserted : 0)
    return { ...automation, files, warnings: [...warnings, ...automation.warnings] }
  })

const importFolder = async (db: Db, task: Task, deps: FolderDeps): Promise<Pick<FolderResult, 'files' | 'warnings'>> => {
  const { path, fileEnding, accountName: account } = task.job
  const listed = await task.folder.list(path, fileEnding)
  if ('problem' in listed) return { files: [], warnings: [listed.problem] }
  const files: FileResult[] = []
  const warnings: string[] = []
  for (const file of listed.files) {
    const done = await importFile(db, task, file, deps)
    if ('problem' in done) warnings.push(`Mapping error for ${account}/${file}: ${done.problem}`)
    files.push({ file, account, ...('problem' in done ? { inserted: 0, total: 0 } : done) })
  }
  return { files, warnings }
}

type Counts = Pick<FileResult, 'inserted' | 'total'>

/** One file at a time is in memory. */
const importFile = async (db: Db, { job, folder, formats }: Task, file: string, deps: FolderDeps): Promise<Counts | { readonly problem: string }> => {
  const format = formatOf(formats, job.format)
  if ('problem' in format) return format
  const read = await folder.read(job.path, file)
  if ('problem' in read) return read
  const statement = await inTurns(statementSteps(read.content, format))
  if ('problem' in statement) return statement
  if (statement.unmapped.length > 0) return { problem: statement.unmapped.join(', ') }
  const rows = statement.rows.map((row) => transactionOf(row, job.account, ''))
  const skipped = statement.total - rows.length
  if (skipped > 0) deps.log.warn({ account: job.account, file, skipped }, 'rows of a file could not be read')
  return { inserted: await insertInBatches(db, rows, statement.version.batch_size ?? deps.batchSize), total: statement.total }
}
