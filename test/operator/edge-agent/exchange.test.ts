import { existsSync, mkdtempSync, readdirSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { exchangeIn } from '../../../operator/edge-agent/exchange.ts'

let folder = ''
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'finia-exchange-'))
})
afterEach(() => rmSync(folder, { recursive: true, force: true }))

const candidate = (id: string) => ({ id, files: { 'nginx.conf': `conf of ${id}` } })
const [first, second, third] = [candidate('aaaaaaaaaa'), candidate('bbbbbbbbbb'), candidate('cccccccccc')]

test('what runs is read back with all its files, and only what runs and what is offered is kept', async () => {
  const exchange = exchangeIn(folder)
  expect([await exchange.served(), await exchange.verdict()]).toEqual([undefined, undefined])
  await exchange.offer(first)
  symlinkSync(`candidates/${first.id}`, join(folder, 'current'))
  expect(await exchange.served()).toEqual(first)
  await exchange.offer(second)
  await exchange.offer(third)
  expect(readdirSync(join(folder, 'candidates')).sort()).toEqual([first.id, third.id])
  expect(await exchange.served()).toEqual(first)
})

test('a verdict is an id, a word and what nginx said', async () => {
  writeFileSync(join(folder, 'verdict'), 'aaaaaaaaaa\nrefused\nunknown directive\nin line 3\n')
  expect(await exchangeIn(folder).verdict()).toEqual({ id: 'aaaaaaaaaa', accepted: false, words: 'unknown directive\nin line 3' })
})

test('an id that is no digest names no folder', async () => {
  await expect(exchangeIn(folder).offer(candidate('../../etc'))).rejects.toThrow('cannot be named')
  expect(existsSync(join(folder, 'next'))).toBe(false)
})
