// Makes the Secrets that are generated. A value that is there is never changed, so a step repeated or cut short loses nothing.

import { covers } from '../covers.ts'
import type { Deps, KeyPair, KubeObject, ObjectRef } from '../deps.ts'
import type { Generator, Step } from '../plan/steps.ts'
import { kinds } from '../resources/kinds.ts'
import type { Change } from './apply.ts'

interface Secret extends KubeObject {
  readonly data?: Readonly<Record<string, string>>
}

const toBase64 = (text: string): string => Buffer.from(text, 'utf8').toString('base64')

export const secretRef = (namespace: string, name: string): ObjectRef => ({ resource: kinds.secret, namespace, name })

/** A Secret's values as text, or undefined when there is no such Secret. */
export async function readSecret(deps: Deps, namespace: string, name: string): Promise<Readonly<Record<string, string>> | undefined> {
  const secret = await deps.kube.get<Secret>(secretRef(namespace, name))
  if (!secret) return undefined
  return Object.fromEntries(Object.entries(secret.data ?? {}).map(([key, value]) => [key, Buffer.from(value, 'base64').toString('utf8')]))
}

const randomText = (deps: Deps): string => Buffer.from(deps.random.bytes(32)).toString('base64url')

const generate = (deps: Deps, generator: Generator): string => {
  if (generator === 'password') return randomText(deps)
  if (generator === 'sessionKeys') {
    const kid = Buffer.from(deps.random.bytes(6)).toString('base64url')
    return JSON.stringify({ keys: [{ kty: 'oct', kid, alg: 'dir', k: randomText(deps) }] })
  }
  return generator.text
}

/** Writes the values that are missing (all of them when there is no Secret) and mends the metadata. */
async function addMissing(
  deps: Deps,
  manifest: KubeObject,
  make: (missing: (key: string) => boolean) => Promise<Readonly<Record<string, string>>>,
): Promise<Change | undefined> {
  const ref = secretRef(manifest.metadata.namespace ?? '', manifest.metadata.name)
  const live = await deps.kube.get<Secret>(ref)
  const made = await make((key) => live?.data?.[key] === undefined)
  const data = Object.fromEntries(Object.entries(made).map(([key, value]) => [key, toBase64(value)]))
  if (!live) {
    const created = await deps.kube.create(kinds.secret, { ...manifest, data } as KubeObject)
    if (!created) throw new Error(`Secret ${ref.namespace}/${ref.name} was created by somebody else in the meantime`)
    return 'Created'
  }
  const labels = manifest.metadata.labels ?? {}
  const ownerReferences = manifest.metadata.ownerReferences ?? []
  const mended = covers(live.metadata, { labels }) && covers(live.metadata.ownerReferences ?? [], ownerReferences)
  if (mended && Object.keys(data).length === 0) return undefined
  await deps.kube.patch(ref, { metadata: { resourceVersion: live.metadata.resourceVersion, labels, ownerReferences }, data })
  return 'Updated'
}

export const ensureSecret = (deps: Deps, step: Extract<Step, { do: 'ensureSecret' }>): Promise<Change | undefined> =>
  addMissing(deps, step.manifest, (missing) =>
    Promise.resolve(
      Object.fromEntries(
        Object.entries(step.keys)
          .filter(([key]) => missing(key))
          .map(([key, generator]) => [key, generate(deps, generator)]),
      ),
    ),
  )

const asData = (pair: KeyPair, ca: string) => ({ 'tls.crt': pair.certificate, 'tls.key': pair.key, 'ca.crt': ca })

/** A minute back, so that a client whose clock is a little behind believes the certificate. */
const aMinuteBefore = (now: Date): Date => new Date(now.getTime() - 60_000)

export const ensureCa = (deps: Deps, step: Extract<Step, { do: 'ensureCa' }>): Promise<Change | undefined> =>
  addMissing(deps, step.manifest, async (missing) => {
    if (!missing('tls.crt') && !missing('tls.key') && !missing('ca.crt')) return {}
    const ca = await deps.pki.createCa(step.commonName, aMinuteBefore(deps.clock.now()), step.days)
    return asData(ca, ca.certificate)
  })

/** Replaces the certificate whole: key, certificate and CA always belong together. */
export async function issueCertificate(deps: Deps, step: Extract<Step, { do: 'issueCertificate' }>): Promise<Change> {
  const ca = await readSecret(deps, step.ca.namespace, step.ca.name)
  if (!ca?.['tls.crt'] || !ca['tls.key']) throw new Error(`Secret ${step.ca.namespace}/${step.ca.name} holds no CA (tls.crt and tls.key)`)
  const pair = await deps.pki.issue({ certificate: ca['tls.crt'], key: ca['tls.key'] }, step.names, aMinuteBefore(deps.clock.now()), step.days)
  const data = Object.fromEntries(Object.entries(asData(pair, ca['tls.crt'])).map(([key, value]) => [key, toBase64(value)]))
  const created = await deps.kube.create(kinds.secret, { ...step.manifest, data } as KubeObject)
  if (created) return 'Created'
  const { labels = {}, annotations = {}, ownerReferences = [] } = step.manifest.metadata
  await deps.kube.patch(secretRef(step.manifest.metadata.namespace ?? '', step.manifest.metadata.name), {
    metadata: { labels, annotations, ownerReferences },
    data,
  })
  return 'Updated'
}
