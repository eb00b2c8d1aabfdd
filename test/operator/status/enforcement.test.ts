import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { parse } from 'yaml'
import type { FiniaInstance } from '../../../operator/crd/kinds.ts'
import { Enforcement } from '../../../operator/crd/status.ts'
import { configText } from '../../../operator/resources/api-config-map.ts'
import { nginxConf } from '../../../operator/resources/nginx/conf.ts'
import { routeChildren } from '../../../operator/resources/providers/index.ts'
import type { Certificate } from '../../../operator/status/enforcement/rows.ts'
import { enforcementOf } from '../../../operator/status/enforcement.ts'
import { anyInstance } from '../../support/any-instance.ts'
import { anInstance } from '../../support/instance.ts'

type Protection = Enforcement['protection']

const protections = (Enforcement.properties.protection as unknown as { readonly enum: readonly Protection[] }).enum

const rowOf = (instance: FiniaInstance, protection: Protection) => {
  const row = enforcementOf(instance).find((candidate) => candidate.protection === protection)
  if (!row) throw new Error(`${protection} has no row`)
  return row
}

/** What the edge of an instance is told, as text: nginx.conf, or the manifests. */
const renderedEdge = (instance: FiniaInstance): string =>
  instance.spec.ingress.provider === 'Managed' ? nginxConf(instance) : JSON.stringify(routeChildren(instance).map(({ manifest }) => manifest))

interface Settings {
  readonly api: {
    readonly tls_terminated: boolean
    readonly client_known: boolean
    readonly trusted_proxies: readonly string[]
    readonly requests_per_minute: number
    readonly body_limit: number
    readonly headers: { readonly hsts_max_age: number }
  }
  readonly auth: { readonly max_login_attempts: number; readonly max_login_attempts_per_address: number }
}

const settingsOf = (instance: FiniaInstance): Settings => parse(configText(instance)) as Settings

interface Case {
  readonly instance: FiniaInstance
  readonly edge: string
  readonly settings: Settings
}

/** Made once, for that takes longer than all that is asked of them. */
const cases: readonly Case[] = fc.sample(anyInstance, 250).map((instance) => ({ instance, edge: renderedEdge(instance), settings: settingsOf(instance) }))

/** What does not hold is told with the part of the instance that it is about. */
const forAll = (holds: (one: Case) => void) => {
  for (const one of cases) {
    try {
      holds(one)
    } catch (cause) {
      throw new Error(`does not hold for ${JSON.stringify(one.instance.spec.ingress)} and ${JSON.stringify(one.instance.spec.api.limits)}`, { cause })
    }
  }
}

/** The marks that an edge leaves in what is rendered when it is to enforce a protection. */
const marks: Partial<Record<Protection, RegExp>> = {
  RequestRateLimit: /limit_req zone=requests|limit-rps|\d+r\/s"/,
  LoginRateLimit: /limit_req zone=logins|limit-rpm|\d+r\/m"/,
  TLSVersions: /ssl_protocols/,
  TLSCiphers: /ssl_ciphers|nginx\.org\/ssl-ciphers/,
  HTTPSRedirect: /return 301 https|ssl-redirect":"true|RequestRedirect/,
  BodySize: /client_max_body_size [1-9]|(proxy-body-size|client-max-body-size)":"[1-9]/,
  StaticCaching: /proxy_cache files/,
  Compression: /gzip on/,
  Timeouts: /proxy_read_timeout|proxy-read-timeout/,
}

describe('the list of who enforces what', () => {
  test('has one row for each protection, with a sentence, whatever the instance', () => {
    forAll(({ instance }) => {
      const rows = enforcementOf(instance)
      expect(rows.map(({ protection }) => protection)).toEqual(protections)
      expect(rows.filter(({ detail }) => !/^[^\s].*[.]$/s.test(detail) || /undefined|NaN/.test(detail))).toEqual([])
    })
  })

  test.each(Object.entries(marks) as [Protection, RegExp][])('says that the edge does %s when the edge is told to, and only then', (protection, mark) => {
    forAll(({ instance, edge }) => {
      expect(rowOf(instance, protection).by === 'Edge').toBe(mark.test(edge))
    })
  })

  test('says that the API does what the API is told to do', () => {
    forAll(({ instance, settings: { api, auth } }) => {
      const says = (protection: Protection) => rowOf(instance, protection).by === 'API'
      expect(says('HSTS')).toBe(api.tls_terminated && api.headers.hsts_max_age > 0)
      if (says('RequestRateLimit')) expect(api.requests_per_minute).toBeGreaterThan(0)
      if (says('LoginRateLimit')) expect(auth.max_login_attempts + auth.max_login_attempts_per_address).toBeGreaterThan(0)
      if (says('BodySize')) expect(api.body_limit).toBeGreaterThan(0)
      expect(says('ClientAddress')).toBe(api.trusted_proxies.length > 0)
      expect(rowOf(instance, 'ClientAddress').by === 'Unsupported').toBe(!api.client_known)
    })
  })

  test('gives up a limit only where both the edge and the API are told to have none', () => {
    forAll(({ instance, edge, settings }) => {
      if (rowOf(instance, 'RequestRateLimit').by !== 'Unsupported') return
      expect(settings.api.requests_per_minute).toBe(0)
      expect(edge).not.toMatch(marks.RequestRateLimit ?? /^/)
    })
  })

  test('says that nobody is counted behind a Service that hides addresses, and who counts instead', () => {
    const instance = anInstance({ spec: { ingress: { managed: { service: { type: 'NodePort', externalTrafficPolicy: 'Cluster' } } } } })
    expect(rowOf(instance, 'RequestRateLimit')).toMatchObject({
      by: 'API',
      detail: expect.stringMatching(/Cluster hides client addresses.*100 requests a minute for each session and account/) as string,
    })
  })

  test('says that the edge staples where the certificate names a responder, and nowhere else', () => {
    const [acme, own] = [anInstance({ spec: { ingress: { tls: { mode: 'CertManager' } } } }), anInstance()]
    const stapling = (instance: FiniaInstance, certificate?: Certificate) =>
      enforcementOf(instance, certificate).find(({ protection }) => protection === 'OCSPStapling')?.by
    expect(stapling(acme, { responderPort: 80 })).toBe('Edge')
    expect([stapling(acme, {}), stapling(acme), stapling(own, { responderPort: 80 })]).toEqual(Array(3).fill('Unsupported'))
  })

  test('tells the burst that ingress-nginx makes of ours, which it takes as a multiple of the rate', () => {
    const limits = { requestsPerSecond: 10, burst: 24, loginsPerMinute: 5, loginBurst: 0 }
    const instance = anInstance({ spec: { ingress: { provider: 'Nginx', limits } } })
    expect(rowOf(instance, 'RequestRateLimit').detail).toMatch(/^10 requests to the API a second and 20 at once/)
    expect(rowOf(instance, 'LoginRateLimit').detail).toMatch(/^5 logins a minute and 5 at once/)
  })
})
