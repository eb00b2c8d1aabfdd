import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, expect, test } from 'vitest'
import { readStart, withSecrets } from '../../../api/environment.ts'

const folder = mkdtempSync(join(tmpdir(), 'finia-environment-'))
afterAll(() => rmSync(folder, { recursive: true }))
const file = (name: string, text: string) => {
  const path = join(folder, name)
  writeFileSync(path, text)
  return path
}

test('a secret comes from its file, without the line break at the end', () => {
  expect(withSecrets({ FINIA_EDGE_KEY_FILE: file('key', 'secret\n') })).toEqual({
    environment: { FINIA_EDGE_KEY_FILE: join(folder, 'key'), FINIA_EDGE_KEY: 'secret' },
    problems: [],
  })
})

test('a secret that is given twice, is not there or is empty is a problem that names it', () => {
  const { problems } = withSecrets({
    FINIA_EDGE_KEY: 'a',
    FINIA_EDGE_KEY_FILE: file('twice', 'b'),
    FINIA_SETUP_TOKEN_FILE: join(folder, 'nowhere'),
    FINIA_SERVICE_PASSWORD_FILE: file('empty', '\n'),
  })
  expect(problems).toEqual([
    `FINIA_SETUP_TOKEN_FILE names ${join(folder, 'nowhere')}, which cannot be read (ENOENT); name a file that is there and readable.`,
    'FINIA_EDGE_KEY and FINIA_EDGE_KEY_FILE are both set; keep one of them.',
    `FINIA_SERVICE_PASSWORD_FILE names ${join(folder, 'empty')}, which is empty; write the secret into it.`,
  ])
})

test('a start has its settings, the CA of the database and the release', () => {
  const config = file('config.yaml', `database: { ssl: true, ssl_ca: ${file('ca.crt', 'PEM')} }\napi: {}\nauth: {}`)
  expect(readStart({ FINIA_CONFIG: config })).toMatchObject({ databaseCa: 'PEM', release: expect.stringMatching(/^\d+\.\d+\.\d+/) as string })
})

test('a configuration or a CA that is not there is a problem', () => {
  const config = file('config.yaml', 'database: { ssl_ca: /nowhere/ca.crt }\napi: {}\nauth: {}')
  expect(readStart({ FINIA_CONFIG: config })).toEqual({
    problems: ['database.ssl_ca names /nowhere/ca.crt, which cannot be read (ENOENT); name a file that is there and readable.'],
  })
  expect(readStart({ FINIA_CONFIG: '/nowhere/config.yaml' })).toMatchObject({ problems: [expect.stringContaining('/nowhere/config.yaml')] })
})
