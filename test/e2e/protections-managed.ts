// The managed edge, row by row of the guide's nginx sections: what its status says is what requests show, and what no status tells of.
import { randomUUID } from 'node:crypto'
import { expect, test } from 'vitest'
import type { Site } from '../kind/browser.ts'
import { theCluster, until } from './cluster.ts'
import { compareProtections } from './protections.ts'
import { loginVolley, requestVolley } from './protections-limits.ts'
import { silence } from './protections-passing.ts'
import { someClient } from './protections-probe.ts'
import { announceChunk, askRaw } from './protections-raw.ts'
import { type Told, type Visit, visiting } from './protections-visit.ts'
import { doorOf, namespace, origins, timeouts } from './shop.ts'
import { askPlainly } from './tls-client.ts'
import { attachUpstream, detachUpstream, endStreams, startUpstream } from './upstream.ts'

/** What the edge sends on its own answers over https, each once. */
const ownHeaders = {
  server: 'nginx',
  'x-content-type-options': 'nosniff',
  'x-frame-options': 'DENY',
  'x-xss-protection': '1; mode=block',
  'referrer-policy': 'no-referrer-when-downgrade',
  'content-security-policy': "default-src 'none'; frame-ancestors 'none'",
}
const overHttps = { ...ownHeaders, 'strict-transport-security': 'max-age=31536000; includeSubDomains' }

/** A list may come in parts (RFC 9110, 5.3): the API's answer depends on the origin, and the edge adds what its compression depends on. */
const lists = ['vary']
const twice = (names: readonly string[]): readonly string[] => names.filter((name, index) => names.indexOf(name) !== index && !lists.includes(name))

