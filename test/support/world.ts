// Deps over fakes: a cluster, a database server and an edge that do what a controller would see of them.

import type { FiniaInstance } from '../../operator/crd/kinds.ts'
import type { Deps, EdgeReport, KubeObject, Pki } from '../../operator/deps.ts'
import { kinds } from '../../operator/resources/kinds.ts'
import { FakeClock } from './clock.ts'
import { type FakeKube, fakeKube } from './kube.ts'
import { type FakeServer, fakeServer } from './mysql.ts'

export interface World {
  readonly deps: Deps
  readonly kube: FakeKube
  readonly server: FakeServer
  readonly events: string[]
  readonly clock: FakeClock
  /** What the edge answers when it is asked. */
  edge: { status: number } | { failure: string }
  /** What the agent of each edge pod says. */
  report: EdgeReport
}

const daysAfter = (start: Date, days: number): string => new Date(start.getTime() + days * 86_400_000).toISOString()

/** Certificates as readable text: who signed, which names, until when. */
const fakePki: Pki = {
  createCa: (commonName, notBefore, days) =>
    Promise.resolve({ certificate: JSON.stringify({ commonName, names: [], notBefore, notAfter: daysAfter(notBefore, days) }), key: 'key' }),
  issue: (ca, names, notBefore, days) =>
    Promise.resolve({ certificate: JSON.stringify({ by: ca.certificate, names, notBefore, notAfter: daysAfter(notBefore, days) }), key: 'key' }),
  inspect: (certificate) => {
    const { by, names, notBefore, notAfter, responderPort } = JSON.parse(certificate) as {
      by?: string
      names: string[]
      notBefore: string
      notAfter: string
      responderPort?: number
    }
    return {
      names,
      ...(responderPort && { responderPort }),
      notBefore: new Date(notBefore),
      notAfter: new Date(notAfter),
      fingerprint: certificate,
      issuedBy: (ca) => Promise.resolve(by === ca),
      fits: (key) => (key === 'key' ? 'Fits' : 'Differs'),
    }
  },
}

const quiet = { debug: () => undefined, info: () => undefined, warn: () => undefined, error: () => undefined }

const settings = {
  operatorImage: 'finia-operator:test',
  apiImage: 'finia:1.0.0',
  release: '1.0.0',
  ownNamespace: 'finia-system',
  namespaces: [],
  resyncSeconds: 60,
}

export function aWorld(instance: FiniaInstance): World {
  const kube = fakeKube()
  const events: string[] = []
  const clock = new FakeClock()
  let seed = 0
  const adminPassword = () => {
    const secret = kube.objects.get(`secrets/${instance.metadata.namespace}/${instance.metadata.name}-db`) as { data?: Record<string, string> } | undefined
    return secret?.data?.['admin-password'] && Buffer.from(secret.data['admin-password'], 'base64').toString('utf8')
  }
  const server = fakeServer(adminPassword)
  const world: World = {
    kube,
    server,
    events,
    clock,
    edge: { status: 200 },
    report: {},
    deps: {
      kube: kube.kube,
      cache: kube.cache,
      events: { publish: (_, { reason }) => void events.push(reason) },
      mysql: server,
      pki: fakePki,
      edgeProbe: { ask: () => Promise.resolve(world.edge), state: () => Promise.resolve(world.report) },
      apiProbe: { sessionKeys: () => Promise.resolve(undefined) },
      clock,
      random: {
        bytes: (count) => {
          seed += 1
          return new Uint8Array(count).fill(seed)
        },
        number: () => 0.5,
      },
      log: quiet,
      settings,
    },
  }
  kube.put(kinds.instance, instance as unknown as KubeObject)
  return world
}

/** Deployments and StatefulSets become what they ask for, as their controllers would have it. */
export function letControllersWork({ kube }: World): void {
  for (const [key, object] of kube.objects) {
    if (!key.startsWith('deployments/') && !key.startsWith('statefulsets/')) continue
    const { replicas = 1 } = (object as { spec?: { replicas?: number } }).spec ?? {}
    const status = { observedGeneration: object.metadata.generation, replicas, updatedReplicas: replicas, readyReplicas: replicas, availableReplicas: replicas }
    kube.objects.set(key, { ...object, status } as KubeObject)
  }
}
