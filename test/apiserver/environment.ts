// What a test against the API server needs: a client, a namespace of its own, the count of what was asked, a restart.
import { randomBytes } from 'node:crypto'
import { readFile } from 'node:fs/promises'
import { inject } from 'vitest'
import type { KubeObject } from '../../operator/deps.ts'
import { type Access, clientFor } from './connect.ts'
import { startAgain, stop, until } from './processes.ts'

export { clientFor, silentLog } from './connect.ts'
export { until } from './processes.ts'

export const apiServer = () => inject('apiServer')

/** A client; as administrator unless told otherwise. Close it. */
export const connect = (access: Partial<Access> = {}) => {
  const server = apiServer()
  return clientFor({ url: server.url, ca: server.ca, token: server.adminToken, ...access })
}

const namespaces = { group: '', version: 'v1', plural: 'namespaces', kind: 'Namespace' }

/** Creates a namespace that no other test knows. */
export const freshNamespace = async (prefix = 'test'): Promise<string> => {
  const name = `${prefix}-${randomBytes(4).toString('hex')}`
  const { kube, close } = connect()
  await kube.create(namespaces, { apiVersion: 'v1', kind: 'Namespace', metadata: { name } })
  close()
  return name
}

const clusterRole = { group: 'rbac.authorization.k8s.io', version: 'v1', plural: 'clusterroles', kind: 'ClusterRole' }
const clusterRoleBinding = { ...clusterRole, plural: 'clusterrolebindings', kind: 'ClusterRoleBinding' }

export interface PolicyRule {
  readonly apiGroups: readonly string[]
  readonly resources: readonly string[]
  readonly verbs: readonly string[]
}

/** Grants the user `finia-operator` these rules; the same name replaces what it granted before. */
export const grantOperator = async (name: string, rules: readonly PolicyRule[]): Promise<void> => {
  const { kube, close } = connect()
  const apiVersion = 'rbac.authorization.k8s.io/v1'
  await kube.apply(clusterRole, { apiVersion, kind: 'ClusterRole', metadata: { name }, rules } as KubeObject)
  await kube.apply(clusterRoleBinding, {
    apiVersion,
    kind: 'ClusterRoleBinding',
    metadata: { name },
    roleRef: { apiGroup: clusterRole.group, kind: 'ClusterRole', name },
    subjects: [{ apiGroup: clusterRole.group, kind: 'User', name: 'finia-operator' }],
  } as KubeObject)
  close()
}

/** One request as the API server's audit log tells it. */
export interface Audited {
  readonly verb: string
  readonly user: string
  readonly userAgent: string
  readonly resource: string
  readonly subresource: string
  readonly namespace: string
  readonly name: string
  readonly code: number
  readonly uri: string
}

interface AuditLine {
  readonly verb: string
  readonly stage: string
  readonly requestURI: string
  readonly userAgent?: string
  readonly user: { readonly username: string }
  readonly objectRef?: { readonly resource?: string; readonly subresource?: string; readonly namespace?: string; readonly name?: string }
  readonly responseStatus?: { readonly code?: number }
}

/** Where the audit log ends now; what is asked later is what was requested since. */
export const auditMark = async (): Promise<number> => (await readFile(apiServer().auditLog)).length

/** What was requested since a mark, watches when they end; filtered by any of the fields. */
export const audited = async (since: number, filter: Partial<Audited> = {}): Promise<readonly Audited[]> => {
  const text = (await readFile(apiServer().auditLog)).subarray(since).toString('utf8')
  const requests = text
    .split('\n')
    .filter((line) => line.endsWith('}'))
    .map((line) => JSON.parse(line) as AuditLine)
    .filter((line) => line.stage === 'ResponseComplete')
    .map((line) => ({
      verb: line.verb,
      user: line.user.username,
      userAgent: line.userAgent ?? '',
      resource: line.objectRef?.resource ?? '',
      subresource: line.objectRef?.subresource ?? '',
      namespace: line.objectRef?.namespace ?? '',
      name: line.objectRef?.name ?? '',
      code: line.responseStatus?.code ?? 0,
      uri: line.requestURI,
    }))
  return requests.filter((request) => Object.entries(filter).every(([field, value]) => request[field as keyof Audited] === value))
}

export const isWrite = ({ verb }: Audited): boolean => ['create', 'update', 'patch', 'delete', 'deletecollection'].includes(verb)

/** Ends the API server at once, as a crash does: in good order it takes a minute, for its watches. */
export const stopApiServer = () => stop(apiServer().folder, 'kube-apiserver', 'SIGKILL')

/** Starts the stopped API server and waits until it serves. */
export const startApiServer = async (): Promise<void> => {
  await startAgain(apiServer().folder, 'kube-apiserver')
  const { kube, close } = connect()
  await until('kube-apiserver answers again', 60_000, () =>
    kube
      .with({ attempts: 1 })
      .get({ resource: namespaces, namespace: '', name: 'default' })
      .then(
        (found) => found !== undefined,
        () => false,
      ),
  )
  close()
}
