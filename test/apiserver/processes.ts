// Starts and stops the programs of the tests' own API server. What runs is written down in its folder, so that any process can stop it by pid.
import { spawn } from 'node:child_process'
import { closeSync, openSync } from 'node:fs'
import { readFile, writeFile } from 'node:fs/promises'
import { setTimeout } from 'node:timers/promises'

interface Program {
  readonly command: string
  readonly args: readonly string[]
  readonly pid: number
}

const stopMilliseconds = 20_000

const recordOf = (folder: string, name: string) => `${folder}/${name}.json`

const alive = (pid: number): boolean => {
  try {
    process.kill(pid, 0)
    return true
  } catch {
    return false
  }
}

/** Waits for a condition, asked every 50 ms. */
export const until = async (what: string, milliseconds: number, condition: () => boolean | Promise<boolean>): Promise<void> => {
  const end = performance.now() + milliseconds
  while (!(await condition())) {
    if (performance.now() > end) throw new Error(`${what}: not within ${milliseconds / 1000} s`)
    await setTimeout(50)
  }
}

export const start = async (folder: string, name: string, command: string, args: readonly string[]): Promise<void> => {
  const output = openSync(`${folder}/${name}.log`, 'a')
  const child = spawn(command, args, { stdio: ['ignore', output, output] })
  closeSync(output)
  child.unref()
  const { pid } = child
  if (pid === undefined) throw new Error(`${command} does not start: is it executable?`)
  await writeFile(recordOf(folder, name), JSON.stringify({ command, args, pid } satisfies Program))
}

const read = async (folder: string, name: string): Promise<Program> => JSON.parse(await readFile(recordOf(folder, name), 'utf8')) as Program

export const stop = async (folder: string, name: string, signal: 'SIGTERM' | 'SIGKILL'): Promise<void> => {
  const { pid } = await read(folder, name)
  if (alive(pid)) process.kill(pid, signal)
  await until(`${name} ends`, stopMilliseconds, () => !alive(pid))
}

const watchdog = `
while kill -0 "$1" 2>/dev/null && [ -d "$2" ]; do sleep 1; done
[ -d "$2" ] || exit 0
for name in etcd kube-apiserver; do kill -9 $(sed -n 's/.*"pid":\\([0-9]*\\).*/\\1/p' "$2/$name.json"); done
rm -rf "$2"`

/** Ends the programs of a folder and removes it when the process `owner` ends without having done so, as when it is killed. */
export const endWith = (owner: number, folder: string): void => {
  spawn('sh', ['-c', watchdog, 'sh', String(owner), folder], { stdio: 'ignore', detached: true }).unref()
}

/** Starts a stopped program as it was started before. */
export const startAgain = async (folder: string, name: string): Promise<void> => {
  const { command, args } = await read(folder, name)
  await start(folder, name, command, args)
}

/** The last lines that a program said, for an error. */
export const lastWords = async (folder: string, name: string): Promise<string> =>
  (await readFile(`${folder}/${name}.log`, 'utf8')).trim().split('\n').slice(-5).join('\n')
