// The shell scripts that run in containers, run for real: their folders moved into a temporary one, the programs they call replaced by others that say what they were asked.
import { spawnSync } from 'node:child_process'
import { chmodSync, existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import fc from 'fast-check'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { initializeScript } from '../../operator/resources/database-scripts.ts'
import { databasePaths } from '../../operator/resources/database-settings.ts'
import { startScript, stopCommand } from '../../operator/resources/edge-start.ts'
import { edgePaths } from '../../operator/resources/nginx-conf.ts'
import { anInstance } from '../support/instance.ts'

let folder = ''
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'finia-scripts-'))
})
afterEach(() => rmSync(folder, { recursive: true, force: true }))

const inFolder = (path: string) => join(folder, path)
const put = (path: string, text: string, mode = 0o600) => {
  mkdirSync(dirname(inFolder(path)), { recursive: true })
  writeFileSync(inFolder(path), text)
  chmodSync(inFolder(path), mode)
}
const program = (name: string, body: string) => put(`bin/${name}`, `#!/bin/sh\n${body}\n`, 0o755)

/** Runs a script with every absolute folder of the container inside the temporary one. */
const run = (script: string) => {
  const moved = script.replace(/(?<![\w./-])\/(var|etc|run|tmp)\//g, `${folder}/$1/`)
  const { status, stderr } = spawnSync('/bin/sh', ['-c', moved], { encoding: 'utf8', timeout: 20_000, env: { PATH: `${inFolder('bin')}:/usr/bin:/bin` } })
  return { status, stderr }
}

const { data, start, admin } = databasePaths
const read = (path: string) => readFileSync(inFolder(path), 'utf8')

const databaseFolder = (password: string) => {
  for (const path of [dirname(data), start, '/tmp']) mkdirSync(inFolder(path), { recursive: true })
  put(join(admin, 'admin-password'), password)
  program('sync', 'true')
  program('mariadb-install-db', `for one in "$@"; do case $one in --datadir=*) made=\${one#*=} ;; esac; done\nmkdir "$made"\necho "$@" >"$made/asked"`)
}

test('the data folder is made once, and never again', () => {
  databaseFolder('secret')
  expect(run(initializeScript(anInstance()))).toMatchObject({ status: 0, stderr: '' })
  expect(read(`${data}/asked`)).toContain('--skip-test-db')
  put(`${data}/table`, 'precious')
  program('mariadb-install-db', 'exit 9')
  expect(run(initializeScript(anInstance()))).toMatchObject({ status: 0 })
  expect(read(`${data}/table`)).toBe('precious')
})

test('a cut in the middle of making it leaves nothing that is taken for it', () => {
  databaseFolder('secret')
  const whole = read('bin/mariadb-install-db')
  program('mariadb-install-db', `mkdir ${inFolder(data)}.new; echo half >${inFolder(data)}.new/half; kill -9 $PPID`)
  expect(run(initializeScript(anInstance())).status).not.toBe(0)
  expect(existsSync(inFolder(`${data}.new/half`))).toBe(true)
  expect(existsSync(inFolder(data))).toBe(false)
  put('bin/mariadb-install-db', whole, 0o755)
  expect(run(initializeScript(anInstance()))).toMatchObject({ status: 0 })
  expect(existsSync(inFolder(`${data}/half`))).toBe(false)
})

test('why it cannot be made is said, and it is not there then', () => {
  databaseFolder('secret')
  program('mariadb-install-db', 'echo "the disk is full"; exit 1')
  expect(run(initializeScript(anInstance()))).toEqual({ status: 1, stderr: 'the disk is full\n' })
  expect(existsSync(inFolder(data))).toBe(false)
})

/** A text literal of SQL, as the server reads it. */
const literal = (statement: string): string => {
  const [, text] = /IDENTIFIED BY '((?:[^'\\]|\\.)*)';$/s.exec(statement) ?? []
  if (text === undefined) throw new Error('the statement ends elsewhere than it should')
  return text.replace(/\\(.)/gs, '$1')
}

