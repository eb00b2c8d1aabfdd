// Stores a CSV file of prices or of share transactions.
import { setImmediate } from 'node:timers/promises'
import type { Db } from '../db/db.ts'
import { retriedTransaction } from '../db/retry.ts'
import { BadRequest } from '../errors.ts'
import { longestRecord, slices } from '../import/slices.ts'
import { utf8 } from '../import/text-of-file.ts'
import { insertPrices, listPricedDays } from './history.ts'
import { delimiter, type Line, linesOf, type RowError, readRows, type ShareFileKind, type ShareFileRow } from './share-file.ts'
import { insertIsins, type KnownShare, lockShares } from './shares.ts'
import { insertTrades } from './trades.ts'

export interface FileImported {
  readonly imported: number
  readonly skipped: number
  readonly errors: readonly string[]
  readonly total_errors: number
}
interface AssignedRow extends ShareFileRow {
  readonly share: number
}

// Read within some ten milliseconds; between two slices others have their turn.
const sliceSize = 200_000
const mostLines = 200_000
const shownErrors = 10
const together = 1000

export const importShareFile = async (db: Db, content: Uint8Array, kind: ShareFileKind): Promise<FileImported> => {
  const text = utf8(content)
  if (text === undefined) throw new BadRequest('CSV file error: the file is not UTF-8; save it as UTF-8 and send it again')
  const { rows, errors } = readRows(await allLines(text), kind)
  return retriedTransaction(db, async (inside) => {
    const { assigned, unknown } = await assignShares(inside, rows)
    const imported = kind === 'history' ? await storePrices(inside, assigned) : await storeTrades(inside, assigned)
    const all = [...errors, ...unknown].toSorted((a, b) => a.line - b.line)
    const skipped = all.length + assigned.length - imported
    return { imported, skipped, errors: all.slice(0, shownErrors).map((error) => error.text), total_errors: all.length }
  })
}

const allLines = async (text: string): Promise<readonly Line[]> => {
  const lines: Line[] = []
  const pieces = slices(text, delimiter, sliceSize)
  let piece = pieces.next()
  for (; !piece.done; piece = pieces.next()) {
    const some = linesOf(piece.value)
    if ('problem' in some) throw new BadRequest(`CSV file error: ${some.problem}`)
    if (lines.length + some.length > mostLines) throw new BadRequest(`CSV file error: it has more than ${mostLines} lines; split it`)
    // Not as arguments of one push: a slice has more lines than a call may have arguments.
    for (const line of some) lines.push(line)
    await setImmediate()
  }
  if (piece.value !== undefined) throw new BadRequest(`CSV file error: the row at line ${piece.value} is longer than ${longestRecord} characters`)
  return lines
}

const byNumber = (shares: readonly KnownShare[]) => ({
  isins: new Map(shares.map(({ id, isin }) => [isin.trimEnd().toUpperCase(), id])),
  wkns: new Map(shares.flatMap(({ id, wkn }) => (wkn === null ? [] : [[wkn.trimEnd().toUpperCase(), id] as const]))),
})

/** An ISIN that is new becomes a share; a WKN cannot, because a share has an ISIN. */
const assignShares = async (db: Db, rows: readonly ShareFileRow[]): Promise<{ assigned: readonly AssignedRow[]; unknown: readonly RowError[] }> => {
  const before = byNumber(await lockShares(db))
  const isins = rows.flatMap(({ identifier }) => ('isin' in identifier && !before.isins.has(identifier.isin) ? [identifier.isin] : []))
  const fresh = [...new Set(isins)]
  for (let start = 0; start < fresh.length; start += together) await insertIsins(db, fresh.slice(start, start + together))
  const { isins: known, wkns } = fresh.length > 0 ? byNumber(await lockShares(db)) : before
  const assigned: AssignedRow[] = []
  const unknown: RowError[] = []
  for (const row of rows) {
    const share = 'isin' in row.identifier ? known.get(row.identifier.isin) : wkns.get(row.identifier.wkn)
    if (share !== undefined) assigned.push({ ...row, share })
    else unknown.push({ line: row.line, text: `Row ${row.line}: unknown WKN '${'wkn' in row.identifier ? row.identifier.wkn : row.identifier.isin}'` })
  }
  return { assigned, unknown }
}

/** Of a share and a day the first one counts, in the database and in the file. */
const storePrices = async (db: Db, rows: readonly AssignedRow[]): Promise<number> => {
  const days = rows.map(({ date }) => date.slice(0, 10)).toSorted()
  const [first, last] = [days.at(0), days.at(-1)]
  if (first === undefined || last === undefined) return 0
  const priced = new Set((await listPricedDays(db, first, last)).map(({ share, day }) => `${share} ${day}`))
  const prices = rows.flatMap(({ share, date, figure }) => {
    const key = `${share} ${date.slice(0, 10)}`
    if (priced.has(key)) return []
    priced.add(key)
    return [{ share, date, amount: figure }]
  })
  await insertPrices(db, prices)
  return prices.length
}

const storeTrades = (db: Db, rows: readonly AssignedRow[]): Promise<number> =>
  insertTrades(
    db,
    rows.map(({ share, date, figure }) => ({ share, date, volume: figure, entry: null })),
  )
