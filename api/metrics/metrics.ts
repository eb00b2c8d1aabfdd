// The port to what is counted. prometheus.ts implements it; nothing that a client chooses may become a label.

/** What requests to the API have cost, once they are over. */
export interface Answered {
  readonly method: string
  /** The route's pattern; undefined when there is none for the address. */
  readonly route: string | undefined
  /** What the route does (`config.operation`). */
  readonly operation: string | undefined
  /** Undefined when the client went away before the answer was complete. */
  readonly status: number | undefined
  readonly seconds: number
  readonly database: { readonly seconds: number; readonly statements: number }
}

export const loginResults = ['success', 'wrong', 'invalid', 'locked', 'unavailable', 'failed'] as const
export type LoginResult = (typeof loginResults)[number]

/** By what a request was counted that came too often. */
export const refusals = ['address', 'session', 'account'] as const
export type Refusal = (typeof refusals)[number]

/** Bank statements, one by one or by folders, and files about shares. */
export const importKinds = ['statement', 'folder', 'share_history', 'share_transactions'] as const
export type ImportKind = (typeof importKinds)[number]

export interface Metrics {
  requestStarted(): void
  requestFinished(answered: Answered): void
  loginFinished(result: LoginResult): void
  /** A request was refused because there were too many. */
  requestRefused(by: Refusal): void
  importFinished(kind: ImportKind, rows: number, seconds: number): void
  /** Requests have waited so long because the operator held the database back. */
  pausedSeconds(seconds: number): void
  /** All of it, as Prometheus reads it. */
  exposition(): Promise<{ readonly type: string; readonly text: string }>
}