test('whatever the password, the statements say that password and nothing else', () => {
  databaseFolder('')
  const password = fc.string({ unit: fc.constantFrom(...'aZ0-_ \\\'"`$;%(){}#&|<>*!~'.split('')), minLength: 1, maxLength: 24 })
  fc.assert(
    fc.property(password, (text) => {
      put(join(admin, 'admin-password'), text)
      expect(run(initializeScript(anInstance()))).toMatchObject({ status: 0 })
      const [first, create = '', alter = '', ...others] = read(`${start}/init.sql`).trimEnd().split('\n')
      expect(first).toBe('SET SESSION sql_log_bin=0;')
      expect(create).toMatch(/^CREATE USER IF NOT EXISTS 'finia_app_admin'@'%' IDENTIFIED BY /)
      expect([literal(create), literal(alter)]).toEqual([text, text])
      expect(others).toHaveLength(3)
    }),
    { numRuns: 40 },
  )
}, 60_000)

test('without a password there is no account', () => {
  databaseFolder('')
  expect(run(initializeScript(anInstance()))).toMatchObject({ status: 1, stderr: expect.stringContaining('admin-password is empty') })
  expect(existsSync(inFolder(`${start}/init.sql`))).toBe(false)
})

const edgeFolder = (key: string) => {
  mkdirSync(inFolder('/tmp'), { recursive: true })
  put(join(edgePaths.keys, 'edge-key'), key)
  program('getent', 'echo "10.0.0.7 home-api.finance.svc"')
  program('nginx', `echo "$@" >${inFolder('/tmp/started')}`)
  program('sleep', 'exit 1')
}

test('nginx starts with the key and with the address of the API', () => {
  edgeFolder('a-b_C.9=')
  expect(run(startScript(anInstance()))).toMatchObject({ status: 0, stderr: '' })
  expect(read('/tmp/edge-key.conf')).toBe('proxy_set_header X-Finia-Edge-Key "a-b_C.9=";\n')
  expect(read('/tmp/upstream.conf')).toBe('server 10.0.0.7:80 max_fails=0;\n')
  expect(read('/tmp/started')).toContain('daemon off;')
})

test.each(['', 'a b', 'a";return 200 "', 'a$host', 'a\\', 'a\nb', '{x}'])('the key %j is refused, for it would be configuration', (key) => {
  edgeFolder(key)
  expect(run(startScript(anInstance()))).toMatchObject({ status: 1, stderr: expect.stringContaining('edge-key must be letters') })
  expect(existsSync(inFolder('/tmp/started'))).toBe(false)
})

test('an address of version 6 stands in brackets', () => {
  edgeFolder('key')
  program('getent', 'echo "fd00::7 home-api.finance.svc"')
  expect(run(startScript(anInstance()))).toMatchObject({ status: 0 })
  expect(read('/tmp/upstream.conf')).toBe('server [fd00::7]:80 max_fails=0;\n')
})

test('when the Service is made anew, nginx follows it to its new address', () => {
  edgeFolder('key')
  const turn = inFolder('turn')
  // The first turn of the loop goes on, the second ends it; nginx lives until then.
  program('sleep', `[ -e ${turn} ] && exit 1; touch ${turn}`)
  program('getent', `[ -e ${turn} ] && echo "10.0.0.8 x" || echo "10.0.0.7 x"`)
  program(
    'nginx',
    `case "$*" in *reload*) touch ${inFolder('reloaded')} ;; *) n=0; until [ -e ${inFolder('reloaded')} ] || [ $n -gt 2000 ]; do n=$((n+1)); cat /dev/null; done ;; esac`,
  )
  expect(run(startScript(anInstance()))).toMatchObject({ status: 0 })
  expect(existsSync(inFolder('reloaded'))).toBe(true)
  expect(read('/tmp/upstream.conf')).toBe('server 10.0.0.8:80 max_fails=0;\n')
})

test('while the address stays, nginx is left alone', () => {
  edgeFolder('key')
  const [turn, over] = [inFolder('turn'), inFolder('over')]
  program('sleep', `[ -e ${turn} ] && { touch ${over}; exit 1; }; touch ${turn}`)
  program(
    'nginx',
    `case "$*" in *reload*) touch ${inFolder('reloaded')} ;; *) n=0; until [ -e ${over} ] || [ $n -gt 2000 ]; do n=$((n+1)); cat /dev/null; done ;; esac`,
  )
  expect(run(startScript(anInstance()))).toMatchObject({ status: 0 })
  expect(existsSync(over)).toBe(true)
  expect(existsSync(inFolder('reloaded'))).toBe(false)
})

test('a stopping edge first lets clients learn of it, and then ends what it has begun', () => {
  expect(stopCommand.at(-1)).toMatch(/^sleep 15; kill -QUIT 1; /)
})
