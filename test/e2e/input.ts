import { expect, test } from 'vitest'
import { type Person, theCluster } from './cluster.ts'
import { apply, home, login, namespace, transactions, user } from './home.ts'

const upload = async (person: Person, text: string | Uint8Array, format: string, account: number) => {
  const data = new FormData()
  data.append('format', format)
  data.append('account_id', String(account))
  data.append('file', new Blob([typeof text === 'string' ? text : new Uint8Array(text)]), 'umsaetze.csv')
  const encoded = new Response(data)
  const answer = await person.ask('/api/transactions/import-csv', {
    method: 'POST',
    headers: { 'content-type': encoded.headers.get('content-type') ?? '' },
    body: new Uint8Array(await encoded.arrayBuffer()),
  })
  return { status: answer.status, ...(JSON.parse(answer.text) as { detail?: string; inserted?: number; warnings?: string[] }) }
}

const header = 'Valuta;Betrag;Verwendungszweck;IBAN;BIC;Sender / Empfänger'

export const input = () => {
  const cluster = theCluster()

  const refusals: readonly (readonly [string, object, RegExp])[] = [
    ['a host that is no DNS name', { ingress: { host: 'not a host' } }, /spec\.ingress\.host/],
    ['a number of replicas below zero', { api: { replicas: -1 } }, /spec\.api\.replicas/],
    ['an origin with a path', { api: { config: { corsOrigins: ['https://app.example.com/path'] } } }, /spec\.api\.config\.corsOrigins/],
    [
      'another database prefix for an instance that has one',
      { api: { config: { databasePrefix: 'other_' } } },
      /spec\.api\.config\.databasePrefix cannot be changed/,
    ],
    ['an external database without its address', { database: { mode: 'External' } }, /spec\.database\.external is required/],
    ['an image with a blank', { api: { image: 'finia 1.0' } }, /spec\.api\.image/],
  ]
  test.each(refusals)('kubectl apply refuses %s with a sentence that names the field', async (_, spec, sentence) => {
    const result = await cluster.tryKubectl(['apply', '-f', '-'], { input: JSON.stringify(home(cluster, spec)) })
    expect(result.code).not.toBe(0)
    expect(result.stderr).toMatch(sentence)
  })

  test('a volume that would shrink is refused', async () => {
    const result = await cluster.tryKubectl(['apply', '-f', '-'], {
      input: JSON.stringify(home(cluster, { database: { managed: { storage: { size: '512Mi' } } } })),
    })
    expect(result.stderr).toContain('spec.database.managed.storage.size cannot shrink')
  })

  test('reserved names and accounts with global rights are refused as users, with a sentence', async () => {
    await apply(cluster, user('root'), user('finia-x', { username: 'finia_app_backup' }))
    for (const name of ['root', 'finia-x']) {
      const stalled = await cluster.kubectl(['-n', namespace, 'wait', '--for=condition=Stalled', `finiauser/${name}`, '--timeout=60s'])
      expect(stalled).toContain('condition met')
    }
    const text = await cluster.kubectl(['-n', namespace, 'get', 'finiauser', 'root', '-o', 'jsonpath={.status.conditions[?(@.type=="Stalled")].message}'])
    expect(text).toContain(`metadata.name is "root", which is reserved`)
    await cluster.kubectl(['-n', namespace, 'delete', 'finiauser', 'root', 'finia-x'])
  })

  test('a file that cannot be read is refused with a sentence, and nothing of it is stored', async () => {
    const person = await login(cluster, 'john')
    const account = await person.account('Girokonto')
    const before = await transactions(person)
    const good = '24.12.2026;-1,00;Nichts davon;DE00;B;X'
    expect(await upload(person, '', 'csv-cb', account)).toMatchObject({ status: 400, detail: expect.stringMatching(/^CSV file error: /) })
    expect(await upload(person, `${header}\n${good}\n`, 'no-such-format', account)).toMatchObject({
      status: 400,
      detail: expect.stringContaining("Invalid format 'no-such-format'"),
    })
    expect(await transactions(person)).toBe(before)
  })

  test('a bad row is skipped and named among the warnings, the others are imported', async () => {
    const person = await login(cluster, 'john')
    const account = await person.account('Girokonto')
    const rows = ['23.12.2026;-1,50;Gut;DE01;B;X', '31.02.2026;-2,00;Falscher Tag;DE02;B;X', '24.12.2026;zwei;Falscher Betrag;DE03;B;X']
    const { status, inserted, warnings } = await upload(person, [header, ...rows].join('\n'), 'csv-cb', account)
    expect({ status, inserted }).toEqual({ status: 200, inserted: 1 })
    expect(warnings).toEqual([expect.stringMatching(/^Row 2: .*Valuta/), expect.stringMatching(/^Row 3: .*Betrag/)])
  })
}
