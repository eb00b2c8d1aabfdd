// Gives entries without a category the one of the first rule that they meet.
import type { Db } from '../db/db.ts'
import type { Clock } from '../deps.ts'
import { deciderOf } from './decide.ts'
import { type Pace, paceOf, TooSlow } from './paced.ts'
import { keepCategories, listCandidates, listRules, setCategories } from './repository.ts'
import { inOrderOfTrial, type Rule } from './rule.ts'

export interface Categorized {
  readonly rules: number
  /** Entries that had no category. */
  readonly checked: number
  readonly categorized: number
}

const pageSize = 5000
const patience = 20_000

type Decisions = Map<Rule, number[]>

/** All entries of the database, or why nothing was changed. To be called in a transaction. */
export const categorize = async (db: Db, clock: Pick<Clock, 'now'>): Promise<Categorized | { readonly problem: string }> => {
  const rules = inOrderOfTrial((await listRules(db)).map(({ rule }) => rule).filter(({ enabled }) => enabled))
  if (rules.length === 0) return { rules: 0, checked: 0, categorized: 0 }
  try {
    const { checked, decisions } = await decideAll(db, rules, paceOf(clock, patience))
    const problem = await missingCategory(db, [...decisions.keys()])
    return problem === undefined ? { rules: rules.length, checked, categorized: await write(db, decisions) } : { problem }
  } catch (error) {
    if (error instanceof TooSlow) return { problem: error.message }
    throw error
  }
}

const decideAll = async (db: Db, rules: readonly Rule[], pace: Pace): Promise<{ readonly checked: number; readonly decisions: Decisions }> => {
  const decide = deciderOf(rules)
  const decisions: Decisions = new Map()
  let [checked, last] = [0, 0]
  for (;;) {
    const candidates = await listCandidates(db, last, pageSize)
    for (const { id, rule } of await pace.run(decide(candidates))) {
      const ids = decisions.get(rule)
      if (ids) ids.push(id)
      else decisions.set(rule, [id])
    }
    checked += candidates.length
    last = candidates.reduce((most, { id }) => Math.max(most, id), last)
    if (candidates.length < pageSize) return { checked, decisions }
  }
}

// A rule whose category is 0 decides that there is none.
const missingCategory = async (db: Db, rules: readonly Rule[]): Promise<string | undefined> => {
  const wanted = rules.filter(({ category }) => category !== 0)
  const present = await keepCategories(db, [...new Set(wanted.map(({ category }) => category))])
  const broken = wanted.find(({ category }) => !present.has(category))
  return broken && `the rule '${broken.name}' gives the category ${broken.category}, which does not exist; choose another one`
}

/** In the order of the entries: two that do this at once wait for each other instead of blocking each other. */
const write = async (db: Db, decisions: Decisions): Promise<number> => {
  const pairs = [...decisions].flatMap(([{ category }, ids]) => (category === 0 ? [] : ids.map((id) => ({ id, category })))).toSorted((a, b) => a.id - b.id)
  let categorized = 0
  for (let start = 0; start < pairs.length; start += pageSize) {
    const entries = Map.groupBy(pairs.slice(start, start + pageSize), ({ category }) => category)
    categorized += await setCategories(db, new Map([...entries].map(([category, some]) => [category, some.map(({ id }) => id)])))
  }
  return categorized
}
