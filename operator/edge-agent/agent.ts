// One look at everything: what is mounted, which pods are ready, what nginx runs; and an offer to nginx when it should run something else.
import type { Log } from '../deps.ts'
import { edgeFiles } from '../resources/edge-paths.ts'
import { candidateOf, type Ingredients } from './candidate.ts'
import { choose, type Judged, judge, type Pair } from './certificate.ts'
import type { Exchange, Served, Verdict } from './exchange.ts'
import type { Mounted } from './mounted.ts'
import type { Issuers } from './stapling.ts'
import type { Server } from './upstreams.ts'

/** What the agent answers when it is asked what runs. */
export interface EdgeState {
  /** Undefined before nginx has accepted a configuration. */
  readonly running?: {
    readonly id: string
    /** Digest of the nginx.conf that runs. */
    readonly settings: string
    readonly servers: number
    readonly certificate?: { readonly fingerprint: string; readonly notBefore: string; readonly notAfter: string; readonly standIn: boolean }
  }
  /** Digest of the nginx.conf that is mounted. */
  readonly mounted: string
  /** A configuration that nginx does not take; what runs stays. */
  readonly refused?: string
  /** What is wrong with the certificate that is mounted. */
  readonly certificateProblem?: string
  /** Whether the pods of the API are known. */
  readonly synced: boolean
}

export interface AgentDeps {
  readonly exchange: Exchange
  readonly mounted: () => Promise<Mounted>
  /** Undefined until the API server has told them all once. */
  readonly servers: () => { readonly api: readonly Server[]; readonly solvers: readonly Server[] } | undefined
  readonly resolvers: readonly string[]
  readonly issuers: Issuers
  /** Makes a certificate that nobody trusts, so that nginx can start. */
  readonly standIn: (host: string) => Promise<Pair>
  readonly now: () => Date
  readonly digest: (text: string) => string
  readonly log: Log
}

/** What of a configuration a person can get wrong; pods come and go without asking. */
type Parts = Pick<Ingredients, 'settings' | 'pair' | 'issuers'>

const pairIn = ({ files }: Served): Pair | undefined => {
  const [certificate, key] = [files[edgeFiles.certificate], files[edgeFiles.key]]
  return certificate && key ? { certificate, key } : undefined
}

const partsOf = (served: Served): Parts => {
  const pair = pairIn(served)
  return { settings: served.files['nginx.conf'] ?? '', ...(pair && { pair }), issuers: served.files[edgeFiles.issuers] ?? '' }
}

interface View {
  readonly mounted: Mounted
  readonly served: Served | undefined
  readonly judged: Judged | undefined
  readonly standIn: Pair | undefined
}

export class Agent {
  readonly #deps: AgentDeps
  #offered: { readonly id: string; readonly parts: string } | undefined
  /** Digest of the parts that nginx refused, and what it said. */
  #refused: { readonly parts: string; readonly words: string } | undefined
  #standIn: Promise<Pair> | undefined
  #state: EdgeState = { mounted: '', synced: false }

  constructor(deps: AgentDeps) {
    this.#deps = deps
  }

  get state(): EdgeState {
    return this.#state
  }

  /** May be repeated at any time. */
  async look(): Promise<void> {
    const { exchange, now } = this.#deps
    const mounted = await this.#deps.mounted()
    const [served, verdict] = [await exchange.served(), await exchange.verdict()]
    const judged = mounted.agent.tls ? judge(mounted.pair, mounted.agent.host, now()) : undefined
    const view = { mounted, served, judged, standIn: await this.#standInFor(mounted, judged) }
    this.#hear(verdict)
    const chosen = this.#chosen(view)
    await this.#offer(chosen.parts, served)
    this.#state = this.#stateOf(view, chosen.refused)
  }

  async #standInFor({ agent }: Mounted, judged: Judged | undefined): Promise<Pair | undefined> {
    if (!judged || judged.usable || !agent.standIn) return undefined
    this.#standIn ??= this.#deps.standIn(agent.host)
    return this.#standIn
  }

