import type { V1Container } from '@kubernetes/client-node'
import { expect, test } from 'vitest'
import { type Configuration, readConfiguration } from '../../api/config.ts'
import type { FiniaInstance } from '../../operator/crd/kinds.ts'
import { configText } from '../../operator/resources/api-config-map.ts'
import { apiDeployment } from '../../operator/resources/api-deployment.ts'
import { migrateJob } from '../../operator/resources/migrate-job.ts'
import { someDecisions } from '../support/decisions.ts'
import { anInstance, aUser } from '../support/instance.ts'

const apiContainer = (instance: FiniaInstance) => apiDeployment(instance, someDecisions()).spec?.template.spec?.containers[0]
const migrateContainer = (instance: FiniaInstance) => migrateJob(instance, aUser(), someDecisions()).spec?.template.spec?.containers[0]

const key = Buffer.alloc(32, 7).toString('base64url')
/** What the operator writes into the Secrets, by the paths that they are mounted at. */
const files: Readonly<Record<string, string>> = {
  '/etc/finia/keys/session-keys': JSON.stringify({ keys: [{ kty: 'oct', kid: 'one', k: key }] }),
  '/etc/finia/keys/setup-token': 'a-token',
  '/etc/finia/keys/edge-key': 'an-edge-key',
  '/etc/finia/keys/operator-key': 'an-operator-key',
  '/etc/finia/database/app-password': 'app-pass',
  '/etc/finia/database/migrate-password': 'migrate-pass',
}

/** The environment of a container with each NAME_FILE replaced by what is in the file. */
const environmentOf = (container: V1Container | undefined) => {
  const variables = (container?.env ?? []).map(({ name, value = '' }) => {
    if (!name.endsWith('_FILE')) return [name, value] as const
    const text = files[value]
    if (text === undefined) throw new Error(`${name} names ${value}, which nobody mounts`)
    return [name.replace(/_FILE$/, ''), text] as const
  })
  return Object.fromEntries(variables)
}

const read = (instance: FiniaInstance, container: V1Container | undefined): Configuration => readConfiguration(environmentOf(container), configText(instance))

test('the API reads from its pods what the instance says', () => {
  const instance = anInstance({
    spec: {
      api: {
        replicas: 5,
        config: { sessionTimeout: '30m', tokenLifetime: '90m', databasePrefix: 'fin_', usernamePrefix: 'u_', corsOrigins: ['https://app.example.com'] },
        limits: { requestsPerMinute: 7, bodySize: '1Mi', loginFailures: { perAccount: 3, perAddress: 0, lockout: '90s' } },
        connections: { perUser: 4, total: 70, idle: '10s' },
      },
      ingress: { hsts: { maxAge: 60, includeSubDomains: false }, headers: { xXssProtection: false, referrerPolicy: 'no-referrer' } },
      database: { names: { operations: 'my_ops', account: 'my_app' } },
    },
  })
  expect(read(instance, apiContainer(instance))).toMatchObject({
    settings: {
      api: {
        host: '0.0.0.0',
        port: 8000,
        managementPort: 8001,
        maxReplicas: 6,
        requestsPerMinute: 7,
        trustedProxies: [],
        clientKnown: true,
        bodyLimit: 1048576,
        tlsTerminated: true,
        headers: { hstsMaxAge: 60, hstsIncludeSubdomains: false, xssProtection: false, referrerPolicy: 'no-referrer' },
        cors: { origins: ['https://app.example.com'] },
      },
      database: { host: 'home-db-rw.finance.svc', port: 3306, tls: { mode: 'VerifyIdentity', caFile: '/etc/finia/database-ca/ca.crt' }, operations: 'my_ops' },
      auth: {
        expirySeconds: 5400,
        idleSeconds: 1800,
        poolSize: 4,
        poolTotal: 70,
        poolIdleSeconds: 10,
        usernamePrefix: 'u_',
        databasePrefix: 'fin_',
        maxLoginAttempts: 3,
        maxLoginAttemptsPerAddress: 0,
        windowSeconds: 90,
      },
      setup: { token: 'a-token', allowLocalhost: false },
      deployment: 'home-api',
      keyRing: [{ kid: 'one' }],
      edgeKey: 'an-edge-key',
      operatorKey: 'an-operator-key',
      service: { user: 'my_app', password: 'app-pass' },
    },
  })
})

test('the API reads an external database, and no edge means no TLS before it and nobody to believe', () => {
  const instance = anInstance({
    spec: {
      ingress: { provider: 'None' },
      database: { mode: 'External', external: { primary: { host: 'db.example.com', port: 3307 }, adminSecretName: 'a', cidrs: [] } },
    },
  })
  const configuration = read(instance, apiContainer(instance))
  expect(configuration).toMatchObject({
    settings: { api: { tlsTerminated: false }, database: { host: 'db.example.com', port: 3307, tls: { mode: 'VerifyIdentity', caFile: '' } } },
  })
  expect(configuration).not.toHaveProperty('settings.edgeKey')
})

