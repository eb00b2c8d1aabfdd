// Where each kind that we touch lives in the API of Kubernetes.
import { group, version } from '../crd/kinds.ts'
import type { Resource } from '../deps.ts'

const resource = (groupName: string, versionName: string, plural: string, kind: string): Resource => ({ group: groupName, version: versionName, plural, kind })

export const kinds = {
  instance: resource(group, version, 'finiainstances', 'FiniaInstance'),
  user: resource(group, version, 'finiausers', 'FiniaUser'),
  operation: resource(group, version, 'finiaoperations', 'FiniaOperation'),
  secret: resource('', 'v1', 'secrets', 'Secret'),
  configMap: resource('', 'v1', 'configmaps', 'ConfigMap'),
  service: resource('', 'v1', 'services', 'Service'),
  serviceAccount: resource('', 'v1', 'serviceaccounts', 'ServiceAccount'),
  pod: resource('', 'v1', 'pods', 'Pod'),
  volumeClaim: resource('', 'v1', 'persistentvolumeclaims', 'PersistentVolumeClaim'),
  deployment: resource('apps', 'v1', 'deployments', 'Deployment'),
  statefulSet: resource('apps', 'v1', 'statefulsets', 'StatefulSet'),
  job: resource('batch', 'v1', 'jobs', 'Job'),
  disruptionBudget: resource('policy', 'v1', 'poddisruptionbudgets', 'PodDisruptionBudget'),
  networkPolicy: resource('networking.k8s.io', 'v1', 'networkpolicies', 'NetworkPolicy'),
  ingress: resource('networking.k8s.io', 'v1', 'ingresses', 'Ingress'),
  /** Of the Gateway API, which a cluster may lack. */
  httpRoute: resource('gateway.networking.k8s.io', 'v1', 'httproutes', 'HTTPRoute'),
  gateway: resource('gateway.networking.k8s.io', 'v1', 'gateways', 'Gateway'),
  endpointSlice: resource('discovery.k8s.io', 'v1', 'endpointslices', 'EndpointSlice'),
  roleBinding: resource('rbac.authorization.k8s.io', 'v1', 'rolebindings', 'RoleBinding'),
  lease: resource('coordination.k8s.io', 'v1', 'leases', 'Lease'),
  /** Of cert-manager, which a cluster may lack. */
  certificate: resource('cert-manager.io', 'v1', 'certificates', 'Certificate'),
  certificateRequest: resource('cert-manager.io', 'v1', 'certificaterequests', 'CertificateRequest'),
  challenge: resource('acme.cert-manager.io', 'v1', 'challenges', 'Challenge'),
  event: resource('events.k8s.io', 'v1', 'events', 'Event'),
} as const
