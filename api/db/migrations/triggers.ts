// A trigger runs as whoever made it, and fails every insert once that account is gone.
import sql, { raw } from 'sql-template-tag'
import type { Db } from '../db.ts'
import { replaceTrigger, triggerName } from './001/trigger.ts'
import { sumTriggers } from './003/triggers.ts'
import { countTriggers } from './004/count-triggers.ts'

/** By name, how each is put in the place of its like in one statement: no change meets a table without it. */
const replacements: ReadonlyMap<string, string> = new Map([
  [triggerName, replaceTrigger],
  ...[...sumTriggers, ...countTriggers].map(({ name, definition }) => [name, `CREATE OR REPLACE ${definition}`] as const),
])

/** Makes anew the triggers that belong to another account than ours; whether there were any. */
export const ownTriggers = async (db: Db): Promise<boolean> => {
  const foreign = await db.all<{ name: string }>(
    sql`SELECT trigger_name AS name FROM information_schema.triggers WHERE trigger_schema = DATABASE() AND definer <> CURRENT_USER()`,
  )
  const ours = foreign.flatMap(({ name }) => replacements.get(name) ?? [])
  for (const statement of ours) await db.run(raw(statement))
  return ours.length > 0
}
