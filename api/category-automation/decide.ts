// Which rule a transaction meets.
import { type Facts, subjectOf, type Test, testOf } from './condition.ts'
import { holdsLogic, type Logic, readLogic } from './logic.ts'
import { appliesTo, type Rule } from './rule.ts'

type Judged = Pick<Rule, 'conditions' | 'conditionLogic'>

/** A rule that is ready to be asked many times. */
interface Judge {
  readonly tests: readonly Test[]
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
  return logic && 'problem' in logic ? { tests, logic: undefined, problem: logic.problem } : { tests, logic, problem: undefined }
}

function* resultSteps(tests: readonly Test[], facts: ReturnType<typeof subjectOf>): Generator<void, Map<number, boolean>> {
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
        if (!isMet(judge, yield* resultSteps(judge.tests, subject))) continue
        decided.push({ id: candidate.id, rule })
        break
      }
    }
    return decided
  }
}
