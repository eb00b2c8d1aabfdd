import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { repository } from '../kind/cluster.ts'
import {
  auditEvents,
  bringBack,
  createNamespace,
  execute,
  isLeaseRenewal,
  isWrite,
  killNode,
  killPods,
  nodeOf,
  operatorAccount,
  Person,
  pauseNode,
  theCluster,
  until,
  waitFor,
} from './cluster.ts'

test('the harness works', async () => {
  const cluster = theCluster()
  const t0 = performance.now()
  const mark = (what: string) => console.log(what, Math.round((performance.now() - t0) / 1000))
  await createNamespace(cluster, 'e2e-h')
  const demo = (await readFile(join(repository, 'cfg/samples/demo.yaml'), 'utf8')).replaceAll(
    'externalHttpsPort: 8443',
    `externalHttpsPort: ${cluster.settings.httpsPort}`,
  )
  await cluster.apply('e2e-h', demo)
  await waitFor(cluster, 'e2e-h', 'fi/demo', 'condition=Ready')
  mark('fi ready')
  await waitFor(cluster, 'e2e-h', 'fu/demo', 'condition=Ready')
  mark('fu ready')
  const site = { host: 'finia.localhost', port: cluster.settings.httpsPort, ca: await cluster.secretValue('e2e-h', 'demo-ca', 'ca.crt') }
  const person = await Person.login(site, 'demo', await cluster.secretValue('e2e-h', 'demo-password', 'password'))
  const imported = await person.importCsv(join(repository, 'cfg/samples/csv-cb.csv'), 'csv-cb', await person.account('Girokonto'))
  expect(imported).toMatchObject({ inserted: 8, total: 8 })
  console.log(await execute(cluster, 'e2e-h', 'demo-db-0', 'mariadb', ['id']).catch(String))
  const since = new Date()
  await new Promise((r) => setTimeout(r, 20000))
  const events = await auditEvents(cluster, operatorAccount, since)
  console.log(
    events.length,
    events.filter((e) => isWrite(e) && !isLeaseRenewal(e)).map((e) => [e.verb, e.requestURI]),
    events.filter(isLeaseRenewal).length,
  )
  await killPods(cluster, 'e2e-h', 'app.kubernetes.io/component=api')
  await until('served again', async () => ((await person.transactionCount()) === 8 ? true : undefined), { seconds: 120 })
  mark('api killed and back')
  const node = await nodeOf(cluster, 'e2e-h', 'demo-db-0')
  await killNode(node)
  await bringBack(cluster, node)
  mark('node killed and back')
  await until('served again', async () => ((await person.transactionCount()) === 8 ? true : undefined), { seconds: 180 })
  mark('db served')
  await pauseNode(node)
  await bringBack(cluster, node)
  mark('node paused and back')
})
