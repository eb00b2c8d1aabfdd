// Puts a price of 0 where a month ended without one: a reminder for the owner to enter it.
import type { Db } from '../db/db.ts'
import { retriedTransaction } from '../db/retry.ts'
import { insertPrices, listPricedMonthEnds } from './history.ts'
import { type Holding, heldMonthEnds, lastMonthEnd } from './month-ends.ts'
import { lockShares } from './shares.ts'
import { listMovements } from './trades.ts'

const keyOf = ({ share, day }: Holding) => `${share} ${day}`

export const fillMonthEnds = (db: Db, today: string): Promise<{ readonly created: number; readonly skipped: number }> =>
  retriedTransaction(db, async (inside) => {
    await lockShares(inside)
    const wanted = heldMonthEnds(await listMovements(inside), lastMonthEnd(today))
    const priced = new Set((await listPricedMonthEnds(inside)).map(keyOf))
    const missing = wanted.filter((holding) => !priced.has(keyOf(holding)))
    await insertPrices(
      inside,
      missing.map(({ share, day }) => ({ share, date: day, amount: '0' })),
    )
    return { created: missing.length, skipped: wanted.length - missing.length }
  })
