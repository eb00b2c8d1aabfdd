// Probes of how much one client may send: requests, logins, bytes.
import { randomUUID } from 'node:crypto'
import { ask } from '../kind/browser.ts'
import { nobody, type Probe, type Shown, someClient, visitingAs, whoAnswered } from './protections-probe.ts'
import { answererOf, type Told, type Visit } from './protections-visit.ts'

export interface Volley {
  readonly passed: readonly Told[]
  readonly refused: readonly Told[]
  readonly seconds: number
}

/** Requests that are sent at once on one connection: what one nginx lets pass of them depends little on how busy the machine is. */
export const volley = async (visit: Visit, count: number, send: (index: number) => Promise<Told>): Promise<Volley> => {
  await visit.ask('/')
  const began = performance.now()
  const answers = await Promise.all(Array.from({ length: count }, (_, index) => send(index)))
  const seconds = (performance.now() - began) / 1000
  return { passed: answers.filter(({ status }) => status !== 429), refused: answers.filter(({ status }) => status === 429), seconds }
}

/** A limit holds when no more pass than its burst and what its rate lets follow. */
const judged = ({ passed, refused, seconds }: Volley, burst: number, perSecond: number): Shown => {
  const [refusal] = refused
  const most = burst + perSecond * seconds + 1
  const detail = `${passed.length} of ${passed.length + refused.length} passed in ${seconds.toFixed(1)} s, at most ${most.toFixed(1)} may`
  if (!refusal || passed.length > most) return nobody(detail)
  return whoAnswered(refusal.by, detail)
}

export const requestVolley = (visit: Visit): Promise<Volley> => volley(visit, 100, () => visit.ask('/api/theme/colors'))

export const login = (visit: Visit, username: string): Promise<Told> =>
  visit.ask('/api/auth/login', {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ username, password: 'wrong' }),
  })

/** Each for another account, or the API would lock one out. */
export const loginVolley = (visit: Visit): Promise<Volley> => volley(visit, 20, () => login(visit, `nobody-${randomUUID()}`))

export const requestRateLimit: Probe = (way) => visitingAs(someClient(), way, async (visit) => judged(await requestVolley(visit), 20, 10))

/** Tries for one account until it is refused; the API does that after five that failed. */
const lockedOut = async (visit: Visit): Promise<Shown> => {
  const username = `nobody-${randomUUID()}`
  for (let failures = 0, asked = 0; failures <= 5 && asked < 60; asked++) {
    const told = await login(visit, username)
    if (told.status === 429) return whoAnswered(told.by, `refused after ${failures} failures of one account`)
    if (told.by === 'api') failures++
  }
  return nobody('none of all logins was refused')
}

export const loginRateLimit: Probe = (way) =>
  visitingAs(someClient(), way, async (visit) => {
    const many = await loginVolley(visit)
    return many.refused.length > 0 ? judged(many, 5, 5 / 60) : lockedOut(visit)
  })

/** Announced and not sent: who writes when he is refused finds the connection closed, and may miss the answer. */
const tooMuch = { method: 'POST', headers: { 'content-type': 'application/json', 'content-length': String(21 * 1024 * 1024) } }

export const bodySize: Probe = async ({ site }) => {
  for (let attempt = 0; attempt < 30; attempt++) {
    const { status, headers } = await ask(site, '/api/auth/login', {
      ...tooMuch,
      headers: { ...tooMuch.headers, 'x-forwarded-for': someClient() },
      timeoutMilliseconds: 15_000,
    })
    const by = answererOf(headers)
    if (by !== 'upstream') return status === 413 ? whoAnswered(by, '413') : nobody(String(status))
  }
  return nobody('taken 30 times')
}
