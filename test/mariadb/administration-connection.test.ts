// How the operator's connection fails and how it is protected, against a real server.
import { randomBytes } from 'node:crypto'
import { type AddressInfo, createServer } from 'node:net'
import { describe, expect, inject, test } from 'vitest'
import type { MysqlTarget, TlsMode } from '../../operator/deps.ts'
import { mysql } from '../../operator/mysql/client.ts'
import { MysqlError } from '../../operator/mysql/errors.ts'
import { pki as pkiOf } from '../../operator/pki/x509.ts'

const given = inject('mariadb')
const target = (more: Partial<MysqlTarget> = {}): MysqlTarget => ({
  host: given.host,
  port: given.port,
  user: given.user,
  password: given.password,
  tls: { mode: 'Disabled' },
  ...more,
})

const cipher = (more: Partial<MysqlTarget>): Promise<string> =>
  mysql.use(target(more), async (session) => {
    const [row] = await session.all<{ Value: string }>({ sql: "SHOW SESSION STATUS LIKE 'Ssl_cipher'", values: [] })
    return row?.Value ?? ''
  })

const failureOf = async (attempt: Promise<unknown>): Promise<MysqlError> => {
  const error: unknown = await attempt.then(
    () => undefined,
    (thrown: unknown) => thrown,
  )
  if (!(error instanceof MysqlError)) throw new Error(`no MysqlError but ${String(error)}`)
  return error
}

describe('the connection to a database server', () => {
  test('is encrypted when it is required, and not when it is disabled', async () => {
    expect(await cipher({ tls: { mode: 'Disabled' } })).toBe('')
    expect(await cipher({ tls: { mode: 'Required' } })).toMatch(/^TLS_/)
  })

  test.runIf(given.ca !== undefined)('is refused to a server of another CA, or of another name where the name is verified', async () => {
    const ca = given.ca ?? ''
    const other = (await pkiOf({ bytes: (count) => randomBytes(count), number: () => 0.5 }).createCa('Other', new Date(Date.now() - 60_000), 1)).certificate
    const kind = (host: string, mode: TlsMode, trusted?: string): Promise<string> =>
      cipher({ host, tls: { mode, ...(trusted !== undefined && { ca: trusted }) } }).then(
        () => 'connected',
        (error: MysqlError) => error.kind,
      )
    // 127.1 is the same address by a name that the certificate does not have.
    expect([await kind('localhost', 'VerifyIdentity', ca), await kind('127.0.0.1', 'VerifyIdentity', ca), await kind('127.1', 'VerifyCA', ca)]).toEqual([
      'connected',
      'connected',
      'connected',
    ])
    expect(await kind('127.1', 'VerifyIdentity', ca)).toBe('UntrustedCertificate')
    expect([
      await kind('localhost', 'VerifyCA', other),
      await kind('localhost', 'VerifyCA'),
      await kind('localhost', 'VerifyIdentity', 'no certificate'),
    ]).toEqual(Array(3).fill('UntrustedCertificate'))
  })

  test('to a port that nobody listens on, and to one that says nothing, fails with what to look at', async () => {
    const silent = createServer(() => undefined)
    await new Promise<void>((resolve) => silent.listen(0, '127.0.0.1', resolve))
    const { port } = silent.address() as AddressInfo
    const started = performance.now()
    const late = await failureOf(mysql.use(target({ port, host: '127.0.0.1' }), () => Promise.resolve()))
    const took = performance.now() - started
    await new Promise((resolve) => silent.close(resolve))
    const refused = await failureOf(mysql.use(target({ port, host: '127.0.0.1' }), () => Promise.resolve()))
    expect([late.kind, late.code, refused.kind, refused.code]).toEqual(['Unreachable', 'ETIMEDOUT', 'Unreachable', 'ECONNREFUSED'])
    expect(took).toBeLessThan(7_000)
    expect(refused.message).toBe(
      `The database server at 127.0.0.1:${port} cannot be reached (ECONNREFUSED): check that it runs, that host and port are right, and that no network policy or firewall is in the way`,
    )
  })

  test('never tells a password or a value, whatever fails', async () => {
    const secret = `s3cret'${randomBytes(8).toString('base64url')}`
    const told = async (attempt: Promise<unknown>) => {
      const error = await failureOf(attempt)
      return `${error.message} ${error.stack ?? ''} ${JSON.stringify(error)} ${String(error.cause)}`
    }
    const withValue = (sql: string) => told(mysql.use(target(), (session) => session.run({ sql, values: [secret] })))
    const everything = [
      await told(mysql.use(target({ password: secret }), () => Promise.resolve())),
      await withValue('CREATE USER x IDENTIFIED BY BY ?'),
      await withValue('SELECT 1 FROM mysql.nowhere WHERE a = ?'),
      await withValue("SIGNAL SQLSTATE '45000' SET MESSAGE_TEXT = ?"),
      await withValue("SELECT ? INTO OUTFILE '/nowhere/at/all'"),
    ].join('\n')
    expect(everything).not.toContain(secret.slice(0, 6))
    expect(everything).toContain('ER_PARSE_ERROR')
    expect(everything).toContain('ER_NO_SUCH_TABLE')
  })

  test('reads text as text whatever SQL mode the server starts with', async () => {
    const rows = await mysql.use(target(), (session) => session.all<{ told: string }>({ sql: 'SELECT ? AS told', values: ["a'\\' OR 1=1 -- ?"] }))
    expect(rows).toEqual([{ told: "a'\\' OR 1=1 -- ?" }])
  })

  test('says which rights are missing to whom', async () => {
    const name = `t${randomBytes(4).toString('hex')}`
    await mysql.use(target(), (session) => session.run({ sql: `CREATE USER '${name}'@'%' IDENTIFIED BY ?`, values: ['poor'] }))
    const error = await failureOf(
      mysql.use(target({ user: name, password: 'poor' }), (session) => session.all({ sql: 'SELECT User FROM mysql.user', values: [] })),
    )
    expect([error.kind, error.code]).toEqual(['Refused', 'ER_TABLEACCESS_DENIED_ERROR'])
    expect(error.message).toContain(`grant the account "${name}" the right that is missing`)
  })

  test('says goodbye: the server counts no aborted connections', async () => {
    const ask = async (sql: string) => (await mysql.use(target(), (session) => session.all<{ Value: string }>({ sql, values: [] })))[0]?.Value
    const aborted = async () => Number(await ask("SHOW GLOBAL STATUS LIKE 'Aborted_clients'"))
    const before = await aborted()
    for (let round = 0; round < 20; round += 1) await ask('SELECT 1')
    // Others use this server at the same time, so that a few may be theirs.
    expect((await aborted()) - before).toBeLessThan(10)
  })

  test('refuses a value that would become more than one', async () => {
    for (const value of [{ a: 1 }, [1, 2], undefined]) {
      await expect(mysql.use(target(), (session) => session.run({ sql: 'SELECT ?', values: [value] }))).rejects.toThrow(TypeError)
    }
  })
})
