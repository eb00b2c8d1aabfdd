// RotateKeys: a new key for sessions. Where it is, is read from the Secret and the pods alone: a new operator goes on where the last one stopped.
//   1. the new key is added as the last one, so that pods learn to decrypt what it seals
//   2. when every pod knows it, it becomes the first one, which encrypts
//   3. when no pod encrypts with another key, it is noted until when the old ones are needed; a later rotation drops them
import { seconds } from '../amounts.ts'
import type { FiniaInstance, FiniaOperation } from '../crd/kinds.ts'
import { annotations, apiName, keysKeys, keysName } from '../names.ts'
import type { ApiPod, Deployment, KeyRingFacts, KeysSeen, Pod } from '../observe/operation.ts'
import { kinds } from '../resources/kinds.ts'
import { oldKeysText } from '../session-keys.ts'
import { acts, failed, type OperationPlan, succeeded, waits } from './operation-plan.ts'

/** Clocks of pods that seal and of the operator may differ a little. */
const clockMilliseconds = 60_000

const secretOf = (instance: FiniaInstance) => ({ namespace: instance.metadata.namespace, name: keysName(instance), key: keysKeys.sessionKeys })

/** Nobody can hold a session of these any more. */
const expired = ({ kids = [], oldKeys }: KeyRingFacts, now: Date): readonly string[] =>
  oldKeys && oldKeys.kid === kids[0] && oldKeys.neededUntil <= now ? kids.slice(1) : []

const isRolledOut = ({ metadata, spec, status }: Deployment): boolean => {
  const wanted = spec.replicas ?? 1
  const { observedGeneration, replicas = 0, updatedReplicas = 0, availableReplicas = 0 } = status ?? {}
  return observedGeneration === metadata.generation && replicas === wanted && updatedReplicas === wanted && availableReplicas === wanted
}

/** Enough to look at. */
const longestList = 3

/** A pod of a node that is gone never leaves by itself, so people must know which one is waited for. */
const named = (pods: readonly Pod[]): string => {
  const names = pods.slice(0, longestList).map(({ metadata }) => `${metadata.name}${metadata.deletionTimestamp === undefined ? '' : ', which is leaving'}`)
  return `${names.join('; ')}${pods.length > longestList ? '; …' : ''}`
}

/** A node may mount what the Secret held a moment before: who says which keys it has is believed more than what it should have. */
const hasStale = ({ kids }: ApiPod, ring: KeyRingFacts): boolean => kids !== undefined && kids.join() !== ring.kids?.join()

/** Why some pod may not have these keys yet; undefined when every one was started with them. */
function behind({ deployment, pods }: KeysSeen, ring: KeyRingFacts): string | undefined {
  const keys = ring.digest
  const knowing = pods.filter(({ metadata }) => metadata.annotations?.[annotations.keys] === keys)
  const stale = knowing.filter((pod) => hasStale(pod, ring))
  const others = pods.filter((pod) => !knowing.includes(pod))
  const count = `${knowing.length} of ${pods.length} API pods were started with them${others.length > 0 ? ` (not ${named(others)})` : ''}`
  if (deployment?.spec.template.metadata?.annotations?.[annotations.keys] !== keys) return `the Deployment has not got them yet, ${count}`
  if (others.length > 0) return count
  if (stale.length > 0) return `delete the pods that were given older keys at their start (${named(stale)})`
  // A pod that the cache has not seen yet must not be overlooked.
  return isRolledOut(deployment) && knowing.length >= (deployment.status?.replicas ?? 0) ? undefined : `${count}, and the rollout is not over`
}

const notOurs = (instance: FiniaInstance): OperationPlan => {
  const rollout = `wait for kubectl rollout status deployment/${apiName(instance)}`
  const message =
    `spec.api.keysSecretName of the instance names the Secret "${keysName(instance)}", which is yours and is not changed by the operator. By hand: ` +
    `add a key at the end of the JWK set "${keysKeys.sessionKeys}" in it, ${rollout}, move that key to the front, wait again, ` +
    `and take the other keys out after ${instance.spec.api.config.tokenLifetime} (spec.api.config.tokenLifetime)`
  return failed('KeysNotOurs', message)
}

const unreadable = (instance: FiniaInstance): OperationPlan =>
  failed(
    'KeysUnreadable',
    `The Secret "${keysName(instance)}" holds no JWK set under "${keysKeys.sessionKeys}": take that key out of it, so that the operator makes one (everybody signs in again)`,
  )

export function planKeys(operation: FiniaOperation, instance: FiniaInstance, seen: KeysSeen, now: Date): OperationPlan {
  if (instance.spec.api.keysSecretName) return notOurs(instance)
  const { ring } = seen
  if (!ring) return waits('WaitForSecret', `The Secret "${keysName(instance)}" is not there yet: the operator makes it with the instance`)
  if (!ring.kids) return unreadable(instance)
  const kid = operation.metadata.uid
  const guarded = { do: 'rotateKeys', secret: secretOf(instance), resourceVersion: ring.resourceVersion } as const
  if (!ring.kids.includes(kid)) {
    const drop = expired(ring, now)
    return acts('AddKey', 'A new key is added behind those that are there', { ...guarded, change: { add: kid, drop } })
  }
  const missing = behind(seen, ring)
  if (ring.kids[0] !== kid) {
    if (missing) return waits('TeachKey', `Every API pod must know the new key before one encrypts with it: ${missing}`)
    return acts('UseKey', 'The new key is put first', { ...guarded, change: { promote: kid } })
  }
  if (missing) return waits('UseKey', `API pods are started anew to encrypt with the new key: ${missing}`)
  return settle(instance, ring, kid, now)
}

function settle(instance: FiniaInstance, { oldKeys }: KeyRingFacts, kid: string, now: Date): OperationPlan {
  if (oldKeys?.kid === kid)
    return succeeded(
      'Done',
      `Sessions are sealed under a new key. Those from before stay good; their keys are needed until ${oldKeys.neededUntil.toISOString()}`,
    )
  const neededUntil = new Date(now.getTime() + seconds(instance.spec.api.config.tokenLifetime) * 1000 + clockMilliseconds)
  const { namespace, name } = secretOf(instance)
  return acts('NoteOldKeys', 'Every API pod encrypts with the new key', {
    do: 'annotate',
    ref: { resource: kinds.secret, namespace, name },
    annotations: { [annotations.oldKeys]: oldKeysText({ kid, neededUntil }) },
  })
}
