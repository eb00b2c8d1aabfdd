import fc from 'fast-check'
import { expect, test } from 'vitest'
import { closesRing, type TreeNode } from '../../../api/categories/tree.ts'

// Parents come before their children, as in every tree without a ring.
const trees = fc
  .array(fc.option(fc.nat()), { minLength: 1, maxLength: 12 })
  .map((parents) => parents.map((parent, index): TreeNode => ({ id: index + 1, parent_id: parent === null || index === 0 ? null : (parent % index) + 1 })))

const reachesRoot = (nodes: readonly TreeNode[], id: number): boolean => {
  const seen = new Set<number>()
  for (let at: number | null = id; at !== null; at = nodes.find((node) => node.id === at)?.parent_id ?? null) {
    if (seen.has(at)) return false
    seen.add(at)
  }
  return true
}

test('a move is refused exactly when afterwards somebody would not reach the top any more', () => {
  fc.assert(
    fc.property(trees, fc.nat(), fc.nat(), (nodes, first, second) => {
      const [id, parent] = [(first % nodes.length) + 1, (second % nodes.length) + 1]
      const moved = nodes.map((node) => (node.id === id ? { id, parent_id: parent } : node))
      expect(closesRing(nodes, id, parent)).toBe(!moved.every((node) => reachesRoot(moved, node.id)))
    }),
  )
})

test('a ring that is there already does not hang the check', () => {
  expect(
    closesRing(
      [
        { id: 1, parent_id: 2 },
        { id: 2, parent_id: 1 },
        { id: 3, parent_id: null },
      ],
      3,
      1,
    ),
  ).toBe(false)
})
