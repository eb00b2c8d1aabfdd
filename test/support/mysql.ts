// A database server that knows accounts, grants, databases and the owner's row: as much of one as the operator asks.
import type { Mysql, MysqlSession, MysqlTarget, Statement } from '../../operator/deps.ts'
import { MysqlError } from '../../operator/mysql/errors.ts'

interface Account {
  password: string
  readonly grants: Set<string>
}

export interface FakeServer extends Mysql {
  readonly accounts: Map<string, Account>
  readonly databases: Set<string>
  owner: { uid: string; namespace: string; name: string } | undefined
  up: boolean
  /** Statements that changed something, without their values. */
  readonly changes: string[]
}

type Rule = readonly [RegExp, (server: FakeServer, match: RegExpExecArray, values: readonly unknown[]) => readonly object[]]

const questions: readonly Rule[] = [
  [/^SELECT @@version/, () => [{ version: '10.11.19-MariaDB', logBin: 1, trusted: 1 }]],
  [/authentication_string/, ({ accounts }, _, [name]) => (accounts.has(String(name)) ? [{ authentication: `*${accounts.get(String(name))?.password}` }] : [])],
  [/FROM mysql\.user/, ({ accounts }, _, [name]) => (accounts.has(String(name)) ? [{ user: name, host: '%' }] : [])],
  [
    /^SHOW GRANTS FOR '(.*?)'/,
    ({ accounts }, [, name]) => [...(accounts.get(name ?? '')?.grants ?? [])].map((pattern) => ({ grant: `GRANT ALL PRIVILEGES ON \`${pattern}\`.* TO x` })),
  ],
  [/information_schema\.SCHEMATA/, ({ databases }, _, [name]) => (databases.has(String(name)) ? [{ name, foldsCase: 0 }] : [])],
  [/information_schema\.TABLES/, ({ owner }) => (owner ? [{ found: 1 }] : [])],
  [/^SELECT uid, namespace, name/, ({ owner }) => (owner ? [owner] : [])],
]

const nothing: readonly object[] = []

const changes: readonly Rule[] = [
  [
    /^CREATE USER (?:IF NOT EXISTS )?'(.*?)'/,
    ({ accounts }, [, name], [password]) => {
      accounts.set(name ?? '', { password: String(password), grants: new Set() })
      return nothing
    },
  ],
  [
    /^ALTER USER '(.*?)'/,
    ({ accounts }, [, name], [password]) => {
      const account = accounts.get(name ?? '')
      if (account) account.password = String(password)
      return nothing
    },
  ],
  [
    /^GRANT ALL PRIVILEGES ON `(.*?)`\.\* TO '(.*?)'/,
    ({ accounts }, [, pattern, name]) => {
      accounts.get(name ?? '')?.grants.add(pattern ?? '')
      return nothing
    },
  ],
  [
    /^CREATE DATABASE (?:IF NOT EXISTS )?`(.*?)`/,
    ({ databases }, [, name]) => {
      databases.add(name ?? '')
      return nothing
    },
  ],
  [/^CREATE TABLE/, () => nothing],
  [
    /^DELETE FROM/,
    (server) => {
      server.owner = undefined
      return nothing
    },
  ],
  [
    /(?:INSERT IGNORE|UPDATE).*?'(.*?)'.*?'(.*?)'.*?'(.*?)'/,
    (server, [, uid = '', namespace = '', name = '']) => {
      server.owner = { uid, namespace, name }
      return nothing
    },
  ],
]

function answer(server: FakeServer, rules: readonly Rule[], { sql, values }: Statement): readonly object[] {
  for (const [pattern, reply] of rules) {
    const match = pattern.exec(sql)
    if (match) return reply(server, match, values)
  }
  throw new Error(`the fake server does not know this statement: ${sql}`)
}

/** `adminPassword` is what opens the administrator's account; without it any password does. */
export function fakeServer(adminPassword?: () => string | undefined): FakeServer {
  const open = ({ user, password }: MysqlTarget) => {
    if (!server.up) throw new MysqlError('Unreachable', 'ECONNREFUSED', 'The database server does not answer')
    const isAdmin = user.endsWith('_admin')
    if (isAdmin && !adminPassword) return
    const right = isAdmin ? adminPassword?.() : server.accounts.get(user)?.password
    if (right !== password) throw new MysqlError('AccessDenied', 'ER_ACCESS_DENIED_ERROR', `The password of ${user} is wrong`)
  }
  const session: MysqlSession = {
    all: (statement) => Promise.resolve(answer(server, questions, statement) as never),
    run: (statement) => {
      answer(server, changes, statement)
      server.changes.push(statement.sql)
      return Promise.resolve()
    },
  }
  const server: FakeServer = {
    accounts: new Map(),
    databases: new Set(),
    owner: undefined,
    up: true,
    changes: [],
    use: async (target, work) => {
      open(target)
      return work(session)
    },
  }
  return server
}
