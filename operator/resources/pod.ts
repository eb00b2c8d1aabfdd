// Parts that all pods share: the restricted security context, mounts, spread over nodes.
import type { V1PodSpec, V1Probe, V1ResourceRequirements, V1TopologySpreadConstraint, V1Volume } from '@kubernetes/client-node'
import type { FiniaInstance } from '../crd/kinds.ts'
import type { Placement } from '../crd/spec.ts'
import { type Component, selectorLabels } from '../names.ts'

const uid = 1000

/** Pod Security `restricted`, and no word with Kubernetes. */
export const restrictedPod = (instance: FiniaInstance) => ({
  automountServiceAccountToken: false,
  enableServiceLinks: false,
  securityContext: {
    runAsNonRoot: true,
    runAsUser: uid,
    runAsGroup: uid,
    fsGroup: uid,
    fsGroupChangePolicy: 'OnRootMismatch',
    seccompProfile: { type: 'RuntimeDefault' },
  },
  ...(instance.spec.imagePullSecrets.length > 0 && { imagePullSecrets: instance.spec.imagePullSecrets.map((name) => ({ name })) }),
})

export const restrictedContainer = {
  securityContext: { allowPrivilegeEscalation: false, readOnlyRootFilesystem: true, capabilities: { drop: ['ALL'] } },
  terminationMessagePolicy: 'FallbackToLogsOnError',
}

type Resources = FiniaInstance['spec']['api']['resources']

const texts = (amounts: Readonly<Record<string, string | number>>) =>
  Object.fromEntries(Object.entries(amounts).map(([name, amount]) => [name, String(amount)]))

export const resourcesOf = ({ requests, limits }: Resources): V1ResourceRequirements => ({
  ...(requests && { requests: texts(requests) }),
  ...(limits && { limits: texts(limits) }),
})

/** A Secret as files, only the named keys; `as` renames one. Group-readable, and the group is the pod's. */
export const secretVolume = (name: string, secretName: string, keys: readonly string[], as?: string): V1Volume => ({
  name,
  secret: { secretName, defaultMode: 0o440, items: keys.map((key) => ({ key, path: as ?? key })) },
})

export const configVolume = (name: string, configMap: string): V1Volume => ({ name, configMap: { name: configMap, defaultMode: 0o444 } })

/** Somebody's own claim, to be read only. */
export const readOnlyClaim = (name: string, claimName: string): V1Volume => ({ name, persistentVolumeClaim: { claimName, readOnly: true } })

export const scratchVolume = (name: string): V1Volume => ({ name, emptyDir: {} })

export const httpProbe = (port: string, path: string, timing: Omit<V1Probe, 'httpGet'>): V1Probe => ({ httpGet: { path, port, scheme: 'HTTP' }, ...timing })

const spread = (instance: FiniaInstance, component: Component, required: boolean): V1TopologySpreadConstraint[] => {
  const over = (topologyKey: string, whenUnsatisfiable: string) => ({
    maxSkew: 1,
    topologyKey,
    whenUnsatisfiable,
    labelSelector: { matchLabels: selectorLabels(instance.metadata.name, component) },
    // Else the pods of the release before would count, and a rollout on full nodes would never begin.
    ...(required && component !== 'database' && { matchLabelKeys: ['pod-template-hash'] }),
  })
  return [over('kubernetes.io/hostname', required ? 'DoNotSchedule' : 'ScheduleAnyway'), over('topology.kubernetes.io/zone', 'ScheduleAnyway')]
}

/** Where pods may run: what an instance says of it, leaving out what it leaves empty. */
export const nodesFor = ({ nodeSelector, tolerations, affinity }: Placement): Partial<V1PodSpec> => ({
  ...(Object.keys(nodeSelector).length > 0 && { nodeSelector }),
  ...(tolerations.length > 0 && { tolerations }),
  ...(Object.keys(affinity).length > 0 && { affinity }),
})

/** Where pods run: as `nodesFor`, and apart from each other. */
export const placed = (instance: FiniaInstance, component: Component, placement: Placement): Partial<V1PodSpec> => ({
  ...nodesFor(placement),
  ...(placement.topologySpread !== 'None' && { topologySpreadConstraints: spread(instance, component, placement.topologySpread === 'Required') }),
})

/** Pods of the edge, whose placement is no field yet. */
export const anywhere: Placement = { nodeSelector: {}, tolerations: [], affinity: {}, topologySpread: 'Preferred' }
