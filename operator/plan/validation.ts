// What a person must change before an instance can be what its spec says: cross-checks that the schema cannot make.
import { cidrSentence, isCidr } from '../crd/cidr.ts'
import { databaseCaName, keysKeys } from '../names.ts'
import type { ObservedInstance, SecretState } from '../observe/facts.ts'
import { kinds } from '../resources/kinds.ts'
import type { Problem } from './steps.ts'

const missingKeys = (secret: SecretState, keys: readonly string[]): readonly string[] => keys.filter((key) => !secret.keys.includes(key))

function secretProblem(about: string, field: string, name: string, secret: SecretState | undefined, keys: readonly string[]): Problem[] {
  if (!secret) {
    return [
      {
        about,
        reason: 'SecretMissing',
        message: `${field} names the Secret "${name}", which does not exist: create it with the keys ${keys.join(', ')}, or name another`,
      },
    ]
  }
  const missing = missingKeys(secret, keys)
  if (missing.length === 0) return []
  return [
    {
      about,
      reason: 'SecretIncomplete',
      message: `The Secret "${name}" named by ${field} lacks the ${missing.length === 1 ? 'key' : 'keys'} ${missing.join(', ')}: add what is missing`,
    },
  ]
}

/** Without the operator's key there is no pause, and a switch of the primary is felt; all else works. */
const neededKeys = Object.values(keysKeys).filter((key) => key !== keysKeys.operatorKey)

/** Secrets that a person names must be there and complete. */
export function namedSecretProblems({ instance, secrets }: ObservedInstance): readonly Problem[] {
  const { api, database } = instance.spec
  const problems: Problem[] = []
  if (api.keysSecretName) problems.push(...secretProblem('APIAvailable', 'spec.api.keysSecretName', api.keysSecretName, secrets.keys, neededKeys))
  if (database.mode === 'External' && database.external) {
    const { adminSecretName } = database.external
    problems.push(...secretProblem('DatabaseAvailable', 'spec.database.external.adminSecretName', adminSecretName, secrets.admin, ['username', 'password']))
  }
  const caName = databaseCaName(instance)
  if (database.tls.caSecretName && caName)
    problems.push(...secretProblem('DatabaseAvailable', 'spec.database.tls.caSecretName', caName, secrets.databaseCa, ['ca.crt']))
  return problems
}

/** Pods that mount a claim that is not there would never start, so none is told to. */
export function importClaimProblems({ instance, importClaim }: ObservedInstance): readonly Problem[] {
  if (importClaim !== 'Missing') return []
  const { volumeClaim } = instance.spec.api.config.folderImport
  const message = `spec.api.config.folderImport.volumeClaim names the PersistentVolumeClaim "${volumeClaim}", which does not exist: create it, name another, or set folderImport.enabled to false`
  return [{ about: 'APIAvailable', reason: 'VolumeClaimMissing', message }]
}

/** Routes cannot be made in a cluster that does not know what they are. */
export function routeProblems({ instance, absentKinds = [] }: ObservedInstance): readonly Problem[] {
  if (instance.spec.ingress.provider !== 'Gateway' || !absentKinds.includes(kinds.httpRoute)) return []
  const message =
    'spec.ingress.provider is Gateway, but this cluster does not know the kind HTTPRoute of gateway.networking.k8s.io/v1: install the Gateway API CRDs (standard channel), or choose another provider'
  return [{ about: 'IngressReady', reason: 'GatewayApiMissing', message }]
}

/** About the first that is none. */
const sentencesAbout = (field: string, ranges: readonly string[]): readonly string[] => {
  const wrong = ranges.find((range) => !isCidr(range))
  return wrong === undefined ? [] : [cidrSentence(field, wrong)]
}

/** For one range that is none nginx and the API would refuse all of their settings, and the API server a network policy. */
export const cidrProblems = ({ instance }: ObservedInstance): readonly Problem[] => {
  const { ingress, database } = instance.spec
  const proxies = sentencesAbout('spec.ingress.trustedProxies', ingress.trustedProxies)
  const servers = sentencesAbout('spec.database.external.cidrs', (database.mode === 'External' && database.external?.cidrs) || [])
  return [
    ...proxies.map((message): Problem => ({ about: 'APIAvailable', reason: 'TrustedProxyInvalid', message })),
    ...servers.map((message): Problem => ({ about: 'DatabaseAvailable', reason: 'CIDRInvalid', message })),
  ]
}

const isTimeZone = (name: string): boolean => {
  try {
    return new Intl.DateTimeFormat('en', { timeZone: name }).resolvedOptions().timeZone !== ''
  } catch {
    return false
  }
}

/** The API would not start with a time zone that nobody knows. */
export function timeZoneProblems({ instance }: ObservedInstance): readonly Problem[] {
  const { timeZone } = instance.spec
  if (isTimeZone(timeZone)) return []
  const message = `spec.timeZone is "${timeZone}", which is not in the IANA time zone database: give a name such as Europe/Berlin, or UTC`
  return [{ about: 'APIAvailable', reason: 'TimeZoneUnknown', message }]
}
