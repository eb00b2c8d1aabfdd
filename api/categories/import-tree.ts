// Stores a tree of categories, all of it or nothing.
import type { Db } from '../db/db.ts'
import { retriedTransaction } from '../db/retry.ts'
import { Conflict } from '../errors.ts'
import { categoryRows, type SeedCategory } from '../setup/seed-data.ts'
import { mergeTree } from './merge.ts'
import { insertCategories, lockTree, matchNames } from './repository.ts'

export const importTree = (db: Db, tree: readonly SeedCategory[]): Promise<void> =>
  retriedTransaction(db, async (inside) => {
    const wanted = categoryRows(tree, 1)
    const highest = (await lockTree(inside)).at(-1)?.id ?? 0
    const matches = await matchNames(
      inside,
      wanted.map(({ name }) => name),
    )
    const merge = mergeTree(wanted, matches, highest + 1)
    if ('elsewhere' in merge)
      throw new Conflict(`Category '${merge.elsewhere}' exists at another place of the tree, and a name is used once; rename or move one of them.`)
    if (merge.added.length > 0) await insertCategories(inside, merge.added)
  })
