// What a person must change before an instance can be what its spec says: cross-checks that the schema cannot make.
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

const isV4 = (address: string): boolean => /^\d{1,3}(\.\d{1,3}){3}$/.test(address) && address.split('.').every((part) => Number(part) <= 255)

const isV6 = (address: string): boolean => {
  // Its last two groups may be written as an address of version 4 (RFC 4291, 2.2).
  const halves = address.replace(/(?<=:)[\d.]+$/, (end) => (isV4(end) ? '0:0' : end)).split('::')
  const groups = halves.flatMap((half) => (half === '' ? [] : half.split(':')))
  const length = halves.length === 1 ? groups.length === 8 : halves.length === 2 && groups.length < 8
  return length && groups.every((part) => /^[0-9a-fA-F]{1,4}$/.test(part))
}

const isAddressRange = (text: string): boolean => {
  const [address = '', length = ''] = text.split('/')
  return (isV4(address) && Number(length) <= 32) || (isV6(address) && Number(length) <= 128)
}

/** nginx and the API would refuse all of their settings for one range that is none. */
export function trustedProxyProblems({ instance }: ObservedInstance): readonly Problem[] {
  const wrong = instance.spec.ingress.trustedProxies.find((range) => !isAddressRange(range))
  if (wrong === undefined) return []
  const message = `spec.ingress.trustedProxies has "${wrong}", which is no range of addresses: write it as CIDR, such as 10.244.0.0/16 or 2001:db8::/32`
  return [{ about: 'APIAvailable', reason: 'TrustedProxyInvalid', message }]
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
