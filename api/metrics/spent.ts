// What a request has cost so far. Added to while it runs, read when it is answered.
import type { FastifyRequest } from 'fastify'

export interface Spent {
  /** Milliseconds; of statements that ran at the same time both count. */
  milliseconds: number
  statements: number
}

const requests = new WeakMap<FastifyRequest, Spent>()

export const spentBy = (request: FastifyRequest): Spent => {
  const known = requests.get(request)
  if (known) return known
  const nothing = { milliseconds: 0, statements: 0 }
  requests.set(request, nothing)
  return nothing
}
