import { expect, test } from 'vitest'
import { apiDeployment } from '../../../operator/resources/api-deployment.ts'
import { someDecisions } from '../../support/decisions.ts'
import { anInstance } from '../../support/instance.ts'

const specOf = (about: Parameters<typeof anInstance>[0] = {}) => apiDeployment(anInstance(about), someDecisions()).spec

test("an instance that says nothing gets three pods with the resources of FiniA's guide", () => {
  expect(specOf()?.replicas).toBe(3)
  expect(specOf()?.template.spec?.containers[0]?.resources).toEqual({ requests: { cpu: '500m', memory: '512Mi' }, limits: { cpu: '2', memory: '2Gi' } })
})

test('amounts that were written as numbers are sent as texts', () => {
  expect(specOf({ spec: { api: { resources: { limits: { cpu: 2 } } } } })?.template.spec?.containers[0]?.resources).toEqual({ limits: { cpu: '2' } })
})

test('zero replicas are zero', () => {
  expect(specOf({ spec: { api: { replicas: 0 } } })?.replicas).toBe(0)
})

test('a rollout adds one pod and takes none away before, and a stopping pod has time for its longest request', () => {
  const spec = specOf()
  expect(spec?.strategy).toEqual({ type: 'RollingUpdate', rollingUpdate: { maxSurge: 1, maxUnavailable: 0 } })
  expect(spec?.template.spec?.terminationGracePeriodSeconds).toBe(90)
  expect(spec?.template.spec?.containers[0]?.lifecycle).toEqual({ preStop: { sleep: { seconds: 15 } } })
})

test('only readiness depends on the database', () => {
  const [api] = specOf()?.template.spec?.containers ?? []
  const pathOf = (probe?: { httpGet?: { path?: string; port: unknown } }) => `${String(probe?.httpGet?.port)} ${probe?.httpGet?.path}`
  expect([api?.startupProbe, api?.livenessProbe, api?.readinessProbe].map(pathOf)).toEqual(['management /livez', 'management /livez', 'management /readyz'])
})

test.each([
  ['None', undefined],
  ['Preferred', ['ScheduleAnyway', 'ScheduleAnyway']],
  ['Required', ['DoNotSchedule', 'ScheduleAnyway']],
] as const)('a spread %s over nodes and zones', (topologySpread, expected) => {
  const constraints = specOf({ spec: { api: { placement: { topologySpread } } } })?.template.spec?.topologySpreadConstraints
  expect(constraints?.map(({ whenUnsatisfiable }) => whenUnsatisfiable)).toEqual(expected)
})

test("the release is a label where the image is the operator's own", () => {
  const versionOf = (about: Parameters<typeof anInstance>[0]) =>
    apiDeployment(anInstance(about), someDecisions()).metadata.labels?.['app.kubernetes.io/version']
  expect(versionOf({})).toBe('1.0.0')
  expect(versionOf({ spec: { api: { image: 'mine:7' } } })).toBeUndefined()
})

test('users have their files read from a claim that is mounted read-only where its path is known, and only when that is wanted', () => {
  const mounted = (enabled: boolean) => {
    const pod = specOf({ spec: { api: { config: { folderImport: { enabled, volumeClaim: 'bank-files' } } } } })?.template.spec
    const isOfImports = ({ name }: { readonly name: string }) => name === 'imports'
    return { volumes: pod?.volumes?.filter(isOfImports), mounts: pod?.containers[0]?.volumeMounts?.filter(isOfImports) }
  }
  expect(mounted(false)).toEqual({ volumes: [], mounts: [] })
  expect(mounted(true)).toEqual({
    volumes: [{ name: 'imports', persistentVolumeClaim: { claimName: 'bank-files', readOnly: true } }],
    mounts: [{ name: 'imports', mountPath: '/app/imports', readOnly: true }],
  })
})
