import { expect, test } from 'vitest'
import { digest } from '../../../operator/digest.ts'
import { Agent } from '../../../operator/edge-agent/agent.ts'
import type { Candidate } from '../../../operator/edge-agent/candidate.ts'
import type { Pair } from '../../../operator/edge-agent/certificate.ts'
import type { Exchange, Served, Verdict } from '../../../operator/edge-agent/exchange.ts'
import type { Mounted } from '../../../operator/edge-agent/mounted.ts'
import { standInBy } from '../../../operator/edge-agent/stand-in.ts'
import { pki } from '../../../operator/pki/x509.ts'
import { systemRandom } from '../../../operator/runtime/system-random.ts'
import { certify } from '../../support/responding-authority.ts'

const day = 86_400_000
const now = new Date('2026-06-01T00:00:00Z')
const authority = pki(systemRandom)
const ca = await authority.createCa('test', new Date(now.getTime() - 365 * day), 3650)

const certificate = async (host: string, from = -1, days = 90): Promise<Pair> => {
  const { certificate: text, key } = await authority.issue(ca, [host], new Date(now.getTime() + from * day), days)
  return { certificate: text, key }
}

/** nginx's container: takes what is offered unless it says "broken". */
class FakeNginx implements Exchange {
  offers: Candidate[] = []
  #served: Served | undefined
  #verdict: Verdict | undefined

  served = async () => this.#served
  verdict = async () => this.#verdict
  offer = async (candidate: Candidate) => {
    this.offers.push(candidate)
  }

  /** Tries the last offer. */
  turn(): void {
    const last = this.offers.at(-1)
    if (!last) return
    const accepted = !Object.values(last.files).some((text) => text.includes('broken'))
    if (accepted) this.#served = last
    this.#verdict = { id: last.id, accepted, words: accepted ? '' : 'unknown directive' }
  }

  get running(): Readonly<Record<string, string>> {
    return this.#served?.files ?? {}
  }
}

const logged: string[] = []
const say = (_fields: object, message: string) => void logged.push(message)
const log = { debug: say, info: say, warn: say, error: say }

const anEdge = (mounted: Mounted, nginx = new FakeNginx()) => {
  const world = { mounted, api: ['10.0.0.1:8000'] as readonly string[] | undefined }
  const agent = new Agent({
    exchange: nginx,
    mounted: async () => world.mounted,
    servers: () => world.api && { api: world.api, solvers: [] },
    resolvers: ['10.96.0.10'],
    issuers: (_chain, issuer = '') => issuer,
    standIn: standInBy(authority, { now: () => now }),
    now: () => now,
    digest,
    log,
  })
  /** Long enough for a look, nginx's turn, and what follows from it. */
  const settle = async () => {
    for (let turn = 0; turn < 4; turn++) {
      await agent.look()
      nginx.turn()
    }
    await agent.look()
  }
  return { agent, nginx, world, settle }
}

const host = 'finia.example.com'
const good = await certificate(host)
const mountedWith = (settings: string, pair: Pair | undefined = good): Mounted => ({ settings, agent: { host, tls: true }, pair })

test('nginx is offered the settings, the pods and the certificate, once', async () => {
  const { agent, nginx, settle } = anEdge(mountedWith('settings'))
  await settle()
  expect(nginx.offers).toHaveLength(1)
  expect(nginx.running).toMatchObject({
    'nginx.conf': 'settings',
    'tls.crt': good.certificate,
    'upstream.conf': 'server 10.0.0.1:8000 max_fails=3 fail_timeout=30s;\n',
  })
  expect(agent.state).toMatchObject({ running: { settings: digest('settings'), servers: 1 }, mounted: digest('settings'), synced: true })
})

test('before the pods are known nothing is offered, so that none is taken away', async () => {
  const { nginx, world, settle, agent } = anEdge(mountedWith('settings'))
  world.api = undefined
  await settle()
  expect([nginx.offers, agent.state.synced]).toEqual([[], false])
})

test('an agent that starts anew beside an nginx that runs what is wanted leaves it alone', async () => {
  const first = anEdge(mountedWith('settings'))
  await first.settle()
  const second = anEdge(mountedWith('settings'), first.nginx)
  await second.settle()
  expect(first.nginx.offers).toHaveLength(1)
})

test('settings that nginx refuses are told, and pods still come and go', async () => {
  const { agent, nginx, world, settle } = anEdge(mountedWith('settings'))
  await settle()
  world.mounted = mountedWith('broken')
  await settle()
  expect(agent.state).toMatchObject({ refused: 'unknown directive', running: { settings: digest('settings') } })
  world.api = ['10.0.0.2:8000']
  await settle()
  expect(nginx.running).toMatchObject({ 'nginx.conf': 'settings', 'upstream.conf': expect.stringContaining('10.0.0.2') })
  expect(agent.state.refused).toBe('unknown directive')
  world.mounted = mountedWith('mended')
  await settle()
  expect(nginx.running['nginx.conf']).toBe('mended')
  expect(agent.state.refused).toBeUndefined()
})

