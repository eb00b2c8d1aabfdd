// On which days a planning falls. Pure.
import type { Interval } from './interval.ts'

export interface Span {
  /** `YYYY-MM-DD`, as all dates here; what follows (a time of day) is not looked at. */
  readonly dateStart: string
  readonly dateEnd: string | null
  readonly today: string
}

/** A planning that starts long ago and falls on every day. */
const most = 10_001

const dateOf = (text: string): Temporal.PlainDate => Temporal.PlainDate.from(text.slice(0, 10))

const earlier = (a: Temporal.PlainDate, b: Temporal.PlainDate) => (Temporal.PlainDate.compare(a, b) <= 0 ? a : b)

/** The last day that is planned: the planning's own end, but no later than the end of next year. */
const horizon = ({ dateEnd, today }: Span): Temporal.PlainDate => {
  const nextYear = Temporal.PlainDate.from({ year: dateOf(today).year + 1, month: 12, day: 31 })
  return dateEnd === null ? nextYear : earlier(dateOf(dateEnd), nextYear)
}

/**
 * The days from the start to the horizon, at least the start itself. A month is added to the day before, not to the start:
 * from the 31st it goes to the 30th, later to the 28th, and stays there.
 */
export const occurrences = (interval: Interval, span: Span): readonly string[] => {
  const start = dateOf(span.dateStart)
  const last = horizon(span)
  const days = [start.toString()]
  if (interval === 'once') return days
  for (let day = start.add(interval); days.length < most && Temporal.PlainDate.compare(day, last) <= 0; day = day.add(interval)) days.push(day.toString())
  return days
}
