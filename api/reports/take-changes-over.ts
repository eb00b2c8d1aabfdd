// Adds what the triggers have noted down to the sums of months. Reports are right without it; with it they stay quick.
import type { Db } from '../db/db.ts'
import { sums, taken } from '../db/migrations/003/sums.ts'
import { type Notes, takeOver } from '../db/noted-changes.ts'

const changes: Notes = { table: 'finia_changes', added: (from) => sums.map((one) => taken(one, from)) }

export const takeChangesOver = (db: Db): Promise<void> => takeOver(db, changes)
