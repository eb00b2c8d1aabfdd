// What a watch that ended or failed leads to. Pure: the reflector does what is decided here.
import { told } from './failure.ts'

export interface Next {
  /** `watch`: go on from the last version. `list`: see everything anew. */
  readonly move: 'watch' | 'list'
  /** Where a new list starts: at least at the last version seen, or at whatever the server has. */
  readonly from?: 'last' | 'newest'
  /** Whether the kind cannot be seen at all, which repeating quickly does not change. */
  readonly blind?: boolean
  /** Whether the server cannot stream its list: ask for pages from now on. */
  readonly paged?: boolean
  /** The server's own wish; otherwise the back-off. */
  readonly afterSeconds?: number
}

export interface Position {
  /** Whether the last list was already asked from the newest version. */
  readonly askedNewest: boolean
  /** Whether the failed request asked for the initial events. */
  readonly initialEvents: boolean
}

export const nextAfter = (error: unknown, { askedNewest, initialEvents }: Position): Next => {
  const { status, reason, retryAfterSeconds } = told(error)
  const wait = retryAfterSeconds === undefined ? {} : { afterSeconds: retryAfterSeconds }
  // Expired: what happened since is forgotten. The list starts no earlier than what was seen, so that another, older server cannot take us back.
  if (status === 410 || reason === 'Expired' || reason === 'Gone') return { move: 'list', from: initialEvents || askedNewest ? 'newest' : 'last', ...wait }
  // "Too large resource version": the server is behind what was seen and was given time to catch up.
  if (status === 504 || reason === 'Timeout') return { move: initialEvents ? 'list' : 'watch', from: 'newest', ...wait }
  if (initialEvents && (status === 400 || status === 422)) return { move: 'list', paged: true }
  if (status === 401 || status === 403 || status === 404) return { move: 'list', from: 'newest', blind: true }
  // Too busy, out of reach, broken in the middle: what was seen still holds, so nothing is listed again.
  return { move: 'watch', ...wait }
}
