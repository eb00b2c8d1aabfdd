import { expect, test } from 'vitest'
import { kinds } from '../../operator/resources/kinds.ts'
import { childrenOf, typicalInstances } from './children.ts'
import { type Rendered, type Rule, render } from './helm-chart.ts'

type Kind = keyof typeof kinds

const watched = ['list', 'watch']
/** Server-side apply of an object that is not there yet needs both. */
const applied = ['create', 'patch']

/** What the operator does with each kind in the namespaces that it looks after. */
const verbs: Readonly<Record<Exclude<Kind, 'lease' | 'endpointSlice'>, readonly string[]>> = {
  instance: [...watched, 'get', 'patch'],
  user: [...watched, 'get', 'patch'],
  operation: [...watched, 'get', 'patch', 'delete'],
  configMap: [...watched, ...applied, 'delete'],
  service: [...watched, ...applied, 'delete'],
  serviceAccount: [...watched, ...applied, 'delete'],
  deployment: [...watched, ...applied, 'delete'],
  statefulSet: [...watched, ...applied],
  disruptionBudget: [...watched, ...applied, 'delete'],
  networkPolicy: [...watched, ...applied, 'delete'],
  roleBinding: [...watched, ...applied, 'delete'],
  ingress: [...watched, ...applied, 'delete'],
  httpRoute: [...watched, ...applied, 'delete'],
  gateway: ['get'],
  certificate: [...watched, ...applied, 'delete'],
  certificateRequest: watched,
  challenge: watched,
  job: [...watched, ...applied, 'delete'],
  pod: watched,
  volumeClaim: [...watched, 'patch'],
  secret: ['get', ...applied],
  event: applied,
}

const rulesOf = (objects: readonly Rendered[], kind: string, name: string): readonly Rule[] =>
  objects.find((object) => object.kind === kind && object.metadata.name === name)?.rules ?? []

const grants = (rules: readonly Rule[]): readonly string[] =>
  rules
    .flatMap(({ apiGroups, resources, verbs: allowed }) =>
      apiGroups.flatMap((group) => resources.flatMap((resource) => allowed.map((verb) => `${verb} ${group === '' ? resource : `${resource}.${group}`}`))),
    )
    .sort()

const plural = ({ group, plural: name }: (typeof kinds)[Kind]): string => `${name}${group === '' ? '' : `.${group}`}`

test('the operator is granted what it does with each kind, and nothing else', () => {
  const needed = Object.entries(verbs).flatMap(([kind, list]) => list.map((verb) => `${verb} ${plural(kinds[kind as Kind])}`))
  const status = [kinds.instance, kinds.user, kinds.operation, kinds.certificate].map(({ plural: name, group }) => `patch ${name}/status.${group}`)
  const granted = grants(rulesOf(render(), 'ClusterRole', 'finia-operator'))
  const handedOn = ['bind clusterroles.rbac.authorization.k8s.io']
  expect(granted).toEqual([...needed, ...status, ...handedOn].sort())
})

test('no rule has a wildcard', () => {
  const rules = render().flatMap((object) => object.rules ?? [])
  expect(rules).not.toEqual([])
  expect(rules.filter(({ apiGroups, resources, verbs: allowed }) => [...apiGroups, ...resources, ...allowed].some((word) => word.includes('*')))).toEqual([])
})

test('Secrets are neither listed nor watched', () => {
  const secrets = render().flatMap(({ rules }) => (rules ?? []).filter(({ resources }) => resources.includes('secrets')))
  expect(secrets.map((rule) => rule.verbs)).toEqual([['get', 'create', 'patch']])
})

test('in its own namespace the operator holds one Lease, by name', () => {
  expect(rulesOf(render(), 'Role', 'finia-operator-leader')).toEqual([
    { apiGroups: ['coordination.k8s.io'], resources: ['leases'], verbs: ['create'] },
    { apiGroups: ['coordination.k8s.io'], resources: ['leases'], resourceNames: ['finia-operator'], verbs: ['get', 'patch'] },
  ])
})

test('every kind of a child may be created, changed and watched, and deleted unless data is behind it', () => {
  const children = new Set(typicalInstances.flatMap((instance) => childrenOf(instance).map(({ resource }) => plural(resource as (typeof kinds)[Kind]))))
  expect(children.size).toBeGreaterThan(6)
  const granted = grants(rulesOf(render(), 'ClusterRole', 'finia-operator'))
  const missing = [...children]
    .flatMap((child) => [...watched, ...applied, ...(child === plural(kinds.statefulSet) ? [] : ['delete'])].map((verb) => `${verb} ${child}`))
    .filter((grant) => !granted.includes(grant))
  expect(missing).toEqual([])
})
