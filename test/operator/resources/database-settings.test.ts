import fc from 'fast-check'
import { expect, test } from 'vitest'
import { serverSettings, sizing } from '../../../operator/resources/database-settings.ts'
import { anInstance } from '../../support/instance.ts'

const mebibyte = 2 ** 20

test.each([
  ['the smallest that starts', 16 * mebibyte, 90, { bufferPoolBytes: 16 * mebibyte, maxConnections: 151 }],
  ['256Mi', 256 * mebibyte, 90, { bufferPoolBytes: 153 * mebibyte, maxConnections: 151 }],
  ['2Gi', 2048 * mebibyte, 90, { bufferPoolBytes: 1228 * mebibyte, maxConnections: 512 }],
  ['256Mi for an API of 400 connections', 256 * mebibyte, 400, { bufferPoolBytes: 153 * mebibyte, maxConnections: 420 }],
])('%s', (_what, memory, connections, expected) => {
  expect(sizing(memory, connections)).toEqual(expected)
})

test('more memory never means less, and the buffer pool leaves two fifths of what is at all enough', () => {
  const memory = fc.integer({ min: 64, max: 1_000_000 }).map((count) => count * mebibyte)
  fc.assert(
    fc.property(memory, memory, fc.integer({ min: 1, max: 10000 }), (one, other, connections) => {
      const [less, more] = [sizing(Math.min(one, other), connections), sizing(Math.max(one, other), connections)]
      expect(more.bufferPoolBytes).toBeGreaterThanOrEqual(less.bufferPoolBytes)
      expect(more.maxConnections).toBeGreaterThanOrEqual(less.maxConnections)
      expect(less.bufferPoolBytes).toBeLessThanOrEqual(Math.min(one, other) * 0.6)
      expect(less.maxConnections).toBeGreaterThan(Math.max(150, connections))
    }),
  )
})

const settingsOf = (text: string): Readonly<Record<string, string>> =>
  Object.fromEntries(text.split('\n').flatMap((line) => (/^[a-z-]+=/.test(line) ? [line.split(/=(.*)/, 2) as [string, string]] : [])))

const withMemory = (resources: object) => settingsOf(serverSettings(anInstance({ spec: { database: { managed: { resources } } } })))['innodb-buffer-pool-size']

test('memory is the limit, else the request, else 512Mi', () => {
  const pool = (memory: number) => String(Math.floor(memory * 0.6) * mebibyte)
  expect(withMemory({ limits: { memory: '1Gi' }, requests: { memory: '256Mi' } })).toBe(pool(1024))
  expect(withMemory({ requests: { memory: '256Mi' } })).toBe(pool(256))
  expect(withMemory({})).toBe(pool(512))
})

test('what was committed survives a crash, triggers can be made, and nobody speaks in clear', () => {
  expect(settingsOf(serverSettings(anInstance()))).toMatchObject({
    'sync-binlog': '1',
    'innodb-flush-log-at-trx-commit': '1',
    'log-bin': 'binlog',
    'log-bin-trust-function-creators': 'ON',
    'require-secure-transport': 'ON',
    'skip-name-resolve': 'ON',
    'character-set-server': 'utf8mb4',
    'tls-version': 'TLSv1.2,TLSv1.3',
  })
})

test.each([
  ['Disabled', 'OFF'],
  ['Required', 'ON'],
  ['VerifyCA', 'ON'],
  ['VerifyIdentity', 'ON'],
] as const)('with TLS %s encryption is demanded: %s', (mode, expected) => {
  expect(settingsOf(serverSettings(anInstance({ spec: { database: { tls: { mode } } } })))['require-secure-transport']).toBe(expected)
})
