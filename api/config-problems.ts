// What is wrong with settings that are written as they should be: a sentence for each. Pure.
import type { Environment } from './config.ts'
import type { ConfigFile } from './config-schema.ts'
import { networkProblems } from './limits/trusted-proxies.ts'
import { isTimeZone } from './today.ts'
import type { Reading } from './validation/read.ts'

const timeZoneProblems = (reading: Reading<ConfigFile>): readonly string[] => {
  const zone = 'value' in reading ? reading.value.api.time_zone : 'UTC'
  return isTimeZone(zone)
    ? []
    : [`api.time_zone in config.yaml is ${JSON.stringify(zone)}: write the name of a time zone as IANA lists it, such as Europe/Berlin.`]
}

const proxyProblems = (reading: Reading<ConfigFile>): readonly string[] =>
  'value' in reading ? networkProblems('api.trusted_proxies in config.yaml', reading.value.api.trusted_proxies) : []

const deploymentProblems = ({ FINIA_DEPLOYMENT: name }: Environment): readonly string[] =>
  !name || /^[\w.-]{1,253}$/.test(name)
    ? []
    : [
        `FINIA_DEPLOYMENT is ${JSON.stringify(name)}: write the name of the Deployment that this pod is of, in letters, digits, dots and dashes, or leave it out.`,
      ]

export const meaningProblems = (reading: Reading<ConfigFile>, environment: Environment): readonly string[] => [
  ...timeZoneProblems(reading),
  ...proxyProblems(reading),
  ...deploymentProblems(environment),
]
