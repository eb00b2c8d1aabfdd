// What the server is told, derived from the memory it may use.

import { bytes } from '../amounts.ts'
import type { FiniaInstance } from '../crd/kinds.ts'

const mebibyte = 2 ** 20
/** Memory that is counted on when an instance sets neither a limit nor a request. */
const unknownMemory = '512Mi'
/** MariaDB's own limit. */
const usualConnections = 151
/** Connections beside those of the API: migrations, the operator, a person. */
const spareConnections = 20

export interface Sizing {
  readonly bufferPoolBytes: number
  readonly maxConnections: number
}

/** 60 % for the buffer pool, in whole mebibytes; a quarter for connections at a mebibyte each, but never fewer than the API may open. */
export const sizing = (memoryBytes: number, apiConnections: number): Sizing => ({
  bufferPoolBytes: Math.max(16, Math.floor((memoryBytes * 0.6) / mebibyte)) * mebibyte,
  maxConnections: Math.max(usualConnections, apiConnections + spareConnections, Math.floor((memoryBytes * 0.25) / mebibyte)),
})

/** Folders inside the server's containers. */
export const databasePaths = {
  volume: '/var/lib/mysql',
  /** A folder of the volume and not its root, which may hold what a file system puts there. */
  data: '/var/lib/mysql/data',
  run: '/run/mysqld',
  socket: '/run/mysqld/mysqld.sock',
  settings: '/etc/finia/server',
  admin: '/etc/finia/admin',
  tls: '/etc/finia/tls',
  start: '/run/finia',
} as const

const memoryOf = ({ requests, limits }: FiniaInstance['spec']['database']['managed']['resources']): number =>
  bytes(limits?.['memory'] ?? requests?.['memory'] ?? unknownMemory)

/** The text of server.cnf. */
export const serverSettings = (instance: FiniaInstance): string => {
  const { database, api } = instance.spec
  const { bufferPoolBytes, maxConnections } = sizing(memoryOf(database.managed.resources), api.connections.total)
  return `[mariadbd]
datadir=${databasePaths.data}
socket=${databasePaths.socket}
pid-file=${databasePaths.run}/mariadbd.pid
init-file=${databasePaths.start}/init.sql
tmpdir=/tmp
port=3306
skip-name-resolve=ON
local-infile=OFF
character-set-server=utf8mb4
collation-server=utf8mb4_general_ci

# Encryption in transit.
ssl-cert=${databasePaths.tls}/tls.crt
ssl-key=${databasePaths.tls}/tls.key
tls-version=TLSv1.2,TLSv1.3
require-secure-transport=${database.tls.mode === 'Disabled' ? 'OFF' : 'ON'}

# What was committed survives a crash.
sync-binlog=1
innodb-flush-log-at-trx-commit=1

# Triggers of migrations need the last one while there is a binary log.
log-bin=binlog
server-id=1
binlog-format=ROW
binlog-expire-logs-seconds=259200
max-binlog-size=64M
log-bin-trust-function-creators=ON

# From the memory limit.
innodb-buffer-pool-size=${bufferPoolBytes}
max-connections=${maxConnections}
`
}
