// Runs in a pod beside the API's, behind an edge that takes it for one of them: what it answers bears nothing but its own mark, so whatever else arrives is the edge's.
import { createHash } from 'node:crypto'
import { createServer, type IncomingHttpHeaders, type IncomingMessage, type ServerResponse } from 'node:http'
import type { Duplex } from 'node:stream'

const mark = 'x-test-upstream'
let answers = 0
const streams = new Set<ServerResponse>()

/** The key by which an edge proves itself is nobody's business. */
const harmless = ({ 'x-finia-edge-key': key, ...headers }: IncomingHttpHeaders) => ({ ...headers, ...(key !== undefined && { 'x-finia-edge-key': 'there' }) })

const json = (response: ServerResponse, value: object) => response.setHeader('content-type', 'application/json').end(JSON.stringify(value))

type Handler = (request: IncomingMessage, response: ServerResponse) => unknown

const large: Handler = (_, response) => json(response, { text: 'as large as a list of transactions, and as easily made smaller. '.repeat(100) })

const handlers: Readonly<Record<string, Handler>> = {
  '/test/seen': ({ headers, socket }, response) => json(response, { headers: harmless(headers), peer: socket.remoteAddress }),
  '/test/large': large,
  '/api/auth/login': large,
  '/test/silence': () => undefined,
  // As the API sends its events: at once, and the last one when it is told to.
  '/test/stream': (_, response) => {
    response.writeHead(200, { 'content-type': 'text/event-stream; charset=utf-8', 'cache-control': 'no-cache', 'x-accel-buffering': 'no' })
    response.write('data: first\n\n')
    streams.add(response)
    response.once('close', () => streams.delete(response))
  },
  '/test/end': (_, response) => {
    for (const stream of streams) stream.end('data: last\n\n')
    json(response, {})
  },
}

const hashedFile: Handler = (_, response) => {
  response.writeHead(200, { 'content-type': 'text/javascript', 'cache-control': 'public, max-age=31536000, immutable' }).end('// of a release')
}

const server = createServer((request, response) => {
  const path = (request.url ?? '/').replace(/\?.*$/, '')
  response.setHeader(mark, String(++answers))
  request.resume()
  const handler = path.startsWith('/assets/test-') ? hashedFile : handlers[path]
  if (handler) handler(request, response)
  else json(response, {})
})

/** Unmasks one short frame of a client (RFC 6455, 5.2) and sends its text back. */
const echo = (socket: Duplex, frame: Buffer) => {
  const length = (frame[1] ?? 0) & 0x7f
  const [mask, masked] = [frame.subarray(2, 6), frame.subarray(6, 6 + length)]
  socket.write(Buffer.concat([Buffer.from([0x81, length]), masked.map((byte, index) => byte ^ (mask[index % 4] ?? 0))]))
}

server.on('upgrade', ({ headers }, socket) => {
  const accept = createHash('sha1').update(`${headers['sec-websocket-key']}258EAFA5-E914-47DA-95CA-C5AB0DC85B11`).digest('base64')
  socket.write(
    `HTTP/1.1 101 Switching Protocols\r\nupgrade: websocket\r\nconnection: Upgrade\r\nsec-websocket-accept: ${accept}\r\n${mark}: ${++answers}\r\n\r\n`,
  )
  socket.on('data', (frame: Buffer) => echo(socket, frame))
  // whoever goes without a word is gone
  socket.on('error', () => socket.destroy())
})

// as the API: longer than an edge keeps its connections
server.keepAliveTimeout = 72_000
server.listen(Number(process.argv[2]))
process.once('SIGTERM', () => process.exit(0))
