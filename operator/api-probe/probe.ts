// The port ApiProbe on fetch.
import type { ApiProbe } from '../deps.ts'

const longestAnswer = 65_536

const isRecord = (value: unknown): value is Readonly<Record<string, unknown>> => typeof value === 'object' && value !== null

const keysIn = (text: string): readonly string[] | undefined => {
  const told: unknown = JSON.parse(text)
  const keys = isRecord(told) ? told['sessionKeys'] : undefined
  return Array.isArray(keys) && keys.every((kid) => typeof kid === 'string') ? keys : undefined
}

async function sessionKeys(deadlineMilliseconds: number, { address, port }: Parameters<ApiProbe['sessionKeys']>[0]): Promise<readonly string[] | undefined> {
  try {
    const host = address.includes(':') ? `[${address}]` : address
    const answer = await fetch(`http://${host}:${port}/version`, { signal: AbortSignal.timeout(deadlineMilliseconds), redirect: 'error' })
    const text = await answer.text()
    return answer.ok && text.length <= longestAnswer ? keysIn(text) : undefined
  } catch {
    return undefined // a pod that comes or goes: what it was started with is said by its annotation
  }
}

export const apiProbeWithin = (deadlineMilliseconds: number): ApiProbe => ({ sessionKeys: (asked) => sessionKeys(deadlineMilliseconds, asked) })

export const apiProbe: ApiProbe = apiProbeWithin(2_000)
