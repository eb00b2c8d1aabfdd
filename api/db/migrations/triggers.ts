// A trigger runs as whoever made it, and fails every insert once that account is gone.
import sql, { raw } from 'sql-template-tag'
import type { Db } from '../db.ts'
import { replaceTrigger, triggerName } from './001/trigger.ts'

/** Makes the trigger anew when it belongs to another account than ours; whether it did. */
export const ownTriggers = async (db: Db): Promise<boolean> => {
  const foreign = await db.first(
    sql`SELECT 1 FROM information_schema.triggers WHERE trigger_schema = DATABASE() AND trigger_name = ${triggerName} AND definer <> CURRENT_USER()`,
  )
  if (foreign) await db.run(raw(replaceTrigger))
  return foreign !== undefined
}
