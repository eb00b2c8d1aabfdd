// The kinds of the Gateway API as upstream defines them: a cluster has them when somebody has installed them.
import { readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { parseAllDocuments } from 'yaml'
import type { KubeObject } from '../../operator/deps.ts'
import { customResourceDefinition } from './connect.ts'
import { connect, until } from './environment.ts'

interface Definition extends KubeObject {
  readonly status?: { readonly conditions?: readonly { readonly type: string; readonly status: string }[] }
}

const definitions: readonly KubeObject[] = parseAllDocuments(readFileSync(fileURLToPath(new URL('gateway-api.yaml', import.meta.url)), 'utf8')).map(
  (document) => document.toJS() as KubeObject,
)
const refs = definitions.map(({ metadata }) => ({ resource: customResourceDefinition, namespace: '', name: metadata.name }))

export async function installGatewayApi(): Promise<void> {
  const { kube, close } = connect()
  for (const definition of definitions) await kube.apply(customResourceDefinition, definition)
  for (const ref of refs) {
    await until(`${ref.name} is established`, 20_000, async () => {
      const live = await kube.get<Definition>(ref)
      return live?.status?.conditions?.some(({ type, status }) => type === 'Established' && status === 'True') ?? false
    })
  }
  close()
}

export async function removeGatewayApi(): Promise<void> {
  const { kube, close } = connect()
  for (const ref of refs) await kube.delete(ref)
  for (const ref of refs) await until(`${ref.name} is gone`, 30_000, async () => (await kube.get(ref)) === undefined)
  close()
}
