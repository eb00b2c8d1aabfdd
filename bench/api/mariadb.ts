// A MariaDB of the benchmark's own: the one of the tests, with the memory and the care for its log that a server in production has.
import { readFileSync } from 'node:fs'
import sql from 'sql-template-tag'
import type { TestProject } from 'vitest/node'
import setUp, { type TestServer } from '../../test/mariadb/set-up.ts'
import { onServer } from './load.ts'

export interface OwnServer extends TestServer {
  readonly stop: () => Promise<void>
}

export const startMariadb = async (): Promise<OwnServer> => {
  // the benchmark changes what the whole server is told
  delete process.env.FINIA_TEST_DATABASE_URL
  let provided: TestServer | undefined
  const provide = (_key: string, server: TestServer) => (provided = server)
  // all that it asks of the project
  const stop = await setUp({ provide } as unknown as TestProject)
  if (!provided) throw new Error('the set-up of the tests provided no server')
  await onServer(provided, async (as) => {
    await as({}).run(sql`SET GLOBAL innodb_buffer_pool_size = ${256 * 2 ** 20}`)
    await as({}).run(sql`SET GLOBAL innodb_flush_log_at_trx_commit = 1`)
    await as({}).run(sql`SET GLOBAL max_connections = 400`)
  })
  return { ...provided, stop }
}

/** It runs on this machine. */
export const pidOf = (server: TestServer): Promise<number> =>
  onServer(server, async (as) => {
    const row = await as({}).first<{ path: string }>(sql`SELECT @@pid_file AS path`)
    return Number(readFileSync(row?.path ?? '', 'utf8'))
  })
