// From a cycle to the step between two entries. Pure.

export interface Cycle {
  readonly cycle: string
  /** DECIMAL(10,2) as a text. */
  readonly periodValue: string
  readonly periodUnit: string
}

/** Days or months from one entry to the next; once: there is no next. */
export type Interval = { readonly days: number } | { readonly months: number } | 'once'

/** Further than any date that the database can hold, near enough that adding it to one still gives a date. */
const furthest = { days: 3_660_000, months: 120_000 }

const days = (count: number): Interval => ({ days: Math.min(Math.max(Math.trunc(count), 1), furthest.days) })
const months = (count: number): Interval => ({ months: Math.min(count, furthest.months) })

/** Cycles of older databases have no period, only a name; the first of these that it contains decides. */
const names: readonly (readonly [readonly string[], Interval])[] = [
  [['einmal', 'once', 'single'], 'once'],
  [['woche', 'week'], days(7)],
  [['quart'], months(3)],
  [['halb', 'semi'], months(6)],
  [['jahr', 'year'], months(12)],
  [['tag', 'day'], days(1)],
]

const byName = (cycle: string): Interval => {
  const name = cycle.toLowerCase()
  return names.find(([parts]) => parts.some((part) => name.includes(part)))?.[1] ?? months(1)
}

export const intervalOf = ({ cycle, periodValue, periodUnit }: Cycle): Interval => {
  // in whole hundredths, so that 0.1 or 0.29 is what it says
  const hundredths = Math.round(Number(periodValue) * 100)
  if (!(hundredths > 0)) return byName(cycle)
  switch (periodUnit.toLowerCase()) {
    case 'd':
      return days(hundredths / 100)
    case 'm':
      return hundredths % 100 === 0 ? months(hundredths / 100) : days((30 * hundredths) / 100)
    case 'y':
      return months(Math.round((12 * hundredths) / 100) || 12)
    default:
      return byName(cycle)
  }
}
