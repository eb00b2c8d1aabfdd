// What is wrong with settings that are written as they should be: a sentence for each. Each is looked at by itself, so that whoever corrects a file reads all of it at once. Pure.
import type { Static, TSchema } from 'typebox'
import type { Environment } from './config.ts'
import { ConfigFile } from './config-schema.ts'
import { networkProblems } from './limits/trusted-proxies.ts'
import { isTimeZone } from './today.ts'
import { read } from './validation/read.ts'

const { time_zone: TimeZone, trusted_proxies: TrustedProxies } = ConfigFile.properties.api.properties

/** What is said of a setting that has the form it must have; without it, its form is the problem, or its default holds. */
const problemsOf = <T extends TSchema>(schema: T, value: unknown, problems: (value: Static<T>) => readonly string[]): readonly string[] => {
  if (value === undefined) return []
  const reading = read(schema, value)
  return 'value' in reading ? problems(reading.value) : []
}

const timeZoneProblems = (zone: string): readonly string[] =>
  isTimeZone(zone) ? [] : [`api.time_zone in config.yaml is ${JSON.stringify(zone)}: write the name of a time zone as IANA lists it, such as Europe/Berlin.`]

const deploymentProblems = ({ FINIA_DEPLOYMENT: name }: Environment): readonly string[] =>
  !name || /^[\w.-]{1,253}$/.test(name)
    ? []
    : [
        `FINIA_DEPLOYMENT is ${JSON.stringify(name)}: write the name of the Deployment that this pod is of, in letters, digits, dots and dashes, or leave it out.`,
      ]

/** `api`: that section of the file, whatever is in it. */
export const meaningProblems = (api: Readonly<Record<string, unknown>>, environment: Environment): readonly string[] => [
  ...problemsOf(TimeZone, api.time_zone, timeZoneProblems),
  ...problemsOf(TrustedProxies, api.trusted_proxies, (networks) => networkProblems('api.trusted_proxies in config.yaml', networks)),
  ...deploymentProblems(environment),
]
