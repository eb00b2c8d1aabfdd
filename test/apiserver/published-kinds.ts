// Kinds as somebody else publishes them: a cluster has them when a person has installed them.
import { readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { parseAllDocuments } from 'yaml'
import type { KubeObject } from '../../operator/deps.ts'
import { customResourceDefinition } from './connect.ts'
import { connect, until } from './environment.ts'

interface Definition extends KubeObject {
  readonly status?: { readonly conditions?: readonly { readonly type: string; readonly status: string }[] }
}

/** Those of a file of this folder. */
export function publishedKinds(file: string) {
  const text = readFileSync(fileURLToPath(new URL(file, import.meta.url)), 'utf8')
  const definitions = parseAllDocuments(text).map((document) => document.toJS() as KubeObject)
  const refs = definitions.map(({ metadata }) => ({ resource: customResourceDefinition, namespace: '', name: metadata.name }))
  const install = async (): Promise<void> => {
    const { kube, close } = connect()
    for (const definition of definitions) await kube.apply(customResourceDefinition, definition)
    for (const ref of refs) {
      await until(`${ref.name} is established`, 20_000, async () => {
        const { status } = (await kube.get<Definition>(ref)) ?? {}
        return status?.conditions?.some((condition) => condition.type === 'Established' && condition.status === 'True') ?? false
      })
    }
    close()
  }
  const remove = async (): Promise<void> => {
    const { kube, close } = connect()
    for (const ref of refs) await kube.delete(ref)
    for (const ref of refs) await until(`${ref.name} is gone`, 30_000, async () => (await kube.get(ref)) === undefined)
    close()
  }
  return { install, remove }
}
