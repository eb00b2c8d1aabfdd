// What a rule is, and how one that is stored is read.
import { type Static, Type } from 'typebox'
import { read } from '../validation/read.ts'
import { Nullable, OptionalNull } from '../validation/types.ts'

export const Condition = Type.Object({
  id: Type.Integer(),
  type: Type.String(),
  columnName: Type.String(),
  value: OptionalNull(Type.String()),
  caseSensitive: Type.Boolean({ default: false }),
  minAmount: OptionalNull(Type.Number()),
  maxAmount: OptionalNull(Type.Number()),
})
export type Condition = Static<typeof Condition>

/** What a client says of a rule. */
export const RuleRequest = Type.Object({
  // a longer one could not be asked for: it would not fit into an address (maxParamLength)
  id: OptionalNull(Type.String({ maxLength: 500 })),
  name: Type.String(),
  description: OptionalNull(Type.String()),
  conditions: Type.Array(Condition),
  conditionLogic: OptionalNull(Type.String()),
  category: Type.Integer(),
  accounts: Type.Array(Type.Integer(), { default: [] }),
  priority: Type.Integer({ default: 5 }),
  enabled: Type.Boolean({ default: true }),
})
export type RuleRequest = Static<typeof RuleRequest>

/** A rule as it is stored and answered. */
export const Rule = Type.Object({
  id: Type.String(),
  name: Type.String(),
  description: Nullable(Type.String()),
  conditions: Type.Array(Condition),
  conditionLogic: Nullable(Type.String()),
  category: Type.Integer(),
  accounts: Type.Array(Type.Integer()),
  priority: Type.Integer(),
  enabled: Type.Boolean(),
  dateCreated: Type.String(),
  dateModified: Type.String(),
})
export type Rule = Static<typeof Rule>

const StoredRule = Type.Object({
  id: Type.String(),
  name: Type.String({ default: '' }),
  description: OptionalNull(Type.String()),
  conditions: Type.Array(Condition, { default: [] }),
  conditionLogic: OptionalNull(Type.String()),
  category: Type.Integer({ default: 0 }),
  accounts: Type.Array(Type.Integer(), { default: [] }),
  priority: Type.Integer({ default: 5 }),
  enabled: Type.Boolean({ default: true }),
  dateCreated: Type.String({ default: '' }),
  dateModified: Type.String({ default: '' }),
})

/** The rule that a setting holds; undefined when it holds none. What is missing or null has its default. */
export const readRule = (text: string): Rule | undefined => {
  const stored: unknown = JSON.parse(text)
  if (typeof stored !== 'object' || stored === null) return undefined
  const reading = read(StoredRule, Object.fromEntries(Object.entries(stored).filter(([, value]) => value !== null)))
  return 'value' in reading ? reading.value : undefined
}

/** The key order of the original. */
export const ruleOf = (request: RuleRequest, id: string, dates: Pick<Rule, 'dateCreated' | 'dateModified'>): Rule => ({
  id,
  name: request.name,
  description: request.description,
  conditions: request.conditions,
  conditionLogic: request.conditionLogic,
  category: request.category,
  accounts: request.accounts,
  priority: request.priority,
  enabled: request.enabled,
  ...dates,
})

/** Why a new rule cannot be made of this. */
export const problemOfNew = ({ name, conditions, category }: RuleRequest): string | undefined => {
  if (name === '') return 'Rule name is required.'
  if (conditions.length === 0) return 'At least one condition is required.'
  if (category === 0) return 'Category is required.'
  return new Set(conditions.map(({ id }) => id)).size < conditions.length ? 'Condition IDs must be unique.' : undefined
}

/** As lists show them. toSorted is stable: of the same priority the oldest comes first. */
export const byPriority = (rules: readonly Rule[]): readonly Rule[] => rules.toSorted((a, b) => b.priority - a.priority)

/** As they are tried: of the same priority the newest comes first. */
export const inOrderOfTrial = (rules: readonly Rule[]): readonly Rule[] =>
  byPriority(rules.toReversed().toSorted((a, b) => (a.dateCreated < b.dateCreated ? 1 : a.dateCreated > b.dateCreated ? -1 : 0)))

export const appliesTo = ({ accounts }: Pick<Rule, 'accounts'>, account: number): boolean => accounts.length === 0 || accounts.includes(account)
