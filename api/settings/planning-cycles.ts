import sql, { join } from 'sql-template-tag'
import type { Db } from '../db/db.ts'
import { Conflict, HttpError } from '../errors.ts'
import type { SeedData } from '../setup/seed-data.ts'
import { explained } from './explained.ts'

export interface NewCycle {
  readonly cycle: string
  readonly periodValue: string
  readonly periodUnit: string
}
export interface PlanningCycle extends NewCycle {
  readonly id: number
  readonly dateImport: string | null
}

const notFound = (id: number) => new HttpError(404, `Planning cycle with ID ${id} not found`)
const taken = (cycle: string) => ({ duplicate: new Conflict(`Planning cycle '${cycle}' already exists`) })

export const listPlanningCycles = (db: Db): Promise<readonly PlanningCycle[]> =>
  db.all(sql`SELECT id, cycle, periodValue, periodUnit, dateImport FROM tbl_planningCycle ORDER BY id`)

export const createPlanningCycle = async (db: Db, { cycle, periodValue, periodUnit }: NewCycle): Promise<number> => {
  const insert = sql`INSERT INTO tbl_planningCycle (dateImport, cycle, periodValue, periodUnit) VALUES (NOW(), ${cycle}, ${periodValue}, ${periodUnit})`
  return (await explained(db.run(insert), taken(cycle))).insertId
}

export const changePlanningCycle = async (db: Db, id: number, { cycle, periodValue, periodUnit }: NewCycle): Promise<void> => {
  const update = sql`UPDATE tbl_planningCycle SET cycle = ${cycle}, periodValue = ${periodValue}, periodUnit = ${periodUnit} WHERE id = ${id}`
  if ((await explained(db.run(update), taken(cycle))).affectedRows === 0) throw notFound(id)
}

export const deletePlanningCycle = async (db: Db, id: number): Promise<void> => {
  const referenced = new Conflict('Cannot delete planning cycle: still in use by existing planning entries')
  const { affectedRows } = await explained(db.run(sql`DELETE FROM tbl_planningCycle WHERE id = ${id}`), { referenced })
  if (affectedRows === 0) throw notFound(id)
}

/** A cycle whose name exists stays as it is. */
export const importPlanningCycles = async (db: Db, cycles: SeedData['cycles']): Promise<void> => {
  if (cycles.length === 0) return
  const rows = cycles.map(({ cycle, periodValue, periodUnit }) => sql`(NOW(), ${cycle}, ${periodValue}, ${periodUnit})`)
  // not by INSERT IGNORE, which would store a period that is too large as the largest there is
  await db.run(sql`INSERT INTO tbl_planningCycle (dateImport, cycle, periodValue, periodUnit) VALUES ${join(rows, ', ')} ON DUPLICATE KEY UPDATE id = id`)
}
