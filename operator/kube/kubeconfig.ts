// How this program reaches the API server: as a pod, by the files mounted into it, or by a kubeconfig outside of a cluster.
import { readFile } from 'node:fs/promises'
import type { Clock } from '../deps.ts'
import type { Connection } from './connection.ts'

const serviceAccount = '/var/run/secrets/kubernetes.io/serviceaccount'
// Bound tokens are rotated at 80 % of their hour, so the file is not worth reading for each request.
const tokenMilliseconds = 60_000

/** A token that is read from a file again after a minute, or at once when the server refused it. */
export const fileToken = (path: string, clock: Clock): ((fresh: boolean) => Promise<string>) => {
  let token = ''
  let readAt = Number.NEGATIVE_INFINITY
  return async (fresh) => {
    const now = clock.now().getTime()
    if (fresh || Math.abs(now - readAt) >= tokenMilliseconds) {
      token = (await readFile(path, 'utf8')).trim()
      readAt = now
    }
    return token
  }
}

export interface InCluster {
  readonly host: string
  readonly port: string
  /** Folder with token, ca.crt and namespace. */
  readonly folder?: string
}

/** The connection of a pod. */
export const inCluster = async ({ host, port, folder = serviceAccount }: InCluster, clock: Clock): Promise<Connection> => ({
  server: `https://${host.includes(':') ? `[${host}]` : host}:${port}`,
  namespace: (await readFile(`${folder}/namespace`, 'utf8')).trim(),
  tls: async () => ({ ca: await readFile(`${folder}/ca.crt`) }),
  token: fileToken(`${folder}/token`, clock),
})

/** The connection of a kubeconfig's current context; `paths` are merged as kubectl does. client-node (90 MB of memory) is loaded only here. */
export const fromKubeconfig = async (paths: readonly string[], context?: string): Promise<Connection> => {
  const { KubeConfig } = await import('@kubernetes/client-node')
  const config = new KubeConfig()
  const [first, ...others] = paths
  if (first === undefined) throw new Error('no kubeconfig is named: set KUBECONFIG to the path of one, or run in a cluster')
  config.loadFromFile(first)
  for (const path of others) {
    const other = new KubeConfig()
    other.loadFromFile(path)
    config.mergeConfig(other)
  }
  if (context !== undefined) config.setCurrentContext(context)
  const cluster = config.getCurrentCluster()
  if (!cluster) throw new Error(`the context ${config.getCurrentContext() || '(none)'} of ${paths.join(':')} names no cluster: run kubectl config use-context`)
  if (cluster.proxyUrl) throw new Error(`the cluster ${cluster.name} of ${paths.join(':')} sets proxy-url, which is not supported: remove it`)
  const namespace = config.getContextObject(config.getCurrentContext())?.namespace
  return {
    server: cluster.server.replace(/\/+$/, ''),
    ...(namespace && { namespace }),
    tls: () => tlsOf(config),
    token: () => tokenOf(config),
  }
}

type Config = import('@kubernetes/client-node').KubeConfig
type HttpsOptions = Parameters<Config['applyToHTTPSOptions']>[0]

// client-node reads files, runs exec plugins and caches their answers; it knows when they expire.
const optionsOf = async (config: Config): Promise<HttpsOptions> => {
  const options: HttpsOptions = { headers: {} }
  await config.applyToHTTPSOptions(options)
  return options
}

const tlsOf = async (config: Config) => {
  const { ca, cert, key, servername, rejectUnauthorized } = await optionsOf(config)
  return {
    ...(typeof servername === 'string' && { servername }),
    ...(rejectUnauthorized !== undefined && { rejectUnauthorized }),
    ...pem('ca', ca),
    ...pem('cert', cert),
    ...pem('key', key),
  }
}

const pem = <Name extends string>(name: Name, value: unknown): Partial<Record<Name, string | Buffer>> =>
  typeof value === 'string' || Buffer.isBuffer(value) ? ({ [name]: value } as Record<Name, string | Buffer>) : {}

const tokenOf = async (config: Config): Promise<string | undefined> => {
  const headers: unknown = (await optionsOf(config)).headers
  const authorization = headers instanceof Map ? headers.get('Authorization') : (headers as Record<string, unknown> | undefined)?.['Authorization']
  return typeof authorization === 'string' && authorization.startsWith('Bearer ') ? authorization.slice('Bearer '.length) : undefined
}
