// Who is measured: a pod of the managed edge, a hand-written nginx beside it, and one upstream behind both, in one network that leads nowhere.
import { readFileSync } from 'node:fs'
import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { edgePaths } from '../../operator/resources/edge-paths.ts'
import { EdgePod, nginxImage } from '../../test/edge/edge-pod.ts'
import { swapIn } from '../../test/edge/mounted-folder.ts'
import { until } from '../../test/kind/cluster.ts'
import { anInstance } from '../../test/support/instance.ts'
import { cpuOf } from '../api/process.ts'

/** As upstream.conf and hand-written.conf have them. */
const ports = { upstream: 9000, handWritten: 9443 } as const

export interface Measured {
  readonly url: string
  /** Milliseconds of CPU that the workers of its nginx have used so far. */
  readonly cpu: () => number
}

export interface Place {
  /** The upstream itself, over http and without an edge. */
  readonly direct: Measured
  readonly managed: Measured
  readonly handWritten: Measured
  readonly stop: () => Promise<void>
}

const withoutLimits = () => anInstance({ spec: { ingress: { limits: { requestsPerSecond: 0, loginsPerMinute: 0 } } } })

/** As hand-written.conf: h2load calls it a failure when a connection is ended in good order, as nginx does after a thousand requests. */
const keepingConnections = (conf: string): string => conf.replace('keepalive_timeout 65s;', 'keepalive_timeout 65s;\n  keepalive_requests 10000000;')

const startNginx = async (pod: EdgePod, folder: string, name: string): Promise<void> => {
  await swapIn(join(folder, name), { 'nginx.conf': await readFile(join(import.meta.dirname, `${name}.conf`), 'utf8') })
  await pod.containers.run({
    name,
    image: nginxImage,
    command: ['nginx', '-e', 'stderr', '-c', '/etc/bench/nginx.conf', '-g', 'daemon off;'],
    mounts: [
      { from: join(folder, name), at: '/etc/bench', readOnly: true },
      { from: pod.certificateFolder, at: edgePaths.tls, readOnly: true },
      { from: 'tmp', at: edgePaths.scratch, readOnly: false },
    ],
  })
}

/** Those that serve; beside them run nginx's keepers of its cache, and a loop that offers it configurations. */
const workersOf = (pid: number): readonly number[] =>
  readFileSync(`/proc/${pid}/task/${pid}/children`, 'utf8')
    .trim()
    .split(' ')
    .map(Number)
    .filter((child) => readFileSync(`/proc/${child}/cmdline`, 'utf8').startsWith('nginx: worker'))

/** It answers anything at all. */
const answers = async (pod: EdgePod, name: string, port: number): Promise<void> => {
  const ask = () => fetch(`http://${pod.containers.address}:${port}/`).then(() => true)
  await until(`${name} answers`, ask, { seconds: 30, everyMilliseconds: 100 }).catch(async (cause: unknown) => {
    throw new Error(await pod.containers.lastWords(name), { cause })
  })
}

/** `folder` is for files; it must outlive the place. */
export const startPlace = async (folder: string): Promise<Place> => {
  const pod = await EdgePod.start(withoutLimits())
  try {
    for (const name of ['upstream', 'hand-written']) await startNginx(pod, folder, name)
    await answers(pod, 'upstream', ports.upstream)
    // asked in clear it says 400, which is an answer
    await answers(pod, 'hand-written', ports.handWritten)
    await pod.mountSettings(keepingConnections)
    await pod.serve([{ address: '127.0.0.1', port: ports.upstream }])
    await pod.untilState('nginx runs these settings', ({ running, mounted }) => running?.settings === mounted)
  } catch (error) {
    await pod.stop()
    throw error
  }
  const measured = async (name: string, scheme: 'http' | 'https', port: number): Promise<Measured> => {
    const workers = workersOf(await pod.containers.pidOf(name))
    return {
      url: `${scheme}://${pod.containers.address}:${port}/api/health`,
      cpu: () => workers.reduce((sum, pid) => sum + cpuOf(pid), 0),
    }
  }
  return {
    direct: await measured('upstream', 'http', ports.upstream),
    managed: await measured('nginx', 'https', pod.site.port),
    handWritten: await measured('hand-written', 'https', ports.handWritten),
    stop: () => pod.stop(),
  }
}
