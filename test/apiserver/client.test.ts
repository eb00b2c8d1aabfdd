import { writeFile } from 'node:fs/promises'
import { constants } from 'node:http2'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import type { KubeObject, Resource } from '../../operator/deps.ts'
import { KubeError } from '../../operator/kube/errors.ts'
import { fileToken, fromKubeconfig } from '../../operator/kube/kubeconfig.ts'
import { systemClock } from '../../operator/runtime/system-clock.ts'
import { FakeClock } from '../support/clock.ts'
import { apiServer, connect, freshNamespace, grantOperator, until } from './environment.ts'
import { FaultProxy, type Rule } from './fault-proxy.ts'

const configMaps: Resource = { group: '', version: 'v1', plural: 'configmaps', kind: 'ConfigMap' }
const secrets: Resource = { group: '', version: 'v1', plural: 'secrets', kind: 'Secret' }
const deployments: Resource = { group: 'apps', version: 'v1', plural: 'deployments', kind: 'Deployment' }

interface ConfigMap extends KubeObject {
  readonly data?: Readonly<Record<string, string>>
}

const { kube, close } = connect()
let namespace: string
beforeAll(async () => {
  namespace = await freshNamespace()
})
afterAll(close)

const manifest = (name: string, data: Record<string, string> = {}): ConfigMap => ({
  apiVersion: 'v1',
  kind: 'ConfigMap',
  metadata: { name, namespace },
  data,
})
const ref = (name: string) => ({ resource: configMaps, namespace, name })

/** What a promise failed with, as plain data. */
const failureOf = async (work: Promise<unknown>) => {
  const error: unknown = await work.then(
    () => undefined,
    (reason: unknown) => reason,
  )
  return error instanceof KubeError ? { status: error.status, reason: error.reason, message: error.message } : error
}

const throughProxy = async <T>(
  rules: readonly Rule[],
  work: (client: ReturnType<typeof connect>, proxy: FaultProxy) => Promise<T>,
  access: Parameters<typeof connect>[0] = {},
): Promise<T> => {
  const proxy = await FaultProxy.start(apiServer())
  proxy.arm(...rules)
  const client = connect({ url: proxy.url, ...access })
  let result: T
  try {
    result = await work(client, proxy)
  } finally {
    client.close()
  }
  await proxy.stop()
  return result
}

