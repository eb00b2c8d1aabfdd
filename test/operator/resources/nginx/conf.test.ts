import fc from 'fast-check'
import { expect, test } from 'vitest'
import { nginxConf } from '../../../../operator/resources/nginx/conf.ts'
import { publicUrl } from '../../../../operator/resources/public-url.ts'
import { anyInstance } from '../../../support/any-instance.ts'
import { anInstance } from '../../../support/instance.ts'

/** The text of a block, braces and all, that begins with `opening`. */
const block = (text: string, opening: string): string => {
  const start = text.indexOf(opening)
  if (start < 0) throw new Error(`there is no ${opening}`)
  let depth = 0
  for (let index = text.indexOf('{', start); index < text.length; index++) {
    if (text[index] === '{') depth++
    if (text[index] === '}' && --depth === 0) return text.slice(start, index + 1)
  }
  throw new Error(`${opening} does not end`)
}

const listening = (text: string, port: number): string =>
  [...text.matchAll(/^ {2}server \{/gm)].map(({ index }) => block(text.slice(index), 'server {')).find((server) => server.includes(`listen ${port}`)) ?? ''

test('braces are balanced and every directive ends, whatever the instance says', () => {
  fc.assert(
    fc.property(anyInstance, (instance) => {
      const plain = nginxConf(instance).replace(/"(?:[^"\\]|\\.)*"|'(?:[^'\\]|\\.)*'/g, '""')
      expect(plain.split('{').length).toBe(plain.split('}').length)
      const broken = plain.split('\n').filter((line) => !/^\s*($|#)|[;{}]$|""$|escape=json ""$/.test(line))
      expect(broken).toEqual([])
      expect(plain).not.toMatch(/undefined|NaN|\[object/)
    }),
    { numRuns: 100 },
  )
})

test('http leads to https, and the port that people really use is kept', () => {
  const at = (externalHttpsPort: number) => anInstance({ spec: { ingress: { managed: { service: { externalHttpsPort } } } } })
  expect(listening(nginxConf(at(443)), 8080)).toContain('return 301 https://finia.example.com$request_uri;')
  expect(listening(nginxConf(at(8443)), 8080)).toContain('return 301 https://finia.example.com:8443$request_uri;')
  expect(publicUrl(at(8443))).toBe('https://finia.example.com:8443')
})

const headersOf = (text: string) => [...text.matchAll(/add_header (\S+)/g)].map(([, name]) => name)

test('nginx adds headers to its own answers only: to none that it passes on, and HSTS to none over http', () => {
  const conf = nginxConf(anInstance())
  const https = listening(conf, 8443)
  const own = block(https, 'location @own')
  expect(headersOf(own)).toEqual([
    'X-Content-Type-Options',
    'X-Frame-Options',
    'Referrer-Policy',
    'Content-Security-Policy',
    'X-XSS-Protection',
    'Strict-Transport-Security',
    'Retry-After',
    'Cache-Control',
  ])
  expect(headersOf(https.replace(own, '').replace(block(https, 'location @secure'), ''))).toEqual([])
  expect(headersOf(listening(conf, 8080))).not.toContain('Strict-Transport-Security')
  expect(conf).not.toContain('proxy_intercept_errors')
})

test('headers that are a choice follow the instance', () => {
  const conf = nginxConf(anInstance({ spec: { ingress: { hsts: { maxAge: 0 }, headers: { xXssProtection: false, referrerPolicy: 'no-referrer' } } } }))
  expect(conf).not.toMatch(/Strict-Transport-Security|X-XSS-Protection/)
  expect(conf).toContain('add_header Referrer-Policy no-referrer always;')
  const short = nginxConf(anInstance({ spec: { ingress: { hsts: { maxAge: 60, includeSubDomains: false } } } }))
  expect(short).toContain('add_header Strict-Transport-Security "max-age=60" always;')
})

test('what the client says of itself is replaced by what nginx sees', () => {
  const https = listening(nginxConf(anInstance()), 8443)
  expect([...https.matchAll(/proxy_set_header (X-\S+|Forwarded|Host) (\S+);/g)].map(([, name, value]) => [name, value])).toEqual([
    ['Host', '$http_host'],
    ['X-Forwarded-Host', '$http_host'],
    ['X-Forwarded-Proto', 'https'],
    ['X-Forwarded-For', '$remote_addr'],
    ['X-Real-IP', '$remote_addr'],
    ['X-Request-Id', '$request_id'],
    ['Forwarded', '""'],
  ])
})

test('limits and times are those of the instance, and 0 is off', () => {
  const conf = nginxConf(anInstance({ spec: { ingress: { limits: { bodySize: '1Mi' }, timeouts: { connect: '5s', read: '1m30s', send: '1h' } } } }))
  expect(conf).toContain('client_max_body_size 1048576;')
  expect(conf).toContain('proxy_connect_timeout 5s;')
  expect(conf).toContain('proxy_read_timeout 90s;')
  expect(conf).toContain('proxy_send_timeout 3600s;')
  expect(nginxConf(anInstance({ spec: { ingress: { limits: { bodySize: '0' } } } }))).toContain('client_max_body_size 0;')
})

test('no log line holds a query', () => {
  const conf = nginxConf(anInstance())
  const format = conf.slice(conf.indexOf('log_format'), conf.indexOf('access_log /'))
  expect(format).not.toMatch(/\$(request|request_uri|args|query_string|http_referer)\b/)
  expect(conf).toContain('error_log stderr crit;')
})

test('the key, the pods and the certificate lie beside the settings, so that a configuration holds no secret and is tried where it lies', () => {
  const conf = nginxConf(anInstance())
  expect([...conf.matchAll(/(?:include|ssl_certificate|ssl_certificate_key) (\S+);/g)].map(([, path]) => path)).toEqual([
    'stapling.conf',
    'upstream.conf',
    'tls.crt',
    'tls.key',
    '/tmp/edge-key.conf',
  ])
})

test('a challenge is passed on to whoever solves it, over http, only where cert-manager makes the certificate', () => {
  const conf = nginxConf(anInstance({ spec: { ingress: { tls: { mode: 'CertManager', issuer: { kind: 'Issuer', name: 'ca' } } } } }))
  expect(block(listening(conf, 8080), 'location ^~ /.well-known/acme-challenge/')).toContain('proxy_pass http://solvers;')
  expect(block(conf, 'upstream solvers')).toContain('include solvers.conf;')
  expect(listening(conf, 8443)).not.toContain('acme')
  expect(nginxConf(anInstance())).not.toMatch(/solvers|acme/)
})

test('without TLS http does what https does otherwise, and nothing speaks of TLS', () => {
  const [plain, secure] = [nginxConf(anInstance({ spec: { ingress: { tls: { mode: 'Disabled' } } } })), nginxConf(anInstance())]
  expect(plain).not.toMatch(/ssl|https|Strict-Transport|stapling|8443|return 301/)
  const locations = (text: string) => [...text.matchAll(/^ {4}location .*$/gm)].map(([line]) => line.trim())
  expect(locations(listening(plain, 8080))).toEqual(locations(listening(secure, 8443)).filter((line) => line !== 'location @secure {'))
  expect(listening(plain, 8080)).toContain('proxy_set_header X-Forwarded-Proto http;')
})

const limitsOf = (conf: string) => [...conf.matchAll(/^\s*(limit_req(?:_zone)? .*);$/gm)].map(([, line]) => line)

test("the limits are the guide's unless told, the login has its own, and 0 is off", () => {
  expect(limitsOf(nginxConf(anInstance()))).toEqual([
    'limit_req_zone $binary_remote_addr zone=requests:10m rate=10r/s',
    'limit_req_zone $binary_remote_addr zone=logins:10m rate=5r/m',
    'limit_req zone=requests burst=20 nodelay',
    'limit_req zone=logins burst=5 nodelay',
  ])
  const off = anInstance({ spec: { ingress: { limits: { requestsPerSecond: 0, loginsPerMinute: 0 } } } })
  expect(nginxConf(off)).not.toContain('limit_req')
  const noBurst = anInstance({ spec: { ingress: { limits: { burst: 0, loginBurst: 0 } } } })
  expect(limitsOf(nginxConf(noBurst)).slice(2)).toEqual(['limit_req zone=requests', 'limit_req zone=logins'])
})

test('where a Service hides who the client is, nginx counts nobody, unless a trusted proxy tells', () => {
  const hidden = { service: { type: 'LoadBalancer', externalTrafficPolicy: 'Cluster' } } as const
  expect(limitsOf(nginxConf(anInstance({ spec: { ingress: { managed: hidden } } })))).toEqual([])
  const told = nginxConf(anInstance({ spec: { ingress: { managed: hidden, trustedProxies: ['10.0.0.0/8', 'fd00::/8'] } } }))
  expect(limitsOf(told)).toHaveLength(4)
  expect(told).toContain('set_real_ip_from 10.0.0.0/8;')
  expect(told).toContain('set_real_ip_from fd00::/8;')
  expect(told).toContain('real_ip_recursive on;')
  expect(nginxConf(anInstance())).not.toContain('real_ip')
})

test("a refusal says when to come back: as long as the limit's pace", () => {
  const conf = nginxConf(anInstance({ spec: { ingress: { limits: { loginsPerMinute: 4 } } } }))
  expect(block(conf, 'map "$status $uri"')).toContain('"~^429 /api/auth/login" 15;')
  expect(block(conf, 'map "$status $uri"')).toContain('"~^429 " 1;')
})

test('only pages of named origins may read what nginx itself answers', () => {
  const origin = 'https://app.example.com'
  const conf = nginxConf(anInstance({ spec: { api: { config: { corsOrigins: [origin] } } } }))
  expect(block(conf, 'map $http_origin')).toContain(`"${origin}" $http_origin;`)
  expect(block(conf, 'location @own')).toContain('Access-Control-Allow-Origin $own_allowed_origin')
  expect(block(nginxConf(anInstance()), 'location @own')).not.toContain('Access-Control')
})

test('no two parts claim shared memory by the same name: nginx would refuse to start', () => {
  const names = [...nginxConf(anInstance()).matchAll(/^\s*zone (\S+) |(?:limit_req_zone .* zone|keys_zone)=([^:]+):/gm)].map(
    ([, upstream, other]) => upstream ?? other,
  )
  expect(names).toHaveLength(4)
  expect(new Set(names).size).toBe(names.length)
})
