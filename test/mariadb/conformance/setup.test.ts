import { raw } from 'sql-template-tag'
import { afterAll, beforeAll, describe, expect, inject, test } from 'vitest'
import { anApi, asAdmin, aUser, someSettings, type TestApi } from '../environment.ts'

const made: string[] = []
let open: TestApi
let guarded: TestApi
const token = 'a token of the test'
beforeAll(async () => {
  open = await anApi()
  guarded = await anApi({ settings: someSettings({}, { FINIA_SETUP_TOKEN: token }) })
})
afterAll(async () => {
  await Promise.all([open.close(), guarded.close()])
  for (const name of made) await asAdmin((db) => db.run(raw(`DROP DATABASE IF EXISTS \`${name}\``)))
})

const admin = () => {
  const { user: username, password } = inject('mariadb')
  return { username, password }
}
const post = async (api: TestApi, path: string, payload: unknown, headers: Record<string, string> = {}, remoteAddress = '192.0.2.1') => {
  const answer = await api.app.inject({
    method: 'POST',
    url: `/api/setup/${path}`,
    headers: { 'content-type': 'application/json', ...headers },
    payload: JSON.stringify(payload),
    remoteAddress,
  })
  return [answer.statusCode, answer.json<unknown>()]
}
const refused = [401, { detail: 'Invalid or missing setup token.' }]
const newName = () => {
  const name = `finiaDB_setup_${made.length}_${process.pid}`
  made.push(name)
  return name
}

describe('the token for a new database', () => {
  test.each([
    ['none', {}, '192.0.2.1', refused[0]],
    ['a wrong one', { 'x-setup-token': 'another' }, '192.0.2.1', refused[0]],
    ['an empty one', { 'x-setup-token': '' }, '192.0.2.1', refused[0]],
    ['the right one', { 'x-setup-token': token }, '192.0.2.1', 422],
    ['none, from this machine', {}, '127.0.0.1', 422],
    ['none, from this machine by its other address', {}, '::1', 422],
    ['none, from a neighbour on the loopback', {}, '127.0.0.2', refused[0]],
    ['none, from a proxy on this machine', { 'x-forwarded-for': '192.0.2.1' }, '127.0.0.1', refused[0]],
  ])('%s is decided before the body is looked at', async (_what, headers, address, status) => {
    for (const path of ['database', 'init-data']) expect((await post(guarded, path, {}, headers, address))[0]).toBe(status)
  })

  test('this machine needs it as well when the settings say so', async () => {
    const strict = await anApi({ settings: { ...guarded.deps.settings, setup: { ...guarded.deps.settings.setup, allowLocalhost: false } } })
    expect(await post(strict, 'database', {}, {}, '127.0.0.1')).toEqual(refused)
    await strict.close()
  })

  test('is not asked for when there is none', async () => {
    expect((await post(open, 'database', {}))[0]).toBe(422)
  })
})

