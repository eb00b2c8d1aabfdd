// The API as it runs in production: the bundle, in a process of its own, with a service account and an operations database.
import { randomBytes } from 'node:crypto'
import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import type { Login } from '../../api/db/databases.ts'
import { freePort } from '../../test/support/free-port.ts'
import type { Administrator } from './load.ts'
import { untilReady } from './measure.ts'
import { type Running, root, start } from './process.ts'

export interface ApiProcess extends Running {
  readonly url: string
}

/** Connections that one user has, of the API as of its peer. */
export const poolSize = 2

const configuration = ({ host, port }: Administrator, service: Login) => ({
  database: { host, port, operations: service.database },
  api: { host: '127.0.0.1', log_level: 'warn' },
  // the limits are not what is measured
  auth: { username_prefix: '', database_prefix: 'finiaDB_', pool_size: poolSize, max_login_attempts_per_address: 0 },
})

/** What the image of the API sets for its programs. */
const ofTheImage = (): Record<string, string> => {
  const [options] = /(?<=^FROM base AS api\n(?:.*\n)*?ENV NODE_OPTIONS=).*/m.exec(readFileSync(join(root, 'Dockerfile'), 'utf8')) ?? []
  if (options === undefined) throw new Error('the Dockerfile sets no NODE_OPTIONS for the API')
  return { NODE_ENV: 'production', NODE_OPTIONS: options }
}

export const startApi = async (folder: string, server: Administrator, service: Login): Promise<ApiProcess> => {
  const [port, managementPort] = [await freePort(), await freePort()]
  const config = join(folder, 'config.json')
  const file = configuration(server, service)
  writeFileSync(config, JSON.stringify({ ...file, api: { ...file.api, management_port: managementPort } }))
  const key = { kty: 'oct', kid: 'bench', k: randomBytes(32).toString('base64url') }
  const running = start(join(folder, 'api.js'), {
    ...ofTheImage(),
    FINIA_CONFIG: config,
    API_PORT: String(port),
    API_RATE_LIMIT: '0',
    FINIA_SESSION_KEYS: JSON.stringify({ keys: [key] }),
    FINIA_SERVICE_USER: service.username,
    FINIA_SERVICE_PASSWORD: service.password,
    FINIA_VERSION_FILE: join(root, 'VERSION'),
  })
  try {
    await untilReady(`http://127.0.0.1:${managementPort}/readyz`, 30_000, running.hasEnded)
  } catch (error) {
    await running.stop()
    throw new Error(`the API did not start: ${running.output()}`, { cause: error })
  }
  return { ...running, url: `http://127.0.0.1:${port}` }
}
