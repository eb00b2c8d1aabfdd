// The client that the edge's reloads are tried with: what it asks again, and what not. It has no need of an API server, but of a network.
import { once } from 'node:events'
import type { AddressInfo } from 'node:net'
import { createServer, type TLSSocket } from 'node:tls'
import { expect, test } from 'vitest'
import { pki } from '../../operator/pki/x509.ts'
import { systemRandom } from '../../operator/runtime/system-random.ts'
import { Http1Client } from '../kind/http1-client.ts'

type Reply = 'answer' | 'part of an answer' | 'nothing'

const texts: Readonly<Record<Reply, string>> = {
  answer: 'HTTP/1.1 200 OK\r\ncontent-length: 2\r\n\r\nok',
  'part of an answer': 'HTTP/1.1 200 OK\r\ncontent-length: 2\r\n\r\n',
  nothing: '',
}

const host = 'finia.localhost'
const made = pki(systemRandom)
const now = new Date()
const ca = await made.createCa('An authority of the tests', now, 1)
const { certificate, key } = await made.issue(ca, [host], now, 1)

/** What becomes of requests over connections that are answered like this, in this order; but for an answer, each is followed by the connection's end. */
const asking = async (times: number, ...connections: readonly (readonly Reply[])[]) => {
  let [opened, seen] = [0, 0]
  const server = createServer({ cert: certificate, key }, (socket: TLSSocket) => {
    const replies = [...(connections[opened++] ?? [])]
    socket.on('error', () => {})
    socket.on('data', () => {
      seen++
      const reply = replies.shift() ?? 'nothing'
      if (reply === 'answer') socket.write(texts[reply])
      else socket.end(texts[reply])
    })
  }).listen(0, '127.0.0.1')
  await once(server, 'listening')
  const client = new Http1Client({ host, port: (server.address() as AddressInfo).port, ca: ca.certificate })
  const outcomes: unknown[] = []
  for (let time = 0; time < times; time++) outcomes.push(await client.get('/').catch(() => 'failed'))
  client.close()
  server.close()
  return { outcomes, seen, repeated: client.repeated, connections: client.connections }
}

test('connections are kept', async () => {
  expect(await asking(3, ['answer', 'answer', 'answer'])).toEqual({ outcomes: [200, 200, 200], seen: 3, repeated: 0, connections: 1 })
})

test('what was asked on an idle connection that is closed without a byte is asked once more, over a new one', async () => {
  expect(await asking(2, ['answer', 'nothing'], ['answer'])).toEqual({ outcomes: [200, 200], seen: 3, repeated: 1, connections: 2 })
})

test('and not a third time', async () => {
  expect(await asking(2, ['answer', 'nothing'], ['nothing'])).toEqual({ outcomes: [200, 'failed'], seen: 3, repeated: 1, connections: 2 })
})

test('what was asked on a new connection is not asked again', async () => {
  expect(await asking(1, ['nothing'], ['answer'])).toEqual({ outcomes: ['failed'], seen: 1, repeated: 0, connections: 1 })
})

test('what was answered in part is not asked again', async () => {
  expect(await asking(2, ['answer', 'part of an answer'], ['answer'])).toEqual({ outcomes: [200, 'failed'], seen: 2, repeated: 0, connections: 1 })
})
