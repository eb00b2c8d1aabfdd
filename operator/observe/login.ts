// Turns references to Secrets into what a connection needs, for the moment of its use.
import type { Deps, KubeObject, MysqlTarget } from '../deps.ts'
import type { DatabaseLogin, SecretRef } from '../plan/steps.ts'
import { kinds } from '../resources/kinds.ts'

interface Secret extends KubeObject {
  readonly data?: Readonly<Record<string, string>>
}

export interface Missing {
  readonly missing: SecretRef
}

/** The value of a Secret's key as text, or undefined when there is none. */
export async function readSecretKey(deps: Deps, { namespace, name, key }: SecretRef): Promise<string | undefined> {
  const secret = await deps.kube.get<Secret>({ resource: kinds.secret, namespace, name })
  const value = secret?.data?.[key]
  return value === undefined ? undefined : Buffer.from(value, 'base64').toString('utf8')
}

/** The target of a login, or the first Secret or key that is not there. */
export async function resolveLogin(deps: Deps, login: DatabaseLogin): Promise<MysqlTarget | Missing> {
  const user = typeof login.user === 'string' ? login.user : await readSecretKey(deps, login.user)
  if (user === undefined && typeof login.user !== 'string') return { missing: login.user }
  const password = await readSecretKey(deps, login.password)
  if (password === undefined) return { missing: login.password }
  const ca = login.tls.ca && (await readSecretKey(deps, login.tls.ca))
  if (login.tls.ca && ca === undefined) return { missing: login.tls.ca }
  return { host: login.host, port: login.port, user: user ?? '', password, tls: { mode: login.tls.mode, ...(ca !== undefined && { ca }) } }
}
