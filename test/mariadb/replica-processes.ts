// Several APIs as processes of their own that share an operations database and a key ring.
import { randomBytes } from 'node:crypto'
import { freePort } from '../support/free-port.ts'
import { anOperationsDatabase } from './operations-database.ts'
import { eventually, type Program, run, serverEnvironment, write } from './process.ts'

export interface ReplicaProcess {
  readonly program: Program
  /** A request of somebody at this address; the edge vouches for it. */
  readonly ask: (path: string, from: string, options?: { readonly token?: string; readonly body?: object }) => Promise<Response>
  readonly isReady: () => Promise<boolean>
}

const edgeKey = randomBytes(16).toString('base64url')

const askingAt =
  (port: number): ReplicaProcess['ask'] =>
  (path, from, { token, body } = {}) =>
    fetch(`http://127.0.0.1:${port}${path}`, {
      headers: {
        'x-real-ip': from,
        'x-finia-edge-key': edgeKey,
        ...(token && { authorization: `Bearer ${token}` }),
        ...(body && { 'content-type': 'application/json' }),
      },
      ...(body && { method: 'POST', body: JSON.stringify(body) }),
    })

const isReadyAt = (port: number) => async (): Promise<boolean> => {
  try {
    return (await fetch(`http://127.0.0.1:${port}/readyz`)).ok
  } catch {
    return false
  }
}

/** Ready to be asked; stop them when done. */
export const replicaProcesses = async (folder: string, count: number, environment: Record<string, string> = {}): Promise<readonly ReplicaProcess[]> => {
  const ops = await anOperationsDatabase()
  const key = { kty: 'oct', kid: 'test', k: randomBytes(32).toString('base64url') }
  const started = Array.from({ length: count }, async (_, index) => {
    const [port, management] = [await freePort(), await freePort()]
    const sections = {
      database: { operations: ops.database },
      api: { management_port: management, max_replicas: count },
      auth: { username_prefix: '', database_prefix: 'finiaDB_', pool_size: 2, pool_total: 90 },
    }
    const program = run('api/main.ts', [], {
      ...serverEnvironment(),
      API_PORT: String(port),
      FINIA_CONFIG: write(folder, `config-${index}.yaml`, JSON.stringify(sections)),
      FINIA_SESSION_KEYS: JSON.stringify({ keys: [key] }),
      FINIA_EDGE_KEY: edgeKey,
      FINIA_SERVICE_USER: ops.username,
      FINIA_SERVICE_PASSWORD: ops.password,
      ...environment,
    })
    const replica = { program, ask: askingAt(port), isReady: isReadyAt(management) }
    await eventually(replica.isReady, Boolean)
    return replica
  })
  return Promise.all(started)
}

export const stopAll = (replicas: readonly ReplicaProcess[]): Promise<readonly (number | null)[]> =>
  Promise.all(
    replicas.map(({ program }) => {
      program.child.kill('SIGTERM')
      return program.exit
    }),
  )

export const signIn = async ({ ask }: ReplicaProcess, username: string, password: string, from: string): Promise<string> => {
  const answer = await ask('/api/auth/login', from, { body: { username, password } })
  const text = await answer.text()
  if (answer.status !== 200) throw new Error(`the login of ${username} answered ${answer.status}: ${text}`)
  return (JSON.parse(text) as { token: string }).token
}
