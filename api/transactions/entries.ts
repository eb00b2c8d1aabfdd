// Replaces the entries of a transaction.
import sql, { empty, join } from 'sql-template-tag'
import type { Static } from 'typebox'
import { findCategoryByName, insertCategory, listAllNamedCategories, listWholeTree } from '../categories/repository.ts'
import type { Db } from '../db/db.ts'
import { listEntries } from './repository.ts'
import type { EntriesBody } from './schema.ts'

type WantedEntry = Static<typeof EntriesBody>['entries'][number]
type Planned = number | null

/** What is not in the list goes, what is in it is changed, the rest is added. */
export const replaceEntries = async (db: Db, transaction: number, wanted: readonly WantedEntry[]): Promise<void> => {
  const present = new Map((await listEntries(db, [transaction])).map((entry) => [entry.id, entry]))
  const kept = wanted.flatMap(({ id }) => (id !== null && present.has(id) ? [id] : []))
  await deleteOthers(db, transaction, kept)
  const categories = new Map<string, Promise<number | null>>()
  for (const entry of wanted) {
    const name = entry.category_name ?? ''
    const category = await (categories.get(name) ?? resolveCategory(db, name))
    categories.set(name, Promise.resolve(category))
    const before = entry.id === null ? undefined : present.get(entry.id)
    // The original stores planning 1 whether it exists or not. What was linked stays linked.
    const planned = entry.accountingPlanned ? (before?.accountingPlanned ?? (await firstPlanning(db))) : null
    if (before) await updateEntry(db, before.id, entry, category, planned)
    else await insertEntry(db, transaction, entry, category, planned)
  }
}

const deleteOthers = (db: Db, transaction: number, kept: readonly number[]) =>
  db.run(sql`DELETE FROM tbl_accountingEntry WHERE transaction = ${transaction} ${kept.length > 0 ? sql`AND id NOT IN (${join(kept)})` : empty}`)

const updateEntry = (db: Db, id: number, { amount, checked }: WantedEntry, category: number | null, planned: Planned) =>
  db.run(sql`
    UPDATE tbl_accountingEntry SET amount = ${amount}, checked = ${checked ? 1 : 0}, accountingPlanned = ${planned}, category = ${category}
    WHERE id = ${id}`)

const insertEntry = (db: Db, transaction: number, { amount, checked }: WantedEntry, category: number | null, planned: Planned) =>
  db.run(sql`
    INSERT INTO tbl_accountingEntry (dateImport, checked, amount, transaction, accountingPlanned, category)
    VALUES (NOW(), ${checked ? 1 : 0}, ${amount}, ${transaction}, ${planned}, ${category})`)

const firstPlanning = async (db: Db): Promise<Planned> => (await db.first<{ id: number }>(sql`SELECT id FROM tbl_planning WHERE id = 1`))?.id ?? null

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
