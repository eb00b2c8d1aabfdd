import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import type { KubeObject, Resource } from '../../operator/deps.ts'
import { fileToken, fromKubeconfig } from '../../operator/kube/kubeconfig.ts'
import { systemClock } from '../../operator/runtime/system-clock.ts'
import { apiServer, connect, freshNamespace, grantOperator, until } from './environment.ts'
import { failureOf } from './through-proxy.ts'

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
    const client = connect({ connection })
    expect(connection.namespace).toBe(namespace)
    expect(await client.kube.get(ref('none'))).toBeUndefined()
    client.close()
  })
})
