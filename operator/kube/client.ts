// The port Kube on the transport: plain objects in, plain objects out. No field is ever dropped on the way.
import type { Kube, KubeObject, ObjectRef, Resource } from '../deps.ts'
import { KubeError } from './errors.ts'
import { collectionPath, describe, objectPath, withQuery } from './paths.ts'
import type { Request, Transport } from './transport.ts'

export interface ClientOptions {
  readonly transport: Transport
  readonly fieldManager: string
  /** Asked at the last moment before each attempt of a write; throws to forbid it. */
  readonly beforeWrite?: () => void
  readonly deadlineMilliseconds?: number
  /** Most attempts of a call; 1 = no retry. */
  readonly attempts?: number
}

const defaultDeadlineMilliseconds = 30_000
const defaultAttempts = 8

type Call = Pick<Request, 'method' | 'path' | 'attempted' | 'idempotent'> & {
  readonly resource: Resource
  readonly body?: object
  readonly contentType?: string
}

const refOf = (resource: Resource, manifest: KubeObject): ObjectRef => ({
  resource,
  namespace: manifest.metadata.namespace ?? '',
  name: manifest.metadata.name,
})

/** Whether a merge patch says which version it was made for: then a repetition after a lost answer would seem a conflict. */
const namesVersion = (patch: object): boolean =>
  'metadata' in patch && typeof patch.metadata === 'object' && patch.metadata !== null && 'resourceVersion' in patch.metadata

export class KubeClient implements Kube {
  readonly #options: ClientOptions

  constructor(options: ClientOptions) {
    this.#options = options
  }

  /** The same client under other rules: a leader's fence before writes, a shorter deadline, no retries. */
  with(rules: Pick<ClientOptions, 'beforeWrite' | 'deadlineMilliseconds' | 'attempts'>): KubeClient {
    return new KubeClient({ ...this.#options, ...rules })
  }

  async get<T extends KubeObject>(ref: ObjectRef): Promise<T | undefined> {
    const attempted = describe('get', ref.resource, ref.namespace, ref.name)
    try {
      return (await this.#call({ method: 'GET', path: objectPath(ref), attempted, idempotent: true, resource: ref.resource })) as T
    } catch (error) {
      if (isGone(error)) return undefined
      throw error
    }
  }

  async apply<T extends KubeObject>(resource: Resource, manifest: KubeObject): Promise<T> {
    const ref = refOf(resource, manifest)
    return (await this.#call({
      method: 'PATCH',
      path: withQuery(objectPath(ref), { fieldManager: this.#options.fieldManager, force: 'true' }),
      attempted: describe('apply', resource, ref.namespace, ref.name),
      idempotent: true,
      resource,
      body: manifest,
      // JSON is YAML.
      contentType: 'application/apply-patch+yaml',
    })) as T
  }

  async create<T extends KubeObject>(resource: Resource, manifest: KubeObject): Promise<T | undefined> {
    const ref = refOf(resource, manifest)
    const path = withQuery(collectionPath(resource, ref.namespace), { fieldManager: this.#options.fieldManager })
    const attempted = describe('create', resource, ref.namespace, ref.name)
    try {
      return (await this.#call({ method: 'POST', path, attempted, idempotent: false, resource, body: manifest, contentType: 'application/json' })) as T
    } catch (error) {
      if (error instanceof KubeError && error.status === 409 && error.reason === 'AlreadyExists') return undefined
      throw error
    }
  }

  async patch<T extends KubeObject>(ref: ObjectRef, patch: object): Promise<T> {
    return (await this.#merge(ref, patch)) as T
  }

  async patchStatus(ref: ObjectRef, uid: string, status: object): Promise<void> {
    try {
      await this.#merge(ref, { metadata: { uid }, status }, 'status')
    } catch (error) {
      // The API server calls a patch for another uid an attempt to change it.
      if (!(error instanceof KubeError) || error.status !== 422 || !error.fields.includes('metadata.uid')) throw error
      const explanation = 'the object is a successor of the one the status speaks of'
      throw new KubeError({ status: 409, reason: 'Conflict', attempted: error.attempted, explanation, cause: error })
    }
  }

  async delete(ref: ObjectRef, uid?: string): Promise<void> {
    const attempted = describe('delete', ref.resource, ref.namespace, ref.name)
    const body = { kind: 'DeleteOptions', apiVersion: 'v1', propagationPolicy: 'Background', ...(uid !== undefined && { preconditions: { uid } }) }
    try {
      await this.#call({ method: 'DELETE', path: objectPath(ref), attempted, idempotent: true, resource: ref.resource, body, contentType: 'application/json' })
    } catch (error) {
      if (isGone(error)) return
      // A successor of the same name means that ours is gone; any other conflict is one.
      if (uid !== undefined && error instanceof KubeError && error.status === 409 && (await this.get(ref))?.metadata.uid !== uid) return
      throw error
    }
  }

  #merge(ref: ObjectRef, patch: object, subresource?: string): Promise<unknown> {
    return this.#call({
      method: 'PATCH',
      path: withQuery(objectPath(ref, subresource), { fieldManager: this.#options.fieldManager }),
      attempted: describe('patch', ref.resource, ref.namespace, subresource === undefined ? ref.name : `${ref.name}/${subresource}`),
      idempotent: !namesVersion(patch),
      resource: ref.resource,
      body: patch,
      contentType: 'application/merge-patch+json',
    })
  }

  #call({ resource, body, ...call }: Call): Promise<unknown> {
    const { transport, beforeWrite, deadlineMilliseconds = defaultDeadlineMilliseconds, attempts = defaultAttempts } = this.#options
    return transport.call({
      ...call,
      deadlineMilliseconds,
      attempts,
      secret: resource.group === '' && resource.plural === 'secrets',
      ...(body && { body: JSON.stringify(body) }),
      ...(beforeWrite && call.method !== 'GET' && { before: beforeWrite }),
    })
  }
}

// "No such object" names the object; "no such kind" does not, and must not pass for an object that is gone.
const isGone = (error: unknown): boolean => error instanceof KubeError && error.status === 404 && error.namesObject
