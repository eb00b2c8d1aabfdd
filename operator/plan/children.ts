// The children to apply, those to hold back for now, and the volume to grow.
import { covers } from '../covers.ts'
import { isCidr } from '../crd/cidr.ts'
import type { FiniaInstance } from '../crd/kinds.ts'
import type { KubeObject } from '../deps.ts'
import { apiName, type Component, configName, databaseName, keysKeys, labels } from '../names.ts'
import type { ObservedInstance, Owned, SecretState } from '../observe/facts.ts'
import { type Child, type Decisions, desired } from '../resources/index.ts'
import { kinds } from '../resources/kinds.ts'
import type { NetworkPolicy } from '../resources/network-policies.ts'
import type { Context } from './context.ts'
import { prune } from './prune.ts'
import type { Step } from './steps.ts'
import { heldForCertificate } from './tls.ts'

const digestOf = (secret: SecretState | undefined): string => secret?.digest ?? ''

export const decide = ({ instance, secrets, apiServer }: ObservedInstance, { settings, digest }: Context): Decisions => ({
  operatorImage: settings.operatorImage,
  apiImage: instance.spec.api.image ?? settings.apiImage,
  release: settings.release,
  operatorNamespace: settings.ownNamespace,
  apiServer,
  ...(secrets.edgeTls?.certificate?.responderPort && { responderPort: secrets.edgeTls.certificate.responderPort }),
  digest,
  inputs: {
    keys: digestOf(secrets.keys),
    edgeKey: secrets.keys?.digests[keysKeys.edgeKey] ?? '',
    databasePasswords: digestOf(secrets.database),
    databaseCa: digestOf(secrets.databaseCa),
    databaseTls: digestOf(secrets.databaseTls),
  },
})

const find = (children: readonly Owned[], resource: Owned['resource'], name: string): KubeObject | undefined =>
  children.find((owned) => owned.resource === resource && owned.object.metadata.name === name)?.object

interface WithData extends KubeObject {
  readonly data?: unknown
}
interface WithTemplate extends KubeObject {
  readonly spec: { readonly template: unknown }
}

/** Settings, Secrets and certificates of a database that nobody has reached yet are not rolled out: what ran keeps running. */
function heldBack({ instance, children }: ObservedInstance, wanted: readonly Child[]): readonly Child[] {
  const pair = <T extends KubeObject>(resource: Owned['resource'], name: string) => ({
    child: wanted.find((candidate) => candidate.resource === resource && candidate.manifest.metadata.name === name),
    live: find(children, resource, name) as T | undefined,
  })
  const settings = pair<WithData>(kinds.configMap, configName(instance))
  const api = pair<WithTemplate>(kinds.deployment, apiName(instance))
  const sameSettings = settings.live !== undefined && covers(settings.live.data, (settings.child?.manifest as WithData | undefined)?.data)
  const samePods = sameSettings && (!api.live || covers(api.live.spec.template, (api.child?.manifest as WithTemplate | undefined)?.spec.template))
  return [...(sameSettings ? [] : [settings.child]), ...(samePods ? [] : [api.child])].filter((child) => child !== undefined)
}

interface StatefulSet extends KubeObject {
  readonly spec: { readonly volumeClaimTemplates?: readonly unknown[] }
}

/** A StatefulSet's volume templates cannot be changed, so those of the live one stay; the volumes themselves are grown (below). */
function withLiveVolumeTemplates(child: Child, children: readonly Owned[]): Child {
  const live = find(children, kinds.statefulSet, child.manifest.metadata.name) as StatefulSet | undefined
  if (child.resource !== kinds.statefulSet || !live) return child
  const manifest = child.manifest as StatefulSet
  const templates = manifest.spec.volumeClaimTemplates?.map((template, index) => {
    const before = live.spec.volumeClaimTemplates?.[index] as { readonly spec?: object } | undefined
    const { storageClassName, resources } = { ...(before?.spec as { storageClassName?: string; resources?: object }) }
    const spec = { ...(template as { spec: object }).spec, ...(storageClassName && { storageClassName }), ...(resources && { resources }) }
    return { ...(template as object), spec }
  })
  return { ...child, manifest: { ...manifest, spec: { ...manifest.spec, ...(templates && { volumeClaimTemplates: templates }) } } as KubeObject }
}

interface VolumeClaim extends KubeObject {
  readonly spec: { readonly resources?: { readonly requests?: { readonly storage?: string } } }
}

function growthSteps(instance: FiniaInstance, children: readonly Owned[]): Step[] {
  if (instance.spec.database.mode !== 'Managed') return []
  const { size } = instance.spec.database.managed.storage
  const prefix = `data-${databaseName(instance)}-`
  return children
    .filter(({ resource, object }) => resource === kinds.volumeClaim && object.metadata.name.startsWith(prefix))
    .filter(({ object }) => !covers((object as VolumeClaim).spec.resources?.requests?.storage, size))
    .map(({ object }) => ({
      do: 'apply',
      resource: kinds.volumeClaim,
      manifest: {
        apiVersion: 'v1',
        kind: 'PersistentVolumeClaim',
        metadata: { name: object.metadata.name, namespace: instance.metadata.namespace },
        spec: { resources: { requests: { storage: size } } },
      } as KubeObject,
    }))
}

const leadsPeople = ({ resource, object }: Owned): boolean =>
  (resource === kinds.deployment || resource === kinds.ingress) && object.metadata.labels?.[labels.component] === ('edge' satisfies Component)

/** A switch to an edge that this cluster cannot have waits as a whole: the one that people come through stays, and the API goes on believing it. */
const mustWait = ({ children }: ObservedInstance, impossible: readonly Child[], unwanted: readonly Step[]): boolean =>
  impossible.length > 0 && children.filter(leadsPeople).some(({ object }) => unwanted.some((step) => step.do === 'delete' && step.uid === object.metadata.uid))

/** A policy for an address range that is none: it stays as it is until a person has corrected the range. */
const wouldBeRefused = ({ resource, manifest }: Child): boolean =>
  resource === kinds.networkPolicy &&
  ((manifest as NetworkPolicy).spec.egress ?? []).some(({ to = [] }) => to.some(({ ipBlock }) => ipBlock !== undefined && !isCidr(ipBlock.cidr)))

/** Applies what is wanted, removes what is not, grows what may grow. */
export function childSteps(observed: ObservedInstance, context: Context, databaseProven: boolean): readonly Step[] {
  const wanted = desired(observed.instance, decide(observed, context))
  const impossible = wanted.filter(({ resource }) => observed.absentKinds?.includes(resource))
  const waiting = heldForCertificate(observed, context.now)
  const unwanted = prune(observed.instance, observed.children, wanted).filter((step) => step.do !== 'delete' || !waiting.resource(step.ref.resource))
  if (mustWait(observed, impossible, unwanted)) return []
  const held = databaseProven ? [] : heldBack(observed, wanted)
  const applied = wanted
    .filter((child) => !held.includes(child) && !impossible.includes(child) && !wouldBeRefused(child) && !waiting.child(child))
    .map((child) => withLiveVolumeTemplates(child, observed.children))
    .map(({ resource, manifest }): Step => ({ do: 'apply', resource, manifest }))
  return [...applied, ...unwanted, ...growthSteps(observed.instance, observed.children)]
}
