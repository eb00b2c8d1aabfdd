import { expect, test } from 'vitest'
import type { Site } from '../kind/browser.ts'
import { ask, theCluster, until, waitFor } from './cluster.ts'
import { apply } from './home.ts'
import { compareProtections } from './protections.ts'
import { doorOf, hosts, namespace, renewal, shop, statusOf, untilShop } from './shop.ts'
import { askPlainly, greet, load } from './tls-client.ts'
import { attachUpstream, detachUpstream, removeUpstream } from './upstream.ts'

const throughController = {
  provider: 'Nginx',
  host: hosts.controller,
  tls: { mode: 'CertManager', issuer: { kind: 'ClusterIssuer', name: 'acme' } },
}

/** By the policies nobody may call the API but an edge of its own. */
const letIn = { networkPolicy: { ingressFrom: [{ 'kubernetes.io/metadata.name': 'traefik' }] } }

export const ingress = () => {
  const cluster = theCluster()
  const site = async (): Promise<Site> => {
    const { address, https } = await doorOf(cluster, 'traefik', 'traefik')
    const ca = await cluster.kubectl(['get', '--raw', '/api/v1/namespaces/pebble/services/https:pebble:15000/proxy/roots/0'])
    return { host: hosts.controller, address, port: https, ca }
  }

  const enforcers = async () => Object.fromEntries(((await statusOf(cluster)).ingress?.enforcement ?? []).map(({ protection, by }) => [protection, by]))

  test('an ingress controller takes over from the managed edge, with a certificate by ACME', { timeout: 400_000 }, async ({ annotate }) => {
    const began = performance.now()
    await apply(cluster, shop(throughController, letIn))
    await until(
      'the certificate is for the new host',
      async () => {
        const certificate = await cluster.get<{ readonly spec: { readonly dnsNames?: readonly string[] } }>(namespace, 'certificate', 'shop-tls')
        return certificate?.spec.dnsNames?.includes(hosts.controller) ? true : undefined
      },
      { seconds: 60 },
    )
    await waitFor(cluster, namespace, 'certificate/shop-tls', 'condition=Ready', 60)
    await annotate(`issued ${Math.round((performance.now() - began) / 1000)} s after the provider was changed`)
    for (const type of ['TLSReady', 'IngressReady', 'Ready']) await untilShop(cluster, type, 'True', 150)
    const { status, headers } = await ask(await site(), '/')
    expect(status).toBe(200)
    expect(headers['strict-transport-security']).toMatch(/^max-age=31536000/)
    expect(headers['content-security-policy']).toBeDefined()
    const { address, http } = await doorOf(cluster, 'traefik', 'traefik')
    expect(await askPlainly(address, http, hosts.controller, '/a?b=c')).toMatchObject({
      status: 308,
      headers: { location: `https://${hosts.controller}/a?b=c` },
    })
    await until('the managed edge is gone', async () => ((await cluster.get(namespace, 'deployment', 'shop-edge')) ? undefined : true), { seconds: 60 })
  })

  test('the status says who enforces what, and the limits hold that it gives to the edge', async ({ annotate }) => {
    expect(await enforcers()).toMatchObject({ RequestRateLimit: 'Edge', HTTPSRedirect: 'Edge', BodySize: 'Edge', SecurityHeaders: 'API', HSTS: 'API' })
    const where = await site()
    const began = performance.now()
    const answers = await Promise.all(Array.from({ length: 120 }, () => ask(where, '/api/theme/colors')))
    const seconds = (performance.now() - began) / 1000
    const passed = answers.filter(({ status }) => status === 200).length
    await annotate(`of 120 requests in ${seconds.toFixed(1)} s ${passed} passed`)
    expect(passed).toBeGreaterThanOrEqual(20)
    expect(passed).toBeLessThanOrEqual(20 + 10 * seconds + 1)
    expect(answers.filter(({ status }) => status === 429)).toHaveLength(120 - passed)
    // announced and not sent: who writes when he is refused finds the connection closed, and may miss the answer
    const tooMuch = { method: 'POST', headers: { 'content-length': String(21 * 1024 * 1024) } }
    expect((await ask(where, '/api/auth/login', tooMuch)).status).toBe(413)
  })

  const compared = async () => {
    await attachUpstream(cluster)
    try {
      return await compareProtections({ cluster, site: await site(), door: await doorOf(cluster, 'traefik', 'traefik'), stranger: hosts.stranger })
    } finally {
      await detachUpstream(cluster)
    }
  }

  test('every protection is enforced by whom the status names, as requests through the controller show', async ({ annotate }) => {
    const { shown, said, details } = await compared()
    await annotate(details)
    expect(shown).toEqual(said)
  })

  test('through it, too, a certificate is renewed under load and no request fails', async ({ annotate }) => {
    const where = await site()
    const before = await greet(where)
    const people = load(where, '/')
    await apply(cluster, renewal('renew-controller'))
    await waitFor(cluster, namespace, 'finiaoperation/renew-controller', 'jsonpath={.status.state}=Succeeded', 120)
    const after = await until(
      'another certificate is served',
      async () => {
        const greeting = await greet(where)
        return greeting.fingerprint === before.fingerprint ? undefined : greeting
      },
      { seconds: 30 },
    )
    const { requests, failed } = await people.end(100)
    await annotate(`${requests} requests during the renewal and until there were enough, ${failed.length} of them failed`)
    expect(after.fingerprint).not.toBe(before.fingerprint)
    expect(failed.slice(0, 5)).toEqual([])
  })

  test('a Gateway takes over, with the same certificate', { timeout: 400_000 }, async () => {
    const tls = { certificateRefs: [{ name: 'shop-tls' }] }
    await apply(cluster, {
      apiVersion: 'gateway.networking.k8s.io/v1',
      kind: 'Gateway',
      metadata: { name: 'front', namespace },
      spec: {
        gatewayClassName: 'traefik',
        listeners: [
          { name: 'http', port: 80, protocol: 'HTTP', hostname: hosts.controller },
          { name: 'https', port: 443, protocol: 'HTTPS', hostname: hosts.controller, tls },
        ],
      },
    })
    await apply(cluster, shop({ ...throughController, provider: 'Gateway', gateway: { name: 'front', sectionName: 'https', httpSectionName: 'http' } }, letIn))
    await until('there are no Ingresses', async () => ((await cluster.list(namespace, 'ingresses')).length === 0 ? true : undefined), { seconds: 60 })
    for (const type of ['TLSReady', 'IngressReady', 'Ready']) await untilShop(cluster, type, 'True', 120)
    // The controller serves both kinds of routes, and takes in that one has gone before it takes in that the other has come: up to some seconds.
    await until('the Gateway answers', async () => ((await ask(await site(), '/api/health')).status === 200 ? true : undefined), { seconds: 30 })
    // each listener takes its route in for itself
    const { address, http } = await doorOf(cluster, 'traefik', 'traefik')
    const redirected = async () => {
      const { status, headers } = await askPlainly(address, http, hosts.controller, '/a?b=c')
      return status === 404 ? undefined : { status, location: headers.location }
    }
    expect(await until('the listener for http answers', redirected, { seconds: 30 })).toEqual({
      status: 301,
      location: `https://${hosts.controller}/a?b=c`,
    })
    // the Gateway API knows no limits, and the API's limit of requests is off here
    expect(await enforcers()).toMatchObject({ RequestRateLimit: 'Unsupported', LoginRateLimit: 'API', HTTPSRedirect: 'Edge' })
  })

  test('every protection is enforced by whom the status names, as requests through the Gateway show', async ({ annotate }) => {
    const { shown, said, details } = await compared()
    await annotate(details)
    expect(shown).toEqual(said)
    await removeUpstream(cluster)
  })

  test('without a provider there are no routes any more', async () => {
    await apply(cluster, shop({ ...throughController, provider: 'None' }))
    for (const kind of ['httproutes', 'certificates'])
      await until(`there are no ${kind}`, async () => ((await cluster.list(namespace, kind)).length === 0 ? true : undefined), { seconds: 60 })
    await untilShop(cluster, 'Ready', 'True', 60)
  })

  test('deleted, it leaves nothing, and operations that are over go when their time has come', async () => {
    await cluster.kubectl(['-n', namespace, 'patch', 'finiainstance', 'shop', '--type=merge', '-p', JSON.stringify({ spec: { deletionPolicy: 'Delete' } })])
    await untilShop(cluster, 'Ready', 'True', 60)
    await cluster.kubectl(['-n', namespace, 'delete', 'finiainstance', 'shop', '--timeout=60s'])
    for (const kind of ['deployments', 'services'])
      await until(`there are no ${kind}`, async () => ((await cluster.list(namespace, kind)).length === 0 ? true : undefined), { seconds: 90 })
    await until('there are no operations', async () => ((await cluster.list(namespace, 'finiaoperations')).length === 0 ? true : undefined), { seconds: 60 })
    await cluster.kubectl(['delete', 'namespace', namespace, '--wait=false'])
    await cluster.kubectl(['-n', 'finance', 'delete', 'networkpolicy', 'shop-to-home'])
  })
}
