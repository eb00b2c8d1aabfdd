// Programs of ours as processes, as a container would run them.
import { type ChildProcess, spawn } from 'node:child_process'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { inject } from 'vitest'

export interface Program {
  readonly child: ChildProcess
  /** What it has printed so far. */
  readonly output: () => string
  /** Its exit status; killed when it takes longer than the bound. */
  readonly exit: Promise<number | null>
}

const bound = 60_000

export const run = (file: string, given: readonly string[], environment: Record<string, string>, longest = bound): Program => {
  const child = spawn(process.execPath, [file, ...given], { env: { PATH: process.env.PATH ?? '', ...environment }, stdio: ['ignore', 'pipe', 'pipe'] })
  let output = ''
  for (const stream of [child.stdout, child.stderr]) stream?.on('data', (chunk: Buffer) => (output += chunk.toString()))
  const exit = new Promise<number | null>((resolve) => {
    const force = setTimeout(() => child.kill('SIGKILL'), longest)
    child.once('close', (code) => {
      clearTimeout(force)
      resolve(code)
    })
  })
  return { child, output: () => output, exit }
}

/** A folder that is gone after the work. */
export const inFolder = async <T>(work: (folder: string) => Promise<T>): Promise<T> => {
  const folder = mkdtempSync(join(tmpdir(), 'finia-test-'))
  try {
    return await work(folder)
  } finally {
    rmSync(folder, { recursive: true, force: true })
  }
}

export const write = (folder: string, name: string, text: string): string => {
  const path = join(folder, name)
  writeFileSync(path, text, { mode: 0o600 })
  return path
}

export const serverEnvironment = (): Record<string, string> => {
  const { host, port } = inject('mariadb')
  return { DB_HOST: host, DB_PORT: String(port) }
}

/** Asks again until the answer is what is waited for. */
export const eventually = async <T>(ask: () => Promise<T>, isIt: (answer: T) => boolean, milliseconds = 20_000): Promise<T> => {
  const end = Date.now() + milliseconds
  for (;;) {
    const answer = await ask()
    if (isIt(answer)) return answer
    if (Date.now() > end) throw new Error(`still ${JSON.stringify(answer)} after ${milliseconds} ms`)
    await sleep(100)
  }
}
