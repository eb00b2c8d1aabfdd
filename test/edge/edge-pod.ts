// A pod of the managed edge without a cluster: nginx with its start script and the agent, in containers as the manifest of the edge tells them.
import { randomBytes } from 'node:crypto'
import { mkdtemp, realpath, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { V1Container } from '@kubernetes/client-node'
import type { FiniaInstance } from '../../operator/crd/kinds.ts'
import type { KeyPair } from '../../operator/deps.ts'
import { digest } from '../../operator/digest.ts'
import type { EdgeState } from '../../operator/edge-agent/agent.ts'
import { apiName, keysKeys, ports } from '../../operator/names.ts'
import { pki } from '../../operator/pki/x509.ts'
import { edgeConfigMap } from '../../operator/resources/edge-config-map.ts'
import { edgeDeployment } from '../../operator/resources/edge-deployment.ts'
import { systemRandom } from '../../operator/runtime/system-random.ts'
import type { Site } from '../kind/browser.ts'
import { repository, until } from '../kind/cluster.ts'
import { someDecisions } from '../support/decisions.ts'
import { type Container, Containers, type Mount } from './containers.ts'
import { swapIn } from './mounted-folder.ts'
import { type Endpoint, SlicesServer } from './slices-server.ts'

export const nginxImage = 'nginx:stable'
const agentImage = 'node:26-bookworm-slim'
/** The agent runs from its sources, which its bundle is made of. */
const agentSources = ['operator', 'node_modules', 'package.json']
const patience = { seconds: 60, everyMilliseconds: 100 }

type Files = Readonly<Record<string, string>>

interface Inputs {
  readonly settings: Files
  readonly keys: Files
  readonly tls: Files
  readonly authority: Files
  readonly token: Files
}

const certified = async (names: readonly string[]): Promise<{ readonly ca: string; readonly pair: KeyPair }> => {
  const made = pki(systemRandom)
  const yesterday = new Date(Date.now() - 86_400_000)
  const ca = await made.createCa('An authority of the tests', yesterday, 30)
  return { ca: ca.certificate, pair: await made.issue(ca, names, yesterday, 30) }
}

/** What the manifest mounts: volumes that are empty at first are the containers' own, the others are folders of this machine. */
const mountsOf = ({ volumeMounts = [] }: V1Container, folder: string, inputs: Inputs): readonly Mount[] =>
  volumeMounts.map(({ name, mountPath, readOnly = false }) => ({ from: name in inputs ? join(folder, name) : name, at: mountPath, readOnly }))

const containersOf = async (instance: FiniaInstance, folder: string, inputs: Inputs, apiServerPort: number, host: string): Promise<readonly Container[]> => {
  const [nginx, agent] = edgeDeployment(instance, someDecisions()).spec?.template.spec?.containers ?? []
  if (!nginx || !agent) throw new Error('the manifest of the edge has no nginx or no agent')
  const told = Object.fromEntries((agent.env ?? []).map(({ name, value = '' }) => [name, value]))
  const sources = agentSources.map(async (name) => ({ from: await realpath(join(repository, name)), at: `/app/${name}`, readOnly: true }))
  return [
    { name: 'nginx', image: nginxImage, command: nginx.command ?? [], mounts: mountsOf(nginx, folder, inputs) },
    {
      name: 'agent',
      image: agentImage,
      command: ['node', '/app/operator/edge-agent/main.ts'],
      environment: { ...told, KUBERNETES_SERVICE_HOST: host, KUBERNETES_SERVICE_PORT: String(apiServerPort) },
      mounts: [...mountsOf(agent, folder, inputs), ...(await Promise.all(sources))],
    },
  ]
}

export class EdgePod {
  readonly site: Site
  readonly containers: Containers
  /** What stands in for the API server. */
  readonly slices: SlicesServer
  readonly #folder: string
  readonly #inputs: Inputs

  private constructor(made: { site: Site; containers: Containers; slices: SlicesServer; folder: string; inputs: Inputs }) {
    this.site = made.site
    this.containers = made.containers
    this.slices = made.slices
    this.#folder = made.folder
    this.#inputs = made.inputs
  }

  /** Of an instance with TLS; nginx waits until it is told where the API is. */
  static async start(instance: FiniaInstance): Promise<EdgePod> {
    const containers = await Containers.start(nginxImage, { exchange: 'memory', tmp: 'disk' }, [agentImage])
    const folder = await mkdtemp(join(tmpdir(), 'finia-edge-'))
    const { host } = instance.spec.ingress
    const { ca, pair } = await certified([host, containers.gateway])
    const token = randomBytes(24).toString('hex')
    const { namespace } = instance.metadata
    const slices = await SlicesServer.start({ host: containers.gateway, certificate: pair, token, namespace, service: apiName(instance) })
    const inputs: Inputs = {
      settings: edgeConfigMap(instance).data ?? {},
      keys: { [keysKeys.edgeKey]: randomBytes(24).toString('hex') },
      tls: { 'tls.crt': pair.certificate, 'tls.key': pair.key },
      authority: { 'ca.crt': ca },
      token: { token, 'ca.crt': ca, namespace },
    }
    const pod = new EdgePod({ site: { host, address: containers.address, port: ports.edgeHttps, ca }, containers, slices, folder, inputs })
    try {
      for (const [name, files] of Object.entries(inputs)) await swapIn(join(folder, name), files)
      for (const container of await containersOf(instance, folder, inputs, slices.port, containers.gateway)) await containers.run(container)
      return pod
    } catch (error) {
      await pod.stop()
      throw error
    }
  }

  /** Tells the agent where the API is, and waits until nginx runs as many and is ready, as a kubelet asks it. */
  async serve(endpoints: readonly Endpoint[]): Promise<EdgeState> {
    this.slices.set(endpoints)
    const state = await this.untilState(`nginx knows ${endpoints.length} pods`, ({ running }) => running?.servers === endpoints.length)
    const probe = `http://${this.containers.address}:${ports.edgeProbe}/healthz`
    await until('nginx is ready', async () => ((await fetch(probe, { signal: AbortSignal.timeout(5_000) })).ok ? true : undefined), patience)
    return state
  }

  /** Mounts an nginx.conf in place of the one that the instance has, and waits until the agent has seen it. */
  async mountSettings(change: (conf: string) => string): Promise<void> {
    const { settings } = this.#inputs
    const conf = change(settings['nginx.conf'] ?? '')
    await swapIn(join(this.#folder, 'settings'), { ...settings, 'nginx.conf': conf })
    await this.untilState('the agent sees the settings', ({ mounted }) => mounted === digest(conf))
  }

  /** Where the certificate lies, and its key. */
  get certificateFolder(): string {
    return join(this.#folder, 'tls')
  }

  async state(): Promise<EdgeState> {
    const answer = await fetch(`http://${this.containers.address}:${ports.edgeAgent}/status`, { signal: AbortSignal.timeout(5_000) })
    return (await answer.json()) as EdgeState
  }

  async untilState(what: string, isIt: (state: EdgeState) => boolean): Promise<EdgeState> {
    const look = async () => {
      const state = await this.state()
      if (isIt(state)) return state
      throw new Error(JSON.stringify(state))
    }
    return until(what, look, patience).catch(async (cause: unknown) => {
      const words = await Promise.all(['agent', 'nginx'].map((name) => this.containers.lastWords(name)))
      throw new Error(`${cause instanceof Error ? cause.message : String(cause)}\n${words.join('\n')}`, { cause })
    })
  }

  async stop(): Promise<void> {
    await this.slices.close()
    await this.containers.remove()
    await rm(this.#folder, { recursive: true, force: true })
  }
}
