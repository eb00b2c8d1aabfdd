// The Secrets and certificates of an instance: which of them are still to be made, or made anew.
import type { FiniaInstance } from '../crd/kinds.ts'
import { caName, databaseHeadlessName, databaseKeys, databaseReadWriteName, keysKeys, tlsName } from '../names.ts'
import type { CertificateState, ObservedInstance, SecretState } from '../observe/facts.ts'
import { kinds } from '../resources/kinds.ts'
import { caSecret, databaseSecret, databaseTlsSecret, edgeTlsSecret, keysSecret } from '../resources/secrets.ts'
import type { Context } from './context.ts'
import type { Generator, Step } from './steps.ts'

export const certificateDays = 90
const caDays = 3650

/** A certificate is renewed when a third of its life is left. */
export const renewalOf = ({ notBefore, notAfter }: CertificateState): Date => new Date(notAfter.getTime() - (notAfter.getTime() - notBefore.getTime()) / 3)

const sameNames = (left: readonly string[], right: readonly string[]): boolean =>
  left.length === right.length && [...left].sort().join() === [...right].sort().join()

const isServiceable = (secret: SecretState | undefined, names: readonly string[], now: Date): boolean => {
  const certificate = secret?.certificate
  return certificate?.fromOurCa === true && secret?.keys.includes('tls.key') === true && sameNames(certificate.names, names) && now < renewalOf(certificate)
}

/** Every name that clients may reach the database by. */
export const databaseNames = (instance: FiniaInstance): readonly string[] => {
  const { namespace } = instance.metadata
  const service = (name: string) => [name, `${name}.${namespace}`, `${name}.${namespace}.svc`, `${name}.${namespace}.svc.cluster.local`]
  const members = `*.${databaseHeadlessName(instance)}.${namespace}.svc`
  return [...service(databaseReadWriteName(instance)), members, `${members}.cluster.local`, 'localhost']
}

const has = (secret: SecretState | undefined, keys: Readonly<Record<string, Generator>>): boolean =>
  secret !== undefined && Object.keys(keys).every((key) => secret.keys.includes(key))

type Manifest = { readonly metadata: Pick<SecretState['metadata'], 'ownerReferences'> }

const ownersOf = ({ metadata }: Manifest): string => (metadata.ownerReferences ?? []).map(({ uid }) => uid).join()

/** The owner differs when the deletion policy changed (what is retained has none), or when the Secret is left from an instance of the same name. */
const isOwnedAs = (secret: SecretState | undefined, manifest: Manifest): boolean => secret !== undefined && ownersOf(secret) === ownersOf(manifest)

function generatedSteps({ instance, secrets }: ObservedInstance): Step[] {
  const steps: Step[] = []
  const sessionKeys = {
    [keysKeys.sessionKeys]: 'sessionKeys',
    [keysKeys.edgeKey]: 'password',
    [keysKeys.setupToken]: 'password',
    [keysKeys.operatorKey]: 'password',
  } as const
  const managed = instance.spec.database.mode === 'Managed'
  const passwords = {
    ...(managed && { [databaseKeys.admin]: 'password' as const }),
    [databaseKeys.api]: 'password',
    [databaseKeys.migrate]: 'password',
    [databaseKeys.marks]: 'password',
  } as const
  if (!instance.spec.api.keysSecretName && !has(secrets.keys, sessionKeys))
    steps.push({ do: 'ensureSecret', manifest: keysSecret(instance), keys: sessionKeys })
  const database = databaseSecret(instance)
  if (!has(secrets.database, passwords) || !isOwnedAs(secrets.database, database)) steps.push({ do: 'ensureSecret', manifest: database, keys: passwords })
  return steps
}

/** cert-manager would write the same Secret again: what it was asked for goes as soon as the Secret holds ours. */
const withoutRival = ({ instance, children }: ObservedInstance, steps: readonly Step[]): readonly Step[] =>
  steps.some((step) => step.do === 'issueCertificate' && step.manifest.metadata.name === tlsName(instance))
    ? children
        .filter(({ resource, object }) => resource === kinds.certificate && object.metadata.name === tlsName(instance))
        .map(({ resource, object: { metadata } }) => ({
          do: 'delete',
          ref: { resource, namespace: instance.metadata.namespace, name: metadata.name },
          uid: metadata.uid ?? '',
        }))
    : []

function certificateSteps(observed: ObservedInstance, now: Date): Step[] {
  const { instance, secrets } = observed
  const managedDatabase = instance.spec.database.mode === 'Managed'
  const { provider, tls, host } = instance.spec.ingress
  const ownEdge = provider !== 'None' && tls.mode === 'SelfSigned'
  if (!managedDatabase && !ownEdge) return []
  const ca = { namespace: instance.metadata.namespace, name: caName(instance) }
  const manifest = caSecret(instance)
  const steps: Step[] = []
  if (!secrets.ca?.certificate || !isOwnedAs(secrets.ca, manifest)) {
    steps.push({ do: 'ensureCa', manifest, commonName: `FiniA ${instance.metadata.namespace}/${instance.metadata.name}`, days: caDays })
  }
  const issue = (secret: SecretState | undefined, target: typeof manifest, names: readonly string[]) => {
    if (!isServiceable(secret, names, now) || !isOwnedAs(secret, target))
      steps.push({ do: 'issueCertificate', manifest: target, ca, names, days: certificateDays })
  }
  if (managedDatabase) issue(secrets.databaseTls, databaseTlsSecret(instance), databaseNames(instance))
  if (ownEdge) issue(secrets.edgeTls, edgeTlsSecret(instance), [host])
  return [...steps, ...withoutRival(observed, steps)]
}

/** Empty once every Secret is there and every certificate is good. */
export const secretSteps = (observed: ObservedInstance, { now }: Context): readonly Step[] => [...generatedSteps(observed), ...certificateSteps(observed, now)]
