// Applies manifests as `kubectl apply --server-side --validate=strict` does: what the API server does not know is refused.
import { request } from 'node:https'
import { apiServer } from './environment.ts'

export interface Manifest {
  readonly apiVersion?: unknown
  readonly kind?: unknown
  readonly metadata?: { readonly name?: unknown; readonly namespace?: unknown }
}

export interface Answer {
  readonly status: number
  readonly body: { readonly message?: string; readonly spec?: unknown; readonly status?: unknown }
}

/** Plural names of kinds that have no namespace. */
const clusterKinds = new Set(['Namespace', 'CustomResourceDefinition', 'ClusterRole', 'ClusterRoleBinding'])

const pluralOf = (kind: string): string =>
  kind
    .toLowerCase()
    .replace(/y$/, 'ie')
    .replace(/ss$/, 'sse')
    .replace(/([^s])$/, '$1s')

const pathOf = ({ apiVersion, kind, metadata }: Manifest, namespace: string): string => {
  const root = apiVersion === 'v1' ? '/api/v1' : `/apis/${String(apiVersion)}`
  const own = typeof metadata?.namespace === 'string' ? metadata.namespace : namespace
  const scope = clusterKinds.has(String(kind)) ? '' : `/namespaces/${own}`
  return `${root}${scope}/${pluralOf(String(kind))}/${String(metadata?.name)}`
}

export interface Asking {
  /** Everything but the storing. */
  readonly dryRun?: boolean
  /** In whose name; the administrator's unless told otherwise. */
  readonly user?: string
}

const ask = (method: 'GET' | 'PATCH', path: string, what: string, user?: string, body?: string): Promise<Answer> => {
  const server = apiServer()
  const headers = {
    authorization: `Bearer ${server.adminToken}`,
    ...(user && { 'impersonate-user': user }),
    ...(body && { 'content-type': 'application/apply-patch+yaml' }),
  }
  return new Promise((resolve, reject) => {
    const call = request(`${server.url}${path}`, { method, ca: server.ca, headers, timeout: 30_000 }, (response) => {
      const chunks: Buffer[] = []
      response.on('data', (chunk: Buffer) => chunks.push(chunk))
      response.on('error', reject)
      response.on('end', () => {
        const text = Buffer.concat(chunks).toString('utf8')
        resolve({ status: response.statusCode ?? 0, body: text.startsWith('{') ? (JSON.parse(text) as Answer['body']) : { message: text } })
      })
    })
    call.on('timeout', () => call.destroy(new Error(`${what}: no answer within 30 s`)))
    call.on('error', reject)
    call.end(body)
  })
}

/** One server-side apply. */
export const applyStrictly = (manifest: Manifest, namespace: string, { dryRun = false, user }: Asking = {}): Promise<Answer> => {
  const query = `fieldManager=kubectl&force=true&fieldValidation=Strict${dryRun ? '&dryRun=All' : ''}`
  return ask('PATCH', `${pathOf(manifest, namespace)}?${query}`, `${String(manifest.kind)} ${String(manifest.metadata?.name)}`, user, JSON.stringify(manifest))
}

/** The status of a list of a kind. */
export const listStatus = async (apiVersion: string, kind: string, namespace: string, user: string): Promise<number> => {
  const path = pathOf({ apiVersion, kind, metadata: { name: '' } }, namespace).replace(/\/$/, '')
  return (await ask('GET', path, `list of ${kind}`, user)).status
}

/** What the API server says against manifests, in a sentence each; empty when it takes them all. */
export const refusalsOf = async (manifests: readonly Manifest[], namespace: string, options?: Asking): Promise<readonly string[]> => {
  const refusals: string[] = []
  for (const manifest of manifests) {
    const { status, body } = await applyStrictly(manifest, namespace, options)
    if (status !== 200 && status !== 201) refusals.push(`${String(manifest.kind)} ${String(manifest.metadata?.name)}: ${status} ${body.message ?? ''}`)
  }
  return refusals
}
