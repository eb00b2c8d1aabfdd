// A local cluster by its name: its tools, its objects, and the way in through the two node ports that are mapped to this machine.
import { homedir } from 'node:os'
import { join } from 'node:path'
import { type CommandOptions, type Result, run, tryRun } from './command.ts'

export interface ClusterSettings {
  readonly name: string
  readonly workers: number
  readonly httpPort: number
  readonly httpsPort: number
}

export const repository = join(import.meta.dirname, '../..')
const kit = import.meta.dirname

/** Where the scripts keep binaries, kubeconfigs and logs; env.sh says the same. */
export const workFolder = (env: NodeJS.ProcessEnv = process.env): string =>
  env.CLUSTER_WORK ?? join(env.XDG_CACHE_HOME ?? join(homedir(), '.cache'), 'finia-cluster')

export interface KubernetesObject {
  readonly metadata: { readonly name: string; readonly uid: string; readonly resourceVersion: string; readonly namespace?: string }
}

export class Cluster {
  readonly settings: ClusterSettings
  readonly kubeconfig: string
  readonly #env: Record<string, string>

  constructor(settings: ClusterSettings) {
    this.settings = settings
    this.kubeconfig = join(workFolder(), `${settings.name}.kubeconfig`)
    this.#env = {
      CLUSTER_NAME: settings.name,
      WORKERS: String(settings.workers),
      HTTP_PORT: String(settings.httpPort),
      HTTPS_PORT: String(settings.httpsPort),
      KUBECONFIG: this.kubeconfig,
      PATH: [join(repository, 'node_modules/.bin'), join(workFolder(), 'tools'), process.env.PATH].join(':'),
    }
  }

  /** The two ports of this machine that lead into a cluster that runs already. */
  static async running(name: string, workers: number): Promise<Cluster> {
    const port = async (nodePort: number) => Number((await run('docker', ['port', `${name}-control-plane`, `${nodePort}/tcp`])).trim().split(':').at(-1))
    return new Cluster({ name, workers, httpPort: await port(30080), httpsPort: await port(30443) })
  }

  /** Runs a script of the kit for this cluster; its progress is shown. */
  script(name: string, args: readonly string[] = []): Promise<string> {
    return run(join(kit, name), args, { env: this.#env, show: true, timeoutMilliseconds: 3_600_000 })
  }

  kubectl(args: readonly string[], options: CommandOptions = {}): Promise<string> {
    return run('kubectl', args, { ...options, env: this.#env })
  }

  tryKubectl(args: readonly string[], options: CommandOptions = {}): Promise<Result> {
    return tryRun('kubectl', args, { ...options, env: this.#env })
  }

  helm(args: readonly string[]): Promise<string> {
    return run('helm', args, { env: this.#env, timeoutMilliseconds: 300_000 })
  }

  apply(namespace: string, manifest: string): Promise<string> {
    return this.kubectl(['-n', namespace, 'apply', '-f', '-'], { input: manifest })
  }

  async get<T>(namespace: string, kind: string, name: string): Promise<T | undefined> {
    const text = await this.kubectl(['-n', namespace, 'get', kind, name, '-o', 'json', '--ignore-not-found'])
    return text === '' ? undefined : (JSON.parse(text) as T)
  }

  list<T = KubernetesObject>(namespace: string, kinds: string, selector = ''): Promise<readonly T[]> {
    return this.#items<T>(['-n', namespace, 'get', kinds, '-l', selector])
  }

  listAll<T = KubernetesObject>(kinds: string, selector = ''): Promise<readonly T[]> {
    return this.#items<T>(['get', kinds, '-A', '-l', selector])
  }

  async #items<T>(args: readonly string[]): Promise<readonly T[]> {
    return (JSON.parse(await this.kubectl([...args, '-o', 'json'])) as { readonly items: readonly T[] }).items
  }

  /** One value of a Secret, decoded. */
  async secretValue(namespace: string, name: string, key: string): Promise<string> {
    const secret = await this.get<{ readonly data?: Readonly<Record<string, string>> }>(namespace, 'secret', name)
    const value = secret?.data?.[key]
    if (value === undefined) throw new Error(`Secret ${namespace}/${name} has no key ${key}`)
    return Buffer.from(value, 'base64').toString('utf8')
  }
}

/** Asks until `look` answers something, and fails with what was waited for. */
export const until = async <T>(
  what: string,
  look: () => Promise<T | undefined>,
  limits: { readonly seconds: number; readonly everyMilliseconds?: number },
): Promise<T> => {
  const deadline = performance.now() + limits.seconds * 1000
  let last = ''
  do {
    try {
      const found = await look()
      if (found !== undefined) return found
      last = 'not yet'
    } catch (error) {
      last = error instanceof Error ? error.message : String(error)
    }
    await new Promise((resolve) => setTimeout(resolve, limits.everyMilliseconds ?? 500))
  } while (performance.now() < deadline)
  throw new Error(`${what}: not within ${limits.seconds} s; last: ${last}`)
}
