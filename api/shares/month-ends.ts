// Month ends on which a share was held. Pure; days are texts YYYY-MM-DD.

export interface Movement {
  readonly share: number
  /** The last day of a month with transactions. */
  readonly monthEnd: string
  /** Whether there was any of the share at the end of that day. */
  readonly held: boolean
}
export interface Holding {
  readonly share: number
  readonly day: string
}

/** Months since the beginning of the calendar, so that the next one is one more. */
const monthOf = (day: string): number => Number(day.slice(0, 4)) * 12 + Number(day.slice(5, 7)) - 1

const endOf = (month: number): string => {
  const [year, index] = [Math.floor(month / 12), month % 12]
  // By setUTCFullYear: the constructor takes the years 0 to 99 for 1900 to 1999. Day 0 is the last one of the month before.
  const date = new Date(0)
  date.setUTCFullYear(year, index + 1, 0)
  return `${String(year).padStart(4, '0')}-${String(index + 1).padStart(2, '0')}-${String(date.getUTCDate()).padStart(2, '0')}`
}

/** The end of the last month that is over. */
export const lastMonthEnd = (today: string): string => endOf(monthOf(today) - 1)

/** Every month end up to `last` on which a share was held. The movements come by share and month. */
export const heldMonthEnds = (movements: readonly Movement[], last: string): readonly Holding[] =>
  movements.flatMap(({ share, monthEnd, held }, index) => {
    if (!held) return []
    const next = movements[index + 1]
    const until = Math.min(monthOf(last), next?.share === share ? monthOf(next.monthEnd) - 1 : Number.POSITIVE_INFINITY)
    const first = monthOf(monthEnd)
    return Array.from({ length: Math.max(0, until - first + 1) }, (_, step) => ({ share, day: endOf(first + step) }))
  })
