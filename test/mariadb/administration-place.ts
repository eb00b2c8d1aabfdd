// A place where the operator administers the real server: an instance with names of its own, a cluster of fakes, the real adapter.
import { randomBytes } from 'node:crypto'
import { inject } from 'vitest'
import type { FiniaUser } from '../../operator/crd/kinds.ts'
import type { KubeObject, MysqlTarget, Statement } from '../../operator/deps.ts'
import { runChanges } from '../../operator/execute/sql.ts'
import { mysql } from '../../operator/mysql/client.ts'
import type { MysqlError } from '../../operator/mysql/errors.ts'
import { observeDatabase } from '../../operator/observe/database.ts'
import { planAccounts } from '../../operator/plan/accounts.ts'
import { databaseLogin } from '../../operator/plan/login.ts'
import { reconcileUser } from '../../operator/reconcile-user.ts'
import { kinds } from '../../operator/resources/kinds.ts'
import { anInstance } from '../support/instance.ts'
import { aWorld, type World } from '../support/world.ts'

export const given = inject('mariadb')
const plain = { mode: 'Disabled' } as const
export const admin: MysqlTarget = { host: given.host, port: given.port, user: given.user, password: given.password, tls: plain }
export const as = (user: string, password: string): MysqlTarget => ({ ...admin, user, password })

export const ask = <Row extends object>(target: MysqlTarget, sql: string, values: Statement['values'] = []) =>
  mysql.use(target, (session) => session.all<Row>({ sql, values }))
export const run = (target: MysqlTarget, ...texts: readonly string[]) =>
  mysql.use(target, async (session) => {
    for (const sql of texts) await session.run({ sql, values: [] })
  })
export const failure = (attempt: Promise<unknown>): Promise<MysqlError> =>
  attempt.then(
    () => {
      throw new Error('it worked')
    },
    (error: unknown) => error as MysqlError,
  )
export const kindOf = async (attempt: Promise<unknown>): Promise<string> => (await failure(attempt)).kind
export const unique = (): string => `t${randomBytes(4).toString('hex')}`
export const secretText = (): string => `${randomBytes(6).toString('base64url')}'"\\%_?;--é`

export interface Place {
  readonly world: World
  readonly id: string
  readonly instance: ReturnType<typeof anInstance>
  /** Puts a Secret into the cluster. */
  secret(name: string, values: Readonly<Record<string, string>>): void
  /** What is asked for beyond what is there is made; returns the statements, or the reasons of what stands in the way. */
  settle(instance?: ReturnType<typeof anInstance>): Promise<readonly string[]>
}

export function aPlace(id = unique(), more: Parameters<typeof anInstance>[0] = {}): Place {
  const external = { primary: { host: given.host, port: given.port }, adminSecretName: 'admin' }
  const database = { mode: 'External' as const, external, names: { account: id, operations: `${id}_ops` }, tls: { mode: 'Disabled' as const } }
  const instance = anInstance({ ...more, spec: { database, api: { config: { databasePrefix: `${id}x_` } } } })
  const world = aWorld(instance)
  const deps = { ...world.deps, mysql }
  const place: Place = {
    world: { ...world, deps },
    id,
    instance,
    secret: (name, values) => {
      const data = Object.fromEntries(Object.entries(values).map(([key, value]) => [key, Buffer.from(value).toString('base64')]))
      world.kube.put(kinds.secret, { apiVersion: 'v1', kind: 'Secret', metadata: { name, namespace: 'finance' }, data } as KubeObject)
    },
    settle: async (wanted = instance) => {
      const observed = await observeDatabase(deps, wanted)
      if (observed.state !== 'available') throw new Error(observed.sentence)
      const { changes, problems } = planAccounts(wanted, observed)
      await runChanges(deps, databaseLogin(wanted), changes)
      return problems.length > 0 ? problems.map(({ reason }) => reason) : changes.map(({ text }) => text)
    },
  }
  place.secret('admin', { username: given.user, password: given.password })
  place.secret('home-db', { 'app-password': secretText(), 'migrate-password': secretText(), 'password-marks': secretText() })
  return place
}

export const valueOf = ({ world }: Place, name: string, key: string): string =>
  Buffer.from((world.kube.objects.get(`secrets/finance/${name}`) as { data?: Record<string, string> } | undefined)?.data?.[key] ?? '', 'base64').toString()

export const put = ({ world }: Place, user: FiniaUser) => world.kube.put(kinds.user, user as unknown as KubeObject)
export const live = ({ world }: Place, user: FiniaUser) =>
  world.kube.objects.get(`finiausers/finance/${user.metadata.name}`) as unknown as FiniaUser | undefined
export const reconcile = ({ world }: Place, user: FiniaUser) => reconcileUser(world.deps, { namespace: 'finance', name: user.metadata.name })
export const reasonOf = (place: Place, user: FiniaUser) => live(place, user)?.status?.conditions?.find(({ type }) => type === 'Ready')?.reason

/** Every Job of the cluster comes to a good end. */
export function completeJobs({ world, id }: Place): void {
  for (const [key, job] of world.kube.objects) {
    if (!key.startsWith('jobs/')) continue
    const name = job.metadata.name.split('-')[0] ?? ''
    const databases = [{ user: name, database: `${id}x_${name}`, schemaVersion: '003', applied: ['003'] }]
    const terminated = { finishedAt: '2026-01-01T12:00:00Z', message: JSON.stringify({ databases }) }
    world.kube.objects.set(key, { ...job, status: { conditions: [{ type: 'Complete', status: 'True' }] } } as KubeObject)
    const metadata = { name: `${job.metadata.name}-x`, namespace: 'finance', labels: { 'batch.kubernetes.io/job-name': job.metadata.name } }
    world.kube.put(kinds.pod, { apiVersion: 'v1', kind: 'Pod', metadata, status: { containerStatuses: [{ state: { terminated } }] } } as KubeObject)
  }
}
