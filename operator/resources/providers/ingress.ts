// An Ingress (networking.k8s.io/v1), as every controller reads it; what only one reads are its annotations.
import type { V1Ingress } from '@kubernetes/client-node'
import type { FiniaInstance } from '../../crd/kinds.ts'
import { apiName, tlsSecretName } from '../../names.ts'
import type { Child } from '../index.ts'
import { kinds } from '../kinds.ts'
import { childMetadata, type Manifest } from '../metadata.ts'

/** Where the limits of FiniA's guide differ: the login, the API, and the files of the web UI. The longer path wins. */
export const paths = { login: '/api/auth/login', api: '/api/', ui: '/' } as const

export interface Route {
  readonly name: string
  /** Absent: for the host as a whole. */
  readonly path?: string
  readonly annotations: Readonly<Record<string, string>>
  readonly tls: boolean
}

const backendOf = (instance: FiniaInstance) => ({ service: { name: apiName(instance), port: { number: 80 } } })

export const ingress = (instance: FiniaInstance, { name, path, annotations, tls }: Route): Manifest<V1Ingress> => {
  const { host, className } = instance.spec.ingress
  const secretName = tlsSecretName(instance)
  return {
    apiVersion: 'networking.k8s.io/v1',
    kind: 'Ingress',
    metadata: { ...childMetadata(instance, name, 'edge'), annotations: { ...annotations } },
    spec: {
      ingressClassName: className,
      ...(tls && secretName && { tls: [{ hosts: [host], secretName }] }),
      // Prefix also for what is one path only: Traefik prefers the longer rule, and an Exact one is the shorter.
      rules: [{ host, ...(path !== undefined && { http: { paths: [{ path, pathType: 'Prefix', backend: backendOf(instance) }] } }) }],
    },
  }
}

export const ingressChild = (instance: FiniaInstance, route: Route): Child => ({ resource: kinds.ingress, manifest: ingress(instance, route) })
