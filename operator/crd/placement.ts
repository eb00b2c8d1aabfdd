// Where pods run.
import type { V1Affinity } from '@kubernetes/client-node'
import { Choice, Group, PodFragment, TextMap, Tolerations } from './fields.ts'

export const Placement = (description: string, topologySpread: string) =>
  Group(
    {
      nodeSelector: TextMap({ description: 'Labels that a node must carry to run these pods.', default: {} }),
      tolerations: Tolerations({ description: 'Taints of nodes that these pods tolerate, as in a pod.', default: [] }),
      affinity: PodFragment<V1Affinity>({ description: 'Affinity of these pods, as in a pod. Added to the spread, not instead of it.', default: {} }),
      topologySpread: Choice(['None', 'Preferred', 'Required'], { description: topologySpread, default: 'Preferred' }),
    },
    { description },
  )
