// Looks at a Secret and forgets its values.
import type { FiniaInstance } from '../crd/kinds.ts'
import type { Deps, KubeObject } from '../deps.ts'
import { digest } from '../digest.ts'
import { tlsSecretName } from '../names.ts'
import { kinds } from '../resources/kinds.ts'
import type { CertificateState, SecretState } from './facts.ts'

interface Secret extends KubeObject {
  readonly data?: Readonly<Record<string, string>>
}

const valueOf = (secret: Secret, key: string): string => Buffer.from(secret.data?.[key] ?? '', 'base64').toString('utf8')

async function certificateOf(deps: Deps, secret: Secret, caCertificate: string | undefined): Promise<CertificateState | undefined> {
  const text = valueOf(secret, 'tls.crt')
  if (!text) return undefined
  try {
    const { names, notBefore, notAfter, fingerprint, responderPort, issuedBy, fits } = deps.pki.inspect(text)
    const key = valueOf(secret, 'tls.key')
    const fromOurCa = caCertificate !== undefined && (await issuedBy(caCertificate))
    return { names, notBefore, notAfter, fingerprint, ...(responderPort && { responderPort }), fromOurCa, key: key ? fits(key) : 'Missing' }
  } catch {
    return undefined // no certificate that can be read: as good as none, and replaced or refused as such
  }
}

/** The Secret's state; `caOf` names the Secret whose tls.crt its certificate is held against. */
export async function observeSecret(deps: Deps, namespace: string, name: string, caCertificate?: string): Promise<SecretState | undefined> {
  const secret = await deps.kube.get<Secret>({ resource: kinds.secret, namespace, name })
  if (!secret) return undefined
  const keys = Object.keys(secret.data ?? {}).sort()
  const certificate = await certificateOf(deps, secret, caCertificate)
  return {
    metadata: secret.metadata,
    keys,
    digest: digest(JSON.stringify(keys.map((key) => [key, secret.data?.[key]]))),
    digests: Object.fromEntries(keys.map((key) => [key, digest(secret.data?.[key] ?? '')])),
    ...(certificate && { certificate }),
  }
}

/** The certificate of a CA Secret, PEM. */
export async function readCaCertificate(deps: Deps, namespace: string, name: string): Promise<string | undefined> {
  const secret = await deps.kube.get<Secret>({ resource: kinds.secret, namespace, name })
  return secret && (valueOf(secret, 'ca.crt') || valueOf(secret, 'tls.crt') || undefined)
}

/** By what an answer over TLS is believed, as EdgeProbe takes it. */
export interface Trust {
  readonly plain?: true
  readonly ca?: string
  readonly expected?: string
}

/** From the Secret that is served: its authority where it names one, and its certificate whoever signed it. Undefined while it has none. */
export async function readTrust(deps: Deps, instance: FiniaInstance): Promise<Trust | undefined> {
  const name = tlsSecretName(instance)
  const secret = name && (await deps.kube.get<Secret>({ resource: kinds.secret, namespace: instance.metadata.namespace, name }))
  const expected = secret && valueOf(secret, 'tls.crt')
  if (!secret || !expected) return undefined
  const ca = valueOf(secret, 'ca.crt')
  return { expected, ...(ca && { ca }) }
}
