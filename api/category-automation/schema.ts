import { Type } from 'typebox'
import { Nullable, OptionalNull } from '../validation/types.ts'
import { Rule, RuleRequest } from './rule.ts'

const NamedRule = Type.Object({ ...Rule.properties, category_name: Nullable(Type.String()) })

export const ById = Type.Object({ rule_id: Type.String() })
export const RuleQuery = Type.Object({ account: Type.Optional(Type.Integer()), enabled_only: Type.Boolean({ default: true }) })
export const RuleAnswer = NamedRule
export const RuleList = Type.Object({ rules: Type.Array(NamedRule), total: Type.Integer() })
export const Written = Type.Object({ id: Type.String(), message: Type.String(), rule: Rule })
export const Deleted = Type.Object({ message: Type.String(), id: Type.String() })

export const TestBody = Type.Object({
  rule: RuleRequest,
  transaction: Type.Object({
    description: Type.String(),
    recipientApplicant: OptionalNull(Type.String()),
    // FiniA's own page sends a number.
    amount: Type.Unsafe<string | number | null>({ type: ['string', 'number', 'null'], default: null }),
    iban: OptionalNull(Type.String()),
  }),
})

export const TestAnswer = Type.Object({
  matches: Type.Boolean(),
  message: Type.String(),
  conditionResults: Type.Unsafe<Record<string, boolean>>({ type: 'object', additionalProperties: { type: 'boolean' } }),
  logicEvaluation: Type.Unsafe<boolean | string | null>({ type: ['boolean', 'string', 'null'] }),
  transaction: Type.Object({
    description: Type.String(),
    recipientApplicant: Nullable(Type.String()),
    amount: Nullable(Type.Number()),
    iban: Nullable(Type.String()),
  }),
})
