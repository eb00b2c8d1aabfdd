// Who sent a request, as far as it can be known. Pure but for the comparison.
import { timingSafeEqual } from 'node:crypto'
import type { IncomingHttpHeaders } from 'node:http'
import { isIP } from 'node:net'

const same = (one: string, other: string): boolean => {
  const [a, b] = [Buffer.from(one), Buffer.from(other)]
  return a.length === b.length && timingSafeEqual(a, b)
}

const header = (headers: IncomingHttpHeaders, name: string): string => {
  const value = headers[name]
  return typeof value === 'string' ? value : ''
}

/** The client's address: what the edge says when it shows its key, else whoever is at the other end of the connection. */
export const clientAddress = (headers: IncomingHttpHeaders, peer: string, edgeKey: string | undefined): string => {
  const told = header(headers, 'x-real-ip')
  const proven = edgeKey !== undefined && same(header(headers, 'x-finia-edge-key'), edgeKey)
  return (proven && isIP(told) ? told : peer).replace(/^::ffff:(?=\d+\.)/i, '')
}

/** Whether a page of ours sent it: a cookie alone proves nothing about that. */
export const isSameOrigin = (headers: IncomingHttpHeaders): boolean => {
  const site = header(headers, 'sec-fetch-site')
  if (site) return site === 'same-origin'
  const origin = header(headers, 'origin')
  return URL.canParse(origin) && new URL(origin).host === header(headers, 'host')
}
