// A MariaDB of the benchmark's own: the one of the tests, with the memory and the care for its log that a server in production has.
import { readFileSync } from 'node:fs'
import sql from 'sql-template-tag'
import { startOwn, type TestServer } from '../../test/mariadb/set-up.ts'
import { onServer } from './load.ts'

export interface OwnServer extends TestServer {
  readonly stop: () => Promise<void>
}

export const startMariadb = async (): Promise<OwnServer> => {
  const { server, stop } = await startOwn()
  await onServer(server, async (as) => {
    await as({}).run(sql`SET GLOBAL innodb_buffer_pool_size = ${256 * 2 ** 20}`)
    await as({}).run(sql`SET GLOBAL innodb_flush_log_at_trx_commit = 1`)
    await as({}).run(sql`SET GLOBAL max_connections = 400`)
  })
  return { ...server, stop }
}

/** It runs on this machine. */
export const pidOf = (server: TestServer): Promise<number> =>
  onServer(server, async (as) => {
    const row = await as({}).first<{ path: string }>(sql`SELECT @@pid_file AS path`)
    return Number(readFileSync(row?.path ?? '', 'utf8'))
  })
