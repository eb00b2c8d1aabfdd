// The shell scripts that run in containers, run for real: their folders moved into a temporary one, the programs they call replaced by others that say what they were asked.
import { spawnSync } from 'node:child_process'
import { chmodSync, existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import fc from 'fast-check'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { initializeScript } from '../../operator/resources/database-scripts.ts'
import { databasePaths } from '../../operator/resources/database-settings.ts'
import { edgePaths } from '../../operator/resources/edge-paths.ts'
import { startScript, stopCommand } from '../../operator/resources/edge-start.ts'
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

const { exchange, keys, scratch } = edgePaths
const started = `${scratch}/started`

/** The loops of the script sleep before each look; in a container they end with nginx. */
const sleeping = (before: string) => program('sleep', `${before}\n[ ! -e ${inFolder('ended')} ]`)

/** nginx takes what does not say "broken"; started, it lives until there is a verdict about `last`. */
const edgeFolder = (key: string, last = '') => {
  for (const path of [scratch, `${exchange}/candidates`]) mkdirSync(inFolder(path), { recursive: true })
  put(join(keys, 'edge-key'), key)
  rmSync(inFolder('ended'), { force: true })
  sleeping('')
  program(
    'nginx',
    `conf=; for one in "$@"; do [ "$before" = -c ] && conf=$one; before=$one; done
case " $* " in
  *" -t "*) grep -q broken "$conf" && { echo "unknown directive in $conf" >&2; exit 1; }; exit 0 ;;
  *reload*) cat "$conf" >>${inFolder('reloads')}; [ ! -e ${inFolder('unwilling')} ] ;;
  *) cat "$conf" >${inFolder(started)}; echo 1 >${inFolder(`${scratch}/nginx.pid`)}
     n=0; until grep -q '^${last}' ${inFolder(`${exchange}/verdict`)} || [ $n -gt 5000 ]; do n=$((n+1)); done
     touch ${inFolder('ended')} ;;
esac`,
  )
}

const offer = (id: string, conf: string) => {
  put(`${exchange}/candidates/${id}/nginx.conf`, conf)
  put(`${exchange}/candidates/${id}/id`, `${id}\n`)
  put(`${exchange}/next`, `${id}\n`)
}
const verdict = () => read(`${exchange}/verdict`)
const current = () => read(`${exchange}/current/nginx.conf`)

test('nginx starts with the key and with the first configuration that it takes', () => {
  edgeFolder('a-b_C.9=')
  offer('aa', 'good')
  expect(run(startScript)).toMatchObject({ status: 0, stderr: '' })
  expect(read('/tmp/edge-key.conf')).toBe('proxy_set_header X-Finia-Edge-Key "a-b_C.9=";\n')
  expect([read(started), verdict()]).toEqual(['good', 'aa\naccepted\n'])
})

test.each(['', 'a b', 'a";return 200 "', 'a$host', 'a\\', 'a\nb', '{x}'])('the key %j is refused, for it would be configuration', (key) => {
  edgeFolder(key)
  expect(run(startScript)).toMatchObject({ status: 1, stderr: expect.stringContaining('edge-key must be letters') })
  expect(existsSync(inFolder(started))).toBe(false)
})

test('a further configuration is tried, swapped in and loaded, and the verdict names it', () => {
  edgeFolder('key', 'bb')
  offer('aa', 'first')
  sleeping(`[ -e ${inFolder(started)} ] && printf 'bb\n' >${inFolder(`${exchange}/next`)}`)
  put(`${exchange}/candidates/bb/nginx.conf`, 'second')
  expect(run(startScript)).toMatchObject({ status: 0, stderr: '' })
  expect([read(started), read('reloads'), current(), verdict()]).toEqual(['first', 'second', 'second', 'bb\naccepted\n'])
})

test.each([
  ['nginx does not take', 'broken', false, /^bb\nrefused\nunknown directive in .*\n$/],
  ['cannot be loaded', 'second', true, /^bb\nrefused\n/],
])('a configuration that %s is told, and what runs stays', (_what, conf, unwilling, told) => {
  edgeFolder('key', 'bb')
  offer('aa', 'first')
  if (unwilling) put('unwilling', '')
  sleeping(`[ -e ${inFolder(started)} ] && printf 'bb\n' >${inFolder(`${exchange}/next`)}`)
  put(`${exchange}/candidates/bb/nginx.conf`, conf)
  expect(run(startScript)).toMatchObject({ status: 0 })
  expect(current()).toBe('first')
  expect(verdict()).toMatch(told)
})

test('a container that is started again goes on with what nginx ran, with nobody to offer anything', () => {
  edgeFolder('key')
  offer('aa', 'first')
  expect(run(startScript)).toMatchObject({ status: 0 })
  rmSync(inFolder(`${exchange}/next`))
  put(`${scratch}/nginx.pid`, '7')
  put(started, '')
  expect(run(startScript)).toMatchObject({ status: 0 })
  expect(read(started)).toBe('first')
})

test('a stopping edge first lets clients learn of it, and then ends what it has begun', () => {
  expect(stopCommand.at(-1)).toMatch(/^sleep 15; kill -QUIT 1; /)
})