describe('the client', () => {
  test('creates once, applies, patches, reads and deletes, and what is gone reads as undefined', async () => {
    expect((await kube.create<ConfigMap>(configMaps, manifest('one', { a: '1' })))?.data).toEqual({ a: '1' })
    expect(await kube.create(configMaps, manifest('one'))).toBeUndefined()
    expect((await kube.apply<ConfigMap>(configMaps, manifest('one', { a: '2' }))).data).toEqual({ a: '2' })
    expect((await kube.patch<ConfigMap>(ref('one'), { data: { b: '3' } })).data).toEqual({ a: '2', b: '3' })
    await kube.delete(ref('one'))
    expect(await kube.get(ref('one'))).toBeUndefined()
    await kube.delete(ref('one'))
  })

  test('a patch made for another version is a conflict', async () => {
    const before = await kube.apply(configMaps, manifest('raced'))
    await kube.patch(ref('raced'), { data: { a: '1' } })
    const patch = { metadata: { resourceVersion: before.metadata.resourceVersion }, data: { a: '2' } }
    expect(await failureOf(kube.patch(ref('raced'), patch))).toMatchObject({ status: 409, reason: 'Conflict' })
  })

  test('neither deletes a successor of the same name nor writes its status', async () => {
    const spec = { selector: { matchLabels: { a: 'b' } }, template: { metadata: { labels: { a: 'b' } }, spec: { containers: [{ name: 'x', image: 'x' }] } } }
    const deployment = { apiVersion: 'apps/v1', kind: 'Deployment', metadata: { name: 'again', namespace }, spec } as KubeObject
    const where = { resource: deployments, namespace, name: 'again' }
    const first = await kube.apply(deployments, deployment)
    await kube.patchStatus(where, first.metadata.uid ?? '', { replicas: 1 })
    await kube.delete(where, first.metadata.uid)
    const second = await kube.apply(deployments, deployment)
    await kube.delete(where, first.metadata.uid)
    expect((await kube.get(where))?.metadata.uid).toBe(second.metadata.uid)
    expect(await failureOf(kube.patchStatus(where, first.metadata.uid ?? '', { replicas: 2 }))).toMatchObject({ status: 409 })
    await kube.delete(where, second.metadata.uid)
    expect(await kube.get(where)).toBeUndefined()
  })

  test('a kind that is not served does not pass for an object that is gone', async () => {
    const unknown = { group: 'nowhere.invalid', version: 'v1', plural: 'things', kind: 'Thing' }
    expect(await failureOf(kube.get({ resource: unknown, namespace, name: 'x' }))).toMatchObject({ status: 404 })
  })

  test('an error about a Secret names the field and never the value', async () => {
    const secret = { apiVersion: 'v1', kind: 'Secret', metadata: { name: 's', namespace }, stringData: { 'not a key': 'hunter2' }, data: { a: 'hunter2!' } }
    const failure = await failureOf(kube.create(secrets, secret as KubeObject))
    expect(failure).toMatchObject({ status: expect.toSatisfy((status: number) => status === 400 || status === 422) })
    expect(JSON.stringify(failure)).not.toContain('hunter2')
  })

  test('an apply whose answer was lost is repeated and leaves one object', async () => {
    const rules: Rule[] = [{ verb: 'patch', name: 'lost', act: { do: 'loseAnswer' } }]
    const applied = await throughProxy(rules, (client) => client.kube.apply<ConfigMap>(configMaps, manifest('lost', { a: '1' })))
    expect(applied.metadata.generation ?? 1).toBe(1)
    expect((await kube.get<ConfigMap>(ref('lost')))?.metadata.uid).toBe(applied.metadata.uid)
  })

  test('a creation whose answer was lost is not repeated: the caller looks again', async () => {
    const rules: Rule[] = [{ verb: 'create', resource: 'configmaps', act: { do: 'loseAnswer' } }]
    const failure = await throughProxy(rules, (client) => failureOf(client.kube.create(configMaps, manifest('made'))))
    expect(failure).toMatchObject({ status: 0, reason: 'ConnectionLost' })
    expect(await kube.get(ref('made'))).toBeDefined()
  })

  test('a creation that the server refused to hear is sent again', async () => {
    const rules: Rule[] = [{ verb: 'create', resource: 'configmaps', act: { do: 'reset', code: constants.NGHTTP2_REFUSED_STREAM } }]
    const created = await throughProxy(rules, (client) => client.kube.create(configMaps, manifest('refused')))
    expect(created?.metadata.name).toBe('refused')
  })

  test('waits as long as a busy server asks for, on the clock it was given', async () => {
    const clock = new FakeClock()
    const busy: Rule = { verb: 'patch', name: 'busy', act: { do: 'respond', status: 429, headers: { 'retry-after': '30' }, body: 'busy' } }
    await throughProxy(
      [busy],
      async (client, proxy) => {
        const applying = client.kube.apply(configMaps, manifest('busy'))
        await until('the server refused', 10_000, () => proxy.requests.length === 1)
        await until('the client waits', 10_000, () => clock.sleepers === 2)
        await clock.advance(29_000)
        expect(proxy.requests).toHaveLength(1)
        await clock.advance(1_000)
        expect((await applying).metadata.name).toBe('busy')
      },
      { clock },
    )
  })

  test('gives up on an answer that does not come, at its deadline', async () => {
    const clock = new FakeClock()
    await throughProxy(
      [{ verb: 'get', name: 'slow', act: { do: 'hold' } }],
      async (client, proxy) => {
        const failure = failureOf(client.kube.get(ref('slow')))
        await until('the request arrived', 10_000, () => proxy.requests.length === 1)
        await clock.advance(30_000)
        expect(await failure).toMatchObject({ status: 0, reason: 'DeadlineExceeded' })
      },
      { clock },
    )
  })

  test('after a GOAWAY what was begun ends, and what comes next goes another way', async () => {
    await throughProxy([{ verb: 'watch', act: { do: 'goaway' } }], async (client, proxy) => {
      const names: string[] = []
      const stop = new AbortController()
      const watching = (async () => {
        for await (const event of client.lists.watch(configMaps, { namespace }, { initialEvents: true, timeoutSeconds: 300 }, stop.signal)) {
          if (event.type !== 'BOOKMARK') names.push(event.object.metadata.name)
        }
      })().catch(() => {})
      await until('the watch began', 10_000, () => proxy.seen({ verb: 'watch' })[0]?.status === 200)
      await kube.apply(configMaps, manifest('after-goaway'))
      await until('the watch goes on', 10_000, () => names.includes('after-goaway'))
      const page = await client.lists.list(configMaps, { namespace }, {}, stop.signal)
      const second = client.lists.watch(
        configMaps,
        { namespace },
        { resourceVersion: page.resourceVersion, initialEvents: false, timeoutSeconds: 1 },
        stop.signal,
      )
      for await (const _ of second) expect(_.type).toBe('BOOKMARK')
      // One for the first watch, one for calls, one for the second watch.
      expect(proxy.connections).toBe(3)
      stop.abort()
      await watching
    })
  })

  test('a connection that fell silent is found by a PING and replaced', async () => {
    const clock = new FakeClock()
    await throughProxy(
      [],
      async (client, proxy) => {
        await client.kube.get(ref('any'))
        proxy.freeze()
        const reading = client.kube.get(ref('any'))
        await until('the client waits for the answer', 10_000, () => clock.sleepers === 2)
        // The deadline of 30 s passes with the PING unanswered; 15 s later the session is given up.
        const failed = failureOf(reading)
        await clock.advance(30_000)
        expect(await failed).toMatchObject({ reason: 'DeadlineExceeded' })
        await clock.advance(15_000)
        expect(await client.kube.get(ref('any'))).toBeUndefined()
      },
      { clock },
    )
  })

  test('hundreds of calls share one connection without exceeding its streams', async () => {
    await throughProxy([], async (client, proxy) => {
      await Promise.all(Array.from({ length: 300 }, () => client.kube.get(ref('none'))))
      expect(proxy.seen({ verb: 'get' }).map(({ status }) => status)).toEqual(Array.from({ length: 300 }, () => 404))
      expect(proxy.connections).toBe(1)
    })
  })

  test('reads its token again when the server refuses it', async () => {
    await grantOperator('read-config-maps', [{ apiGroups: [''], resources: ['configmaps'], verbs: ['get'] }])
    const path = join(apiServer().folder, 'token')
    await writeFile(path, 'expired\n')
    const token = fileToken(path, systemClock)
    expect(await token(false)).toBe('expired')
    await writeFile(path, `${apiServer().operatorTokens[1]}\n`)
    const client = connect({ connection: { token } })
    await until('the grant is known', 10_000, () =>
      client.kube.get(ref('none')).then(
        (found) => found === undefined,
        () => false,
      ),
    )
    client.close()
  })

  test('logs in with the client certificate of a kubeconfig', async () => {
    const { folder, url } = apiServer()
    const config = {
      apiVersion: 'v1',
      kind: 'Config',
      'current-context': 'test',
      contexts: [{ name: 'test', context: { cluster: 'test', user: 'test', namespace } }],
      clusters: [{ name: 'test', cluster: { server: url, 'certificate-authority': join(folder, 'ca.crt') } }],
      users: [{ name: 'test', user: { 'client-certificate': join(folder, 'admin.crt'), 'client-key': join(folder, 'admin.key') } }],
    }
    await writeFile(join(folder, 'kubeconfig'), JSON.stringify(config))
    const connection = await fromKubeconfig([join(folder, 'kubeconfig')])
    const { token: _, ...withoutToken } = connection
    const client = connect({ connection: { token: async () => undefined, ...withoutToken } })
    expect(connection.namespace).toBe(namespace)
    expect(await client.kube.get(ref('none'))).toBeUndefined()
    client.close()
  })

  test('a write that is forbidden at the last moment is not sent', async () => {
    await throughProxy([], async (client, proxy) => {
      const fenced = client.kube.with({
        beforeWrite: () => {
          throw new Error('the lease is gone')
        },
      })
      await expect(fenced.apply(configMaps, manifest('fenced'))).rejects.toThrow('the lease is gone')
      expect(await fenced.get(ref('fenced'))).toBeUndefined()
      expect(proxy.requests.map(({ verb }) => verb)).toEqual(['get'])
    })
  })
})
