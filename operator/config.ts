// The operator's environment as settings, or everything that is wrong with it.
import type { Settings } from './deps.ts'

export type Environment = Readonly<Record<string, string | undefined>>

const namespacePattern = /^[a-z0-9]([-a-z0-9]{0,61}[a-z0-9])?$/

const listOf = (text: string | undefined): readonly string[] =>
  (text ?? '')
    .split(',')
    .map((part) => part.trim())
    .filter((part) => part !== '')

/** Reads FINIA_OPERATOR_IMAGE, FINIA_API_IMAGE, FINIA_RELEASE, FINIA_NAMESPACES, FINIA_OWN_NAMESPACE, FINIA_RESYNC_SECONDS. */
export function readSettings(environment: Environment): { readonly settings: Settings } | { readonly wrong: readonly string[] } {
  const wrong: string[] = []
  const required = (name: string): string => {
    const value = environment[name]?.trim()
    if (!value) wrong.push(`${name} is not set: the chart sets it; give it when you start the operator by hand`)
    return value ?? ''
  }
  const namespaces = listOf(environment['FINIA_NAMESPACES'])
  for (const namespace of namespaces) {
    if (!namespacePattern.test(namespace))
      wrong.push(`FINIA_NAMESPACES names "${namespace}", which is no namespace name: give a comma-separated list, or leave it empty for all`)
  }
  const resync = environment['FINIA_RESYNC_SECONDS'] ?? '60'
  if (!/^[1-9][0-9]{0,4}$/.test(resync)) wrong.push(`FINIA_RESYNC_SECONDS is "${resync}": give a whole number of seconds from 1 to 99999`)
  const settings: Settings = {
    operatorImage: required('FINIA_OPERATOR_IMAGE'),
    apiImage: required('FINIA_API_IMAGE'),
    release: required('FINIA_RELEASE'),
    ownNamespace: required('FINIA_OWN_NAMESPACE'),
    namespaces,
    resyncSeconds: Number(resync),
  }
  return wrong.length === 0 ? { settings } : { wrong }
}

const logLevels = ['fatal', 'error', 'warn', 'info', 'debug', 'trace', 'silent'] as const

/** How the process itself runs. */
export interface ProcessSettings {
  readonly logLevel: (typeof logLevels)[number]
  /** Port of /livez, /readyz and /metrics. */
  readonly probePort: number
}

/** Reads FINIA_LOG_LEVEL (info) and FINIA_PROBE_PORT (8080). What is wrong is told, and replaced by the default, so that it can be told. */
export function readProcessSettings(environment: Environment): ProcessSettings & { readonly wrong: readonly string[] } {
  const level = environment['FINIA_LOG_LEVEL'] ?? 'info'
  const port = environment['FINIA_PROBE_PORT'] ?? '8080'
  const logLevel = logLevels.find((known) => known === level)
  const probePort = /^[0-9]{1,5}$/.test(port) && Number(port) <= 65535 ? Number(port) : undefined
  const wrong = [
    ...(logLevel === undefined ? [`FINIA_LOG_LEVEL is "${level}": give one of ${logLevels.join(', ')}`] : []),
    ...(probePort === undefined ? [`FINIA_PROBE_PORT is "${port}": give a port from 0 to 65535`] : []),
  ]
  return { logLevel: logLevel ?? 'info', probePort: probePort ?? 8080, wrong }
}