test.each([
  [{}, true, 50, []],
  [{ managed: { service: { type: 'NodePort' as const } } }, true, 50, []],
  [{ managed: { service: { type: 'LoadBalancer' as const, externalTrafficPolicy: 'Cluster' as const } } }, false, 0, []],
  [{ trustedProxies: ['192.0.2.0/24'], managed: { service: { type: 'LoadBalancer' as const, externalTrafficPolicy: 'Cluster' as const } } }, true, 50, []],
  [{ provider: 'None' as const }, false, 0, []],
  [{ provider: 'None' as const, trustedProxies: ['192.0.2.0/24'] }, true, 50, ['192.0.2.0/24']],
])('with an ingress of %j the client is known: %s, and only then an address is locked out', (ingress, clientKnown, perAddress, trustedProxies) => {
  const instance = anInstance({ spec: { ingress } })
  expect(read(instance, apiContainer(instance))).toMatchObject({
    settings: { api: { clientKnown, trustedProxies }, auth: { maxLoginAttemptsPerAddress: perAddress } },
  })
})

test('a migration reads the same database, as the account that owns triggers', () => {
  const configuration = read(anInstance(), migrateContainer(anInstance()))
  expect(configuration).toMatchObject({
    settings: {
      database: { host: 'home-db-rw.finance.svc', tls: { mode: 'VerifyIdentity' } },
      migrate: { user: 'finia_app_migrate', password: 'migrate-pass' },
    },
  })
  expect(configuration).not.toHaveProperty('settings.service')
})

test('the smallest times that an instance may say are times that the API takes', () => {
  const instance = anInstance({
    spec: {
      api: { config: { sessionTimeout: '1s', tokenLifetime: '1s' }, limits: { bodySize: '0', loginFailures: { lockout: '1s' } }, connections: { idle: '1s' } },
    },
  })
  expect(read(instance, apiContainer(instance))).toMatchObject({
    settings: { auth: { expirySeconds: 1, idleSeconds: 1, windowSeconds: 1, poolIdleSeconds: 1 }, api: { bodyLimit: 0 } },
  })
})

test('what runs is what the image has', () => {
  expect(apiContainer(anInstance())?.command).toEqual(['node', '/app/api.js'])
  expect(migrateContainer(anInstance())?.command?.slice(0, 2)).toEqual(['node', '/app/migrate.js'])
  for (const container of [apiContainer(anInstance()), migrateContainer(anInstance())]) {
    expect(container?.env?.find(({ name }) => name === 'FINIA_CONFIG')?.value).toBe('/etc/finia/config/config.yaml')
    expect(container?.volumeMounts?.map(({ mountPath }) => mountPath)).toEqual(
      expect.arrayContaining(['/etc/finia/config', '/etc/finia/database', '/etc/finia/database-ca', '/tmp']),
    )
  }
})

test('the API reads files of users where the operator mounts their claim, and nowhere without one', () => {
  const folderOf = (folderImport: { enabled: boolean; volumeClaim?: string }) => {
    const instance = anInstance({ spec: { api: { config: { folderImport } } } })
    const configuration = read(instance, apiContainer(instance))
    const folder = 'settings' in configuration ? configuration.settings.import.folder : configuration.problems
    return { folder, mounts: apiContainer(instance)?.volumeMounts?.map(({ mountPath }) => mountPath) }
  }
  const given = folderOf({ enabled: true, volumeClaim: 'bank-files' })
  expect(given.folder).toBe('/app/imports')
  expect(given.mounts).toContain(given.folder)
  expect(folderOf({ enabled: false, volumeClaim: 'bank-files' }).folder).not.toBe('/app/imports')
})

test('the API reads from the replicas of an external database, with the names that lead there from the pods', () => {
  const servers = [
    { host: 'db2', port: 3307 },
    { host: 'db3.example.com', port: 3306 },
  ]
  const external = { primary: { host: 'db', port: 3306 }, replicas: servers, adminSecretName: 'a' }
  const of = (database: object) => {
    const instance = anInstance({ spec: { database: { mode: 'External', external, ...database } } })
    return read(instance, apiContainer(instance))
  }
  const replicas = [
    { host: 'db2.finance.svc', port: 3307 },
    { host: 'db3.example.com', port: 3306 },
  ]
  expect(of({ readFrom: 'PreferReplica' })).toMatchObject({ settings: { database: { host: 'db.finance.svc', readFrom: 'PreferReplica', replicas } } })
  expect(of({})).toMatchObject({ settings: { database: { readFrom: 'Primary' } } })
})

test('a Secret of a person’s own need not have the key of the operator: it comes from there if it is there', () => {
  const container = apiContainer(anInstance({ spec: { api: { keysSecretName: 'mine' } } }))
  expect(container?.env?.filter(({ name }) => name.startsWith('FINIA_OPERATOR_KEY'))).toEqual([
    { name: 'FINIA_OPERATOR_KEY', valueFrom: { secretKeyRef: { name: 'mine', key: 'operator-key', optional: true } } },
  ])
})
