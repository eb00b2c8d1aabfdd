// Which rule a transaction meets.
import { type Facts, type Subject, subjectOf, type Test, testOf } from './condition.ts'
import { holdsLogic, type Logic, readLogic, settledLogic } from './logic.ts'
import { appliesTo, type Rule } from './rule.ts'

type Judged = Pick<Rule, 'conditions' | 'conditionLogic'>

/** A rule that is ready to be asked many times. */
interface Judge {
  readonly tests: readonly Test[]
  /** Those of the tests that count (of the same id the last one): first what costs nothing, then what may take long. */
  readonly comparisons: readonly Test[]
  readonly searches: readonly Test[]
  readonly logic: Logic | undefined
  /** Why its logic cannot be read; then any condition will do. */
  readonly problem: string | undefined
}

export interface Verdict {
  readonly matches: boolean
  readonly results: ReadonlyMap<number, boolean>
  /** What its logic says; null when it has none, a sentence when it cannot be read. */
  readonly logic: boolean | string | null
}

const judgeOf = ({ conditions, conditionLogic }: Judged): Judge => {
  const logic = readLogic(conditionLogic ?? '')
  const tests = conditions.map(testOf)
  const counting = [...new Map(tests.map((test) => [test.id, test])).values()]
  const sorted = { tests, comparisons: counting.filter(({ isSearch }) => !isSearch), searches: counting.filter(({ isSearch }) => isSearch) }
  return logic && 'problem' in logic ? { ...sorted, logic: undefined, problem: logic.problem } : { ...sorted, logic, problem: undefined }
}

function* resultSteps(tests: readonly Test[], facts: Subject): Generator<void, Map<number, boolean>> {
  const results = new Map<number, boolean>()
  for (const { id, isSearch, holds } of tests) {
    if (isSearch) yield
    results.set(id, holds(facts))
  }
  return results
}

const isMet = ({ tests, logic }: Judge, results: ReadonlyMap<number, boolean>): boolean => {
  if (tests.length === 0) return false
  return logic ? holdsLogic(logic, results) : [...results.values()].includes(true)
}

/** What is known so far decides it, or it does not yet. */
const settled = ({ logic, searches }: Judge, results: ReadonlyMap<number, boolean>): boolean | undefined => {
  if (!logic) return [...results.values()].includes(true) || undefined
  return settledLogic(logic, (id) => results.get(id) ?? (searches.some((search) => search.id === id) ? undefined : false))
}

/** As isMet() says of all results, but searches are made only as long as nothing else decides. */
function* searchingSteps(judge: Judge, facts: Subject): Generator<void, boolean> {
  const results = new Map(judge.comparisons.map(({ id, holds }) => [id, holds(facts)]))
  for (const { id, holds } of judge.searches) {
    const known = settled(judge, results)
    if (known !== undefined) return known
    yield
    results.set(id, holds(facts))
  }
  return isMet(judge, results)
}

/** Of a rule without searches: hundreds of thousands are asked in one import, and most end at the first comparison. */
const isMetAtOnce = ({ logic, comparisons }: Judge, facts: Subject): boolean => {
  if (comparisons.length === 0) return false
  if (!logic) return comparisons.some(({ holds }) => holds(facts))
  return settledLogic(logic, (id) => comparisons.find((test) => test.id === id)?.holds(facts) ?? false) ?? false
}

/** What a rule says of one transaction. Pauses before what may take long, as the others here do. */
export function* verdictSteps(rule: Judged, facts: Facts): Generator<void, Verdict> {
  const judge = judgeOf(rule)
  const results = yield* resultSteps(judge.tests, subjectOf(facts))
  const matches = isMet(judge, results)
  const logic = judge.problem === undefined ? (judge.logic ? matches : null) : `The logic cannot be read, so any condition will do: ${judge.problem}`
  return { matches, results, logic }
}

export interface Candidate extends Facts {
  /** Of the entry that has no category yet. */
  readonly id: number
  readonly account: number
}

/** The rules in the order in which they are tried, ready for many pages of candidates. */
export const deciderOf = (rules: readonly Rule[]) => {
  const judged = rules.map((rule) => ({ rule, judge: judgeOf(rule) }))
  /** The first rule that each candidate meets. */
  return function* decisionSteps(candidates: readonly Candidate[]): Generator<void, readonly { readonly id: number; readonly rule: Rule }[]> {
    const decided: { id: number; rule: Rule }[] = []
    for (const candidate of candidates) {
      yield
      const subject = subjectOf(candidate)
      for (const { rule, judge } of judged) {
        if (!appliesTo(rule, candidate.account)) continue
        if (!(judge.searches.length === 0 ? isMetAtOnce(judge, subject) : yield* searchingSteps(judge, subject))) continue
        decided.push({ id: candidate.id, rule })
        break
      }
    }
    return decided
  }
}
