// What a request has cost so far. Added to while it runs, read when it is answered.
import type { FastifyRequest } from 'fastify'

export interface Spent {
  /** When the request came, by a clock that only goes forward. */
  readonly since: number
  /** On statements; of those that ran at the same time all count. */
  milliseconds: number
  statements: number
}

const requests = new WeakMap<FastifyRequest, Spent>()

export const beginSpending = (request: FastifyRequest, since: number): Spent => {
  const spent = { since, milliseconds: 0, statements: 0 }
  requests.set(request, spent)
  return spent
}

export const spentBy = (request: FastifyRequest): Spent => {
  const spent = requests.get(request)
  if (!spent) throw new Error('a request was not counted from its beginning')
  return spent
}
