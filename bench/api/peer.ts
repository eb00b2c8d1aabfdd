// The peer, in a process of its own: routes of bare Fastify that answer the same bytes as the API, at once, or after the same statements by mysql2.
// PEER is a file: where the database is, who sends statements, and what each point sends and answers.
import { readFileSync } from 'node:fs'
import Fastify from 'fastify'
import { createConnection, createPool, type Pool } from 'mysql2/promise'
import { poolSize } from './api-process.ts'
import { type PeerFile, replay, withNewSession } from './replay.ts'

const { port, server, logins, points } = JSON.parse(readFileSync(process.env.PEER ?? '', 'utf8')) as PeerFile
const options = { ...server, charset: 'utf8mb4', dateStrings: true, supportBigNumbers: true, jsonStrings: true } as const
const pools = new Map<string, Pool>(
  logins.map(({ username, password, database }) => [username, createPool({ ...options, user: username, password, database, connectionLimit: poolSize })]),
)
const connect = (user: string) => {
  const login = logins.find(({ username }) => username === user)
  if (!login) throw new Error(`the peer has no login of ${user}`)
  return createConnection({ ...options, user, password: login.password, database: login.database })
}

const app = Fastify({ bodyLimit: 2 ** 26 })
app.addContentTypeParser('*', { parseAs: 'buffer' }, (_request, body, done) => done(null, body))
for (const { name, method, type, body, statements } of points) {
  app.route({ method, url: `/bare/${name}`, handler: async (_request, reply) => reply.type(type).send(body) })
  app.route({
    method,
    url: `/queries/${name}`,
    handler: async (_request, reply) => {
      await replay(withNewSession(statements), pools, connect)
      return reply.type(type).send(body)
    },
  })
}
app.get('/', async () => 'ready')
process.on('SIGTERM', () => process.exit(0))
await app.listen({ host: '127.0.0.1', port })
