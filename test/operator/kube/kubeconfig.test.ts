import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { fromKubeconfig, inCluster } from '../../../operator/kube/kubeconfig.ts'
import { FakeClock } from '../../support/clock.ts'

let folder: string
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'finia-kubeconfig-'))
})
afterEach(() => rm(folder, { recursive: true }))

describe('in a cluster', () => {
  test('the mounted files say where and who; a token is read again after a minute, or at once when it was refused', async () => {
    for (const [name, content] of Object.entries({ token: 'first\n', 'ca.crt': 'the CA', namespace: 'finia\n' })) await writeFile(join(folder, name), content)
    const clock = new FakeClock()
    const connection = await inCluster({ host: 'fd00::1', port: '443', folder }, clock)
    expect([connection.server, connection.namespace, await connection.tls()]).toEqual(['https://[fd00::1]:443', 'finia', { ca: Buffer.from('the CA') }])
    expect(await connection.token?.(false)).toBe('first')
    await writeFile(join(folder, 'token'), 'second')
    expect(await connection.token?.(false)).toBe('first')
    await clock.advance(60_000)
    expect(await connection.token?.(false)).toBe('second')
    await writeFile(join(folder, 'token'), 'third')
    expect(await connection.token?.(true)).toBe('third')
  })
})

describe('outside of a cluster', () => {
  const write = async (cluster: object, context = 'c') => {
    const path = join(folder, 'config')
    const config = {
      apiVersion: 'v1',
      kind: 'Config',
      'current-context': context,
      contexts: [{ name: 'c', context: { cluster: 'k', user: 'u' } }],
      clusters: [{ name: 'k', cluster }],
      users: [{ name: 'u', user: { token: 'a-token' } }],
    }
    await writeFile(path, JSON.stringify(config))
    return path
  }

  test('a kubeconfig says where and who', async () => {
    const ca = Buffer.from('the CA').toString('base64')
    const connection = await fromKubeconfig([await write({ server: 'https://k.invalid:6443/', 'certificate-authority-data': ca, 'tls-server-name': 'other' })])
    expect(connection.server).toBe('https://k.invalid:6443')
    expect(await connection.token?.(false)).toBe('a-token')
    expect(await connection.tls()).toEqual({ ca: Buffer.from('the CA'), servername: 'other' })
  })

  test('what cannot be used is refused with a sentence', async () => {
    await expect(fromKubeconfig([])).rejects.toThrow('set KUBECONFIG')
    await expect(fromKubeconfig([await write({ server: 'https://k.invalid' }, 'nowhere')])).rejects.toThrow('the context nowhere of')
    await expect(fromKubeconfig([await write({ server: 'https://k.invalid', 'proxy-url': 'http://p.invalid' })])).rejects.toThrow('sets proxy-url')
  })
})
