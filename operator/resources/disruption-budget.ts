// A drained node takes the pods of a component one after another, never the last one that works.
import type { V1PodDisruptionBudget } from '@kubernetes/client-node'
import type { FiniaInstance } from '../crd/kinds.ts'
import { type Component, selectorLabels } from '../names.ts'
import { childMetadata, type Manifest } from './metadata.ts'

/** Undefined for a single pod: a budget for it would only block the drain. */
export const disruptionBudget = (instance: FiniaInstance, name: string, component: Component, replicas: number): Manifest<V1PodDisruptionBudget> | undefined =>
  replicas > 1
    ? {
        apiVersion: 'policy/v1',
        kind: 'PodDisruptionBudget',
        metadata: childMetadata(instance, name, component),
        spec: {
          minAvailable: 1,
          selector: { matchLabels: selectorLabels(instance.metadata.name, component) },
          // A pod that does not work is no reason to keep a node.
          unhealthyPodEvictionPolicy: 'AlwaysAllow',
        },
      }
    : undefined
