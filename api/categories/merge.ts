// A tree of categories into the one that there is: what exists at its place is used, the rest is added. Pure.
import type { CategoryRow, MatchRow } from './repository.ts'

export interface WantedCategory {
  readonly name: string
  /** The place of its parent in the list, from 1 on; parents come first. */
  readonly parent: number | null
}

interface Placed {
  readonly id: number
  readonly parent_id: number | null
}

export type Merge = { readonly added: readonly CategoryRow[] } | { readonly elsewhere: string }

/** `matches` are those of the wanted names in their order, `next` is the first id that is free. A name is used once in the whole tree. */
export const mergeTree = (wanted: readonly WantedCategory[], matches: readonly MatchRow[], next: number): Merge => {
  const added: CategoryRow[] = []
  const ids: (number | null)[] = []
  const ofName = new Map<number, Placed>()
  for (const [index, { name, parent }] of wanted.entries()) {
    const { first_place = index + 1, id = null, parent_id: found = null } = matches[index] ?? {}
    const parent_id = parent === null ? null : (ids[parent - 1] ?? null)
    const known = ofName.get(first_place) ?? (id === null ? undefined : { id, parent_id: found })
    if (known && known.parent_id !== parent_id) return { elsewhere: name }
    const place = known ?? { id: next + added.length, parent_id }
    if (!known) added.push({ ...place, name })
    ofName.set(first_place, place)
    ids.push(place.id)
  }
  return { added }
}
