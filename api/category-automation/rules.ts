// What the API does with rules: each function is one request.
import type { Db } from '../db/db.ts'
import { retriedTransaction } from '../db/retry.ts'
import type { Deps } from '../deps.ts'
import { BadRequest, HttpError } from '../errors.ts'
import { deleteRule, insertRule, listCategoryNames, listRules, lockRules, updateRule } from './repository.ts'
import { appliesTo, byPriority, problemOfNew, type Rule, type RuleRequest, ruleOf } from './rule.ts'
import { localTimestamp } from './timestamp.ts'
import { uuidOf } from './uuid.ts'

type Making = Pick<Deps, 'clock' | 'random'>
export interface Written {
  readonly rule: Rule
  readonly created: boolean
}

const notFound = () => new HttpError(404, 'Rule not found.')

const withNames = async (db: Db, rules: readonly Rule[]) => {
  const names = await listCategoryNames(db, [...new Set(rules.map(({ category }) => category))])
  return rules.map((rule) => ({ ...rule, category_name: names.get(rule.category) ?? null }))
}

export const chosenRules = async (db: Db, { account, enabled_only }: { readonly account?: number; readonly enabled_only: boolean }) => {
  const rules = (await listRules(db)).map(({ rule }) => rule)
  const chosen = rules.filter((rule) => (rule.enabled || !enabled_only) && (account === undefined || appliesTo(rule, account)))
  return withNames(db, byPriority(chosen))
}

export const namedRule = async (db: Db, id: string) => {
  const found = (await listRules(db)).find(({ rule }) => rule.id === id)
  const [named] = found ? await withNames(db, [found.rule]) : []
  if (!named) throw notFound()
  return named
}

export const createRule = async (db: Db, { clock, random }: Making, request: RuleRequest): Promise<Written> => {
  const problem = problemOfNew(request)
  if (problem !== undefined) throw new BadRequest(problem)
  const now = localTimestamp(clock.now())
  const rule = ruleOf(request, request.id || uuidOf(random.bytes(16)), { dateCreated: now, dateModified: now })
  await insertRule(db, rule)
  return { rule, created: true }
}

/** Replaces the rule. One that is missing is made when its id says that the page has made it up (`new-…`). */
export const replaceRule = (db: Db, making: Making, id: string, request: RuleRequest): Promise<Written> =>
  retriedTransaction(db, async (inside) => {
    const found = (await lockRules(inside)).find(({ rule }) => rule.id === id)
    if (!found && id.startsWith('new-')) return createRule(inside, making, request)
    if (!found) throw notFound()
    const now = localTimestamp(making.clock.now())
    const rule = ruleOf(request, id, { dateCreated: found.rule.dateCreated || now, dateModified: now })
    await updateRule(inside, { setting: found.setting, rule })
    return { rule, created: false }
  })

export const removeRule = (db: Db, id: string): Promise<void> =>
  retriedTransaction(db, async (inside) => {
    const found = (await lockRules(inside)).find(({ rule }) => rule.id === id)
    if (!found) throw notFound()
    await deleteRule(inside, found.setting)
  })
