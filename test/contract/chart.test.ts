import { readFileSync } from 'node:fs'
import { expect, test } from 'vitest'
import { parse } from 'yaml'
import { installFile } from '../../charts/install.ts'
import { readSettings } from '../../operator/config.ts'
import { ports } from '../../operator/names.ts'
import { root } from './custom-resources.ts'
import { chart, helm, named, type Rendered, render } from './helm-chart.ts'

const read = (path: string): string => readFileSync(`${root}${path}`, 'utf8')

const release = (JSON.parse(read('package.json')) as { readonly version: string }).version

interface Variable {
  readonly name: string
  readonly value?: string
  readonly valueFrom?: { readonly fieldRef: { readonly fieldPath: string } }
}

interface Container {
  readonly image: string
  readonly command: readonly string[]
  readonly env: readonly Variable[]
  readonly securityContext: object
}

interface PodSpec {
  readonly securityContext: object
  readonly containers: readonly Container[]
}

interface Deployment {
  readonly spec: { readonly replicas: number; readonly template: { readonly spec: PodSpec } }
}

const deploymentOf = (objects: readonly Rendered[]): Deployment => objects.find(({ kind }) => kind === 'Deployment') as unknown as Deployment

const containerOf = (objects: readonly Rendered[]): Container => {
  const [container] = deploymentOf(objects).spec.template.spec.containers
  if (!container) throw new Error('the Deployment has no container')
  return container
}

/** The environment as the container gets it, with the downward API answered for a pod of finia-system. */
const environmentOf = (objects: readonly Rendered[]): Readonly<Record<string, string>> => {
  const fields: Readonly<Record<string, string>> = { 'metadata.namespace': 'finia-system', 'metadata.name': 'operator-0' }
  return Object.fromEntries(containerOf(objects).env.map(({ name, value, valueFrom }) => [name, value ?? fields[valueFrom?.fieldRef.fieldPath ?? ''] ?? '']))
}

test('install.yaml is what the chart renders', () => {
  expect(read('charts/install.yaml')).toBe(installFile(helm()))
})

test('chart, operator and package carry one version', () => {
  const { version, appVersion } = parse(read('charts/finia-operator/Chart.yaml')) as { version: string; appVersion: string }
  expect([version, appVersion, read('VERSION').trim()]).toEqual([release, release, release])
})

test('the operator understands the environment that the chart gives it', () => {
  expect(readSettings(environmentOf(render()))).toEqual({
    settings: {
      operatorImage: `finia-operator:${release}`,
      apiImage: `finia:${release}`,
      release,
      ownNamespace: 'finia-system',
      namespaces: [],
      resyncSeconds: 60,
    },
  })
  expect(readSettings(environmentOf(render({ watchNamespaces: ['a', 'b'], resyncSeconds: 90 })))).toMatchObject({
    settings: { namespaces: ['a', 'b'], resyncSeconds: 90 },
  })
})

test('all namespaces are looked after by a ClusterRole, some by a Role in each', () => {
  const all = render()
  expect(named(all, 'ClusterRoleBinding')).toEqual(['finia-operator'])
  expect(named(all, 'Role')).toEqual(['default/finia-operator-api-server', 'finia-system/finia-operator-leader'])

  const some = render({ watchNamespaces: ['finance', 'finia-system'] })
  expect(named(some, 'ClusterRoleBinding')).toEqual([])
  expect(named(some, 'ClusterRole')).toEqual(['finia-edge', 'finia-operator-edit', 'finia-operator-view'])
  const roles = ['default/finia-operator-api-server', 'finance/finia-operator', 'finia-system/finia-operator', 'finia-system/finia-operator-leader']
  expect([named(some, 'Role'), named(some, 'RoleBinding')]).toEqual([roles, roles])
  const rulesOf = (objects: readonly Rendered[], kind: string) =>
    objects.find((object) => object.kind === kind && object.metadata.name === 'finia-operator')?.rules
  expect(rulesOf(some, 'Role')).toEqual(rulesOf(all, 'ClusterRole'))
})

test('two operator pods get a PodDisruptionBudget, one does not', () => {
  expect(named(render({ replicas: 2 }), 'PodDisruptionBudget')).toEqual(['finia-system/finia-operator'])
  expect(named(render(), 'PodDisruptionBudget')).toEqual([])
})

test('the CustomResourceDefinitions stay when the release is uninstalled, and can be left out', () => {
  const kept = render().filter(({ kind }) => kind === 'CustomResourceDefinition')
  expect(kept.map(({ metadata }) => [metadata.name, Reflect.get(metadata, 'annotations')])).toEqual([
    ['finiainstances.finia.io', { 'helm.sh/resource-policy': 'keep' }],
    ['finiaoperations.finia.io', { 'helm.sh/resource-policy': 'keep' }],
    ['finiausers.finia.io', { 'helm.sh/resource-policy': 'keep' }],
  ])
  expect(named(render({ 'crds.install': false }), 'CustomResourceDefinition')).toEqual([])
})

