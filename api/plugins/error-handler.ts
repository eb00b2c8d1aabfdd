// The one place where a failure becomes a response.
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify'
import fp from 'fastify-plugin'
import { DatabaseError } from '../db/errors.ts'
import type { Deps } from '../deps.ts'
import { answerTo } from './answer.ts'

/** What the log may know: the text of a database's error can quote a booking. */
export const facts = (error: unknown): object => {
  if (error instanceof DatabaseError) return { name: error.name, errno: error.errno, sqlState: error.sqlState, fault: error.fault }
  if (!(error instanceof Error)) return { name: typeof error }
  // of the stack only the places: its first line is the text
  const places = error.stack?.split('\n').filter((line) => line.startsWith('    at '))
  return { name: error.name, places, ...(error.cause instanceof Error && { cause: facts(error.cause) }) }
}

export const replyWith = ({ log, settings }: Pick<Deps, 'log' | 'settings'>) =>
  async function reply(error: unknown, request: FastifyRequest, response: FastifyReply): Promise<FastifyReply> {
    const { config, bodyLimit: text } = request.routeOptions
    const answer = answerTo(error, { operation: config.operation ?? 'request', requestId: request.id, limits: { text, file: settings.api.bodyLimit } })
    if (answer.status >= 500)
      log.error(
        { requestId: request.id, method: request.method, route: request.routeOptions.url, status: answer.status, error: facts(error) },
        'request failed',
      )
    return response.code(answer.status).headers(answer.headers).type('application/json; charset=utf-8').send(JSON.stringify(answer.body))
  }

export const errorHandler = fp(
  async (app: FastifyInstance, deps: Pick<Deps, 'log' | 'settings'>) => {
    app.setErrorHandler(replyWith(deps))
    // as the original: GET and HEAD of anything unknown are 404, every other method is 405
    app.setNotFoundHandler((request, reply) => {
      const found = request.method === 'GET' || request.method === 'HEAD'
      return reply.code(found ? 404 : 405).send({ detail: found ? 'Not Found' : 'Method Not Allowed' })
    })
  },
  { name: 'error-handler' },
)
