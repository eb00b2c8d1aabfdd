// `make demo`, once cluster and images are there: the operator, the sample instance and user, and the imports of the sample CSV files.
import { readdir, readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { parseAllDocuments } from 'yaml'
import { ask, type Site } from './browser.ts'
import { Cluster, repository, until, workFolder } from './cluster.ts'
import { Person } from './finia.ts'
import { installOperator } from './install.ts'

const namespace = 'finia-demo'
const samples = join(repository, 'cfg/samples')
/** Accounts of the seed data that the sample files belong to. */
const accounts: Readonly<Record<string, string>> = { 'csv-cb': 'Girokonto', 'csv-spk': 'Haushaltskonto', 'csv-mintos': 'Mintos' }

interface Sample {
  readonly kind: string
  readonly metadata: { readonly name: string }
  readonly spec: { readonly ingress?: { readonly host: string } }
}

interface Watched {
  readonly status?: {
    readonly url?: string
    readonly conditions?: readonly { readonly type: string; readonly status: string; readonly message: string }[]
  }
}

const step = async <T>(what: string, work: () => Promise<T>): Promise<T> => {
  const start = performance.now()
  console.error(`==> ${what}`)
  const result = await work()
  console.error(`==> ${what}: ${Math.round((performance.now() - start) / 1000)} s`)
  return result
}

/** Waits for Ready and shows each new message of it. */
const ready = async (cluster: Cluster, kind: string, name: string): Promise<Watched> => {
  let shown = ''
  return until(`${kind} ${name} is Ready`, () => look(), { seconds: 600, everyMilliseconds: 1000 })

  async function look(): Promise<Watched | undefined> {
    const object = await cluster.get<Watched>(namespace, kind, name)
    const condition = object?.status?.conditions?.find(({ type }) => type === 'Ready')
    if (condition && condition.message !== shown) console.error(`    ${condition.message}`)
    shown = condition?.message ?? ''
    return condition?.status === 'True' ? object : undefined
  }
}

const readSamples = (text: string) => {
  const documents = parseAllDocuments(text).map((document) => document.toJS() as Sample)
  const instance = documents.find(({ kind }) => kind === 'FiniaInstance')
  const user = documents.find(({ kind }) => kind === 'FiniaUser')
  if (!instance?.spec.ingress || !user) throw new Error('cfg/samples/demo.yaml must hold a FiniaInstance with spec.ingress and a FiniaUser')
  return { instance: instance.metadata.name, host: instance.spec.ingress.host, user: user.metadata.name }
}

const importSamples = async (site: Site, username: string, password: string): Promise<number> => {
  const person = await Person.login(site, username, password)
  const files = (await readdir(samples)).filter((name) => name.endsWith('.csv')).map((name) => name.slice(0, -'.csv'.length))
  for (const format of files) {
    const account = accounts[format] ?? format
    const { inserted, total, warnings = [] } = await person.importCsv(join(samples, `${format}.csv`), format, await person.account(account))
    console.error(`    ${format}.csv into ${account}: ${inserted} of ${total} rows imported${warnings.map((warning) => `\n      ${warning}`).join('')}`)
  }
  return person.transactionCount()
}

const main = async (): Promise<void> => {
  const name = process.env.CLUSTER_NAME ?? 'finia'
  const cluster = await Cluster.running(name, 0)
  const demo = await readFile(join(samples, 'demo.yaml'), 'utf8')
  const { instance, host, user } = readSamples(demo)
  await step('installing the operator', () => installOperator(cluster))
  await step('applying cfg/samples/demo.yaml and waiting for Ready', async () => {
    await cluster.apply('default', JSON.stringify({ apiVersion: 'v1', kind: 'Namespace', metadata: { name: namespace } }))
    await cluster.apply(namespace, demo)
    await ready(cluster, 'finiainstance', instance)
    await ready(cluster, 'finiauser', user)
  })
  const caFile = join(workFolder(), `${name}-ca.crt`)
  const site = { host, port: cluster.settings.httpsPort, ca: await cluster.secretValue(namespace, `${instance}-ca`, 'ca.crt') }
  await writeFile(caFile, site.ca)
  const password = await cluster.secretValue(namespace, `${user}-password`, 'password')
  const count = await step('importing the sample CSV files', async () => {
    await until('the page answers', async () => ((await ask(site, '/api/health')).status === 200 ? true : undefined), { seconds: 60 })
    return importSamples(site, user, password)
  })
  console.log(`
FiniA runs, with ${count} transactions imported.

  URL        https://${host}:${site.port}/
  user       ${user}
  password   ${password}
  CA         ${caFile}   (give it to the browser, or: curl --cacert ${caFile} https://${host}:${site.port}/api/health)
  instance   ${join(workFolder(), 'tools/kubectl')} --kubeconfig ${cluster.kubeconfig} -n ${namespace} get fi,fu

Stop it with \`make cluster-down\`.`)
}

await main()
