import fc from 'fast-check'
import { expect, test } from 'vitest'
import { mergeTree, type WantedCategory } from '../../../api/categories/merge.ts'
import type { CategoryRow, MatchRow } from '../../../api/categories/repository.ts'

// As the database compares, in small: without regard to case.
const matchesIn = (present: readonly CategoryRow[], wanted: readonly WantedCategory[]): readonly MatchRow[] =>
  wanted.map(({ name }, index) => {
    const same = (other: { name: string }) => other.name.toLowerCase() === name.toLowerCase()
    const found = present.find(same)
    return { place: index + 1, first_place: wanted.findIndex(same) + 1, id: found?.id ?? null, parent_id: found?.parent_id ?? null }
  })
const merge = (present: readonly CategoryRow[], wanted: readonly WantedCategory[]) =>
  mergeTree(wanted, matchesIn(present, wanted), Math.max(0, ...present.map(({ id }) => id)) + 1)

// Parents come before their children. Few names, so that many are equal.
const lists = fc
  .array(fc.record({ name: fc.constantFrom('a', 'A', 'b', 'c', 'D', 'd', 'e'), under: fc.nat() }), { maxLength: 8 })
  .map((list) => list.map(({ name, under }, index): WantedCategory => ({ name, parent: under % (index + 1) === 0 ? null : under % (index + 1) })))

const pathsOf = (wanted: readonly WantedCategory[]) => {
  const paths: string[] = []
  for (const { name, parent } of wanted) paths.push(`${parent === null ? '' : paths[parent - 1]}/${name.toLowerCase()}`)
  return paths
}
const pathOf = (rows: readonly CategoryRow[], { name, parent_id }: CategoryRow): string => {
  const parent = rows.find(({ id }) => id === parent_id)
  return `${parent ? pathOf(rows, parent) : ''}/${name.toLowerCase()}`
}

test('a tree is refused exactly when a name would stand at two places; else all of both trees is there, once, with ids that go on', () => {
  fc.assert(
    fc.property(lists, lists, (first, second) => {
      const before = merge([], first)
      fc.pre('added' in before)
      if (!('added' in before)) return
      const after = merge(before.added, second)
      const paths = [...new Set([...pathsOf(first), ...pathsOf(second)])]
      const names = paths.map((path) => path.split('/').at(-1))
      expect('elsewhere' in after).toBe(new Set(names).size < names.length)
      if (!('added' in after)) return
      const rows = [...before.added, ...after.added]
      expect(rows.map((row) => pathOf(rows, row)).toSorted()).toEqual(paths.toSorted())
      expect(rows.map(({ id }) => id)).toEqual(rows.map((_row, index) => index + 1))
      expect(merge(rows, second)).toEqual({ added: [] })
    }),
  )
})
