// nginx as the start script runs it, in a container that shares this machine's network, so that it asks servers of the test; the agent runs in the test itself.
import { randomBytes, X509Certificate } from 'node:crypto'
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { FiniaInstance } from '../../operator/crd/kinds.ts'
import type { KeyPair } from '../../operator/deps.ts'
import { digest } from '../../operator/digest.ts'
import { Agent } from '../../operator/edge-agent/agent.ts'
import { type Exchange, exchangeIn } from '../../operator/edge-agent/exchange.ts'
import { readMounted } from '../../operator/edge-agent/mounted.ts'
import { issuersAmong } from '../../operator/edge-agent/stapling.ts'
import { keysKeys, ports } from '../../operator/names.ts'
import { edgeConfigMap } from '../../operator/resources/edge-config-map.ts'
import { edgeFiles, edgePaths } from '../../operator/resources/edge-paths.ts'
import { run, tryRun } from '../kind/command.ts'
import { freePort } from '../support/free-port.ts'
import { until } from './environment.ts'

type FreePorts = ReadonlyMap<number, number>

const silent = { debug: () => {}, info: () => {}, warn: () => {}, error: () => {} }

/** The container shares the network of this machine, where the ports of a pod may be taken and not every address is there. */
const onLoopback = (conf: string, free: FreePorts): string =>
  conf
    .replaceAll(/^ *listen \[::\].*\n/gm, '')
    .replaceAll(/listen (\d+);|listen (\d+) /g, (text) => text.replace(/\d+/, (port) => `127.0.0.1:${free.get(Number(port)) ?? port}`))

const withFreePorts = (exchange: Exchange, free: FreePorts): Exchange => {
  const changed = (text: string) => text.replaceAll(/127\.0\.0\.1:(\d+)/g, (_text, port: string) => `127.0.0.1:${free.get(Number(port)) ?? port}`)
  return {
    ...exchange,
    offer: ({ id, files }) => exchange.offer({ id, files: { ...files, [edgeFiles.stapling]: changed(files[edgeFiles.stapling] ?? '') } }),
  }
}

export interface Edge {
  readonly httpsPort: number
  /** Mounts another certificate and waits until nginx has taken it; gives back what nginx says of its configuration. */
  serve(pair: KeyPair, authority: string): Promise<readonly string[]>
  stop(): Promise<void>
}

export interface EdgeOptions {
  readonly instance: FiniaInstance
  readonly resolvers: readonly string[]
  /** What the system believes, PEM. */
  readonly roots?: readonly string[]
}

const foldersIn = (base: string) => {
  const at = (name: string) => join(base, name)
  return { settings: at('settings'), tls: at('tls'), authority: at('authority'), keys: at('keys'), exchange: at('exchange') }
}

const anAgent = (folders: ReturnType<typeof foldersIn>, free: FreePorts, { resolvers, roots = [] }: EdgeOptions): Agent =>
  new Agent({
    exchange: withFreePorts(exchangeIn(folders.exchange), free),
    mounted: () => readMounted(folders),
    servers: () => ({ api: [], solvers: [] }),
    resolvers,
    issuers: issuersAmong(roots),
    standIn: () => Promise.reject(new Error('there is a certificate')),
    now: () => new Date(),
    digest,
    log: silent,
  })

const isUp = (port: number): Promise<boolean> =>
  fetch(`http://127.0.0.1:${port}/healthz`, { signal: AbortSignal.timeout(5_000) }).then(
    ({ ok }) => ok,
    () => false,
  )

const startNginx = async (name: string, folders: ReturnType<typeof foldersIn>): Promise<void> => {
  const mounts = (['settings', 'keys', 'exchange'] as const).flatMap((folder) => ['-v', `${folders[folder]}:${edgePaths[folder]}`])
  const user = `${process.getuid?.() ?? 0}:${process.getgid?.() ?? 0}`
  const options = ['-d', '--rm', '--pull', 'never', '--name', name, '--network', 'host', '--user', user, '--read-only', '--tmpfs', edgePaths.scratch, ...mounts]
  // It ends by itself should the test be killed.
  await run('docker', ['run', ...options, '--entrypoint', 'timeout', 'nginx:stable', '600', '/bin/sh', `${edgePaths.settings}/start.sh`]).catch(
    (cause: unknown) => {
      throw new Error('nginx does not start: test/kind/docker.sh and test/kind/base-images.sh make what it takes', { cause })
    },
  )
}

export const startEdge = async (options: EdgeOptions): Promise<Edge> => {
  const base = await mkdtemp(join(tmpdir(), 'finia-edge-'))
  const folders = foldersIn(base)
  for (const folder of Object.values(folders)) await mkdir(folder)
  const free = new Map<number, number>()
  for (const port of [ports.edgeHttp, ports.edgeHttps, ports.edgeProbe, ports.edgeResponder]) free.set(port, await freePort())
  const write = (folder: string, files: Readonly<Record<string, string>>) =>
    Promise.all(Object.entries(files).map(([name, text]) => writeFile(join(folder, name), text, { mode: 0o600 })))
  const data = edgeConfigMap(options.instance).data ?? {}
  await write(folders.settings, { ...data, 'nginx.conf': onLoopback(data['nginx.conf'] ?? '', free) })
  await write(folders.keys, { [keysKeys.edgeKey]: randomBytes(24).toString('hex') })
  const name = `finia-edge-${randomBytes(4).toString('hex')}`
  const stop = async () => {
    await tryRun('docker', ['rm', '-f', name])
    await rm(base, { recursive: true, force: true })
  }
  await startNginx(name, folders).catch(async (error: unknown) => {
    await stop()
    throw error
  })
  const agent = anAgent(folders, free, options)
  return {
    httpsPort: free.get(ports.edgeHttps) ?? 0,
    serve: async (pair, authority) => {
      await write(folders.tls, { 'tls.crt': pair.certificate, 'tls.key': pair.key })
      await write(folders.authority, { 'ca.crt': authority })
      const { fingerprint256 } = new X509Certificate(pair.certificate)
      await until('nginx takes the certificate', 60_000, async () => {
        await agent.look()
        if (agent.state.refused !== undefined) throw new Error(`nginx refuses the configuration: ${agent.state.refused}`)
        return agent.state.running?.certificate?.fingerprint === fingerprint256
      })
      await until('nginx is up', 60_000, () => isUp(free.get(ports.edgeProbe) ?? 0))
      const { stderr } = await tryRun('docker', ['exec', name, 'nginx', '-e', 'stderr', '-t', '-c', `${edgePaths.exchange}/current/nginx.conf`])
      return stderr.trim().split('\n')
    },
    stop,
  }
}
