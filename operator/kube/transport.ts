// Carries requests to the API server: one lane for watches and one for calls, so that a watch nobody reads cannot starve a call.
import { constants, type IncomingHttpHeaders } from 'node:http2'
import type { Clock, Log, Random, Stopwatch } from '../deps.ts'
import { type Answer, answerOf, bytesOf, header, textOf } from './answer.ts'
import type { Connection } from './connection.ts'
import { KubeError, parseStatus, retryAfter, statusError } from './errors.ts'
import { Lane, Unsent } from './lane.ts'
import { waitBeforeRetry } from './retry.ts'

export interface Request {
  readonly method: 'GET' | 'POST' | 'PATCH' | 'DELETE'
  readonly path: string
  readonly body?: string
  readonly contentType?: string
  /** What the request is about, for errors: `apply configmaps shop/shop-config`. */
  readonly attempted: string
  readonly idempotent: boolean
  /** Whether it carries the values of a Secret, which no error may quote. */
  readonly secret: boolean
  readonly deadlineMilliseconds: number
  /** Most attempts; 1 = no retry. */
  readonly attempts: number
  /** Asked at the last moment before each attempt; throws to forbid it. */
  readonly before?: () => void
  readonly signal?: AbortSignal
}

/** What is told of each answer, for metrics. `code` is `<error>` when there was none. */
export type Observe = (call: { readonly code: string; readonly method: string; readonly host: string; readonly seconds: number }) => void

export interface TransportOptions {
  readonly connection: Connection
  readonly clock: Clock & Stopwatch
  readonly random: Random
  readonly log: Log
  readonly userAgent: string
  readonly observe?: Observe
}

// With more kinds and namespaces than fit into one session, watches would wait for ever: they do not end.
const watchSessions = 16
const warningsRemembered = 200

export class Transport {
  readonly #options: TransportOptions
  readonly #calls: Lane
  readonly #watches: Lane
  readonly #warned = new Set<string>()
  #closed = false

  constructor(options: TransportOptions) {
    this.#options = options
    this.#calls = new Lane(options.connection, options.clock, 1)
    this.#watches = new Lane(options.connection, options.clock, watchSessions)
  }

  /** Makes a call and reads its answer as JSON. */
  async call(request: Request): Promise<unknown> {
    const { clock, random } = this.#options
    for (let number = 1, fresh = false; ; number++) {
      try {
        return await this.#withDeadline(request, (signal) => this.#exchange(request, signal, fresh))
      } catch (error) {
        if (!(error instanceof KubeError) || this.#closed) throw error
        if (error.status === 401 && !fresh) {
          fresh = true
          continue
        }
        const attempt = { number, most: request.attempts, idempotent: request.idempotent, sent: error.reason !== 'Unreachable' }
        const wait = waitBeforeRetry(error, attempt, random.number())
        if (wait === undefined) throw error
        await clock.sleep(wait, request.signal)
      }
    }
  }

  /** Opens a watch; what comes is the body's bytes as they arrive, until the server ends it or the signal fires. */
  async stream(request: Request, signal: AbortSignal): Promise<AsyncIterable<Uint8Array>> {
    try {
      return await this.#withDeadline(request, (opening) => this.#openStream(request, AbortSignal.any([signal, opening]), signal, false))
    } catch (error) {
      if (!(error instanceof KubeError) || error.status !== 401) throw error
      return await this.#withDeadline(request, (opening) => this.#openStream(request, AbortSignal.any([signal, opening]), signal, true))
    }
  }

  close(): void {
    this.#closed = true
    this.#calls.close()
    this.#watches.close()
  }

  async #exchange(request: Request, signal: AbortSignal, fresh: boolean): Promise<unknown> {
    const answer = await this.#send(this.#calls, request, signal, signal, fresh)
    const text = await textOf(answer, request.attempted)
    if (answer.status < 200 || answer.status > 299) throw this.#refusal(request, answer, text)
    try {
      return JSON.parse(text)
    } catch (cause) {
      throw new KubeError({ status: 0, reason: 'BrokenAnswer', attempted: request.attempted, explanation: 'the answer is not JSON', cause })
    }
  }

