// A primary, a replica that follows it, and an API that prefers to read from the replica.
import { randomBytes } from 'node:crypto'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import sql, { raw } from 'sql-template-tag'
import type { Login } from '../../api/db/databases.ts'
import type { Db } from '../../api/db/db.ts'
import { migrate } from '../../api/db/migrations/run.ts'
import { freePort } from '../support/free-port.ts'
import { someDatabases, theServer } from './environment.ts'
import { eventually, type Program, run, write } from './process.ts'
import { type OwnServer, startOwn, type TestServer } from './set-up.ts'

/** Opens a server for some work; as its administrator, unless told as whom. */
export const on = async <T>({ host, port, user, password }: TestServer, work: (db: Db) => Promise<T>, login: Partial<Login> = {}): Promise<T> => {
  const databases = someDatabases({ ...theServer(), host, port })
  try {
    return await work(databases.open({ username: user, password, database: 'mysql', ...login }))
  } finally {
    await databases.close()
  }
}

const follow = async (primary: TestServer, replica: TestServer): Promise<void> => {
  const account = { name: 'follower', password: randomBytes(12).toString('base64url') }
  await on(primary, async (db) => {
    await db.run(sql`CREATE USER ${account.name}@'%' IDENTIFIED BY ${account.password}`)
    await db.run(raw(`GRANT REPLICATION SLAVE ON *.* TO '${account.name}'@'%'`))
  })
  const { host, port } = primary
  await on(replica, async (db) => {
    await db.run(raw('RESET MASTER'))
    await db.run(raw('SET GLOBAL server_id = 2'))
    await db.run(raw('SET GLOBAL read_only = ON'))
    await db.run(
      raw(
        `CHANGE MASTER TO MASTER_HOST = '${host}', MASTER_PORT = ${port}, MASTER_USER = '${account.name}', MASTER_PASSWORD = '${account.password}', MASTER_CONNECT_RETRY = 1, MASTER_USE_GTID = slave_pos`,
      ),
    )
    await db.run(raw('START SLAVE'))
  })
}

interface Api {
  readonly program: Program
  readonly origin: string
  /** Of its second port. */
  readonly management: string
  readonly operatorKey: string
}

const serve = async (folder: string, primary: TestServer, replica: TestServer): Promise<Api> => {
  const [port, managementPort] = [await freePort(), await freePort()]
  const operatorKey = randomBytes(24).toString('base64url')
  const config = {
    database: { host: primary.host, port: primary.port, read_from: 'PreferReplica', replicas: [{ host: replica.host, port: replica.port }] },
    api: { port, management_port: managementPort, requests_per_minute: 0 },
    auth: { username_prefix: '', database_prefix: 'finiaDB_' },
  }
  const program = run('api/main.ts', [], { FINIA_CONFIG: write(folder, 'config.yaml', JSON.stringify(config)), FINIA_OPERATOR_KEY: operatorKey }, 300_000)
  const management = `http://127.0.0.1:${managementPort}`
  const isReady = () =>
    fetch(`${management}/readyz`).then(
      ({ status }) => status === 200,
      () => false,
    )
  await eventually(isReady, (ready) => ready)
  return { program, origin: `http://127.0.0.1:${port}`, management, operatorKey }
}

export class ReplicatedApi {
  readonly primary: OwnServer
  readonly replica: OwnServer
  readonly api: Api
  readonly #folder: string

  private constructor(made: { primary: OwnServer; replica: OwnServer; api: Api; folder: string }) {
    this.primary = made.primary
    this.replica = made.replica
    this.api = made.api
    this.#folder = made.folder
  }

  static async start(): Promise<ReplicatedApi> {
    const [primary, replica] = await Promise.all([startOwn(), startOwn()])
    await follow(primary.server, replica.server)
    const folder = mkdtempSync(join(tmpdir(), 'finia-replica-'))
    return new ReplicatedApi({ primary, replica, folder, api: await serve(folder, primary.server, replica.server) })
  }

  onReplica<T>(work: (db: Db) => Promise<T>): Promise<T> {
    return on(this.replica.server, work)
  }

  /** A user with a migrated database, on the primary. */
  async createUser(): Promise<Login> {
    const username = `t${randomBytes(6).toString('hex')}`
    const user = { username, password: randomBytes(12).toString('base64url'), database: `finiaDB_${username}` }
    await on(this.primary.server, async (db) => {
      await db.run(raw(`CREATE DATABASE \`${user.database}\` CHARACTER SET utf8mb3`))
      await db.run(sql`CREATE USER ${username}@'%' IDENTIFIED BY ${user.password}`)
      await db.run(raw(`GRANT ALL PRIVILEGES ON \`${user.database}\`.* TO '${username}'@'%'`))
    })
    await on(this.primary.server, (db) => migrate(db, { labels: ['expand', 'contract'], dryRun: false }), user)
    return user
  }

  /** How many readings the replica has answered. */
  questions(): Promise<number> {
    return this.onReplica(async (db) => Number((await db.first<{ Value: string }>(sql`SHOW GLOBAL STATUS LIKE 'Com_select'`))?.Value))
  }

  /** Stops everything, and gives back what the API ended with. */
  async stop(): Promise<number | null> {
    this.api.program.child.kill('SIGTERM')
    const code = await this.api.program.exit
    rmSync(this.#folder, { recursive: true, force: true })
    await Promise.all([this.primary.stop(), this.replica.stop()])
    return code
  }
}
