import { expect, test } from 'vitest'
import type { FiniaUser } from '../../../operator/crd/kinds.ts'
import type { KubeObject } from '../../../operator/deps.ts'
import type { CertificateState, ObservedInstance } from '../../../operator/observe/facts.ts'
import type { InstancePlan } from '../../../operator/plan/instance.ts'
import { kinds } from '../../../operator/resources/kinds.ts'
import { instanceFindings, nextInstanceStatus } from '../../../operator/status/instance.ts'
import { anInstance, aUser } from '../../support/instance.ts'
import { noon } from '../../support/observed-user.ts'
import { aTlsSecret } from '../../support/tls-secret.ts'

const secrets = { keys: undefined, database: undefined, ca: undefined, edgeTls: aTlsSecret(), databaseTls: undefined, admin: undefined, databaseCa: undefined }
const answered = { type: 'DatabaseAvailable', status: 'True', reason: 'Answered', message: 'The database server answers.' } as const
const plan: InstancePlan = { steps: [], problems: [], database: answered, requeue: {} }

const deployment = (wanted: number, available: number) => ({
  resource: kinds.deployment,
  object: {
    apiVersion: 'apps/v1',
    kind: 'Deployment',
    metadata: { name: 'home-api', generation: 1 },
    spec: { replicas: wanted, template: { spec: { containers: [{ image: 'registry.example.com:5000/finia:1.2.3' }] } } },
    status: { observedGeneration: 1, replicas: wanted, updatedReplicas: wanted, readyReplicas: available, availableReplicas: available },
  } as KubeObject,
})

const observe = (part: Partial<ObservedInstance> = {}): ObservedInstance => ({
  instance: anInstance(),
  children: [deployment(3, 3)],
  secrets,
  database: { state: 'notYet', sentence: '' },
  edge: { status: 200 },
  users: [],
  apiServer: [],
  ...part,
})

const brief = (part: Partial<ObservedInstance>, changed: Partial<InstancePlan> = {}, failure?: Error) =>
  instanceFindings(observe(part), { ...plan, ...changed }, failure, noon).map(({ type, status, reason }) => `${type}=${status} ${reason}`)

const userThat = (reason: string, schemaVersion?: string): FiniaUser =>
  aUser({
    status: {
      ...(schemaVersion && { schemaVersion }),
      conditions: [{ type: 'Ready', status: 'False', reason, message: '', lastTransitionTime: '2026-01-01T00:00:00Z' }],
    },
  })

const whole = ['DatabaseAvailable=True Answered', 'APIAvailable=True PodsAvailable', 'IngressReady=True Answered', 'TLSReady=True Valid']

test.each([
  ['everything answers', {}, ['Ready=True Serving', ...whole]],
  ['one of three pods is away', { children: [deployment(3, 2)] }, ['Ready=True Serving', ...whole, 'Reconciling=True Progressing']],
  [
    'no pod is there',
    { children: [deployment(3, 0)] },
    [
      'Ready=False NoPodAvailable',
      'DatabaseAvailable=True Answered',
      'APIAvailable=False NoPodAvailable',
      'IngressReady=True Answered',
      'TLSReady=True Valid',
      'Reconciling=True NoPodAvailable',
    ],
  ],
  [
    'the edge answers for an API that is not reached',
    { edge: { status: 502 } },
    [
      'Ready=False BadAnswer',
      'DatabaseAvailable=True Answered',
      'APIAvailable=True PodsAvailable',
      'IngressReady=False BadAnswer',
      'TLSReady=True Valid',
      'Reconciling=True BadAnswer',
    ],
  ],
  [
    'nobody wants an edge',
    { instance: anInstance({ spec: { ingress: { provider: 'None' } } }), edge: undefined },
    ['Ready=True Serving', ...whole.slice(0, 2)],
  ],
  [
    'nginx refuses a configuration',
    { edgePods: [{ pod: 'home-edge-1', report: { refused: 'unknown directive "x"' } }] },
    [
      'Ready=False ConfigurationRefused',
      'DatabaseAvailable=True Answered',
      'APIAvailable=True PodsAvailable',
      'IngressReady=False ConfigurationRefused',
      'TLSReady=True Valid',
      'Reconciling=True ConfigurationRefused',
    ],
  ],
  [
    'there is no certificate yet',
    { secrets: { ...secrets, edgeTls: undefined }, edge: undefined },
    [
      'Ready=False NoCertificate',
      'DatabaseAvailable=True Answered',
      'APIAvailable=True PodsAvailable',
      'IngressReady=False NoCertificate',
      'TLSReady=False Waiting',
      'Reconciling=True NoCertificate',
    ],
  ],
  [
    'TLS is disabled',
    { instance: anInstance({ spec: { ingress: { tls: { mode: 'Disabled' } } } }), secrets: { ...secrets, edgeTls: undefined } },
    ['Ready=True Serving', ...whole.slice(0, 3)],
  ],
  ['a user that was served is migrated', { users: [userThat('Migrating', '001')] }, ['Ready=False UsersBehind', ...whole, 'Reconciling=True UsersBehind']],
  ['a new user is migrated', { users: [userThat('Migrating')] }, ['Ready=True Serving', ...whole]],
  ['a user is refused', { users: [userThat('ReservedUsername', '001')] }, ['Ready=True Serving', ...whole]],
] as const)('when %s', (_, part, findings) => {
  expect(brief(part as Partial<ObservedInstance>)).toEqual(findings)
})

test('what a person must change stalls, and is told before everything else', () => {
  const problem = { about: 'DatabaseAvailable', reason: 'SecretMissing', message: 'Create it.' }
  expect(brief({ children: [deployment(3, 0)] }, { problems: [problem] })).toEqual(
    expect.arrayContaining(['Ready=False SecretMissing', 'Stalled=True SecretMissing']),
  )
})

test('a failed attempt is told; it is the reason when something is missing, and no reason not to be ready when nothing is', () => {
  const failure = new Error('provided port is already allocated')
  expect(brief({}, {}, failure)).toEqual(['Ready=True Serving', ...whole, 'Reconciling=True Failed'])
  const [ready] = instanceFindings(observe({ edge: undefined }), plan, failure, noon)
  expect(ready).toMatchObject({ status: 'False', reason: 'Failed', message: 'provided port is already allocated' })
})

const context = { now: new Date('2026-01-01T00:00:00Z'), settings: {} as never, digest: (text: string) => text }

test('the version is the tag of the image that runs, also behind a registry with a port', () => {
  const status = nextInstanceStatus(observe(), plan, undefined, context)
  expect(status).toMatchObject({ version: '1.2.3', url: 'https://finia.example.com', api: { replicas: 3, readyReplicas: 3 }, observedGeneration: 1 })
})

test('who staples is told by the certificate in the Secret of the edge', () => {
  const instance = anInstance({ spec: { ingress: { tls: { mode: 'Secret', secretName: 'finia-certificate' } } } })
  const stapling = (facts: Partial<CertificateState>) => {
    const observed = observe({ instance, secrets: { ...secrets, edgeTls: aTlsSecret(facts) } })
    return nextInstanceStatus(observed, plan, undefined, context).ingress?.enforcement.find(({ protection }) => protection === 'OCSPStapling')?.by
  }
  expect([stapling({ responderPort: 80 }), stapling({})]).toEqual(['Edge', 'Unsupported'])
})
