// The tree of categories: who is below whom.

export interface TreeNode {
  readonly id: number
  readonly parent_id: number | null
}

/** Whether `id` under `parent` would close a ring. */
export const closesRing = (nodes: readonly TreeNode[], id: number, parent: number): boolean => {
  const parents = new Map(nodes.map((node) => [node.id, node.parent_id]))
  // Bounded, for a database that has a ring already.
  let at: number | null | undefined = parent
  for (let step = 0; at !== null && at !== undefined && step <= nodes.length; step++) {
    if (at === id) return true
    at = parents.get(at)
  }
  return false
}
