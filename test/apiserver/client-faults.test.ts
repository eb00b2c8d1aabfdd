import { constants } from 'node:http2'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import type { KubeObject, Resource } from '../../operator/deps.ts'
import { FakeClock } from '../support/clock.ts'
import { connect, freshNamespace, until } from './environment.ts'
import type { Rule } from './fault-proxy.ts'
import { failureOf, throughProxy } from './through-proxy.ts'

const configMaps: Resource = { group: '', version: 'v1', plural: 'configmaps', kind: 'ConfigMap' }

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

describe('the client, when the way to the API server is bad,', () => {
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