describe('a new database', () => {
  test.each([
    [{}, 'missing', 'username'],
    [{ username: '', password: 'x' }, 'string_too_short', 'username'],
    [{ username: 'x', password: '' }, 'string_too_short', 'password'],
    [{ username: 'x', password: 5 }, 'string_type', 'password'],
    [{ username: 'x', password: 'x', database_name: 5 }, 'string_type', 'database_name'],
  ])('is not made of %j', async (body, type, field) => {
    for (const path of ['database', 'init-data'])
      expect(await post(open, path, body)).toEqual([
        422,
        { detail: expect.arrayContaining([expect.objectContaining({ type, loc: ['body', field] })]) as unknown },
      ])
  })

  test('is made, filled, and made again without harm; it has the trigger and FiniA’s bookkeeping', async () => {
    const database_name = newName()
    for (let turn = 0; turn < 2; turn++)
      expect(await post(open, 'database', { ...admin(), database_name })).toEqual([
        200,
        { success: true, database: database_name, sql_file: expect.not.stringMatching(/^\.\//) as string },
      ])
    for (let turn = 0; turn < 2; turn++)
      expect(await post(open, 'init-data', { ...admin(), database_name })).toEqual([
        200,
        { success: true, database: database_name, data_file: 'cfg/data.yaml' },
      ])
    const found = await asAdmin(
      async (db) => ({
        versions: await db.all(raw(`SELECT version FROM schema_migrations ORDER BY version`)),
        triggers: await db.all(
          raw(`SELECT trigger_name AS name FROM information_schema.triggers WHERE trigger_schema = '${database_name}' AND trigger_name LIKE 'trg%'`),
        ),
        collation: await db.first(raw(`SELECT default_collation_name AS name FROM information_schema.schemata WHERE schema_name = '${database_name}'`)),
        categories: await db.first(raw('SELECT COUNT(*) AS total FROM tbl_category')),
        accounts: await db.first(raw('SELECT COUNT(*) AS total FROM tbl_account')),
      }),
      database_name,
    )
    expect(found).toEqual({
      versions: [{ version: '000' }, { version: '001' }],
      triggers: [{ name: 'trg_transaction_create_accounting_entry' }],
      collation: { name: 'utf8mb3_general_ci' },
      categories: { total: 58 },
      accounts: { total: 5 },
    })
  })

  test('is not made with a wrong password, or without the right to: 500 with the reason', async () => {
    const user = await aUser()
    const failure = (reason: string) => [
      500,
      { detail: expect.stringMatching(new RegExp(`^Internal server error \\(create database\\): ${reason}`)) as string },
    ]
    expect(await post(open, 'database', { username: user.username, password: 'wrong', database_name: newName() })).toEqual(
      failure('Failed to connect to MySQL server'),
    )
    expect(await post(open, 'database', { username: user.username, password: user.password, database_name: newName() })).toEqual(
      failure('Failed to create database'),
    )
  })

  test('is not filled when it does not exist', async () => {
    expect(await post(open, 'init-data', { ...admin(), database_name: 'finiaDB_not_there' })).toEqual([
      500,
      { detail: expect.stringMatching(/^Internal server error \(initialize database\): Failed to connect to MySQL database/) as string },
    ])
  })
})

describe('migrations', () => {
  const signedIn = async () => {
    const user = await aUser()
    const { token: session } = (
      await open.app.inject({ method: 'POST', url: '/api/auth/login', payload: { username: user.username, password: user.password } })
    ).json<{ token: string }>()
    return { user, headers: { authorization: `Bearer ${session}` } }
  }

  test('are not applied without a body, nor by anything but yes or no', async () => {
    const { headers } = await signedIn()
    const apply = (payload: string) =>
      open.app.inject({ method: 'POST', url: '/api/setup/migrations/apply', headers: { ...headers, 'content-type': 'application/json' }, payload })
    expect([(await apply('')).statusCode, (await apply('{"dry_run":"maybe"}')).statusCode, (await apply('[]')).statusCode]).toEqual([422, 422, 422])
    expect((await apply('{"dry_run":"yes"}')).body).toContain('"applied":')
  })

  test('of an empty database: data asked for before they are applied is refused with what to do', async () => {
    const { headers } = await signedIn()
    const answer = await open.app.inject({ url: '/api/accounts/list', headers })
    expect([answer.statusCode, answer.json()]).toEqual([409, { detail: expect.stringMatching(/Apply the migrations and try again\.$/) as string }])
  })

  test('are streamed as lines of ASCII, of which the last alone has a status', async () => {
    const { headers } = await signedIn()
    const { body } = await open.app.inject({ method: 'POST', url: '/api/setup/migrations/apply', headers, payload: {} })
    const events = body.split('\n\n').slice(0, -1)
    expect(body.endsWith('\n\n') && events.every((event) => /^data: \{[\x20-\x7e]*\}$/.test(event))).toBe(true)
    const parsed = events.map((event) => JSON.parse(event.slice(6)) as Record<string, unknown>)
    expect(new Set(parsed.slice(0, -1).map((event) => Object.keys(event).toSorted().join()))).toEqual(new Set(['current,message,phase,total']))
    expect(parsed.at(-1)).toEqual({
      phase: 'complete',
      message: 'Migrationen abgeschlossen',
      status: 'success',
      current_version: expect.any(String) as string,
      result: { applied: expect.arrayContaining(['001']) as unknown, skipped: [], total_time_ms: expect.any(Number) as number },
    })
    expect(parsed.map(({ phase }) => phase).filter((phase, index, phases) => phase !== phases[index - 1])).toEqual(['preparing', 'executing', 'complete'])
  })
})
