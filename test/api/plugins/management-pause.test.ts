import { expect, test } from 'vitest'
import { PauseGate } from '../../../api/db/pause-gate.ts'
import { buildManagement } from '../../../api/plugins/management.ts'
import { FakeClock } from '../../support/clock.ts'
import { depsWith } from './an-app.ts'

const operatorKey = 'key of the operator'
const aPort = (key: string | undefined = operatorKey) => {
  const clock = new FakeClock()
  const gate = new PauseGate(clock)
  const deps = depsWith()
  const app = buildManagement({ ...deps, settings: key ? { operatorKey: key } : {}, pause: gate })
  const post = async (url: string, payload: unknown, key = operatorKey) => {
    const { statusCode, body } = await app.inject({ method: 'POST', url, headers: { 'x-finia-operator-key': key }, payload: payload as object })
    return [statusCode, JSON.parse(body) as unknown]
  }
  return { app, clock, gate, post }
}

test('the operator pauses and resumes, may say it twice, and an older one is refused', async () => {
  const { post } = aPort()
  expect(await post('/pause', { epoch: 4, deadline: 1_500 })).toEqual([200, { epoch: 4, paused: true, underWay: 0 }])
  expect(await post('/pause', { epoch: 4, deadline: 1_500 })).toEqual([200, { epoch: 4, paused: true, underWay: 0 }])
  const outdated = [409, { detail: 'Epoch 3 is over: 4 has spoken since. Nothing was changed.', epoch: 4 }]
  expect(await post('/pause', { epoch: 3, deadline: 1_500 })).toEqual(outdated)
  expect(await post('/resume', { epoch: 3 })).toEqual(outdated)
  expect(await post('/resume', { epoch: 4 })).toEqual([200, { epoch: 4, paused: false, underWay: 0 }])
  expect(await post('/resume', { epoch: 4 })).toEqual([200, { epoch: 4, paused: false, underWay: 0 }])
})

test('a forgotten pause ends after two seconds, whatever its deadline says', async () => {
  const { post, clock, gate } = aPort()
  await post('/pause', { epoch: 1, deadline: 3_600_000 })
  await clock.advance(1_999)
  expect(gate.report.paused).toBe(true)
  await clock.advance(1)
  expect(gate.report.paused).toBe(false)
})

test('nobody pauses without the key, whatever else he sends', async () => {
  const { post, gate } = aPort()
  for (const key of ['', 'key of the operato', 'key of the operator ', 'undefined'])
    for (const url of ['/pause', '/resume']) expect((await post(url, { epoch: 9, deadline: 100 }, key))[0]).toBe(401)
  expect(gate.report).toEqual({ epoch: -1, paused: false, underWay: 0 })
})

test('an API without a key of the operator has no pause', async () => {
  const { app } = aPort('')
  const answer = await app.inject({ method: 'POST', url: '/pause', payload: { epoch: 1, deadline: 100 } })
  expect(answer.statusCode).toBe(404)
})

test.each([
  ['no epoch', { deadline: 100 }, 'epoch is missing: send a whole number'],
  ['an epoch that is a text', { epoch: '1', deadline: 100 }, 'epoch is "1": send a whole number'],
  ['an epoch below 0', { epoch: -1, deadline: 100 }, 'epoch is -1: send a whole number'],
  ['an epoch that no number can hold', { epoch: 2 ** 53, deadline: 100 }, 'epoch is 9007199254740992: send a whole number'],
  ['no deadline', { epoch: 1 }, 'deadline is missing: send milliseconds from now'],
  ['a time of day', { epoch: 1, deadline: '2026-01-01T12:00:00Z' }, 'deadline is "2026-01-01T12:00:00Z": send milliseconds from now'],
  ['a list', [], 'epoch is missing'],
])('%s is refused with a sentence', async (_what, body, sentence) => {
  const { post, gate } = aPort()
  expect(await post('/pause', body)).toEqual([400, { detail: expect.stringContaining(sentence) as string }])
  expect(gate.report.paused).toBe(false)
})
