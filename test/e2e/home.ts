// The instance that the end-to-end tests are about, its user, and what a person sees of it.
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import type { Site } from '../kind/browser.ts'
import { type Cluster, repository } from '../kind/cluster.ts'
import { ask, Person, until } from './cluster.ts'

export const namespace = 'finance'
export const host = 'finia.localhost'

const small = (memory: string) => ({ requests: { cpu: '50m', memory: '128Mi' }, limits: { memory } })

/** The instance of the sample for the demo, with the ports of this cluster; parts of its spec may be given. */
export const home = (cluster: Cluster, spec: object = {}) => ({
  apiVersion: 'finia.io/v1alpha1',
  kind: 'FiniaInstance',
  metadata: { name: 'home', namespace },
  spec: {
    api: { resources: small('512Mi') },
    ingress: {
      host,
      managed: {
        service: {
          type: 'NodePort',
          nodePorts: { http: 30080, https: 30443 },
          externalHttpsPort: cluster.settings.httpsPort,
          externalTrafficPolicy: 'Cluster',
        },
      },
    },
    database: { managed: { storage: { size: '1Gi' }, resources: small('1Gi') } },
    ...spec,
  },
})

/** A second instance on the server of the first: for it that is a server that somebody else runs. */
export const office = (database: object, ingress: object = {}) => ({
  apiVersion: 'finia.io/v1alpha1',
  kind: 'FiniaInstance',
  metadata: { name: 'office', namespace },
  spec: {
    api: { replicas: 1, resources: small('512Mi'), config: { databasePrefix: 'officeDB_' }, connections: { total: 20 } },
    ingress: { host: 'office.localhost', ...ingress },
    database: {
      mode: 'External',
      names: { account: 'office_app', operations: 'office_ops' },
      external: { primary: { host: 'home-db-rw' }, adminSecretName: 'office-admin' },
      tls: { caSecretName: 'home-ca' },
      ...database,
    },
  },
})

export const user = (name: string, spec: object = {}) => ({
  apiVersion: 'finia.io/v1alpha1',
  kind: 'FiniaUser',
  metadata: { name, namespace },
  spec: { instance: 'home', ...spec },
})

export const apply = (cluster: Cluster, ...objects: readonly object[]): Promise<string> =>
  cluster.kubectl(['apply', '-f', '-'], { input: objects.map((object) => JSON.stringify(object)).join('\n---\n') })

export interface Condition {
  readonly type: string
  readonly status: string
  readonly reason: string
  readonly message: string
}

interface Conditioned {
  readonly status?: { readonly conditions?: readonly Condition[] }
}

export const condition = async (cluster: Cluster, kind: string, name: string, type: string): Promise<Condition | undefined> =>
  (await cluster.get<Conditioned>(namespace, kind, name))?.status?.conditions?.find((found) => found.type === type)

/** Waits until a condition has a reason, and gives it back. */
export const untilReason = (cluster: Cluster, kind: string, name: string, type: string, reason: string, seconds = 120): Promise<Condition> =>
  until(
    `${type} of ${kind} ${name} is ${reason}`,
    async () => {
      const found = await condition(cluster, kind, name, type)
      if (found?.reason === reason) return found
      throw new Error(`it is ${found ? `${found.status} ${found.reason}: ${found.message}` : 'not there'}`)
    },
    { seconds },
  )

export const siteOf = async (cluster: Cluster): Promise<Site> => ({
  host,
  port: cluster.settings.httpsPort,
  ca: await cluster.secretValue(namespace, 'home-ca', 'ca.crt'),
})

export const passwordOf = (cluster: Cluster, name: string): Promise<string> => cluster.secretValue(namespace, `${name}-password`, 'password')

export const login = async (cluster: Cluster, name: string): Promise<Person> => Person.login(await siteOf(cluster), name, await passwordOf(cluster, name))

/** All transactions as the list tells them. */
export const transactions = async (person: Person): Promise<string> => {
  const { status, text } = await person.ask('/api/transactions/?page=1&page_size=1000')
  if (status !== 200) throw new Error(`transactions: ${status} ${text}`)
  return text
}

export const untilServed = async (cluster: Cluster): Promise<void> => {
  const site = await siteOf(cluster)
  await until('the edge answers', async () => ((await ask(site, '/api/health')).status === 200 ? true : undefined), { seconds: 120 })
}

export const sample = (name: string): string => join(repository, 'cfg/samples', name)
export const readSample = (name: string): string => readFileSync(sample(name), 'utf8')
