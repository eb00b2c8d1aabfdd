import sql, { join } from 'sql-template-tag'
import type { Static } from 'typebox'
import type { Db } from '../db/db.ts'
import type { Cycle } from './interval.ts'
import type { PlanningBody } from './schema.ts'

export type NewPlanning = Static<typeof PlanningBody>

export interface PlanningRow {
  readonly id: number
  readonly dateImport: string | null
  readonly description: string | null
  readonly amount: string
  readonly dateStart: string | null
  readonly dateEnd: string | null
  readonly account_id: number
  readonly account_name: string
  readonly category_id: number
  readonly category_name: string | null
  readonly cycle_id: number
  readonly cycle_name: string
}
export interface EntryRow {
  readonly id: number
  readonly dateImport: string | null
  readonly dateValue: string | null
  readonly planning_id: number
}
/** What the days of a planning follow from. */
export interface ScheduleRow extends Cycle {
  /** Null when the row holds a zero date. */
  readonly dateStart: string | null
  readonly dateEnd: string | null
}

export const listCycles = (db: Db): Promise<readonly { id: number; cycle: string }[]> => db.all(sql`SELECT id, cycle FROM tbl_planningCycle ORDER BY id`)

const plannings = sql`
  SELECT p.id, p.dateImport, p.description, p.amount, p.dateStart, p.dateEnd, p.account AS account_id, a.name AS account_name,
    p.category AS category_id, v.fullname AS category_name, p.cycle AS cycle_id, c.cycle AS cycle_name
  FROM tbl_planning p JOIN tbl_account a ON a.id = p.account JOIN tbl_planningCycle c ON c.id = p.cycle
    LEFT JOIN view_categoryFullname v ON v.id = p.category`

export const countPlannings = async (db: Db): Promise<number> =>
  (await db.first<{ total: number }>(sql`SELECT COUNT(*) AS total FROM tbl_planning`))?.total ?? 0

export const listPlannings = (db: Db, limit: number, offset: number): Promise<readonly PlanningRow[]> =>
  db.all(sql`${plannings} ORDER BY p.dateStart DESC, p.id DESC LIMIT ${limit} OFFSET ${offset}`)

export const findPlanning = (db: Db, id: number): Promise<PlanningRow | undefined> => db.first(sql`${plannings} WHERE p.id = ${id}`)

export const planningExists = async (db: Db, id: number): Promise<boolean> => (await db.first(sql`SELECT id FROM tbl_planning WHERE id = ${id}`)) !== undefined

/** Locked until the transaction ends: its entries are replaced by one request at a time. */
export const lockPlanning = async (db: Db, id: number): Promise<boolean> =>
  (await db.first(sql`SELECT id FROM tbl_planning WHERE id = ${id} FOR UPDATE`)) !== undefined

export const findSchedule = (db: Db, id: number): Promise<ScheduleRow | undefined> =>
  db.first(sql`
    SELECT p.dateStart, p.dateEnd, c.cycle, c.periodValue, c.periodUnit
    FROM tbl_planning p JOIN tbl_planningCycle c ON c.id = p.cycle WHERE p.id = ${id}`)

export const insertPlanning = async (db: Db, { description, amount, dateStart, dateEnd, account_id, category_id, cycle_id }: NewPlanning): Promise<number> =>
  (
    await db.run(sql`
      INSERT INTO tbl_planning (dateImport, description, amount, dateStart, dateEnd, account, category, cycle)
      VALUES (NOW(), ${description}, ${amount}, ${dateStart}, ${dateEnd}, ${account_id}, ${category_id}, ${cycle_id})`)
  ).insertId

export const updatePlanning = async (
  db: Db,
  id: number,
  { description, amount, dateStart, dateEnd, account_id, category_id, cycle_id }: NewPlanning,
): Promise<boolean> =>
  (
    await db.run(sql`
      UPDATE tbl_planning SET description = ${description}, amount = ${amount}, dateStart = ${dateStart}, dateEnd = ${dateEnd},
        account = ${account_id}, category = ${category_id}, cycle = ${cycle_id} WHERE id = ${id}`)
  ).affectedRows > 0

export const deletePlanning = (db: Db, id: number) => db.run(sql`DELETE FROM tbl_planning WHERE id = ${id}`)

export const listEntries = (db: Db, planning: number): Promise<readonly EntryRow[]> =>
  db.all(sql`SELECT id, dateImport, dateValue, planning AS planning_id FROM tbl_planningEntry WHERE planning = ${planning} ORDER BY dateValue, id`)

export const insertEntries = (db: Db, planning: number, days: readonly string[]) =>
  db.run(
    sql`INSERT INTO tbl_planningEntry (dateImport, dateValue, planning) VALUES ${join(
      days.map((day) => sql`(NOW(), ${day}, ${planning})`),
      ', ',
    )}`,
  )

export const deleteEntry = async (db: Db, planning: number, entry: number): Promise<boolean> =>
  (await db.run(sql`DELETE FROM tbl_planningEntry WHERE id = ${entry} AND planning = ${planning}`)).affectedRows > 0

const idsOfEntries = async (db: Db, planning: number): Promise<readonly number[]> =>
  (await db.all<{ id: number }>(sql`SELECT id FROM tbl_planningEntry WHERE planning = ${planning}`)).map(({ id }) => id)

/** By their ids: a deletion by planning would lock the gap in which the next planning's entries are about to be inserted. */
export const deleteEntries = async (db: Db, planning: number): Promise<void> => {
  const ids = await idsOfEntries(db, planning)
  if (ids.length > 0) await db.run(sql`DELETE FROM tbl_planningEntry WHERE id IN (${join(ids)})`)
}
