// A MariaDB for the tests: the one that FINIA_TEST_DATABASE_URL names, else one started from the machine's own packages,
// with a data directory and a port of its own, TLS and a binary log, gone when the tests are.
import { type ChildProcess, execFileSync, spawn } from 'node:child_process'
import { randomBytes } from 'node:crypto'
import { mkdtempSync, openSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir, userInfo } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { createConnection } from 'mysql2/promise'
import type { TestProject } from 'vitest/node'
import { pki } from '../../operator/pki/x509.ts'
import { freePort } from '../support/free-port.ts'

/** A server and an account that may do everything. */
export interface TestServer {
  readonly host: string
  readonly port: number
  readonly user: string
  readonly password: string
  /** PEM of the CA that signed its certificate; undefined when it is another's server. */
  readonly ca: string | undefined
}

declare module 'vitest' {
  interface ProvidedContext {
    mariadb: TestServer
  }
}

const account = 'finia_test'

const given = (): TestServer | undefined => {
  const text = process.env.FINIA_TEST_DATABASE_URL
  if (!text) return undefined
  const url = new URL(text)
  return {
    host: url.hostname,
    port: Number(url.port || 3306),
    user: decodeURIComponent(url.username),
    password: decodeURIComponent(url.password),
    ca: undefined,
  }
}

const isInstalled = (): boolean => {
  try {
    execFileSync('mariadbd', ['--version'], { stdio: 'ignore', env: withSbin() })
    return true
  } catch {
    return false
  }
}

const withSbin = () => ({ ...process.env, PATH: `${process.env.PATH}:/usr/sbin:/sbin` })

const install = (): void => {
  if (process.getuid?.() !== 0)
    throw new Error('mariadbd is missing: install it with "sudo apt-get install mariadb-server-core", or name a server by FINIA_TEST_DATABASE_URL.')
  console.log('mariadbd is missing: installing the package mariadb-server-core')
  execFileSync('apt-get', ['update', '-qq'], { stdio: 'inherit' })
  // the core package brings no service that would start
  execFileSync('apt-get', ['install', '-y', '-qq', '--no-install-recommends', 'mariadb-server-core'], {
    stdio: 'inherit',
    env: { ...process.env, DEBIAN_FRONTEND: 'noninteractive' },
  })
}

const writeTls = async (folder: string): Promise<string> => {
  const authority = pki({ bytes: (count) => randomBytes(count), number: () => 0.5 })
  const yesterday = new Date(Date.now() - 86_400_000)
  const ca = await authority.createCa('FiniA tests', yesterday, 3)
  const server = await authority.issue(ca, ['localhost', '127.0.0.1'], yesterday, 3)
  writeFileSync(join(folder, 'ca.crt'), ca.certificate)
  writeFileSync(join(folder, 'tls.crt'), server.certificate)
  writeFileSync(join(folder, 'tls.key'), server.key, { mode: 0o600 })
  return ca.certificate
}

const serverArguments = (folder: string, port: number): readonly string[] => [
  '--no-defaults',
  `--user=${userInfo().username}`,
  `--datadir=${join(folder, 'data')}`,
  // a server that starts removes what it finds of temporary tables there, also those of another one that runs
  `--tmpdir=${folder}`,
  `--socket=${join(folder, 'socket')}`,
  `--pid-file=${join(folder, 'pid')}`,
  `--init-file=${join(folder, 'init.sql')}`,
  '--bind-address=127.0.0.1',
  `--port=${port}`,
  `--ssl-ca=${join(folder, 'ca.crt')}`,
  `--ssl-cert=${join(folder, 'tls.crt')}`,
  `--ssl-key=${join(folder, 'tls.key')}`,
  '--server-id=1',
  '--log-bin=binlog',
  '--log_bin_trust_function_creators=ON',
  '--innodb-buffer-pool-size=64M',
  '--innodb-log-file-size=32M',
  '--innodb-flush-log-at-trx-commit=0',
]

const answers = async ({ host, port, user, password }: TestServer): Promise<boolean> => {
  try {
    const connection = await createConnection({ host, port, user, password, connectTimeout: 2_000 })
    await connection.end()
    return true
  } catch {
    return false
  }
}

const start = async (folder: string): Promise<{ server: TestServer; process: ChildProcess }> => {
  const password = randomBytes(18).toString('base64url')
  writeFileSync(
    join(folder, 'init.sql'),
    `CREATE USER IF NOT EXISTS ${account}@'%' IDENTIFIED BY '${password}';\nGRANT ALL PRIVILEGES ON *.* TO ${account}@'%' WITH GRANT OPTION;\n`,
    { mode: 0o600 },
  )
  const ca = await writeTls(folder)
  execFileSync(
    'mariadb-install-db',
    [
      '--no-defaults',
      `--user=${userInfo().username}`,
      `--datadir=${join(folder, 'data')}`,
      `--tmpdir=${folder}`,
      '--auth-root-authentication-method=normal',
      '--skip-test-db',
    ],
    { stdio: ['ignore', 'ignore', 'inherit'], env: withSbin() },
  )
  const port = await freePort()
  const log = openSync(join(folder, 'log'), 'a')
  const child = spawn('mariadbd', serverArguments(folder, port), { stdio: ['ignore', log, log], env: withSbin() })
  const server = { host: '127.0.0.1', port, user: account, password, ca }
  for (let turn = 0; turn < 300; turn++) {
    if (child.exitCode !== null) throw new Error(`mariadbd did not start: ${readFileSync(join(folder, 'log'), 'utf8').slice(-2_000)}`)
    if (await answers(server)) return { server, process: child }
    await sleep(200)
  }
  child.kill('SIGKILL')
  throw new Error('mariadbd did not answer within a minute')
}

const stop = (child: ChildProcess): Promise<void> =>
  new Promise((resolve) => {
    if (child.exitCode !== null || child.signalCode !== null) return resolve()
    const force = setTimeout(() => child.kill('SIGKILL'), 20_000)
    child.once('exit', () => {
      clearTimeout(force)
      resolve()
    })
    child.kill('SIGTERM')
  })

export interface OwnServer {
  readonly server: TestServer
  readonly process: ChildProcess
  readonly stop: () => Promise<void>
}

/** A server of the caller's own, whatever FINIA_TEST_DATABASE_URL says. */
export const startOwn = async (): Promise<OwnServer> => {
  if (!isInstalled()) install()
  const folder = mkdtempSync(join(tmpdir(), 'finia-mariadb-'))
  const { server, process: child } = await start(folder)
  const leave = async () => {
    await stop(child)
    rmSync(folder, { recursive: true, force: true })
  }
  return { server, process: child, stop: leave }
}

export default async (project: TestProject): Promise<() => Promise<void>> => {
  const theirs = given()
  if (theirs) {
    project.provide('mariadb', theirs)
    return async () => {}
  }
  const own = await startOwn()
  project.provide('mariadb', own.server)
  return own.stop
}
