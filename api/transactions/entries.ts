// Replaces the entries of a transaction.
import sql, { bulk, empty, join } from 'sql-template-tag'
import type { Static } from 'typebox'
import { findCategoryByName, insertCategory, listAllNamedCategories, listWholeTree } from '../categories/repository.ts'
import type { Db } from '../db/db.ts'
import { listEntries } from './repository.ts'
import type { EntriesBody } from './schema.ts'

type WantedEntry = Static<typeof EntriesBody>['entries'][number]
type Planned = number | null

interface Ready {
  readonly amount: string
  readonly checked: 0 | 1
  readonly planned: Planned
  readonly category: number | null
}

/** What is not in the list goes, what is in it is changed, the rest is added. */
export const replaceEntries = async (db: Db, transaction: number, wanted: readonly WantedEntry[]): Promise<void> => {
  const present = new Map((await listEntries(db, [transaction])).map((entry) => [entry.id, entry]))
  const kept = wanted.flatMap(({ id }) => (id !== null && present.has(id) ? [id] : []))
  await deleteOthers(db, transaction, kept)
  const categories = await resolveCategories(db, wanted)
  // The original stores planning 1 whether it exists or not. What was linked stays linked.
  const planning = wanted.some(({ accountingPlanned }) => accountingPlanned) ? await firstPlanning(db) : null
  const changed = new Map<number, Ready>()
  const added: Ready[] = []
  for (const { id, amount, checked, accountingPlanned, category_name } of wanted) {
    const before = id === null ? undefined : present.get(id)
    const planned = accountingPlanned ? (before?.accountingPlanned ?? planning) : null
    const ready = { amount, checked: checked ? 1 : 0, planned, category: categories.get(category_name ?? '') ?? null } as const
    if (before) changed.set(before.id, ready)
    else added.push(ready)
  }
  for (const some of slices([...changed])) await updateEntries(db, some)
  for (const some of slices(added)) await insertEntries(db, transaction, some)
}

/** Rows of one statement: one round trip for whoever edits by hand, and far from what a server takes in one packet. */
const rowsAtOnce = 500

const slices = <T>(rows: readonly T[]): readonly (readonly T[])[] =>
  Array.from({ length: Math.ceil(rows.length / rowsAtOnce) }, (_, index) => rows.slice(index * rowsAtOnce, (index + 1) * rowsAtOnce))

const deleteOthers = (db: Db, transaction: number, kept: readonly number[]) =>
  db.run(sql`DELETE FROM tbl_accountingEntry WHERE transaction = ${transaction} ${kept.length > 0 ? sql`AND id NOT IN (${join(kept)})` : empty}`)

const updateEntries = (db: Db, entries: readonly (readonly [number, Ready])[]) => {
  const rows = entries.map(
    ([id, { amount, checked, planned, category }]) =>
      sql`SELECT ${id} AS id, ${amount} AS amount, ${checked} AS checked, ${planned} AS planned, ${category} AS category`,
  )
  return db.run(sql`
    UPDATE tbl_accountingEntry e JOIN (${join(rows, ' UNION ALL ')}) wanted ON wanted.id = e.id
    SET e.amount = wanted.amount, e.checked = wanted.checked, e.accountingPlanned = wanted.planned, e.category = wanted.category`)
}

const insertEntries = (db: Db, transaction: number, entries: readonly Ready[]) => {
  const rows = entries.map(({ amount, checked, planned, category }) => [sql`NOW()`, checked, amount, transaction, planned, category])
  return db.run(sql`INSERT INTO tbl_accountingEntry (dateImport, checked, amount, transaction, accountingPlanned, category) VALUES ${bulk(rows)}`)
}

const firstPlanning = async (db: Db): Promise<Planned> => (await db.first<{ id: number }>(sql`SELECT id FROM tbl_planning WHERE id = 1`))?.id ?? null

/** Of each name that is wanted, once; none for an empty one. */
const resolveCategories = async (db: Db, wanted: readonly WantedEntry[]): Promise<ReadonlyMap<string, number | null>> => {
  const found = new Map<string, number | null>()
  for (const name of new Set(wanted.map(({ category_name }) => category_name ?? ''))) found.set(name, await resolveCategory(db, name))
  return found
}

/** By plain name, by full name, from root to leaf; a name that is new becomes a category at the top. */
const resolveCategory = async (db: Db, name: string): Promise<number | null> => {
  if (name === '') return null
  const plain = await findCategoryByName(db, name)
  if (plain) return plain.id
  const found = (await listAllNamedCategories(db)).find(({ fullname }) => fullname === name)?.id ?? (await walk(db, name))
  if (found !== undefined) return found
  await insertCategory(db, name, null)
  return (await findCategoryByName(db, name))?.id ?? null
}

const walk = async (db: Db, name: string): Promise<number | undefined> => {
  const parts = name.split(' - ')
  if (parts.length < 2) return undefined
  const tree = await listWholeTree(db)
  let at: number | null = null
  for (const part of parts) {
    const next = tree.find((category) => category.parent_id === at && category.name === part.trim())
    if (!next) return undefined
    at = next.id
  }
  return at ?? undefined
}
