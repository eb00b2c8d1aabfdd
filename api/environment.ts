// The only reader of process.env and of files.
import { readFileSync } from 'node:fs'
import { type Configuration, type Environment, readConfiguration, type Settings } from './config.ts'

const secrets = ['FINIA_SESSION_KEYS', 'FINIA_SETUP_TOKEN', 'FINIA_EDGE_KEY', 'FINIA_OPERATOR_KEY', 'FINIA_SERVICE_PASSWORD', 'FINIA_MIGRATE_PASSWORD'] as const

type Text = { readonly text: string } | { readonly problem: string }

const readText = (path: string, what: string): Text => {
  try {
    return { text: readFileSync(path, 'utf8') }
  } catch (cause) {
    const { code = 'unknown error' } = cause as NodeJS.ErrnoException
    return { problem: `${what} names ${path}, which cannot be read (${code}); name a file that is there and readable.` }
  }
}

/** Every secret may come as NAME or as NAME_FILE; both at once is an error. */
export const withSecrets = (environment: Environment): { environment: Environment; problems: readonly string[] } => {
  const found: Record<string, string> = {}
  const problems: string[] = []
  for (const name of secrets) {
    const path = environment[`${name}_FILE`]
    if (!path) continue
    const text = environment[name] ? { problem: `${name} and ${name}_FILE are both set; keep one of them.` } : readText(path, `${name}_FILE`)
    if ('problem' in text) problems.push(text.problem)
    else if (text.text.trim() === '') problems.push(`${name}_FILE names ${path}, which is empty; write the secret into it.`)
    else found[name] = text.text.trim()
  }
  return { environment: { ...environment, ...found }, problems }
}

export interface Start {
  readonly settings: Settings
  /** PEM of the CA that signs for the database, when one is named. */
  readonly databaseCa: string | undefined
  readonly release: string
}

const problemsOf = (configuration: Configuration) => ('problems' in configuration ? configuration.problems : [])
const problemOf = (text: Text) => ('problem' in text ? [text.problem] : [])

/** Everything a program of ours starts from, or everything that is wrong. */
export const readStart = (processEnvironment: Environment): Start | { readonly problems: readonly string[] } => {
  const { environment, problems } = withSecrets(processEnvironment)
  const config = readText(environment.FINIA_CONFIG || 'cfg/config.yaml', 'FINIA_CONFIG (by default cfg/config.yaml)')
  const configuration = 'text' in config ? readConfiguration(environment, config.text) : { problems: [config.problem] }
  const caFile = 'settings' in configuration ? configuration.settings.database.tls.caFile : ''
  const ca = caFile ? readText(caFile, 'database.ssl_ca') : { text: '' }
  const release = readText(environment.FINIA_VERSION_FILE || 'VERSION', 'FINIA_VERSION_FILE (by default VERSION)')
  const all = [...problems, ...problemsOf(configuration), ...problemOf(ca), ...problemOf(release)]
  if (all.length > 0 || !('settings' in configuration) || !('text' in ca) || !('text' in release)) return { problems: all }
  return { settings: configuration.settings, databaseCa: ca.text || undefined, release: release.text.trim() }
}
