// A rotation of session keys as it meets the world: pods that roll, an operator that is cut off, tokens that must stay good.
import { expect } from 'vitest'
import { readKeyRing } from '../../api/auth/key-ring.ts'
import { type Tokens, tokensOf } from '../../api/auth/tokens.ts'
import type { FiniaOperation } from '../../operator/crd/kinds.ts'
import type { Deps, Kube, KubeObject } from '../../operator/deps.ts'
import { reconcileOperation } from '../../operator/reconcile-operation.ts'
import { kinds } from '../../operator/resources/kinds.ts'
import { ApiPods } from './api-pods.ts'
import { anInstance, anOperation } from './instance.ts'
import { seededRandom } from './random.ts'
import { aWorld, type World } from './world.ts'

const lifetimeSeconds = 24 * 3600

/** What becomes of a write: it is done; or the operator ends before it, or right after it. */
export type Fate = 'done' | 'before' | 'after'

const withFates = (kube: Kube, fates: readonly Fate[]): Kube => {
  const left = [...fates]
  const write = async <T>(call: () => Promise<T>): Promise<T> => {
    const fate = left.shift()
    if (fate === 'before') throw new Error('ended before a write')
    const answer = await call()
    if (fate === 'after') throw new Error('ended after a write')
    return answer
  }
  return { ...kube, patch: (...call) => write(() => kube.patch(...call)), patchStatus: (...call) => write(() => kube.patchStatus(...call)) } as Kube
}

interface Kept {
  readonly token: string
  readonly until: number
}

export class Model {
  readonly world: World
  readonly pods: ApiPods
  readonly #deps: Deps
  readonly #tokens = new Map<string, Kept>()
  #asked = 0
  #checked = ''

  constructor(replicas: number) {
    this.world = aWorld(anInstance())
    this.pods = new ApiPods(this.world, replicas)
    const apiProbe = { sessionKeys: ({ address }: { readonly address: string }) => Promise.resolve(this.pods.kidsAt(address)) }
    this.#deps = { ...this.world.deps, random: seededRandom(7), apiProbe }
    const k = Buffer.alloc(32, 1).toString('base64url')
    const data = { 'session-keys': Buffer.from(JSON.stringify({ keys: [{ kty: 'oct', kid: 'original', k }] })).toString('base64') }
    this.world.kube.put(kinds.secret, { apiVersion: 'v1', kind: 'Secret', metadata: { name: 'home-keys', namespace: 'finance' }, data } as KubeObject)
  }

  ask(name: string): void {
    this.#asked += 1
    const operation = anOperation({ name, uid: `uid-of-${name}-${this.#asked}`, creationTimestamp: this.world.clock.now().toISOString() })
    if (!this.find(name)) this.world.kube.put(kinds.operation, operation as unknown as KubeObject)
  }

  forget(name: string): void {
    this.world.kube.objects.delete(`finiaoperations/finance/${name}`)
  }

  find(name: string): FiniaOperation | undefined {
    return this.world.kube.objects.get(`finiaoperations/finance/${name}`) as unknown as FiniaOperation | undefined
  }

  async operate(name: string, fates: readonly Fate[] = []): Promise<void> {
    const deps = { ...this.#deps, kube: withFates(this.#deps.kube, fates) }
    await reconcileOperation(deps, { namespace: 'finance', name }).catch((error: Error) => {
      if (!/ended (before|after) a write/.test(error.message)) throw error
    })
  }

  /** Every pod that runs opens what any of them seals, and all that was ever sealed and has not expired. */
  async check(): Promise<void> {
    const now = this.world.clock.now()
    const rings = [...new Set(this.pods.rings)].sort()
    const moment = `${now.toISOString()} ${rings.join()}`
    if (moment === this.#checked) return
    this.#checked = moment
    const programs: Tokens[] = rings.map((text) => {
      const { keyRing } = readKeyRing(text)
      if (!keyRing) throw new Error('a pod has no key ring')
      return tokensOf(keyRing)
    })
    const claims = { sessionId: 's', username: 'anna', database: 'finiaDB_anna', password: 'p' }
    for (const program of programs) {
      const token = await program.seal(claims, now, lifetimeSeconds)
      const { kid } = JSON.parse(Buffer.from(token.split('.')[0] ?? '', 'base64url').toString()) as { kid: string }
      this.#tokens.set(kid, { token, until: now.getTime() + lifetimeSeconds * 1000 })
    }
    for (const [kid, { token, until }] of this.#tokens) {
      if (until <= now.getTime()) continue
      for (const program of programs) expect([kid, await program.open(token, now)]).toEqual([kid, claims])
    }
  }

  get kids(): readonly string[] {
    const secret = this.world.kube.objects.get('secrets/finance/home-keys') as unknown as { data: Record<string, string> }
    const { keys } = JSON.parse(Buffer.from(secret.data['session-keys'] ?? '', 'base64').toString()) as { keys: { kid: string }[] }
    return keys.map(({ kid }) => kid)
  }
}
