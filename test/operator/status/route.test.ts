import { expect, test } from 'vitest'
import type { KubeObject } from '../../../operator/deps.ts'
import type { ObservedInstance, Owned } from '../../../operator/observe/facts.ts'
import { kinds } from '../../../operator/resources/kinds.ts'
import { routeFinding } from '../../../operator/status/route.ts'
import { anInstance } from '../../support/instance.ts'

const behind = (provider: 'Nginx' | 'Gateway' | 'None', more: object = {}) =>
  anInstance({ spec: { ingress: { provider, gateway: { name: 'public', sectionName: 'https' }, ...more } } })

const finding = (part: Partial<ObservedInstance>, problems: Parameters<typeof routeFinding>[1] = []) =>
  routeFinding(
    {
      instance: behind('Nginx'),
      children: [],
      secrets: { keys: undefined, database: undefined, ca: undefined, edgeTls: undefined, databaseTls: undefined, admin: undefined, databaseCa: undefined },
      database: { state: 'notYet', sentence: '' },
      edge: undefined,
      users: [],
      apiServer: [],
      ...part,
    },
    problems,
  )

const route = (...conditions: readonly object[]): Owned => ({
  resource: kinds.httpRoute,
  object: {
    apiVersion: 'gateway.networking.k8s.io/v1',
    kind: 'HTTPRoute',
    metadata: { name: 'home-edge', namespace: 'finance' },
    status: { parents: [{ conditions }] },
  } as KubeObject,
})

test.each<[string, Partial<ObservedInstance>, string, string, RegExp]>([
  ['no controller has told an address', {}, 'Unknown', 'NoAddress', /Ingress "home-edge".*class "nginx"/],
  ['the Gateway tells none', { instance: behind('Gateway') }, 'Unknown', 'NoAddress', /Gateway "public".*listener "https".*kubectl describe gateway public/],
  ['it answers', { edge: { status: 200 } }, 'True', 'Answered', /certificate is verified/],
  ['it is not reached', { edge: { failure: '192.0.2.7:443 did not answer' } }, 'False', 'NotReached', /192\.0\.2\.7:443 did not answer/],
  ['its controller may not call the API', { edge: { status: 504 } }, 'False', 'BadAnswer', /504.*spec\.networkPolicy\.ingressFrom/],
  [
    'the Gateway does not let the route in',
    { instance: behind('Gateway'), children: [route({ type: 'Accepted', status: 'False', reason: 'NotAllowedByListeners', message: 'not this namespace' })] },
    'False',
    'RouteRefused',
    /Accepted=False, NotAllowedByListeners: not this namespace/,
  ],
  [
    'the Gateway takes the route',
    { instance: behind('Gateway'), edge: { status: 200 }, children: [route({ type: 'Accepted', status: 'True' }, { type: 'ResolvedRefs', status: 'True' })] },
    'True',
    'Answered',
    /home|finia/,
  ],
])('when %s, IngressReady says so', (_what, part, status, reason, message) => {
  expect(finding(part)).toEqual({ type: 'IngressReady', status, reason, message: expect.stringMatching(message) as string })
})

test('without an edge nothing is said of one', () => {
  expect(finding({ instance: behind('None') })).toBeUndefined()
})

test('a problem of the edge explains itself there, and one of something else does not', () => {
  const problem = { about: 'IngressReady', reason: 'GatewayApiMissing', message: 'Install it.' }
  expect(finding({}, [{ ...problem, about: 'APIAvailable' }, problem])).toEqual({
    type: 'IngressReady',
    status: 'False',
    reason: 'GatewayApiMissing',
    message: 'Install it.',
  })
})
