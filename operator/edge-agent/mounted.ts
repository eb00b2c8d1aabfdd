// What is mounted into the pod: the settings of the operator and the certificate. The kubelet swaps a whole folder at once by its link `..data`.
import { readFile, realpath } from 'node:fs/promises'
import { join } from 'node:path'
import type { Pair } from './certificate.ts'

export interface Mounted {
  readonly settings: string
  /** What the agent itself is told beside nginx's settings. */
  readonly agent: AgentSettings
  /** Undefined when the edge speaks plain http or the Secret lacks a part. */
  readonly pair: Pair | undefined
  /** Who signs the certificate, as far as the Secret says. */
  readonly authority?: string
}

/** agent.json of the edge's ConfigMap. */
export interface AgentSettings {
  readonly host: string
  readonly tls: boolean
  /** Whether to serve a certificate of the agent's own making until there is one. */
  readonly standIn?: boolean
}

const absent = (error: unknown): undefined => {
  if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return undefined
  throw error
}

/** Both files of one version of the folder, though it may be swapped between the two reads. */
const together = async <const Names extends readonly string[]>(folder: string, names: Names): Promise<{ [Index in keyof Names]: string | undefined }> => {
  const version = await realpath(join(folder, '..data')).catch(() => folder)
  const read = await Promise.all(names.map((name) => readFile(join(version, name), 'utf8').catch(absent)))
  // the type says as many as there were names
  return read as { [Index in keyof Names]: string | undefined }
}

export const readMounted = async (folders: { readonly settings: string; readonly tls: string; readonly authority: string }): Promise<Mounted> => {
  const [settings, agent] = await together(folders.settings, ['nginx.conf', 'agent.json'])
  if (settings === undefined || agent === undefined) throw new Error(`${folders.settings} lacks nginx.conf or agent.json`)
  const told = JSON.parse(agent) as AgentSettings
  const [certificate, key] = told.tls ? await together(folders.tls, ['tls.crt', 'tls.key']) : []
  const [authority] = told.tls ? await together(folders.authority, ['ca.crt']) : []
  return { settings, agent: told, pair: certificate && key ? { certificate, key } : undefined, ...(authority && { authority }) }
}
