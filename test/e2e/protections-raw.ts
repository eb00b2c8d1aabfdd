// What goes over the wire in HTTP/1.1, where a header that is sent twice is seen twice.
import { request } from 'node:https'
import { connect } from 'node:tls'
import type { Question, Site } from '../kind/browser.ts'
import { answererOf, type Told } from './protections-visit.ts'

export interface RawAnswer extends Told {
  /** Names in small letters, as often as they were sent. */
  readonly names: readonly string[]
}

/** An answer with every header as often as it was sent, over a connection of its own. */
export const askRaw = (
  { address = '127.0.0.1', port, host, ca }: Site,
  path: string,
  { method = 'GET', headers = {}, body }: Question = {},
): Promise<RawAnswer> =>
  new Promise((resolve, reject) => {
    const options = { host: address, port, servername: host, ca, agent: false as const, path, method, headers: { host, ...headers }, timeout: 30_000 }
    const asked = request(options, (response) => {
      const chunks: Buffer[] = []
      response.on('data', (chunk: Buffer) => chunks.push(chunk))
      response.once('error', reject)
      response.once('end', () => {
        const names = response.rawHeaders.filter((_, index) => index % 2 === 0).map((name) => name.toLowerCase())
        const told = Object.fromEntries(Object.entries(response.headers).map(([name, value]) => [name, String(value)]))
        resolve({ by: answererOf(told), status: response.statusCode ?? 0, headers: told, names, text: Buffer.concat(chunks).toString('utf8') })
      })
    })
    asked.once('timeout', () => asked.destroy(new Error(`${method} ${path}: no answer in time`)))
    asked.once('error', reject)
    asked.end(body)
  })

/** The first line of the answer to a body in chunks (RFC 9112, 7.1) whose first one is announced to have so many bytes. */
export const announceChunk = ({ address = '127.0.0.1', port, host, ca }: Site, path: string, bytes: number): Promise<string> =>
  new Promise((resolve, reject) => {
    const socket = connect({ host: address, port, servername: host, ca, timeout: 30_000 }, () => {
      const head = [`POST ${path} HTTP/1.1`, `host: ${host}`, 'content-type: application/json', 'transfer-encoding: chunked', '', bytes.toString(16), '{']
      socket.write(head.join('\r\n'))
    })
    socket.once('data', (data: Buffer) => {
      resolve(data.toString('latin1').split('\r\n', 1)[0] ?? '')
      socket.destroy()
    })
    socket.once('timeout', () => socket.destroy(new Error(`POST ${path}: no answer in time`)))
    socket.once('close', () => reject(new Error(`POST ${path}: the connection ended before an answer`)))
    socket.once('error', reject)
  })
