// Containers of one network of their own, as those of a pod: they share its address, its ports and its volumes. All of it is gone when its owner is.
import { spawn } from 'node:child_process'
import { randomBytes } from 'node:crypto'
import { run, tryRun } from '../kind/command.ts'

export interface Mount {
  /** A folder of this machine, or the name of a volume. */
  readonly from: string
  readonly at: string
  readonly readOnly: boolean
}

export interface Container {
  readonly name: string
  readonly image: string
  readonly command: readonly string[]
  readonly environment?: Readonly<Record<string, string>>
  readonly mounts?: readonly Mount[]
}

/** `memory` keeps a volume off every disk. */
export type Medium = 'memory' | 'disk'

/** As Pod Security `restricted` and the manifests of an instance would have it. */
const restricted = ['--user', '1000:1000', '--read-only', '--cap-drop', 'ALL', '--security-opt', 'no-new-privileges']
const mark = 'finia.test/pod'
/** The one that the network and the volumes belong to, however often the others end. */
const holder = 'holder'

// POSIX, for it also runs when Node has ended.
const removal = `
docker ps -aq --filter label=${mark}=$0 | xargs -r docker rm -fv
docker volume ls -q --filter label=${mark}=$0 | xargs -r docker volume rm
docker network ls -q --filter label=${mark}=$0 | xargs -r docker network rm`
const watchdog = `while kill -0 "$1" 2>/dev/null; do docker network inspect "$0" >/dev/null || exit 0; sleep 5; done${removal}`

const begin = (pod: string, name: string) => ['run', '--detach', '--pull', 'never', '--name', `${pod}-${name}`, '--label', `${mark}=${pod}`]

const needImages = async (images: readonly string[]): Promise<void> => {
  for (const image of images) {
    const { code } = await tryRun('docker', ['image', 'inspect', image])
    if (code !== 0) throw new Error(`the image ${image} is not there, or no Docker engine answers: run test/kind/docker.sh and test/kind/base-images.sh`)
  }
}

export class Containers {
  /** Of the network: where this machine is met. */
  readonly gateway: string
  /** What this machine meets the containers at. */
  readonly address: string
  readonly #name: string

  private constructor(name: string, gateway: string, address: string) {
    this.#name = name
    this.gateway = gateway
    this.address = address
  }

  /** Without containers yet. No container gets farther than this machine. */
  static async start(image: string, volumes: Readonly<Record<string, Medium>>, needed: readonly string[] = []): Promise<Containers> {
    await needImages([image, ...needed])
    const name = `finia-edge-${randomBytes(4).toString('hex')}`
    const label = ['--label', `${mark}=${name}`]
    try {
      await run('docker', ['network', 'create', '--internal', ...label, name])
      spawn('sh', ['-c', watchdog, name, String(process.pid)], { stdio: 'ignore', detached: true }).unref()
      for (const [volume, medium] of Object.entries(volumes)) {
        const inMemory = ['--opt', 'type=tmpfs', '--opt', 'device=tmpfs', '--opt', 'o=size=16m,mode=0770,uid=1000,gid=1000']
        await run('docker', ['volume', 'create', ...label, ...(medium === 'memory' ? inMemory : []), `${name}-${volume}`])
      }
      const held = Object.keys(volumes).flatMap((volume) => ['--volume', `${name}-${volume}:/volumes/${volume}`])
      await run('docker', [
        'run',
        '--detach',
        '--pull',
        'never',
        '--name',
        `${name}-${holder}`,
        ...label,
        '--network',
        name,
        ...held,
        image,
        'sleep',
        'infinity',
      ])
      const gateway = await run('docker', ['network', 'inspect', '--format', '{{(index .IPAM.Config 0).Gateway}}', name])
      const address = await run('docker', ['inspect', '--format', `{{(index .NetworkSettings.Networks "${name}").IPAddress}}`, `${name}-${holder}`])
      return new Containers(name, gateway.trim(), address.trim())
    } catch (error) {
      await tryRun('sh', ['-c', removal, name])
      throw error
    }
  }

  /** Starts one beside those that run. */
  async run({ name, image, command, environment = {}, mounts = [] }: Container): Promise<void> {
    const [program = '', ...args] = command
    const network = ['--network', `container:${this.#full(holder)}`]
    const variables = Object.entries(environment).flatMap(([key, value]) => ['--env', `${key}=${value}`])
    const volumes = mounts.flatMap(({ from, at, readOnly }) => ['--volume', `${from.startsWith('/') ? from : this.#full(from)}:${at}${readOnly ? ':ro' : ''}`])
    await run('docker', [...begin(this.#name, name), ...network, ...restricted, ...variables, ...volumes, '--entrypoint', program, image, ...args])
  }

  /** Ends one without a word. */
  async kill(name: string): Promise<void> {
    await run('docker', ['kill', this.#full(name)])
    await run('docker', ['wait', this.#full(name)])
  }

  /** Starts one that has ended, as a kubelet does it. */
  async startAgain(name: string): Promise<void> {
    await run('docker', ['start', this.#full(name)])
  }

  /** Of its first process, as this machine numbers it. */
  async pidOf(name: string): Promise<number> {
    return Number(await run('docker', ['inspect', '--format', '{{.State.Pid}}', this.#full(name)]))
  }

  /** The last lines that one said, for an error. */
  async lastWords(name: string): Promise<string> {
    const { stdout, stderr } = await tryRun('docker', ['logs', '--tail', '5', this.#full(name)])
    return `${name} said: ${`${stdout}${stderr}`.trim() || 'nothing'}`
  }

  async remove(): Promise<void> {
    await run('sh', ['-c', removal, this.#name])
  }

  #full(name: string): string {
    return `${this.#name}-${name}`
  }
}
