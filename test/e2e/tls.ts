import { X509Certificate } from 'node:crypto'
import { expect, test } from 'vitest'
import type { Site } from '../kind/browser.ts'
import { ask, theCluster, until, waitFor } from './cluster.ts'
import { apply } from './home.ts'
import { managedRows } from './protections-managed.ts'
import { certifiedRsa } from './protections-rsa.ts'
import { ciphersOf, guidesCiphers } from './protections-tls.ts'
import { authority, certified, doorOf, hastenEdge, hosts, namespace, ownSecret, prepare, renewal, shop, untilShop } from './shop.ts'
import { askPlainly, type Greeting, greet, greetMany, load } from './tls-client.ts'

const acme = { tls: { mode: 'CertManager', issuer: { kind: 'ClusterIssuer', name: 'acme' } } }
const own = { tls: { mode: 'Secret', secretName: 'own' } }

const fingerprint = (pem: string): string => new X509Certificate(pem).fingerprint256
const fingerprints = (greetings: readonly Greeting[]): readonly string[] => [...new Set(greetings.map((greeting) => greeting.fingerprint))]
const secondsSince = (began: number): number => Math.round((performance.now() - began) / 1000)

export const tls = () => {
  const cluster = theCluster()
  const hasten = () => hastenEdge(cluster)
  const site = async (ca: string): Promise<Site> => {
    const { address, https } = await doorOf(cluster, namespace, 'shop-edge')
    return { host: hosts.managed, address, port: https, ca }
  }
  const acmeSite = async () => site(await cluster.kubectl(['get', '--raw', '/api/v1/namespaces/pebble/services/https:pebble:15000/proxy/roots/0']))
  const ca = authority()
  const ownSite = async () => site((await ca).certificate)
  const untilServed = (wanted: string, where: Site, seconds: number) =>
    until(
      'every connection meets the new certificate',
      async () => {
        const seen = fingerprints(await greetMany(where))
        if (seen.length === 1 && seen[0] === wanted) return true
        throw new Error(`served: ${seen.join(' and ')}`)
      },
      { seconds },
    )

  test('cert-manager gets a certificate by ACME through the managed edge within a minute', { timeout: 400_000 }, async ({ annotate }) => {
    await prepare(cluster)
    const began = performance.now()
    await apply(cluster, shop(acme))
    await until('the operator asks for a certificate', () => cluster.get(namespace, 'certificate', 'shop-tls'), { seconds: 60 })
    await waitFor(cluster, namespace, 'certificate/shop-tls', 'condition=Ready', 60)
    const issued = secondsSince(began)
    await annotate(`issued ${issued} s after the instance was applied`)
    expect(issued).toBeLessThanOrEqual(60)
    for (const type of ['TLSReady', 'IngressReady', 'Ready']) await untilShop(cluster, type, 'True', 150, hasten)
  })

  test('its chain is verified by the root of the authority; TLS 1.2 and 1.3 are spoken, 1.1 is refused by the edge', async () => {
    const where = await acmeSite()
    expect((await ask(where, '/api/health')).status).toBe(200)
    expect((await greet(where, 'TLSv1.2')).protocol).toBe('TLSv1.2')
    expect((await greet(where, 'TLSv1.3')).protocol).toBe('TLSv1.3')
    await expect(greet(where, 'TLSv1.1')).rejects.toMatchObject({ code: 'ERR_SSL_TLSV1_ALERT_PROTOCOL_VERSION' })
    const { address, http } = await doorOf(cluster, namespace, 'shop-edge')
    expect(await askPlainly(address, http, hosts.managed, '/a?b=c')).toMatchObject({ status: 301, headers: { location: `https://${hosts.managed}/a?b=c` } })
  })

  managedRows(acmeSite)

  test('it is renewed under load when an operation asks for it, and no request fails', async ({ annotate }) => {
    const where = await acmeSite()
    const [before] = fingerprints(await greetMany(where))
    const people = load(where, '/')
    await apply(cluster, renewal('renew-managed'))
    await until(
      'the operation succeeds',
      async () => {
        await hasten()
        return (await cluster.kubectl(['-n', namespace, 'get', 'finiaoperation/renew-managed', '-o', 'jsonpath={.status.state}'])) === 'Succeeded'
          ? true
          : undefined
      },
      { seconds: 150, everyMilliseconds: 2_000 },
    )
    const after = fingerprints(await greetMany(where))
    const { requests, failed } = await people.end(100)
    await annotate(`${requests} requests during the renewal and until there were enough, ${failed.length} of them failed`)
    expect(after).toHaveLength(1)
    expect(after).not.toContain(before)
    expect(failed.slice(0, 5)).toEqual([])
  })

  test('an own certificate is served, and another one within two minutes of its being put into the Secret: with an RSA key, by the ciphers for such', {
    timeout: 400_000,
  }, async ({ annotate }) => {
    const [first, second] = [await certified(await ca), await certifiedRsa(await ca)]
    await apply(cluster, ownSecret(await ca, first))
    await apply(cluster, shop(own))
    await untilShop(cluster, 'TLSReady', 'True', 120)
    const where = await ownSite()
    await untilServed(fingerprint(first.certificate), where, 120)
    const began = performance.now()
    await apply(cluster, ownSecret(await ca, second))
    await untilServed(fingerprint(second.certificate), where, 120)
    await annotate(`the exchanged certificate was served after ${secondsSince(began)} s`)
    expect(await ciphersOf(where)).toEqual(guidesCiphers('RSA'))
    expect(await cluster.get(namespace, 'certificate', 'shop-tls')).toBeUndefined()
  })

  const good = async () => fingerprints(await greetMany(await ownSite()))
  /** What the agents of the edge's pods find wrong with the certificate that is mounted. */
  const complaints = async () => {
    const pods = await cluster.list(namespace, 'pods', 'app.kubernetes.io/instance=shop,app.kubernetes.io/component=edge')
    const path = (pod: string) => `/api/v1/namespaces/${namespace}/pods/${pod}:8082/proxy/status`
    const states = await Promise.all(pods.map(async ({ metadata }) => JSON.parse(await cluster.kubectl(['get', '--raw', path(metadata.name)]))))
    return (states as readonly { readonly certificateProblem?: string }[]).map(({ certificateProblem }) => certificateProblem)
  }
  const untilAgentsComplain = (of: RegExp) =>
    until(
      `the agents complain of ${of.source}`,
      async () => {
        await hasten()
        const heard = await complaints()
        if (heard.length > 0 && heard.every((words) => words !== undefined && of.test(words))) return true
        throw new Error(JSON.stringify(heard))
      },
      { seconds: 120, everyMilliseconds: 1_000 },
    )

  test('a key of another pair, and an expired certificate, are told in a sentence while the good one keeps being served', { timeout: 400_000 }, async () => {
    const before = await good()
    const [one, other, expired] = [await certified(await ca), await certified(await ca), await certified(await ca, -20, 10)]
    await apply(cluster, ownSecret(await ca, { certificate: one.certificate, key: other.key }))
    expect((await untilShop(cluster, 'TLSReady', 'Mismatch', 60)).message).toMatch(/"own".*tls\.key that is not the key.*put the matching pair in/)
    await untilAgentsComplain(/not the key/)
    expect(await good()).toEqual(before)

    await apply(cluster, ownSecret(await ca, expired))
    expect((await untilShop(cluster, 'TLSReady', 'Expired', 60)).message).toMatch(/"own".*expired on \d{4}-\d\d-\d\d: put a newer one in/)
    await untilAgentsComplain(/expired/)
    expect(await good()).toEqual(before)

    await apply(cluster, ownSecret(await ca, one))
    await untilShop(cluster, 'TLSReady', 'True', 120, hasten)
    await untilServed(fingerprint(one.certificate), await ownSite(), 120)
  })

  test('without TLS plain http answers, and asks no browser to insist on https', async () => {
    await apply(cluster, shop({ tls: { mode: 'Disabled' } }))
    // the pods change one after the other, and those of before redirect as long as they are there
    const plain = async () => {
      const { address, http } = await doorOf(cluster, namespace, 'shop-edge')
      const answers = []
      for (let count = 0; count < 12; count++) answers.push(await askPlainly(address, http, hosts.managed, '/'))
      return answers.every(({ status, headers }) => status === 200 && !headers['strict-transport-security']) ? answers : undefined
    }
    const answers = await until('every connection is answered by http, without HSTS', plain, { seconds: 150 })
    await untilShop(cluster, 'Ready', 'True', 120)
    expect(new Set(answers.map(({ headers }) => headers['x-content-type-options']))).toEqual(new Set(['nosniff']))
    expect((await ownSite()).port).toBe(0)
  })
}
