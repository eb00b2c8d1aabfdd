// Changes the set of session keys in a Secret. Done twice, it changes nothing the second time: a key is known by its name.
import type { Deps, KubeObject } from '../deps.ts'
import type { Step } from '../plan/steps.ts'
import { kinds } from '../resources/kinds.ts'
import { parseSessionKeys, type SessionKey, sessionKey, sessionKeysText, withKeyAdded, withKeyFirst } from '../session-keys.ts'
import type { Change } from './apply.ts'

interface Secret extends KubeObject {
  readonly data?: Readonly<Record<string, string>>
}

type RotateKeys = Extract<Step, { do: 'rotateKeys' }>

function changed(deps: Deps, keys: readonly SessionKey[], change: RotateKeys['change']): readonly SessionKey[] {
  if ('promote' in change) return withKeyFirst(keys, change.promote)
  const kept = keys.filter(({ kid }) => !change.drop.includes(kid))
  return withKeyAdded(kept, sessionKey(change.add, Buffer.from(deps.random.bytes(32)).toString('base64url')))
}

export async function rotateKeys(deps: Deps, { secret, resourceVersion, change }: RotateKeys): Promise<Change> {
  const ref = { resource: kinds.secret, namespace: secret.namespace, name: secret.name }
  const live = await deps.kube.get<Secret>(ref)
  const keys = parseSessionKeys(Buffer.from(live?.data?.[secret.key] ?? '', 'base64').toString('utf8'))
  if (!keys || live?.metadata.resourceVersion !== resourceVersion) throw new Error(`Secret ${secret.namespace}/${secret.name} changed since it was looked at`)
  const text = sessionKeysText(changed(deps, keys, change))
  await deps.kube.patch(ref, { metadata: { resourceVersion }, data: { [secret.key]: Buffer.from(text, 'utf8').toString('base64') } })
  return 'Updated'
}
