// What the machinery needs to know of a failed call, whichever client made it.

export interface Told {
  /** HTTP status; 0 when there was no answer, undefined when it is no failure of a call. */
  readonly status?: number
  readonly reason?: string
  readonly retryAfterSeconds?: number
}

/** Reads the facts off an error. */
export const told = (error: unknown): Told => {
  if (typeof error !== 'object' || error === null) return {}
  const status = 'status' in error && typeof error.status === 'number' ? { status: error.status } : {}
  const reason = 'reason' in error && typeof error.reason === 'string' ? { reason: error.reason } : {}
  const retry = 'retryAfterSeconds' in error && typeof error.retryAfterSeconds === 'number' ? { retryAfterSeconds: error.retryAfterSeconds } : {}
  return { ...status, ...reason, ...retry }
}

/** A sentence for a log: an error's message and those of its causes. */
export const sentence = (error: unknown): string => {
  const parts: string[] = []
  for (let current = error, depth = 0; current !== undefined && depth < 4; depth++) {
    const message = current instanceof Error ? current.message : typeof current === 'string' ? current : 'an unknown failure'
    if (!parts.some((part) => part.includes(message))) parts.push(message)
    current = current instanceof Error ? current.cause : undefined
  }
  return parts.join(': ')
}
