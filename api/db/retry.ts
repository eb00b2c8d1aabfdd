// Two transactions that wait for each other: the server ends one of them, and whoever was ended begins again.
import type { Db } from './db.ts'
import { DatabaseError } from './errors.ts'

const attempts = 5
const deadlock = 1213

/** A transaction whose work may be done again from its beginning. */
export const retriedTransaction = async <T>(db: Db, work: (db: Db) => Promise<T>): Promise<T> => {
  for (let attempt = 1; ; attempt++) {
    try {
      return await db.transaction(work)
    } catch (error) {
      if (attempt === attempts || !(error instanceof DatabaseError) || error.errno !== deadlock) throw error
    }
  }
}
