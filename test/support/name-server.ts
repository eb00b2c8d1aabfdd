// A DNS server (RFC 1035) on loopback that leads every name to loopback.
import { createSocket } from 'node:dgram'

const typeA = 1

/** An answer to the one question of a query: 127.0.0.1 for an address of IPv4, nothing for whatever else is asked. */
const reply = (query: Buffer): Buffer => {
  const end = query.indexOf(0, 12) + 5
  const question = query.subarray(12, end)
  const isA = query.readUInt16BE(end - 4) === typeA
  const header = Buffer.from([query[0] ?? 0, query[1] ?? 0, 0x81, 0x80, 0, 1, 0, isA ? 1 : 0, 0, 0, 0, 0])
  // the name by a pointer to the question's, type A, class IN, 60 s, 4 bytes
  const answer = Buffer.from([0xc0, 0x0c, 0, 1, 0, 1, 0, 0, 0, 60, 0, 4, 127, 0, 0, 1])
  return Buffer.concat([header, question, ...(isA ? [answer] : [])])
}

export interface NameServer {
  readonly port: number
  /** Names that were asked for, in the order of the questions. */
  readonly asked: readonly string[]
  close(): Promise<void>
}

const nameIn = (query: Buffer): string => {
  const labels: string[] = []
  for (let at = 12, length = query[at] ?? 0; length > 0; at += length + 1, length = query[at] ?? 0)
    labels.push(query.toString('latin1', at + 1, at + 1 + length))
  return labels.join('.')
}

export const startNameServer = async (): Promise<NameServer> => {
  const socket = createSocket('udp4')
  const asked: string[] = []
  socket.on('message', (query, { port, address }) => {
    asked.push(nameIn(query))
    socket.send(reply(query), port, address)
  })
  await new Promise<void>((resolve) => socket.bind(0, '127.0.0.1', resolve))
  return { port: socket.address().port, asked, close: () => new Promise((resolve) => socket.close(() => resolve())) }
}
