import { expect, test } from 'vitest'
import type { InstanceSpec } from '../../../../operator/crd/spec.ts'
import type { KubeObject } from '../../../../operator/deps.ts'
import { routeChildren } from '../../../../operator/resources/providers/index.ts'
import { anInstance, type Part } from '../../../support/instance.ts'

interface Ingress extends KubeObject {
  readonly spec: {
    readonly tls?: readonly object[]
    readonly rules: readonly { readonly host: string; readonly http?: { readonly paths: readonly { readonly path: string; readonly pathType: string }[] } }[]
  }
}

const routes = (ingress: Part<InstanceSpec['ingress']>): readonly KubeObject[] =>
  routeChildren(anInstance({ spec: { ingress } })).map(({ manifest }) => manifest)

/** What a controller makes a difference by: path, its type, TLS, annotations without their prefix. */
const differences = (manifests: readonly KubeObject[]) =>
  (manifests as readonly Ingress[]).map(({ metadata, spec }) => {
    const [path] = spec.rules[0]?.http?.paths ?? []
    const annotations = Object.entries(metadata.annotations ?? {}).map(([name, value]) => [name.replace(/^nginx\.(org|ingress\.kubernetes\.io)\//, ''), value])
    return { name: metadata.name, path: path && `${path.pathType} ${path.path}`, tls: spec.tls, annotations: Object.fromEntries(annotations) as object }
  })

const ciphers = expect.stringMatching(/^ECDHE-[A-Z0-9:-]+$/) as string
const tls = [{ hosts: ['finia.example.com'], secretName: 'home-tls' }]

test('Nginx has one Ingress for each limit, with the annotations of ingress-nginx', () => {
  const common = {
    'ssl-redirect': 'true',
    'ssl-ciphers': ciphers,
    'ssl-prefer-server-ciphers': 'false',
    'proxy-body-size': '20971520',
    'proxy-connect-timeout': '60',
    'proxy-read-timeout': '60',
    'proxy-send-timeout': '60',
  }
  expect(differences(routes({ provider: 'Nginx' }))).toEqual([
    { name: 'home-edge', path: 'Prefix /', tls, annotations: common },
    { name: 'home-edge-api', path: 'Prefix /api/', tls, annotations: { ...common, 'limit-rps': '10', 'limit-burst-multiplier': '2' } },
    { name: 'home-edge-login', path: 'Prefix /api/auth/login', tls, annotations: { ...common, 'limit-rpm': '5', 'limit-burst-multiplier': '1' } },
  ])
})

test('NginxF5 has a master with TLS and a minion for each limit', () => {
  const minion = {
    'mergeable-ingress-type': 'minion',
    'client-max-body-size': '20971520',
    'proxy-connect-timeout': '60s',
    'proxy-read-timeout': '60s',
    'proxy-send-timeout': '60s',
    'lb-method': 'least_conn',
    'websocket-services': 'home-api',
  }
  // biome-ignore lint/suspicious/noTemplateCurlyInString: a variable of nginx
  const limit = {
    'limit-req-key': '${binary_remote_addr}',
    'limit-req-zone-size': '10m',
    'limit-req-no-delay': 'true',
    'limit-req-reject-code': '429',
    'limit-req-scale': 'true',
  }
  expect(differences(routes({ provider: 'NginxF5' }))).toEqual([
    {
      name: 'home-edge',
      tls,
      annotations: { 'mergeable-ingress-type': 'master', 'ssl-redirect': 'true', 'ssl-ciphers': ciphers, 'ssl-prefer-server-ciphers': 'false' },
    },
    { name: 'home-edge-ui', path: 'Prefix /', annotations: minion },
    { name: 'home-edge-api', path: 'Prefix /api/', annotations: { ...minion, ...limit, 'limit-req-rate': '10r/s', 'limit-req-burst': '20' } },
    { name: 'home-edge-login', path: 'Prefix /api/auth/login', annotations: { ...minion, ...limit, 'limit-req-rate': '5r/m', 'limit-req-burst': '5' } },
  ])
})

test('Gateway has a route to the API at the named listener, and a redirect where a listener for http is named', () => {
  const specs = routes({ provider: 'Gateway', gateway: { name: 'public', sectionName: 'https', httpSectionName: 'http' } }).map(
    (manifest) => Reflect.get(manifest, 'spec') as object,
  )
  const parent = { group: 'gateway.networking.k8s.io', kind: 'Gateway', name: 'public' }
  const matches = [{ path: { type: 'PathPrefix', value: '/' } }]
  expect(specs).toEqual([
    {
      parentRefs: [{ ...parent, sectionName: 'https' }],
      hostnames: ['finia.example.com'],
      rules: [{ matches, backendRefs: [{ kind: 'Service', name: 'home-api', port: 80, weight: 1 }], timeouts: { request: '3m' } }],
    },
    {
      parentRefs: [{ ...parent, sectionName: 'http' }],
      hostnames: ['finia.example.com'],
      rules: [{ matches, filters: [{ type: 'RequestRedirect', requestRedirect: { scheme: 'https', statusCode: 301 } }] }],
    },
  ])
})

test.each(['Nginx', 'NginxF5', 'Gateway'] as const)('%s renders neither snippets nor headers, whatever else it does', (provider) => {
  const text = JSON.stringify(routes({ provider, gateway: { name: 'public', sectionName: 'https', httpSectionName: 'http' } }))
  expect(text).not.toMatch(/snippet|header|hsts|cors/i)
})

test.each(['Nginx', 'NginxF5', 'Gateway'] as const)('%s neither redirects nor has a certificate when TLS is disabled', (provider) => {
  const text = JSON.stringify(routes({ provider, tls: { mode: 'Disabled' }, gateway: { name: 'public', sectionName: 'http', httpSectionName: 'http' } }))
  expect(text).not.toMatch(/secretName|RequestRedirect|ssl-redirect":"true|ssl-ciphers/)
})
