// The operator's word on the second port: hold work on the database back, and let it go on.
import { timingSafeEqual } from 'node:crypto'
import type { FastifyPluginAsync, FastifyReply } from 'fastify'
import type { Pause, PauseReport } from '../db/pause-gate.ts'

interface Order {
  readonly epoch: number
  /** Milliseconds from now. */
  readonly deadline: number
}

const isCount = (value: unknown): value is number => typeof value === 'number' && Number.isSafeInteger(value) && value >= 0

/** What a body says, or what is wrong with it. */
export const readOrder = (body: unknown, needsDeadline: boolean): Order | { readonly problem: string } => {
  const { epoch, deadline } = (typeof body === 'object' && body !== null ? body : {}) as { epoch?: unknown; deadline?: unknown }
  if (!isCount(epoch))
    return { problem: `epoch is ${JSON.stringify(epoch) ?? 'missing'}: send a whole number from 0 that grows with each switch of the primary.` }
  if (!needsDeadline) return { epoch, deadline: 0 }
  if (isCount(deadline)) return { epoch, deadline }
  return {
    problem: `deadline is ${JSON.stringify(deadline) ?? 'missing'}: send milliseconds from now, such as 1500; a time of day would depend on two clocks.`,
  }
}

const isSame = (given: string | readonly string[] | undefined, key: string): boolean => {
  const [one, other] = [Buffer.from(String(given)), Buffer.from(key)]
  return one.length === other.length && timingSafeEqual(one, other)
}

const answer = (reply: FastifyReply, outcome: PauseReport | { readonly outdated: number }, epoch: number) =>
  'outdated' in outcome
    ? reply.code(409).send({ detail: `Epoch ${epoch} is over: ${outcome.outdated} has spoken since. Nothing was changed.`, epoch: outcome.outdated })
    : reply.send(outcome)

export const pauseRoutes: FastifyPluginAsync<{ readonly pause: Pause; readonly operatorKey: string }> = async (app, { pause, operatorKey }) => {
  app.addHook('onRequest', async ({ headers }, reply) => {
    if (!isSame(headers['x-finia-operator-key'], operatorKey))
      return reply.code(401).send({ detail: "The header X-Finia-Operator-Key is not the key of this instance's operator." })
  })
  app.post('/pause', async ({ body }, reply) => {
    const order = readOrder(body, true)
    if ('problem' in order) return reply.code(400).send({ detail: order.problem })
    return answer(reply, await pause.pause(order.epoch, order.deadline), order.epoch)
  })
  app.post('/resume', async ({ body }, reply) => {
    const order = readOrder(body, false)
    if ('problem' in order) return reply.code(400).send({ detail: order.problem })
    return answer(reply, pause.resume(order.epoch), order.epoch)
  })
}
