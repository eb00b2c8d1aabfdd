import { expect, test } from 'vitest'
import { theCluster, until, waitFor } from './cluster.ts'
import { apply, namespace, office, untilReason, user } from './home.ts'
import { letInToServer } from './let-in.ts'

const admin = (username: string, password: string) => ({
  apiVersion: 'v1',
  kind: 'Secret',
  metadata: { name: 'office-admin', namespace },
  stringData: { username, password },
})

export const external = () => {
  const cluster = theCluster()
  const podsOf = async () =>
    (await cluster.list(namespace, 'pods', 'app.kubernetes.io/instance=office,app.kubernetes.io/component=api')).map(({ metadata }) => metadata.uid)
  const gone = (kind: string, name: string) =>
    until(`${kind} ${name} is gone`, async () => ((await cluster.get(namespace, kind, name)) === undefined ? true : undefined), { seconds: 60 })

  test('without the Secret of its administrator the instance is stalled; with it, it becomes ready and takes a user', async () => {
    const pods = { podSelector: { matchLabels: { 'app.kubernetes.io/instance': 'office' } } }
    await apply(cluster, letInToServer(namespace, 'office-to-home', pods), office({}), user('anna', { instance: 'office' }))
    const { message } = await untilReason(cluster, 'finiainstance', 'office', 'Stalled', 'SecretMissing')
    expect(message).toContain('spec.database.external.adminSecretName names the Secret "office-admin", which does not exist')
    await apply(cluster, admin('finia_app_admin', await cluster.secretValue(namespace, 'home-db', 'admin-password')))
    await waitFor(cluster, namespace, 'finiainstance/office', 'condition=Ready')
    await waitFor(cluster, namespace, 'finiauser/anna', 'condition=Ready')
  })

  test('a wrong password stalls it with a sentence, and what ran keeps running', async () => {
    const before = await podsOf()
    await apply(cluster, admin('finia_app_admin', 'wrong'))
    const { message } = await untilReason(cluster, 'finiainstance', 'office', 'Stalled', 'AccessDenied')
    expect(message).toContain('office-admin')
    expect(await podsOf()).toEqual(before)
    await apply(cluster, admin('finia_app_admin', await cluster.secretValue(namespace, 'home-db', 'admin-password')))
    await waitFor(cluster, namespace, 'finiainstance/office', 'condition=Ready')
  })

  test('a certificate of a CA that was not named stalls it, a server that does not answer is waited for, and what ran keeps running', async () => {
    const before = await podsOf()
    const ca = await cluster.secretValue(namespace, 'office-ca', 'ca.crt')
    await apply(cluster, { apiVersion: 'v1', kind: 'Secret', metadata: { name: 'other-ca', namespace }, stringData: { 'ca.crt': ca } })
    await apply(cluster, office({ tls: { caSecretName: 'other-ca' } }))
    await untilReason(cluster, 'finiainstance', 'office', 'Stalled', 'UntrustedCertificate')
    await apply(cluster, office({ external: { primary: { host: 'home-db-rw', port: 3307 }, adminSecretName: 'office-admin' } }))
    const { message } = await untilReason(cluster, 'finiainstance', 'office', 'Reconciling', 'Unreachable')
    expect(message).toContain('home-db-rw.finance.svc:3307')
    expect(await podsOf()).toEqual(before)
    await apply(cluster, office({}))
    await waitFor(cluster, namespace, 'finiainstance/office', 'condition=Ready')
    expect(await podsOf()).toEqual(before)
  })

  test('an edge that is not wanted any more is removed', async () => {
    await apply(cluster, office({}, { provider: 'None' }))
    for (const kind of ['deployment', 'service', 'configmap', 'serviceaccount']) await gone(kind, 'office-edge')
    await waitFor(cluster, namespace, 'finiainstance/office', 'condition=Ready')
  })

  test('a user without seed data needs another migration Job, and the one before goes', async () => {
    const [job] = await cluster.list(namespace, 'jobs', 'finia.io/user=anna')
    await apply(cluster, user('anna', { instance: 'office', seed: false }))
    await gone('job', job?.metadata.name ?? '')
    await waitFor(cluster, namespace, 'finiauser/anna', 'condition=Ready')
  })

  test('deleted, it takes its accounts back from the server as its policy says', async () => {
    await apply(cluster, { ...office({}), spec: { ...office({}).spec, deletionPolicy: 'Delete' } })
    await waitFor(cluster, namespace, 'finiainstance/office', 'condition=Ready')
    await cluster.kubectl(['-n', namespace, 'delete', 'finiauser', 'anna', '--timeout=60s'])
    await cluster.kubectl(['-n', namespace, 'delete', 'finiainstance', 'office', '--timeout=60s'])
    await gone('secret', 'office-db')
    await gone('deployment', 'office-api')
    await cluster.kubectl(['-n', namespace, 'delete', 'networkpolicy', 'office-to-home'])
  })
}