  #hear(verdict: Verdict | undefined): void {
    const offered = this.#offered
    if (!verdict || verdict.accepted || verdict.id !== offered?.id || this.#refused?.parts === offered.parts) return
    this.#refused = { parts: offered.parts, words: verdict.words }
    this.#deps.log.error({ candidate: verdict.id, words: verdict.words }, 'nginx refuses a configuration; what runs stays')
  }

  async #offer(parts: Parts | undefined, served: Served | undefined): Promise<void> {
    const { exchange, digest, log, resolvers } = this.#deps
    const servers = this.#deps.servers()
    // without knowing the pods an offer would take away those that nginx knows
    if (!servers || !parts) return
    const candidate = candidateOf({ ...parts, ...servers, resolvers }, digest)
    if (candidate.id === this.#offered?.id) return
    if (candidate.id !== served?.id) {
      await exchange.offer(candidate)
      log.info({ candidate: candidate.id, servers: servers.api.length }, 'a configuration is offered to nginx')
    }
    this.#offered = { id: candidate.id, parts: this.#digestOf(parts) }
  }

  #digestOf(parts: Parts): string {
    return this.#deps.digest(JSON.stringify([parts.settings, parts.pair, parts.issuers]))
  }

  /** What is mounted, as far as it is good; what nginx refused gives way to what it runs, so that pods still come and go. */
  #chosen({ served, ...view }: View): { readonly parts: Parts | undefined; readonly refused?: string } {
    const before = served && partsOf(served)
    const wanted = this.#wanted(view, before)
    if (wanted && this.#digestOf(wanted) === this.#refused?.parts) return { parts: before, refused: this.#refused.words }
    return { parts: wanted ?? before }
  }

  #wanted({ mounted, judged, standIn }: Omit<View, 'served'>, before: Parts | undefined): Parts | undefined {
    const { settings, agent, pair, authority } = mounted
    if (!judged) return { settings, issuers: '' }
    const old = before?.pair && { pair: before.pair, judged: judge(before.pair, agent.host, this.#deps.now()), issuers: before.issuers }
    const issuers = pair && judged.hasResponder ? this.#deps.issuers(pair.certificate, authority) : ''
    const best = choose({ pair, judged, issuers }, old?.judged.standIn ? undefined : old)
    if (best?.pair) return { settings, pair: best.pair, issuers: best.issuers }
    // one that is served already does as well as another
    const stopgap = old?.judged.standIn ? old.pair : standIn
    return stopgap && { settings, pair: stopgap, issuers: '' }
  }

  #stateOf({ mounted, served, judged }: View, refused: string | undefined): EdgeState {
    return {
      ...(served && { running: this.#running(served, mounted.agent.host) }),
      mounted: this.#deps.digest(mounted.settings),
      ...(refused !== undefined && { refused }),
      ...(judged?.problem && (mounted.pair || !mounted.agent.standIn) && { certificateProblem: judged.problem }),
      synced: this.#deps.servers() !== undefined,
    }
  }

  #running(served: Served, host: string): NonNullable<EdgeState['running']> {
    const certificate = this.#certificateOf(served, host)
    return {
      id: served.id,
      settings: this.#deps.digest(served.files['nginx.conf'] ?? ''),
      servers: (served.files[edgeFiles.upstream] ?? '').split('max_fails').length - 1,
      ...(certificate && { certificate }),
    }
  }

  #certificateOf(served: Served, host: string): NonNullable<EdgeState['running']>['certificate'] {
    const pair = pairIn(served)
    const { fingerprint, notBefore, notAfter, standIn = false } = (pair && judge(pair, host, this.#deps.now())) ?? {}
    if (!fingerprint || !notBefore || !notAfter) return undefined
    return { fingerprint, notBefore: notBefore.toISOString(), notAfter: notAfter.toISOString(), standIn }
  }
}
