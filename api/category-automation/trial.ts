// Tries a rule on a transaction that a client has written.
import type { Static } from 'typebox'
import type { Clock } from '../deps.ts'
import { BadRequest } from '../errors.ts'
import { readDecimal } from '../validation/decimal.ts'
import { verdictSteps } from './decide.ts'
import { paceOf, TooSlow } from './paced.ts'
import type { TestBody } from './schema.ts'

const patience = 3000

/** The amount as a plain decimal; null when it is none, or one that no answer can hold. */
const amountOf = (sent: string | number | null): string | null => {
  const amount = sent === null ? undefined : readDecimal(String(sent).trim())
  return amount !== undefined && Number.isFinite(Number(amount)) ? amount : null
}

export const tryRule = async (clock: Pick<Clock, 'now'>, { rule, transaction: sent }: Static<typeof TestBody>) => {
  const transaction = { ...sent, recipientApplicant: sent.recipientApplicant || null, amount: amountOf(sent.amount) }
  try {
    const { matches, results, logic } = await paceOf(clock, patience).run(verdictSteps(rule, transaction))
    const conditionResults = Object.fromEntries([...results].map(([id, holds]) => [String(id), holds]))
    const message = matches ? 'Rule matches' : 'Rule does not match'
    // Only here, where it leaves as JSON, the amount becomes a binary number.
    const answered = { ...transaction, amount: transaction.amount === null ? null : Number(transaction.amount) }
    return { matches, message, conditionResults, logicEvaluation: logic, transaction: answered }
  } catch (error) {
    if (error instanceof TooSlow) throw new BadRequest(`The rule cannot be tried: ${error.message}`)
    throw error
  }
}
