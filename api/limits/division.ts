// What part of a common limit one replica may use, by the replicas that it has seen. Pure.

/** How many replicas lived at a moment: all that share the operations database, and those of one's own Deployment. */
export interface Look {
  readonly at: number
  readonly all: number
  readonly own: number
}

/** Looks that still count: each holds until the next one, so the last one before the calm does as well. */
export const lookAgain = (looks: readonly Look[], look: Look, calm: number): readonly Look[] => {
  const begin = look.at - calm
  const before = looks.findLast(({ at }) => at <= begin)
  return [...(before ? [before] : []), ...looks.filter(({ at }) => at > begin), look]
}

/**
 * The most that were seen during the calm: one more counts at once, one less only after nobody has seen more for as long. After a failure
 * of the database the others are not seen before they have come back to it.
 */
export const mostOf = (looks: readonly Look[], which: 'all' | 'own'): number => Math.max(1, ...looks.map((look) => look[which]))

/** What is due to each; with less than one connection nobody could work. */
export const dueOf = (total: number, replicas: number): number => Math.max(1, Math.floor(total / replicas))

/** One's part of the connections, and never one that another has not given up yet. */
export const partOf = (total: number, replicas: number, claimedByOthers: number): number =>
  Math.max(0, Math.min(dueOf(total, replicas), total - claimedByOthers))
