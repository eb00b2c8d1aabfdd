// What the API server, or the way to it, answered instead of what was asked for.

/** The parts of a Kubernetes Status object that a decision may need. */
export interface Status {
  readonly kind?: string
  readonly code?: number
  readonly reason?: string
  readonly message?: string
  readonly details?: {
    readonly name?: string
    readonly retryAfterSeconds?: number
    readonly causes?: readonly { readonly reason?: string; readonly field?: string }[]
  }
}

export interface Failure {
  /** The HTTP status, or 0 when there was no answer. */
  readonly status: number
  /** Kubernetes' word for it (`Conflict`, `Expired`, …) or one of ours: `Unreachable`, `DeadlineExceeded`, `ConnectionLost`, `BrokenAnswer`. */
  readonly reason: string
  /** What was attempted, such as `apply configmaps shop/shop-config`. */
  readonly attempted: string
  readonly explanation: string
  readonly retryAfterSeconds?: number
  /** Whether the server spoke of an object by its name; a kind that is not served has no such details. */
  readonly namesObject?: boolean
  /** Fields that a validation found fault with. */
  readonly fields?: readonly string[]
  readonly cause?: unknown
}

export class KubeError extends Error {
  readonly status: number
  readonly reason: string
  readonly attempted: string
  readonly retryAfterSeconds: number | undefined
  readonly namesObject: boolean
  readonly fields: readonly string[]

  constructor(failure: Failure) {
    super(
      `${failure.attempted} failed: ${failure.status === 0 ? '' : `${failure.status} `}${failure.reason}: ${failure.explanation}`,
      failure.cause === undefined ? {} : { cause: failure.cause },
    )
    this.name = 'KubeError'
    this.status = failure.status
    this.reason = failure.reason
    this.attempted = failure.attempted
    this.retryAfterSeconds = failure.retryAfterSeconds
    this.namesObject = failure.namesObject ?? false
    this.fields = failure.fields ?? []
  }
}

/** Reads a body as a Status; what is none (a proxy's page, plain text) becomes a message. */
export const parseStatus = (body: string): Status => {
  try {
    const parsed: unknown = JSON.parse(body)
    if (typeof parsed === 'object' && parsed !== null && 'kind' in parsed && parsed.kind === 'Status') return parsed as Status
  } catch {
    // Not JSON: said below as it is.
  }
  return { message: body.trim().slice(0, 300) || 'the answer had no body' }
}

// A validation message may quote the refused value, and the values of Secrets are said nowhere.
const explain = (status: Status, secret: boolean): string => {
  if (!secret) return status.message ?? 'no message'
  const fields = (status.details?.causes ?? []).map((cause) => `${cause.field ?? '?'} (${cause.reason ?? '?'})`)
  return fields.length > 0 ? `refused because of ${fields.join(', ')}` : 'the message is withheld because it may quote a value of the Secret'
}

/** The error that a Status stands for. `secret` says that the request carried the values of a Secret. */
export const statusError = (attempted: string, code: number, status: Status, secret: boolean, retryAfterSeconds?: number): KubeError => {
  const wait = retryAfterSeconds ?? status.details?.retryAfterSeconds
  return new KubeError({
    status: status.code ?? code,
    reason: status.reason ?? 'Unknown',
    attempted,
    explanation: explain(status, secret && (code === 400 || code === 422)),
    namesObject: status.details?.name !== undefined,
    fields: (status.details?.causes ?? []).flatMap(({ field }) => (field === undefined ? [] : [field])),
    ...(wait !== undefined && { retryAfterSeconds: wait }),
  })
}

/** Seconds that a `Retry-After` header asks for (RFC 9110 10.2.3): a number or a date. */
export const retryAfter = (header: string | undefined, now: Date): number | undefined => {
  if (header === undefined) return undefined
  if (/^\d+$/.test(header.trim())) return Number(header.trim())
  const date = Date.parse(header)
  return Number.isNaN(date) ? undefined : Math.max(0, Math.ceil((date - now.getTime()) / 1000))
}