const strangers = await certificate('other.example.com')
test.each<[string, Pair | undefined, string]>([
  ['expired', await certificate(host, -100, 90), 'the certificate expired at'],
  ['not yet valid', await certificate(host, 1, 90), 'is not valid before'],
  ['made for another host', strangers, 'is not made for finia.example.com'],
  ['beside the wrong key', { certificate: good.certificate, key: strangers.key }, 'is not the key'],
  ['unreadable', { certificate: 'nonsense', key: good.key }, 'not readable PEM'],
  ['missing', undefined, 'has no tls.crt'],
])('a certificate that is %s is told, and the one before keeps serving', async (_what, pair, told) => {
  const { agent, nginx, world, settle } = anEdge(mountedWith('settings'))
  await settle()
  world.mounted = { ...mountedWith('other settings'), pair }
  await settle()
  expect(nginx.running).toMatchObject({ 'nginx.conf': 'other settings', 'tls.crt': good.certificate })
  expect(agent.state.certificateProblem).toContain(told)
})

test('with none before it an expired certificate is better than silence, and one that nginx cannot start with is not', async () => {
  const expired = anEdge(mountedWith('settings', await certificate(host, -100, 90)))
  await expired.settle()
  expect(expired.nginx.offers).toHaveLength(1)
  const unusable = anEdge(mountedWith('settings', { certificate: good.certificate, key: strangers.key }))
  await unusable.settle()
  expect(unusable.nginx.offers).toHaveLength(0)
  expect(unusable.agent.state.certificateProblem).toContain('is not the key')
})

test('a renewed certificate is taken in', async () => {
  const { nginx, world, settle } = anEdge(mountedWith('settings'))
  await settle()
  const renewed = await certificate(host)
  world.mounted = mountedWith('settings', renewed)
  await settle()
  expect(nginx.running['tls.crt']).toBe(renewed.certificate)
})

test('what is stapled goes with the certificate that is served, whichever that is', async () => {
  const { certificate: issuer, key } = await certify({ name: 'root', isAuthority: true, on: now })
  const withResponder = await certify({ name: host, by: { certificate: issuer, key }, responder: 'http://ocsp.example.com', on: now })
  const { nginx, world, settle } = anEdge({ ...mountedWith('settings', withResponder), authority: issuer })
  await settle()
  expect(nginx.running).toMatchObject({ 'issuers.crt': issuer, 'stapling.conf': expect.stringContaining('set $responder ocsp.example.com;') })
  world.mounted = { ...mountedWith('other settings', strangers), authority: 'another' }
  await settle()
  expect(nginx.running).toMatchObject({ 'nginx.conf': 'other settings', 'issuers.crt': issuer, 'stapling.conf': expect.stringContaining('ocsp.example.com') })
  world.mounted = { ...mountedWith('settings', await certificate(host)), authority: issuer }
  await settle()
  expect([nginx.running['issuers.crt'], nginx.running['stapling.conf']]).toEqual([undefined, ''])
})

const awaiting = (pair?: Pair): Mounted => ({ settings: 'settings', agent: { host, tls: true, standIn: true }, pair })

test('where a certificate is still to be had, nginx starts with one that nobody trusts, keeps it over a restart, and gives it up for the real one', async () => {
  const first = anEdge(awaiting())
  await first.settle()
  expect(first.agent.state).toMatchObject({ running: { certificate: { standIn: true } } })
  expect(first.agent.state.certificateProblem).toBeUndefined()
  const again = anEdge(awaiting(), first.nginx)
  await again.settle()
  expect(first.nginx.offers).toHaveLength(1)
  again.world.mounted = awaiting(good)
  await again.settle()
  expect(first.nginx.running['tls.crt']).toBe(good.certificate)
  expect(again.agent.state).toMatchObject({ running: { certificate: { standIn: false } } })
})

test('a stand-in never takes the place of a certificate, whatever becomes of the mounted one', async () => {
  const { nginx, world, settle } = anEdge(awaiting(good))
  await settle()
  for (const pair of [undefined, { certificate: good.certificate, key: strangers.key }, await certificate(host, -100, 90), strangers]) {
    world.mounted = awaiting(pair)
    await settle()
    expect(nginx.running['tls.crt']).toBe(good.certificate)
  }
})

test('a certificate with a flaw is better than a stand-in', async () => {
  const { nginx, world, settle, agent } = anEdge(awaiting())
  await settle()
  world.mounted = awaiting(strangers)
  await settle()
  expect(nginx.running['tls.crt']).toBe(strangers.certificate)
  expect(agent.state.certificateProblem).toContain('is not made for')
})

test('without TLS nginx is given none, and once it is wanted goes on without until there is one', async () => {
  const { nginx, world, settle } = anEdge({ settings: 'plain', agent: { host, tls: false }, pair: undefined })
  await settle()
  expect(Object.keys(nginx.running)).not.toContain('tls.crt')
  world.mounted = { ...mountedWith('secure'), pair: undefined }
  await settle()
  expect(nginx.running['nginx.conf']).toBe('plain')
  world.mounted = mountedWith('secure')
  await settle()
  expect(nginx.running).toMatchObject({ 'nginx.conf': 'secure', 'tls.crt': good.certificate })
})