test('the operator runs as Pod Security restricted wants it, on a root file system that it cannot write', () => {
  expect(deploymentOf(render()).spec.template.spec.securityContext).toMatchObject({
    runAsNonRoot: true,
    runAsUser: 1000,
    seccompProfile: { type: 'RuntimeDefault' },
  })
  expect(containerOf(render()).securityContext).toEqual({ allowPrivilegeEscalation: false, readOnlyRootFilesystem: true, capabilities: { drop: ['ALL'] } })
})

test('the policy of the operator lets it reach what it asks of an instance', () => {
  const policy = render().find(({ kind }) => kind === 'NetworkPolicy') as unknown as {
    readonly spec: { readonly egress: readonly { readonly to?: object; readonly ports: readonly { readonly port: number }[] }[] }
  }
  const toInstances = policy.spec.egress.filter(({ to }) => to !== undefined).flatMap((flow) => flow.ports.map(({ port }) => port))
  expect(toInstances).toEqual([ports.edgeHttp, ports.edgeHttps, ports.edgeAgent, ports.management, ports.database])
})

test('an image is named by registry, repository and tag, or by a digest', () => {
  const digest = `sha256:${'a'.repeat(64)}`
  expect(containerOf(render({ 'image.registry': 'registry.example.com:5000/team', 'image.tag': '2.0.0' })).image).toBe(
    'registry.example.com:5000/team/finia-operator:2.0.0',
  )
  expect(environmentOf(render({ 'apiImage.tag': '2.0.0', 'apiImage.digest': digest }))).toMatchObject({ FINIA_API_IMAGE: `finia@${digest}` })
})

const otherValues: Readonly<Record<string, unknown>> = {
  replicas: 2,
  'image.registry': 'registry.example.com',
  'image.repository': 'other',
  'image.tag': 'other',
  'image.digest': `sha256:${'0'.repeat(64)}`,
  'image.pullPolicy': 'Always',
  'apiImage.registry': 'registry.example.com',
  'apiImage.repository': 'other',
  'apiImage.tag': 'other',
  'apiImage.digest': `sha256:${'0'.repeat(64)}`,
  imagePullSecrets: [{ name: 'registry' }],
  watchNamespaces: ['finance'],
  resyncSeconds: 30,
  logLevel: 'debug',
  fullnameOverride: 'other',
  'crds.install': false,
  'rbac.aggregate': false,
  'serviceAccount.annotations': { a: 'b' },
  'networkPolicy.enabled': false,
  'networkPolicy.metricsFrom': [{ team: 'monitoring' }],
  'networkPolicy.databasePorts': [3307],
  'networkPolicy.apiServerPorts': [8443],
  'resources.requests.cpu': '1',
  'resources.requests.memory': '1Gi',
  'resources.limits.memory': '2Gi',
  podAnnotations: { a: 'b' },
  podLabels: { a: 'b' },
  nodeSelector: { a: 'b' },
  tolerations: [{ operator: 'Exists' }],
  affinity: { podAntiAffinity: {} },
  priorityClassName: 'high',
}

const leavesOf = (values: object, path = ''): readonly string[] =>
  Object.entries(values).flatMap(([key, value]: [string, unknown]) =>
    typeof value === 'object' && value !== null && !Array.isArray(value) && Object.keys(value).length > 0 ? leavesOf(value, `${path}${key}.`) : [path + key],
  )

test('every value of values.yaml changes what is rendered', () => {
  const values = parse(readFileSync(`${chart}/values.yaml`, 'utf8')) as object
  expect(Object.keys(otherValues).sort()).toEqual([...leavesOf(values)].sort())
  const defaults = JSON.stringify(render())
  expect(Object.entries(otherValues).filter(([path, value]) => JSON.stringify(render({ [path]: value })) === defaults)).toEqual([])
})

test.each([
  ['a misspelt value', { replica: 2 }, /'replica' not allowed/],
  ['three operators', { replicas: 3 }, /replicas.*\n?.*maximum/],
  ['a namespace that cannot be', { watchNamespaces: ['Finance'] }, /watchNamespaces\/0.*\n?.*pattern/],
  ['a digest that is none', { 'image.digest': 'latest' }, /image\/digest.*\n?.*pattern/],
  ['an unknown field of a known part', { 'networkPolicy.enable': true }, /networkPolicy.*\n?.*'enable' not allowed/],
])('%s is refused with the name of the value', (_what, settings, sentence) => {
  expect(() => render(settings)).toThrow(sentence)
})
