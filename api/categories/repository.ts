import sql, { join } from 'sql-template-tag'
import { isBasicText } from '../db/basic-text.ts'
import type { Db } from '../db/db.ts'

export interface CategoryRow {
  readonly id: number
  readonly name: string
  readonly parent_id: number | null
}
export interface NamedCategoryRow {
  readonly id: number
  readonly name: string
  readonly fullname: string
}

export const countCategories = async (db: Db): Promise<number> =>
  (await db.first<{ total: number }>(sql`SELECT COUNT(*) AS total FROM tbl_category`))?.total ?? 0

export const countNamedCategories = async (db: Db): Promise<number> =>
  (await db.first<{ total: number }>(sql`SELECT COUNT(*) AS total FROM view_categoryFullname`))?.total ?? 0

export const listNamedCategories = (db: Db, limit: number, offset: number): Promise<readonly NamedCategoryRow[]> =>
  db.all(sql`SELECT id, name, fullname FROM view_categoryFullname ORDER BY fullname, id LIMIT ${limit} OFFSET ${offset}`)

export const listAllNamedCategories = (db: Db): Promise<readonly NamedCategoryRow[]> =>
  db.all(sql`SELECT id, name, fullname FROM view_categoryFullname ORDER BY fullname, id`)

export const listTree = (db: Db, limit: number, offset: number): Promise<readonly CategoryRow[]> =>
  db.all(sql`SELECT id, name, category AS parent_id FROM tbl_category ORDER BY name, id LIMIT ${limit} OFFSET ${offset}`)

export const listWholeTree = (db: Db): Promise<readonly CategoryRow[]> =>
  db.all(sql`SELECT id, name, category AS parent_id FROM tbl_category ORDER BY name, id`)

/** Locked until the transaction ends: two moves at once could close a ring that neither closes alone. */
export const lockTree = (db: Db): Promise<readonly CategoryRow[]> =>
  db.all(sql`SELECT id, name, category AS parent_id FROM tbl_category ORDER BY id FOR UPDATE`)

export const findCategory = (db: Db, id: number): Promise<CategoryRow | undefined> =>
  db.first(sql`SELECT id, name, category AS parent_id FROM tbl_category WHERE id = ${id}`)

export const findCategoryByName = async (db: Db, name: string): Promise<CategoryRow | undefined> =>
  isBasicText(name) ? db.first(sql`SELECT id, name, category AS parent_id FROM tbl_category WHERE name = ${name}`) : undefined

export interface MatchRow {
  /** In the list, from 1 on. */
  readonly place: number
  /** The first place of the list with an equal name. */
  readonly first_place: number
  /** The category of this name. */
  readonly id: number | null
  readonly parent_id: number | null
}

/** Which of the names are equal and which there are already: the database decides, whose ä equals a. */
export const matchNames = (db: Db, names: readonly string[]): Promise<readonly MatchRow[]> =>
  db.all(sql`
    SELECT w.place, MIN(w.place) OVER (PARTITION BY w.name) AS first_place, c.id, c.category AS parent_id
    FROM JSON_TABLE(${JSON.stringify(names)}, '$[*]' COLUMNS (
      place FOR ORDINALITY, name VARCHAR(128) CHARACTER SET utf8mb3 COLLATE utf8mb3_general_ci PATH '$')) w
    LEFT JOIN tbl_category c ON c.name = w.name ORDER BY w.place`)

/** Parents before their children. */
export const insertCategories = (db: Db, categories: readonly CategoryRow[]) =>
  db.run(
    sql`INSERT INTO tbl_category (id, dateImport, name, category) VALUES ${join(
      categories.map(({ id, name, parent_id }) => sql`(${id}, NOW(), ${name}, ${parent_id})`),
      ', ',
    )}`,
  )

/** Not by AUTO_INCREMENT: programs beside FiniA rely on the highest id plus one. */
export const insertCategory = (db: Db, name: string, parent: number | null) =>
  db.run(sql`
    INSERT INTO tbl_category (id, dateImport, name, category)
    SELECT COALESCE(MAX(id), 0) + 1, NOW(), ${name}, ${parent} FROM tbl_category`)

export const updateCategory = (db: Db, { id, name, parent_id }: CategoryRow) =>
  db.run(sql`UPDATE tbl_category SET name = ${name}, category = ${parent_id} WHERE id = ${id}`)

export const moveChildren = (db: Db, from: number, to: number | null) => db.run(sql`UPDATE tbl_category SET category = ${to} WHERE category = ${from}`)

export const deleteCategory = (db: Db, id: number) => db.run(sql`DELETE FROM tbl_category WHERE id = ${id}`)
