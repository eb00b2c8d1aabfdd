// A page of the list and how many there are: quickly where the database has what migration 004 brings, else plainly.
import { isBasicText } from '../db/basic-text.ts'
import type { Db } from '../db/db.ts'
import { DatabaseError } from '../db/errors.ts'
import { countKept } from './count.ts'
import { isUnfiltered, pattern, plainSearch, transactionsWhere } from './query.ts'
import { countPlainly, countTransactions, findMatches, findNamed, type Listing, listTransactions, type TransactionRow } from './repository.ts'
import { chosenIds, quickSearch } from './search.ts'

export interface Page {
  readonly total: number
  readonly rows: readonly TransactionRow[]
}

/** So many found transactions are named one by one; of more than these the page is soon full when it is looked for in its own order. */
const few = 1_000

/** Says what the documents say, and reads everything for it. */
export const plainPage = async (db: Db, listing: Listing): Promise<Page> => {
  const where = transactionsWhere(listing, listing.search ? plainSearch(listing.search) : undefined)
  return { total: await countPlainly(db, where), rows: await listTransactions(db, listing, where, true) }
}

const searched = async (db: Db, listing: Listing): Promise<Page> => {
  const { search } = listing
  if (!isBasicText(search)) return { total: 0, rows: [] }
  const where = transactionsWhere(listing, quickSearch(search, await findNamed(db, pattern(search))))
  const { total, ids } = await findMatches(db, where, few)
  if (total === 0) return { total, rows: [] }
  return { total, rows: await listTransactions(db, listing, ids ? chosenIds(ids) : where, false) }
}

export const quickPage = async (db: Db, listing: Listing): Promise<Page> => {
  if (listing.search) return searched(db, listing)
  const where = transactionsWhere(listing, undefined)
  const total = (isUnfiltered(listing) ? await countKept(db, listing.account_id) : undefined) ?? (await countTransactions(db, where))
  return { total, rows: await listTransactions(db, listing, where, false) }
}

/** The column or the table is missing. */
const unmigrated = [1054, 1146]

export const findPage = async (db: Db, listing: Listing): Promise<Page> => {
  try {
    return await quickPage(db, listing)
  } catch (error) {
    if (!(error instanceof DatabaseError && unmigrated.includes(error.errno))) throw error
    return plainPage(db, listing)
  }
}
