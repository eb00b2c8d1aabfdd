import { expect, test } from 'vitest'
import { steadyLoad } from '../edge/steady-load.ts'
import { Http1Client } from '../kind/http1-client.ts'
import { Http2Client } from '../kind/http2-client.ts'
import { reloadsOf } from '../reloads.ts'
import { theCluster, until, waitFor } from './cluster.ts'
import { apply, home, namespace, siteOf } from './home.ts'
import { letTestsAskAgents } from './let-in.ts'
import { type Volley, volley } from './protections-limits.ts'
import { visiting } from './protections-visit.ts'

interface EdgeStatus {
  readonly running?: { readonly id: string; readonly settings: string; readonly servers: number }
  readonly mounted: string
}

/** Whatever comes to the node ports comes from one of these: the proxy before the edge, for the test. */
const trustedProxies = ['10.0.0.0/8', '172.16.0.0/12', '192.168.0.0/16']

export const edge = () => {
  const cluster = theCluster()
  const edgePods = async () =>
    (await cluster.list(namespace, 'pods', 'app.kubernetes.io/instance=home,app.kubernetes.io/component=edge')).map(({ metadata }) => metadata.name)
  const statusOf = async (pod: string): Promise<EdgeStatus> =>
    JSON.parse(await cluster.kubectl(['get', '--raw', `/api/v1/namespaces/${namespace}/pods/${pod}:8082/proxy/status`])) as EdgeStatus
  const statuses = async () => Promise.all((await edgePods()).map(statusOf))
  const ingressOf = (part: object) => ({ ...home(cluster).spec.ingress, ...part })
  /** The kubelet brings a changed ConfigMap into a pod within a minute and a half. */
  const untilTaken = (before: readonly EdgeStatus[]) =>
    until(
      'every nginx runs other settings',
      async () => {
        const old = new Set(before.map(({ running }) => running?.settings))
        const now = await statuses()
        if (now.every(({ running, mounted }) => running !== undefined && running.settings === mounted && !old.has(running.settings))) return true
        throw new Error(JSON.stringify(now))
      },
      { seconds: 150 },
    )

  test('the edge knows every API pod, and takes other settings in as it runs', { timeout: 200_000 }, async () => {
    await apply(cluster, await letTestsAskAgents(cluster, namespace, 'home'))
    const pods = await edgePods()
    const before = await until(
      'both nginx know three pods',
      async () => {
        const found = await statuses()
        return found.filter(({ running }) => running?.servers === 3).length === 2 ? found : undefined
      },
      { seconds: 60 },
    )
    await apply(cluster, home(cluster, { ingress: ingressOf({ trustedProxies }) }))
    await untilTaken(before)
    expect((await edgePods()).sort()).toEqual(pods.sort())
  })

  /** Many requests at once, each through a proxy that saw this client, which claims to be somebody else; on one connection, for handshakes take a slow machine so long that it is no burst. */
  const burst = async (
    client: string,
    path: string,
    count: number,
    claimed: (index: number) => string,
    bodyOf?: (index: number) => object,
  ): Promise<Volley> => {
    const question = (index: number) => ({
      headers: { 'x-forwarded-for': `${claimed(index)}, ${client}`, ...(bodyOf && { 'content-type': 'application/json' }) },
      ...(bodyOf && { method: 'POST', body: JSON.stringify(bodyOf(index)) }),
    })
    return visiting(await siteOf(cluster), {}, (visit) => volley(visit, count, (index) => visit.ask(path, question(index))))
  }
  const somebody = () => '198.51.100.9'

  test('two clients behind a proxy have two budgets, and a refusal says when to come back', async () => {
    const { passed, refused, seconds } = await burst('203.0.113.1', '/api/theme/colors', 100, somebody)
    expect(passed.length).toBeLessThanOrEqual(20 + 10 * seconds + 1)
    const [refusal] = refused
    expect(refusal).toMatchObject({ status: 429, headers: { 'retry-after': '1', 'x-content-type-options': 'nosniff', 'content-type': 'application/json' } })
    expect(JSON.parse(refusal?.text ?? '')).toEqual({ detail: 'Too many requests. Please wait a moment and try again.' })
    expect((await burst('203.0.113.2', '/api/theme/colors', 10, somebody)).passed.map(({ status }) => status)).toEqual(Array(10).fill(200))
  })

  test('what a client says of itself is not believed: the address that the proxy saw counts', async () => {
    const { passed, seconds } = await burst('203.0.113.3', '/api/theme/colors', 100, (index) => `192.0.2.${index}`)
    expect(passed.length).toBeLessThanOrEqual(Math.min(99, 20 + 10 * seconds + 1))
  })

  test('logins have a budget of their own', async () => {
    // each for another account, or the API would lock one out
    const tries = await burst('203.0.113.4', '/api/auth/login', 30, somebody, (index) => ({ username: `nobody${index}`, password: 'wrong' }))
    expect(tries.passed.length).toBeLessThanOrEqual(5 + tries.seconds * (5 / 60) + 1)
    expect(tries.refused[0]).toMatchObject({ headers: { 'retry-after': '12' } })
  })

  const { reloads, requests } = reloadsOf(process.env)
  test(`${requests} requests over HTTP/1.1 and as many over HTTP/2 during ${reloads} reloads: none fails`, {
    timeout: (60 + reloads * 95 + requests / 20) * 1000,
  }, async () => {
    const site = await siteOf(cluster)
    const seen = new Set<string>()
    const note = async () => {
      for (const { running } of await statuses()) seen.add(running?.id ?? '')
    }
    // a client of its own for each request, so that no limit is met
    const headers = (person: number, count: number) => ({ 'x-forwarded-for': `203.0.${(person * 50 + count) % 200}.${count % 250}` })
    const loads = [new Http1Client(site), new Http2Client(site)].map((client) => steadyLoad(client, { path: '/', requests, headers }))
    const endAll = () => Promise.all(loads.map(({ end }) => end()))
    const scale = async (replicas: number) => {
      await cluster.kubectl(['-n', namespace, 'patch', 'finiainstance', 'home', '--type=merge', '-p', JSON.stringify({ spec: { api: { replicas } } })])
      await until(
        `every nginx knows ${replicas} pods`,
        async () => ((await statuses()).every(({ running }) => running?.servers === replicas) ? true : undefined),
        { seconds: 90 },
      )
      await note()
    }
    await note()
    try {
      for (let reload = 0; reload < reloads || !loads.every((load) => load.requests() >= requests); reload++) await scale(reload % 2 === 0 ? 2 : 3)
      await scale(3)
    } finally {
      await endAll()
    }
    expect((await endAll()).map(({ outcomes, failed }) => [outcomes, failed])).toEqual(loads.map(() => [{ 200: expect.any(Number) }, []]))
    expect(seen.size).toBeGreaterThanOrEqual(Math.min(reloads, 4))
    await apply(cluster, home(cluster))
    await waitFor(cluster, namespace, 'finiainstance/home', 'condition=Ready')
  })
}
