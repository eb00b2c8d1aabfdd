// Starts etcd and kube-apiserver of the tests' own, on free ports, and stops them after the last test.
import { randomBytes } from 'node:crypto'
import { access, constants, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises'
import { homedir, tmpdir } from 'node:os'
import { join } from 'node:path'
import type { TestProject } from 'vitest/node'
import { parseAllDocuments } from 'yaml'
import type { KubeObject } from '../../operator/deps.ts'
import { freePort } from '../support/free-port.ts'
import { createCertificates } from './certificates.ts'
import { clientFor, customResourceDefinition } from './connect.ts'
import { endWith, lastWords, start, stop, until } from './processes.ts'

export interface ApiServer {
  readonly url: string
  readonly port: number
  readonly folder: string
  readonly ca: string
  /** Serves as well for what stands in front of the API server. */
  readonly serverCertificate: string
  readonly serverKey: string
  readonly adminToken: string
  /** Tokens of the user `finia-operator`, who may do nothing until a test grants it: two, for a rotation. */
  readonly operatorTokens: readonly [string, string]
  readonly auditLog: string
}

declare module 'vitest' {
  export interface ProvidedContext {
    apiServer: ApiServer
  }
}

const startMilliseconds = 90_000

const binaries = async (): Promise<string> => {
  const { KUBEBUILDER_ASSETS, CLUSTER_WORK, XDG_CACHE_HOME } = process.env
  const folder = KUBEBUILDER_ASSETS ?? join(CLUSTER_WORK ?? join(XDG_CACHE_HOME ?? join(homedir(), '.cache'), 'finia-cluster'), 'bin')
  for (const program of ['etcd', 'kube-apiserver']) {
    await access(join(folder, program), constants.X_OK).catch(() => {
      throw new Error(`${program} is not in ${folder}: run "make cluster-up" once, or set KUBEBUILDER_ASSETS to a folder with etcd and kube-apiserver`)
    })
  }
  return folder
}

const auditPolicy = { apiVersion: 'audit.k8s.io/v1', kind: 'Policy', omitStages: ['RequestReceived'], rules: [{ level: 'Metadata' }] }

const writeFiles = async (folder: string): Promise<ApiServer> => {
  const certificates = await createCertificates()
  const [adminToken, first, second] = [0, 1, 2].map(() => randomBytes(24).toString('hex')) as [string, string, string]
  const files: Record<string, string> = {
    'ca.crt': certificates.ca,
    'server.crt': certificates.server.certificate,
    'server.key': certificates.server.key,
    'admin.crt': certificates.admin.certificate,
    'admin.key': certificates.admin.key,
    'accounts.pub': certificates.serviceAccounts.certificate,
    'accounts.key': certificates.serviceAccounts.key,
    'audit-policy.yaml': JSON.stringify(auditPolicy),
    'tokens.csv': [`${adminToken},admin,admin,"system:masters"`, `${first},finia-operator,operator-1`, `${second},finia-operator,operator-2`].join('\n'),
  }
  for (const [name, content] of Object.entries(files)) await writeFile(join(folder, name), content, { mode: 0o600 })
  const port = await freePort()
  return {
    url: `https://127.0.0.1:${port}`,
    port,
    folder,
    ca: certificates.ca,
    serverCertificate: certificates.server.certificate,
    serverKey: certificates.server.key,
    adminToken,
    operatorTokens: [first, second],
    auditLog: join(folder, 'audit.log'),
  }
}

const startEtcd = async (folder: string, bin: string): Promise<string> => {
  const [clients, peers] = [`http://127.0.0.1:${await freePort()}`, `http://127.0.0.1:${await freePort()}`]
  await start(folder, 'etcd', join(bin, 'etcd'), [
    `--data-dir=${join(folder, 'etcd')}`,
    `--listen-client-urls=${clients}`,
    `--advertise-client-urls=${clients}`,
    `--listen-peer-urls=${peers}`,
    `--initial-advertise-peer-urls=${peers}`,
    `--initial-cluster=default=${peers}`,
    '--unsafe-no-fsync',
    '--log-level=error',
  ])
  return clients
}

const startApiServer = (server: ApiServer, bin: string, etcd: string) => {
  const file = (name: string) => join(server.folder, name)
  return start(server.folder, 'kube-apiserver', join(bin, 'kube-apiserver'), [
    `--etcd-servers=${etcd}`,
    '--bind-address=127.0.0.1',
    '--advertise-address=127.0.0.1',
    `--secure-port=${server.port}`,
    '--endpoint-reconciler-type=none',
    '--service-cluster-ip-range=10.0.0.0/16',
    `--tls-cert-file=${file('server.crt')}`,
    `--tls-private-key-file=${file('server.key')}`,
    `--client-ca-file=${file('ca.crt')}`,
    `--token-auth-file=${file('tokens.csv')}`,
    '--authorization-mode=RBAC',
    '--service-account-issuer=https://tests.invalid',
    `--service-account-key-file=${file('accounts.pub')}`,
    `--service-account-signing-key-file=${file('accounts.key')}`,
    '--disable-admission-plugins=ServiceAccount',
    `--audit-policy-file=${file('audit-policy.yaml')}`,
    `--audit-log-path=${server.auditLog}`,
    '--profiling=false',
    '--allow-privileged=true',
  ])
}

const applyDefinitions = async (server: ApiServer) => {
  const folder = new URL('../../crds/', import.meta.url)
  const files = (await readdir(folder)).filter((name) => name.endsWith('.yaml'))
  const { kube, close } = clientFor({ url: server.url, ca: server.ca, token: server.adminToken })
  for (const name of files) {
    for (const document of parseAllDocuments(await readFile(new URL(name, folder), 'utf8'))) {
      const manifest = document.toJS() as KubeObject
      await kube.apply(customResourceDefinition, manifest)
      const ref = { resource: customResourceDefinition, namespace: '', name: manifest.metadata.name }
      await until(`${name} is established`, 20_000, async () => {
        const live = await kube.get<KubeObject & { status?: { conditions?: { type: string; status: string }[] } }>(ref)
        return live?.status?.conditions?.some(({ type, status }) => type === 'Established' && status === 'True') ?? false
      })
    }
  }
  close()
}

export default async function setUp(project: TestProject): Promise<() => Promise<void>> {
  const bin = await binaries()
  const folder = await mkdtemp(join(tmpdir(), 'finia-apiserver-'))
  endWith(process.pid, folder)
  const tearDown = async () => {
    for (const name of ['kube-apiserver', 'etcd']) await stop(folder, name, 'SIGKILL').catch(() => {})
    await rm(folder, { recursive: true, force: true })
  }
  try {
    const server = await writeFiles(folder)
    await startApiServer(server, bin, await startEtcd(folder, bin))
    const { kube, close } = clientFor({ url: server.url, ca: server.ca, token: server.adminToken })
    const namespace = { resource: { group: '', version: 'v1', plural: 'namespaces', kind: 'Namespace' }, namespace: '', name: 'default' }
    await until('kube-apiserver answers', startMilliseconds, () =>
      kube.get(namespace).then(
        (found) => found !== undefined,
        () => false,
      ),
    ).catch(async (error: unknown) => {
      throw new Error(`kube-apiserver does not start; it said:\n${await lastWords(folder, 'kube-apiserver')}`, { cause: error })
    })
    close()
    await applyDefinitions(server)
    project.provide('apiServer', server)
    return tearDown
  } catch (error) {
    await tearDown()
    throw error
  }
}
