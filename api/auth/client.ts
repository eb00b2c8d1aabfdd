// Who sent a request, as far as it can be known.
import { timingSafeEqual } from 'node:crypto'
import type { IncomingHttpHeaders } from 'node:http'
import { plainAddress } from '../limits/address.ts'
import { clientBehind, trustIn } from '../limits/trusted-proxies.ts'

const same = (one: string, other: string): boolean => {
  const [a, b] = [Buffer.from(one), Buffer.from(other)]
  return a.length === b.length && timingSafeEqual(a, b)
}

const header = (headers: IncomingHttpHeaders, name: string): string => {
  const value = headers[name]
  return typeof value === 'string' ? value : ''
}

interface Believed {
  readonly edgeKey?: string
  readonly api: { readonly trustedProxies: readonly string[] }
}

/** Says who sent a request: whoever is at the other end of the connection, or whom the edge with its key names; behind trusted proxies, whom they name. Empty when he is gone already. */
export const addressReader = ({ edgeKey, api }: Believed): ((headers: IncomingHttpHeaders, peer: string | undefined) => string) => {
  const isTrusted = trustIn(api.trustedProxies)
  return (headers, peer) => {
    const told = plainAddress(header(headers, 'x-real-ip'))
    const proven = edgeKey !== undefined && same(header(headers, 'x-finia-edge-key'), edgeKey)
    const nearest = (proven ? told : undefined) ?? plainAddress(peer ?? '') ?? ''
    return clientBehind(nearest, header(headers, 'x-forwarded-for'), isTrusted)
  }
}

/** Whether a page of ours sent it: a cookie alone proves nothing about that. */
export const isSameOrigin = (headers: IncomingHttpHeaders): boolean => {
  const site = header(headers, 'sec-fetch-site')
  if (site) return site === 'same-origin'
  const origin = header(headers, 'origin')
  return URL.canParse(origin) && new URL(origin).host === header(headers, 'host')
}
