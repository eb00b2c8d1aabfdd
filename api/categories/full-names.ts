// The full names of categories: from the top down to each. Pure.
import type { CategoryRow } from './repository.ts'

/** By id. What lies on a ring has no top, and no full name. */
export const fullNames = (tree: readonly CategoryRow[]): ReadonlyMap<number, string> => {
  const children = Map.groupBy(tree, ({ parent_id }) => parent_id)
  const names = new Map<number, string>()
  let level = (children.get(null) ?? []).map((category) => ({ category, fullname: category.name }))
  while (level.length > 0) {
    for (const { category, fullname } of level) names.set(category.id, fullname)
    level = level.flatMap(({ category, fullname }) =>
      (children.get(category.id) ?? []).map((child) => ({ category: child, fullname: `${fullname} - ${child.name}` })),
    )
  }
  return names
}
