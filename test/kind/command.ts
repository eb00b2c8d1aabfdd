// Runs programs for the demo and the end-to-end tests: output is returned, failure is an error that holds what the program said.
import { spawn } from 'node:child_process'

export interface Result {
  readonly code: number
  readonly stdout: string
  readonly stderr: string
}

export interface CommandOptions {
  readonly env?: Readonly<Record<string, string>>
  readonly input?: string
  /** Killed after this long; 120 s unless told. */
  readonly timeoutMilliseconds?: number
  /** Show standard error as it comes, for scripts that tell what they do. */
  readonly show?: boolean
}

/** Runs a program to its end, whatever its exit code. */
export const tryRun = (program: string, args: readonly string[], options: CommandOptions = {}): Promise<Result> =>
  new Promise((resolve, reject) => {
    const child = spawn(program, args, {
      env: { ...process.env, ...options.env },
      stdio: ['pipe', 'pipe', options.show ? 'inherit' : 'pipe'],
      timeout: options.timeoutMilliseconds ?? 120_000,
    })
    const output = { stdout: '', stderr: '' }
    for (const name of ['stdout', 'stderr'] as const) child[name]?.setEncoding('utf8').on('data', (text: string) => (output[name] += text))
    child.once('error', reject)
    child.once('close', (code, signal) => resolve({ code: code ?? 1, ...output, ...(signal && { stderr: `${output.stderr}\nended by ${signal}` }) }))
    // A program that ends before it has read everything is judged by its exit code.
    child.stdin?.on('error', () => {})
    child.stdin?.end(options.input ?? '')
  })

/** Runs a program and returns its standard output; fails with what it said on standard error. */
export const run = async (program: string, args: readonly string[], options: CommandOptions = {}): Promise<string> => {
  const { code, stdout, stderr } = await tryRun(program, args, options)
  if (code !== 0) throw new Error(`${program} ${args.join(' ')} ended with ${code}: ${stderr.trim() || stdout.trim()}`)
  return stdout
}