export const managedRows = (siteOf: () => Promise<Site>) => {
  const cluster = theCluster()
  const door = () => doorOf(cluster, namespace, 'shop-edge')
  const asSomebody = async <T>(headers: Readonly<Record<string, string>>, work: (visit: Visit) => Promise<T>): Promise<T> =>
    visiting(await siteOf(), { 'x-forwarded-for': someClient(), ...headers }, work)

  test('every protection is enforced by whom the status names, as requests through the managed edge show', async ({ annotate }) => {
    await startUpstream(cluster)
    await attachUpstream(cluster)
    const { shown, said, details } = await compareProtections({ cluster, site: await siteOf(), door: await door() })
    await annotate(details)
    expect(shown).toEqual(said)
    expect(details).toContain('LoadBalancing: Edge, least connections')
  })

  test('an event arrives before the answer ends', async () => {
    await asSomebody({}, async (visit) => {
      const events: string[] = []
      let over = false
      const begun = await until(
        'a stream begins',
        async () => {
          const opened = await visit.open('/test/stream', { headers: { 'accept-encoding': 'gzip' } })
          return opened.by === 'upstream' ? opened : undefined
        },
        { seconds: 30, everyMilliseconds: 0 },
      )
      begun.stream.on('data', (chunk: Buffer) => events.push(chunk.toString('utf8')))
      begun.stream.once('end', () => (over = true))
      await until('the first event is here', async () => (events.length > 0 ? true : undefined), { seconds: 10, everyMilliseconds: 50 })
      expect({ events, over }).toEqual({ events: ['data: first\n\n'], over: false })
      await endStreams(cluster)
      await until('the stream is over', async () => (over ? true : undefined), { seconds: 10, everyMilliseconds: 50 })
      expect(events).toEqual(['data: first\n\n', 'data: last\n\n'])
    })
  })

  test('refusals and failures are the edge’s own answers, with the guide’s headers, HSTS, and leave for named origins to read them', async () => {
    const seconds = { read: 0 }
    const answers = await asSomebody({ origin: origins.named }, async (visit): Promise<Readonly<Record<string, Told | undefined>>> => {
      const [requests, logins] = [await requestVolley(visit), await loginVolley(visit)]
      const silent = await silence(visit)
      seconds.read = silent.seconds
      const large = await visit.ask('/', { method: 'POST', headers: { 'content-length': String(21 * 1024 * 1024) }, body: '{' })
      return { requests: requests.refused[0], logins: logins.refused[0], silent: silent.told && { ...silent.told, text: '' }, large }
    })
    expect(Object.fromEntries(Object.entries(answers).map(([name, told]) => [name, [told?.by, told?.status, told?.headers['retry-after']]]))).toEqual({
      requests: ['edge', 429, '1'],
      logins: ['edge', 429, '12'],
      silent: ['edge', 504, '5'],
      large: ['edge', 413, undefined],
    })
    for (const told of Object.values(answers)) {
      expect(told?.headers).toMatchObject({
        ...overHttps,
        'access-control-allow-origin': origins.named,
        'access-control-allow-credentials': 'true',
        vary: 'Origin',
      })
    }
    expect(seconds.read).toBeGreaterThanOrEqual(timeouts.read - 0.5)
    expect(seconds.read).toBeLessThanOrEqual(timeouts.read + 2)
  })

  test('no header is sent twice, neither on what the API answers nor on the edge’s own answers', async () => {
    const [site, tooMuch] = [await siteOf(), { 'content-length': String(21 * 1024 * 1024) }]
    const headers = { origin: origins.named, 'accept-encoding': 'gzip' }
    const refused = await askRaw(site, '/', { method: 'POST', headers: { ...headers, ...tooMuch } })
    const seen = new Map([[refused.by, twice(refused.names)]])
    for (let attempt = 0; attempt < 60 && seen.size < 3; attempt++) {
      const { by, names } = await askRaw(site, '/', { headers })
      seen.set(by, twice(names))
    }
    expect(Object.fromEntries(seen)).toEqual({ api: [], upstream: [], edge: [] })
  })

  test('http leads to https with the guide’s headers, and without HSTS, which no browser may believe there', async () => {
    const { address, http } = await door()
    const { status, headers } = await askPlainly(address, http, 'shop-edge.tls.edge.test', '/a?b=c')
    expect({ status, headers }).toMatchObject({ status: 301, headers: ownHeaders })
    expect(headers['strict-transport-security']).toBeUndefined()
  })

  test('a body that is announced in chunks is refused as well when it is too large', async () => {
    expect(await announceChunk(await siteOf(), '/', 21 * 1024 * 1024)).toBe('HTTP/1.1 413 Request Entity Too Large')
  })

  test('texts are compressed and caches are told so; the answer to a login, which holds a token, is not', async () => {
    const smaller = { headers: { 'accept-encoding': 'gzip' } }
    await asSomebody({}, async (visit) => {
      const text = await visit.askPast('api', '/test/large', smaller)
      expect(text.headers).toMatchObject({ 'content-encoding': 'gzip', vary: 'Accept-Encoding' })
      const login = await visit.askPast('api', '/api/auth/login', { ...smaller, method: 'POST' })
      expect([login.by, login.headers['content-encoding']]).toEqual(['upstream', undefined])
      expect(login.text.length).toBeGreaterThan(1024)
    })
  })

  test('the access log has a line of JSON for each request, and in none of them a query or a secret', async () => {
    const [path, secret] = [`/test/log-${randomUUID()}`, `secret-${randomUUID()}`]
    const headers = { authorization: `Bearer ${secret}`, cookie: `session=${secret}`, referer: `https://app.example.com/?${secret}`, 'user-agent': secret }
    await asSomebody({}, (visit) => visit.ask(`${path}?token=${secret}`, { method: 'POST', headers, body: JSON.stringify({ password: secret }) }))
    const logs = () =>
      cluster.kubectl(['-n', namespace, 'logs', '-l', 'app.kubernetes.io/instance=shop,app.kubernetes.io/component=edge', '-c', 'nginx', '--tail=-1'])
    const log = await until(
      'the request is in the log',
      async () => {
        const text = await logs()
        return text.includes(path) ? text : undefined
      },
      { seconds: 30 },
    )
    const line = log.split('\n').find((candidate) => candidate.includes(path)) ?? ''
    expect(JSON.parse(line)).toMatchObject({ method: 'POST', path, protocol: 'HTTP/2.0', request_id: expect.stringMatching(/^[0-9a-f]{32}$/) as string })
    expect(log).not.toContain(secret)
    expect(log).not.toContain('token=')
    expect(log).not.toContain(await cluster.secretValue(namespace, 'shop-keys', 'edge-key'))
  })

  test('a file of a release stays at hand when the pods that had it are gone', async () => {
    const [site, file] = [await siteOf(), `/assets/test-${randomUUID()}.js`]
    /** Each over a connection of its own, so that both nginx are met. */
    const ask = (path = file) => visiting(site, {}, (visit) => visit.ask(path))
    let there = 0
    await until(
      'both nginx have it',
      async () => {
        there = (await ask()).status === 200 ? there + 1 : 0
        return there >= 20 ? true : undefined
      },
      { seconds: 60, everyMilliseconds: 0 },
    )
    await detachUpstream(cluster)
    const later = []
    for (let count = 0; count < 10; count++) later.push(await ask())
    expect(later.map(({ status, text }) => [status, text])).toEqual(Array(10).fill([200, '// of a release']))
    expect((await ask(`/assets/test-${randomUUID()}.js`)).status).toBe(404)
  })
}