  async #openStream(request: Request, opening: AbortSignal, signal: AbortSignal, fresh: boolean): Promise<AsyncIterable<Uint8Array>> {
    const answer = await this.#send(this.#watches, request, opening, signal, fresh)
    if (answer.status !== 200) throw this.#refusal(request, answer, await textOf(answer, request.attempted))
    return bytesOf(answer.stream, request.attempted)
  }

  /** `opening` bounds the wait for the answer's head, `signal` the life of the stream. */
  async #send(lane: Lane, request: Request, opening: AbortSignal, signal: AbortSignal, fresh: boolean): Promise<Answer> {
    const { clock, connection, observe } = this.#options
    const started = clock.elapsed()
    let code = '<error>'
    try {
      const stream = await lane.open(() => this.#headers(request, fresh), request.body, opening, request.before)
      const cancel = () => stream.close(constants.NGHTTP2_CANCEL)
      opening.addEventListener('abort', cancel, { once: true })
      signal.addEventListener('abort', cancel, { once: true })
      stream.once('close', () => signal.removeEventListener('abort', cancel))
      const answer = await answerOf(stream, request.attempted).finally(() => {
        if (opening !== signal) opening.removeEventListener('abort', cancel)
      })
      code = String(answer.status)
      this.#warn(answer.headers)
      return answer
    } catch (error) {
      throw error instanceof Unsent
        ? new KubeError({ status: 0, reason: 'Unreachable', attempted: request.attempted, explanation: error.message, cause: error })
        : error
    } finally {
      observe?.({ code, method: request.method, host: new URL(connection.server).host, seconds: (clock.elapsed() - started) / 1000 })
    }
  }

  async #headers(request: Request, fresh: boolean) {
    const { connection, userAgent } = this.#options
    const token = await connection.token?.(fresh).catch((cause: unknown) => {
      const explanation = `there is no token: ${cause instanceof Error ? cause.message : 'unknown reason'}`
      throw new KubeError({ status: 0, reason: 'Unreachable', attempted: request.attempted, explanation, cause })
    })
    return {
      ':method': request.method,
      ':path': request.path,
      accept: 'application/json',
      'user-agent': userAgent,
      ...(token && { authorization: `Bearer ${token}` }),
      ...(request.contentType && { 'content-type': request.contentType }),
    }
  }

  #refusal(request: Request, answer: Answer, text: string): KubeError {
    const wait = retryAfter(header(answer.headers, 'retry-after'), this.#options.clock.now())
    return statusError(request.attempted, answer.status, parseStatus(text), request.secret, wait)
  }

  async #withDeadline<T>(request: Request, work: (signal: AbortSignal) => Promise<T>): Promise<T> {
    const deadline = new AbortController()
    const done = new AbortController()
    this.#options.clock.sleep(request.deadlineMilliseconds, done.signal).then(
      () => deadline.abort(),
      () => {},
    )
    try {
      return await work(request.signal ? AbortSignal.any([deadline.signal, request.signal]) : deadline.signal)
    } catch (cause) {
      if (request.signal?.aborted) throw request.signal.reason
      if (!deadline.signal.aborted) throw cause
      const explanation = `no answer within ${request.deadlineMilliseconds / 1000} s`
      throw new KubeError({ status: 0, reason: 'DeadlineExceeded', attempted: request.attempted, explanation, cause })
    } finally {
      done.abort()
    }
  }

  #warn(headers: IncomingHttpHeaders): void {
    const warning = header(headers, 'warning')
    if (warning === undefined || this.#warned.has(warning) || this.#warned.size >= warningsRemembered) return
    this.#warned.add(warning)
    this.#options.log.warn({ warning }, 'the API server warns')
  }
}
