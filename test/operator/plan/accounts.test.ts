import { describe, expect, test } from 'vitest'
import { planAccounts } from '../../../operator/plan/accounts.ts'
import { databaseLogin } from '../../../operator/plan/login.ts'
import { anInstance } from '../../support/instance.ts'
import { anAccount, aServer } from '../../support/observed-user.ts'

const texts = (plan: ReturnType<typeof planAccounts>) => plan.changes.map(({ text }) => text)
const { owner: _, ...unowned } = aServer()

describe('the service accounts of an instance', () => {
  test('nothing is changed when nothing is missing', () => {
    expect(planAccounts(anInstance(), aServer())).toEqual({ changes: [], problems: [] })
  })

  test('a fresh server gets the operations database, its owner, and two accounts with rights on no more than they need', () => {
    const plan = planAccounts(anInstance(), { ...unowned, operationsExists: false, api: anAccount('finia_app'), migrate: anAccount('finia_app_migrate') })
    expect(texts(plan)).toEqual([
      'CREATE DATABASE IF NOT EXISTS `finia_ops` CHARACTER SET utf8mb3 COLLATE utf8mb3_general_ci',
      expect.stringMatching(/^CREATE TABLE IF NOT EXISTS `finia_ops`\.`owner` /),
      "INSERT IGNORE INTO `finia_ops`.`owner` (id, uid, namespace, name) VALUES (1, 'uid-of-home', 'finance', 'home')",
      "CREATE USER IF NOT EXISTS 'finia_app'@'%' IDENTIFIED BY ?",
      "GRANT ALL PRIVILEGES ON `finia\\_ops`.* TO 'finia_app'@'%'",
      "CREATE USER IF NOT EXISTS 'finia_app_migrate'@'%' IDENTIFIED BY ?",
      "GRANT ALL PRIVILEGES ON `finiaDB\\_%`.* TO 'finia_app_migrate'@'%'",
    ])
    expect(plan.changes.flatMap(({ passwordFrom }) => passwordFrom ?? [])).toEqual([
      { namespace: 'finance', name: 'home-db', key: 'app-password' },
      { namespace: 'finance', name: 'home-db', key: 'migrate-password' },
    ])
  })

  test('a password that does not open its account any more is set again, and a grant with a part missing is given again', () => {
    const api = anAccount('finia_app', 'finia\\_ops', { passwordWorks: false })
    const migrate = anAccount('finia_app_migrate', 'x', { grants: { global: [], databases: [{ pattern: 'finiaDB\\_%', all: false, some: true }] } })
    expect(texts(planAccounts(anInstance(), aServer({ api, migrate })))).toEqual([
      "ALTER USER 'finia_app'@'%' IDENTIFIED BY ?",
      "GRANT ALL PRIVILEGES ON `finiaDB\\_%`.* TO 'finia_app_migrate'@'%'",
    ])
  })

  test('an instance of the same namespace and name takes over, from the owner that was seen and from no other', () => {
    const owner = { uid: 'old', namespace: 'finance', name: 'home' }
    const takeOver = "UPDATE `finia_ops`.`owner` SET uid = 'uid-of-home', namespace = 'finance', name = 'home' WHERE id = 1 AND uid = 'old'"
    expect(planAccounts(anInstance(), aServer({ owner }))).toEqual({ changes: [{ text: takeOver }], problems: [] })
  })

  test("somebody else's operations database is left alone until a person names its owner's UID", () => {
    const owner = { uid: 'theirs', namespace: 'sales', name: 'home' }
    const refused = planAccounts(anInstance(), aServer({ owner, api: anAccount('finia_app') }))
    expect(refused.changes).toEqual([])
    expect(refused.problems).toEqual([
      {
        about: 'DatabaseAvailable',
        reason: 'OperationsDatabaseOwned',
        message: expect.stringContaining('belongs to FiniaInstance sales/home (UID theirs): create this instance anew with other spec.database.names'),
      },
    ])
    const adopting = anInstance({ annotations: { 'finia.io/adopt-database': 'theirs' } })
    expect(texts(planAccounts(adopting, aServer({ owner })))).toEqual([expect.stringContaining("AND uid = 'theirs'")])
    const mistaken = anInstance({ annotations: { 'finia.io/adopt-database': 'other' } })
    expect(planAccounts(mistaken, aServer({ owner })).problems).toHaveLength(1)
  })

  test.each([
    [
      'an account with global rights',
      { api: anAccount('finia_app', 'finia\\_ops', { grants: { global: ['SUPER ON *.*'], databases: [] } }) },
      'AccountHasGlobalRights',
    ],
    ['a role of the name', { migrate: anAccount('finia_app_migrate', undefined, { hosts: [''] }) }, 'AccountIsRole'],
    ["somebody else's account", { api: anAccount('finia_app', 'other\\_ops', { passwordWorks: false }) }, 'AccountInUse'],
    ['a binary log without trust in function creators', { triggersAllowed: false }, 'FunctionCreatorsNotTrusted'],
  ])('%s stops everything with a sentence', (_, more, reason) => {
    const { changes, problems } = planAccounts(anInstance(), aServer(more))
    expect([changes, problems.map((problem) => problem.reason)]).toEqual([[], [reason]])
  })

  test.each([
    ['m', 'DatabasePrefixReserved'],
    ['FINIA_', 'DatabasePrefixReserved'],
    ['________________________________', 'DatabasePrefixTooLong'],
  ])('the prefix %s is refused', (databasePrefix, reason) => {
    const instance = anInstance({ spec: { api: { config: { databasePrefix } } } })
    expect(planAccounts(instance, aServer()).problems.map((problem) => problem.reason)).toContain(reason)
  })
})

describe('the login to the server of an instance', () => {
  test("a managed server is reached by its Service, verified by the instance's CA", () => {
    expect(databaseLogin(anInstance())).toEqual({
      host: 'home-db-rw.finance.svc',
      port: 3306,
      user: 'finia_app_admin',
      password: { namespace: 'finance', name: 'home-db', key: 'admin-password' },
      tls: { mode: 'VerifyIdentity', ca: { namespace: 'finance', name: 'home-ca', key: 'ca.crt' } },
    })
  })

  test("an external server is reached by what its Secret says, verified by the system's CAs or a named one", () => {
    const external = { primary: { host: 'db.example.com', port: 3307 }, adminSecretName: 'admin' }
    const login = (tls: object) => databaseLogin(anInstance({ spec: { database: { mode: 'External', external, tls } } }))
    expect(login({})).toEqual({
      host: 'db.example.com',
      port: 3307,
      user: { namespace: 'finance', name: 'admin', key: 'username' },
      password: { namespace: 'finance', name: 'admin', key: 'password' },
      tls: { mode: 'VerifyIdentity' },
    })
    expect(login({ mode: 'VerifyCA', caSecretName: 'ca' }).tls).toEqual({ mode: 'VerifyCA', ca: { namespace: 'finance', name: 'ca', key: 'ca.crt' } })
    expect(login({ mode: 'Required', caSecretName: 'ca' }).tls).toEqual({ mode: 'Required' })
  })
})
