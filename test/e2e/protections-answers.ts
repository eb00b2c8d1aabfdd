// Probes of what answers bear: headers, leave for other origins, files that are kept, texts made smaller.
import { randomUUID } from 'node:crypto'
import { api, bySender, edge, nobody, type Probe, someClient, visitingAs, whoAnswered } from './protections-probe.ts'
import type { Visit } from './protections-visit.ts'
import { origins } from './shop.ts'

const guidesHeaders: Readonly<Record<string, string>> = {
  'x-content-type-options': 'nosniff',
  'x-frame-options': 'DENY',
  'x-xss-protection': '1; mode=block',
  'referrer-policy': 'no-referrer-when-downgrade',
}

export const securityHeaders: Probe = (way) =>
  bySender(way, '/', ({ headers }) => Object.entries(guidesHeaders).every(([name, value]) => headers[name] === value), Object.keys(guidesHeaders).join(', '))

export const hsts: Probe = (way) =>
  bySender(way, '/', ({ headers }) => headers['strict-transport-security'] === 'max-age=31536000; includeSubDomains', 'Strict-Transport-Security')

export const contentSecurityPolicy: Probe = (way) =>
  bySender(
    way,
    '/',
    ({ headers }) => /^default-src 'none';(?!.*unsafe-inline).*frame-ancestors 'none'/.test(headers['content-security-policy'] ?? ''),
    'Content-Security-Policy',
  )

const preflight = (visit: Visit, origin: string) =>
  visit.askPast('upstream', '/', { method: 'OPTIONS', headers: { origin, 'access-control-request-method': 'POST' } })

export const cors: Probe = (way) =>
  visitingAs(someClient(), way, async (visit) => {
    const allowed = await preflight(visit, origins.named)
    const refused = await preflight(visit, origins.other)
    const leave = [allowed, refused].map(({ headers }) => headers['access-control-allow-origin'] ?? 'none')
    const detail = `leave for ${leave[0]} (${allowed.status}) and for ${leave[1]} (${refused.status})`
    if (leave[0] !== origins.named || leave[1] !== 'none' || allowed.by !== refused.by) return nobody(detail)
    return whoAnswered(allowed.by, detail)
  })

const immutable = /max-age=31536000, immutable/

/** A file of the web UI that runs, by the page that names it. */
export const fileOfPage = async (visit: Visit): Promise<string> => {
  const { text } = await visit.askPast('upstream', '/')
  const path = /\/assets\/[\w.-]+\.js/.exec(text)?.[0]
  if (path === undefined) throw new Error('the page names no script')
  return path
}

export const staticCaching: Probe = (way) =>
  visitingAs(someClient(), way, async (visit) => {
    // whoever keeps a file does not ask again: the mark of the first answer comes back
    const file = `/assets/test-${randomUUID()}.js`
    const first = await visit.askPast('api', file)
    const later = await Promise.all(Array.from({ length: 8 }, () => visit.ask(file)))
    if (later.every(({ headers }) => headers['x-test-upstream'] === first.headers['x-test-upstream'])) return edge('kept at the edge')
    const { headers } = await visit.askPast('upstream', await fileOfPage(visit))
    return immutable.test(headers['cache-control'] ?? '') ? api('browsers are told to keep it') : nobody('nobody keeps it')
  })

const smaller = { 'accept-encoding': 'gzip, br' }

export const compression: Probe = (way) =>
  visitingAs(someClient(), way, async (visit) => {
    const { headers } = await visit.askPast('api', '/test/large', { headers: smaller })
    if (headers['content-encoding']) return edge(headers['content-encoding'])
    const file = await visit.askPast('upstream', await fileOfPage(visit), { headers: smaller })
    return file.headers['content-encoding'] ? api(file.headers['content-encoding']) : nobody('nothing is made smaller')
  })
