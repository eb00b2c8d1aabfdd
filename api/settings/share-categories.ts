// Which categories mean buying, selling and dividends: rows of tbl_setting, `{"category_id": …, "type": …}` under the key share_tx_category.
import sql from 'sql-template-tag'
import { Type } from 'typebox'
import type { Db } from '../db/db.ts'
import { HttpError } from '../errors.ts'
import { read } from '../validation/read.ts'

const Stored = Type.Object({ category_id: Type.Integer(), type: Type.String() })
export interface ShareCategory {
  readonly category_id: number
  readonly type: string
}

/** Oldest first; what something else has left there is passed over. */
export const listShareCategories = async (db: Db): Promise<readonly ShareCategory[]> => {
  const rows = await db.all<{ value: string }>(sql`SELECT value FROM tbl_setting WHERE \`key\` = 'share_tx_category' ORDER BY id`)
  return rows.flatMap(({ value }) => {
    const reading = read(Stored, JSON.parse(value))
    return 'value' in reading ? [reading.value] : []
  })
}

/** As FiniA writes it: there it is found again by its text. */
const textOf = ({ category_id, type }: ShareCategory) => `{"category_id": ${category_id}, "type": "${type}"}`

export const addShareCategory = (db: Db, category: ShareCategory) =>
  db.run(sql`INSERT INTO tbl_setting (user_id, \`key\`, value) VALUES (NULL, 'share_tx_category', ${textOf(category)})`)

/** All rows that say it, however they are written. */
export const removeShareCategory = async (db: Db, { category_id, type }: ShareCategory): Promise<void> => {
  const { affectedRows } = await db.run(sql`
    DELETE FROM tbl_setting WHERE \`key\` = 'share_tx_category'
      AND JSON_VALUE(value, '$.category_id') = ${String(category_id)} AND JSON_VALUE(value, '$.type') = ${type}`)
  if (affectedRows === 0) throw new HttpError(404, 'Setting not found')
}
