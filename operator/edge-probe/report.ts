// What the agent of an edge pod answers, read with care: the pod may be of an older or a newer release.
import type { EdgeReport } from '../deps.ts'

/** Conditions are read by people, who need the beginning. */
const longestWords = 600

const isRecord = (value: unknown): value is Readonly<Record<string, unknown>> => typeof value === 'object' && value !== null && !Array.isArray(value)

const words = (value: unknown): string | undefined => (typeof value === 'string' && value !== '' ? value.slice(0, longestWords) : undefined)

const date = (value: unknown): Date | undefined => (typeof value === 'string' && !Number.isNaN(Date.parse(value)) ? new Date(value) : undefined)

const certificateOf = (running: unknown): EdgeReport['certificate'] => {
  const told = isRecord(running) ? running['certificate'] : undefined
  if (!isRecord(told)) return undefined
  const [fingerprint, notBefore, notAfter] = [words(told['fingerprint']), date(told['notBefore']), date(told['notAfter'])]
  if (!fingerprint || !notAfter) return undefined
  return { fingerprint, notAfter, ...(notBefore && { notBefore }), standIn: told['standIn'] === true }
}

/** Undefined when it is no such answer. */
export const parseReport = (text: string): EdgeReport | undefined => {
  const told: unknown = (() => {
    try {
      return JSON.parse(text)
    } catch {
      return undefined
    }
  })()
  if (!isRecord(told) || typeof told['synced'] !== 'boolean') return undefined
  const [certificate, refused, certificateProblem] = [certificateOf(told['running']), words(told['refused']), words(told['certificateProblem'])]
  return { ...(certificate && { certificate }), ...(refused && { refused }), ...(certificateProblem && { certificateProblem }) }
}
