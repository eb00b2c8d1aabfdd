import { expect, test } from 'vitest'
import { edgeService } from '../../../operator/resources/edge-service.ts'
import { anInstance } from '../../support/instance.ts'

type Service = NonNullable<NonNullable<NonNullable<Parameters<typeof anInstance>[0]>['spec']>['ingress']>['managed']
const withService = (service: NonNullable<Service>['service'] & object) => edgeService(anInstance({ spec: { ingress: { managed: { service } } } }))

test('within the cluster neither node ports nor a policy for outside traffic are asked for', () => {
  const service = withService({ nodePorts: { http: 30080, https: 30443 } })
  expect(service.spec).toMatchObject({ type: 'ClusterIP', sessionAffinity: 'ClientIP' })
  expect(service.spec).not.toHaveProperty('externalTrafficPolicy')
  expect(service.spec?.ports?.map(({ port, nodePort }) => [port, nodePort])).toEqual([
    [80, undefined],
    [443, undefined],
  ])
})

test('a client meets one nginx, but behind a proxy clients are spread over all', () => {
  const affinity = (trustedProxies: string[]) => edgeService(anInstance({ spec: { ingress: { trustedProxies } } })).spec?.sessionAffinity
  expect([affinity([]), affinity(['10.0.0.0/8'])]).toEqual(['ClientIP', 'None'])
})

test('node ports are fixed where they are given and chosen by Kubernetes where they are 0', () => {
  const service = withService({ type: 'NodePort', nodePorts: { http: 0, https: 30443 }, externalTrafficPolicy: 'Cluster' })
  expect(service.spec?.externalTrafficPolicy).toBe('Cluster')
  expect(service.spec?.ports?.[0]).not.toHaveProperty('nodePort')
  expect(service.spec?.ports?.[1]?.nodePort).toBe(30443)
})

test('annotations for a cloud are passed on', () => {
  expect(withService({ type: 'LoadBalancer', annotations: { 'cloud.example.com/size': 'small' } }).metadata.annotations).toEqual({
    'cloud.example.com/size': 'small',
  })
  expect(withService({}).metadata).not.toHaveProperty('annotations')
})
