import sql, { join } from 'sql-template-tag'
import type { Db } from '../db/db.ts'
import type { Candidate } from './decide.ts'
import { type Rule, readRule } from './rule.ts'

/** A rule and the setting that holds it. */
export interface StoredRule {
  readonly setting: number
  readonly rule: Rule
}

interface SettingRow {
  readonly id: number
  readonly value: string
}

const ofRow = ({ id, value }: SettingRow): readonly StoredRule[] => {
  const rule = readRule(value)
  return rule ? [{ setting: id, rule }] : []
}

/** All of them, in the order in which they were made. */
export const listRules = async (db: Db): Promise<readonly StoredRule[]> =>
  (await db.all<SettingRow>(sql`SELECT id, value FROM tbl_setting WHERE \`key\` = 'category_automation_rule' ORDER BY id`)).flatMap(ofRow)

/** Locked, so that no two requests change the same one. */
export const lockRules = async (db: Db): Promise<readonly StoredRule[]> =>
  (await db.all<SettingRow>(sql`SELECT id, value FROM tbl_setting WHERE \`key\` = 'category_automation_rule' ORDER BY id FOR UPDATE`)).flatMap(ofRow)

export const insertRule = (db: Db, rule: Rule) =>
  db.run(sql`INSERT INTO tbl_setting (user_id, \`key\`, value) VALUES (NULL, 'category_automation_rule', ${JSON.stringify(rule)})`)

export const updateRule = (db: Db, { setting, rule }: StoredRule) => db.run(sql`UPDATE tbl_setting SET value = ${JSON.stringify(rule)} WHERE id = ${setting}`)

export const deleteRule = (db: Db, setting: number) => db.run(sql`DELETE FROM tbl_setting WHERE id = ${setting}`)

export const listCategoryNames = async (db: Db, ids: readonly number[]): Promise<ReadonlyMap<number, string>> => {
  if (ids.length === 0) return new Map()
  const rows = await db.all<{ id: number; name: string }>(sql`SELECT id, name FROM tbl_category WHERE id IN (${join(ids)})`)
  return new Map(rows.map(({ id, name }) => [id, name]))
}

/** Those that exist; none of them is deleted before the transaction ends. */
export const keepCategories = async (db: Db, ids: readonly number[]): Promise<ReadonlySet<number>> => {
  if (ids.length === 0) return new Set()
  const rows = await db.all<{ id: number }>(sql`SELECT id FROM tbl_category WHERE id IN (${join(ids)}) ORDER BY id LOCK IN SHARE MODE`)
  return new Set(rows.map(({ id }) => id))
}

/** Entries without a category, after one of them: `category` and `id` are one index. */
export const listCandidates = (db: Db, after: number, limit: number): Promise<readonly Candidate[]> =>
  db.all(sql`
    SELECT e.id, t.account, t.description, t.recipientApplicant, t.iban, t.amount
    FROM (SELECT id, transaction FROM tbl_accountingEntry WHERE category IS NULL AND id > ${after} ORDER BY id LIMIT ${limit}) e
    JOIN tbl_transaction t ON t.id = e.transaction`)

/** One statement for many categories. What got a category meanwhile keeps it. Answers how many got one. */
export const setCategories = async (db: Db, entries: ReadonlyMap<number, readonly number[]>): Promise<number> => {
  if (entries.size === 0) return 0
  const cases = [...entries].map(([category, ids]) => sql`WHEN id IN (${join(ids)}) THEN ${category}`)
  const { affectedRows } = await db.run(
    sql`UPDATE tbl_accountingEntry SET category = CASE ${join(cases, ' ')} END WHERE id IN (${join([...entries.values()].flat())}) AND category IS NULL`,
  )
  return affectedRows
}
