// The API's pods as a Deployment with maxSurge 1 and maxUnavailable 0 rolls them, one act at a time; each reads the session keys when it starts.
import type { KubeObject } from '../../operator/deps.ts'
import { annotations, childLabels } from '../../operator/names.ts'
import { observeSecret } from '../../operator/observe/secrets.ts'
import { kinds } from '../../operator/resources/kinds.ts'
import type { World } from './world.ts'

interface Pod {
  readonly name: string
  readonly keys: string
  ring: string
  readonly address: string
  leaving: boolean
}

const namespace = 'finance'
const labels = childLabels('home', 'api')

export class ApiPods {
  readonly #world: World
  readonly #replicas: number
  #pods: Pod[] = []
  #template = ''
  #generation = 1
  #observed = 1
  #count = 0
  #history: string[] = []

  constructor(world: World, replicas: number) {
    this.#world = world
    this.#replicas = replicas
  }

  /** The session keys that each running pod has, those of the leaving ones as well. */
  get rings(): readonly string[] {
    return this.#pods.map(({ ring }) => ring)
  }

  /** All pods are there and up to date. */
  async start(): Promise<void> {
    await this.reconcileInstance()
    this.#observed = this.#generation
    while (this.#pods.length < this.#replicas) this.#begin()
    this.#show()
  }

  /** The Deployment gets the digest of the Secret as it is. */
  async reconcileInstance(): Promise<void> {
    const digest = (await observeSecret(this.#world.deps, namespace, 'home-keys'))?.digest ?? ''
    if (digest !== this.#template) this.#generation += 1
    this.#template = digest
    this.#show()
  }

  /** One act of the Deployment's controller. `isStale`: the node mounts what the Secret held before its last change. */
  roll(isStale = false): void {
    const staying = this.#pods.filter(({ leaving }) => !leaving)
    const updated = staying.filter(({ keys }) => keys === this.#template)
    const old = staying.find(({ keys }) => keys !== this.#template)
    if (this.#observed !== this.#generation) this.#observed = this.#generation
    else if (staying.length <= this.#replicas && updated.length < this.#replicas) this.#begin(isStale)
    else if (staying.length > this.#replicas && old) old.leaving = true
    this.#show()
  }

  /** What a pod says of its keys when it is asked. */
  kidsAt(address: string): readonly string[] | undefined {
    const pod = this.#pods.find((one) => one.address === address)
    return pod && (JSON.parse(pod.ring) as { readonly keys: readonly { readonly kid: string }[] }).keys.map(({ kid }) => kid)
  }

  /** A pod that was leaving is gone. */
  leave(): void {
    const gone = this.#pods.find(({ leaving }) => leaving)
    this.#pods = this.#pods.filter((pod) => pod !== gone)
    if (gone) this.#world.kube.objects.delete(`pods/${namespace}/${gone.name}`)
    this.#show()
  }

  /** The container of a pod is started anew, and reads what is mounted by then. */
  restart(index: number): void {
    const pod = this.#pods[index % Math.max(1, this.#pods.length)]
    if (pod) pod.ring = this.#mounted()
  }

  #begin(isStale = false): void {
    this.#count += 1
    const mounted = this.#mounted()
    const ring = isStale ? (this.#history.findLast((text) => text !== mounted) ?? mounted) : mounted
    this.#pods.push({ name: `home-api-${this.#count}`, address: `10.0.0.${this.#count}`, keys: this.#template, ring, leaving: false })
  }

  #mounted(): string {
    const secret = this.#world.kube.objects.get(`secrets/${namespace}/home-keys`) as { data?: Record<string, string> } | undefined
    const text = Buffer.from(secret?.data?.['session-keys'] ?? '', 'base64').toString('utf8')
    if (this.#history.at(-1) !== text) this.#history.push(text)
    return text
  }

  #show(): void {
    this.#mounted()
    const { kube } = this.#world
    const staying = this.#pods.filter(({ leaving }) => !leaving)
    const updated = staying.filter(({ keys }) => keys === this.#template).length
    const count = staying.length
    kube.put(kinds.deployment, {
      apiVersion: 'apps/v1',
      kind: 'Deployment',
      metadata: { name: 'home-api', namespace, labels, generation: this.#generation },
      spec: { replicas: this.#replicas, template: { metadata: { annotations: { [annotations.keys]: this.#template } } } },
      status: { observedGeneration: this.#observed, replicas: count, updatedReplicas: updated, availableReplicas: count },
    } as unknown as KubeObject)
    for (const { name, address, keys, leaving } of this.#pods)
      kube.put(kinds.pod, {
        apiVersion: 'v1',
        kind: 'Pod',
        metadata: { name, namespace, labels, annotations: { [annotations.keys]: keys }, ...(leaving && { deletionTimestamp: '2026-01-01T12:00:00Z' }) },
        status: { phase: 'Running', podIP: address },
      } as unknown as KubeObject)
  }
}
