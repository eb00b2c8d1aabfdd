import fc from 'fast-check'
import { Value } from 'typebox/value'
import { expect, test } from 'vitest'
import { parse } from 'yaml'
import type { FiniaInstance } from '../../../../operator/crd/kinds.ts'
import { InstanceSpec } from '../../../../operator/crd/spec.ts'
import { configText } from '../../../../operator/resources/api-config-map.ts'
import { certificate } from '../../../../operator/resources/certificate.ts'
import { edgeConfigMap } from '../../../../operator/resources/edge-config-map.ts'
import { edgeService } from '../../../../operator/resources/edge-service.ts'
import { nginxConf } from '../../../../operator/resources/nginx/conf.ts'
import { routeChildren } from '../../../../operator/resources/providers/index.ts'
import { anInstance } from '../../../support/instance.ts'
import { nginxTokens } from './nginx-tokens.ts'

interface Schema {
  readonly type?: string
  readonly pattern?: string
  readonly 'x-kubernetes-validations'?: readonly { readonly rule: string }[]
  readonly enum?: readonly string[]
  readonly properties?: Readonly<Record<string, Schema>>
  readonly items?: Schema
  readonly additionalProperties?: Schema
}

interface Field {
  readonly path: readonly string[]
  readonly schema: Schema
}

/** What a text must look like, by its pattern or by a rule that has one. */
const patternOf = ({ pattern, 'x-kubernetes-validations': validations = [] }: Schema): string | undefined => {
  const [literal] = validations.flatMap(({ rule }) => /^self\.matches\((".*")\)$/.exec(rule)?.[1] ?? [])
  return pattern ?? (literal === undefined ? undefined : String(JSON.parse(literal)))
}

/** Every string that a person may write below a schema; one item of a list and one entry of a map stand for all. */
const stringsOf = (schema: Schema, path: readonly string[]): readonly Field[] => {
  if (schema.type === 'string') return [{ path, schema }]
  if (schema.items) return stringsOf(schema.items, [...path, '0'])
  if (typeof schema.additionalProperties === 'object') return stringsOf(schema.additionalProperties, [...path, 'key'])
  return Object.entries(schema.properties ?? {}).flatMap(([name, inner]) => stringsOf(inner, [...path, name]))
}

const { ingress, api } = InstanceSpec.properties as unknown as { readonly ingress: Schema; readonly api: Schema }
const origins: Field = { path: ['api', 'config', 'corsOrigins', '0'], schema: api.properties?.['config']?.properties?.['corsOrigins']?.items ?? {} }
const isChoice = ({ schema }: Field): boolean => schema.enum !== undefined
const fields = [...stringsOf(ingress, ['ingress']), origins].filter((field) => !isChoice(field))

const providers = ['Managed', 'Nginx', 'NginxF5', 'Gateway', 'None'] as const
const modes = ['SelfSigned', 'CertManager', 'Secret', 'Disabled'] as const

/** All that may be left out is there. */
const harmlessInstance = (provider: (typeof providers)[number], mode: (typeof modes)[number]): FiniaInstance =>
  anInstance({
    spec: {
      api: { config: { corsOrigins: ['https://app.example.com'] } },
      ingress: {
        provider,
        tls: { mode, issuer: { kind: 'Issuer', name: 'letsencrypt' }, secretName: 'bought' },
        gateway: { name: 'public', sectionName: 'https', httpSectionName: 'http' },
        trustedProxies: ['192.0.2.0/24'],
        managed: { service: { annotations: { key: 'value' } } },
      },
    },
  })

const replaced = (value: unknown, [first, ...rest]: readonly string[], by: string): unknown => {
  if (first === undefined) return by
  const inner = replaced((value as Readonly<Record<string, unknown>>)[first], rest, by)
  return Array.isArray(value) ? value.map((item: unknown, index) => (String(index) === first ? inner : item)) : { ...(value as object), [first]: inner }
}

const spite = [
  '\n',
  '\r\n',
  '\0',
  '{',
  '}',
  '"',
  "'",
  ';',
  '$',
  '${',
  '\\',
  '#',
  ' ',
  '\t',
  '`',
  '|',
  '<',
  '>',
  '%',
  '*',
  '@',
  'é',
  '\u2028',
  'return 200',
  '$host',
  'lua_code',
  '{{',
  '/..',
]
const hostile = fc
  .array(fc.oneof(fc.constantFrom(...spite), fc.constantFrom('a', '1', '.', '-', '/', ':', 'm', 's')), { minLength: 0, maxLength: 6 })
  .map((parts) => parts.join(''))

/** Spite alone, spite within what is allowed, and what is allowed. */
const valueOf = ({ schema }: Field): fc.Arbitrary<string> => {
  const allowed = fc.stringMatching(new RegExp(patternOf(schema) ?? '^[a-z ;{}"$\\n]*$'))
  const poisoned = fc.tuple(allowed, hostile, fc.nat()).map(([text, poison, where]) => {
    const at = where % (text.length + 1)
    return text.slice(0, at) + poison + text.slice(at)
  })
  return fc.oneof(hostile, poisoned, allowed)
}

/** Leaves of plain data by their path. */
const leavesOf = (value: unknown, path = ''): readonly (readonly [string, string])[] =>
  typeof value === 'object' && value !== null
    ? Object.entries(value).flatMap(([key, inner]: [string, unknown]) => leavesOf(inner, `${path}/${key}`))
    : [[path, String(value)]]

/** Everything that is made of spec.ingress, as a list of tokens: those of nginx's language, and the leaves of objects. */
const tokensOf = (instance: FiniaInstance): readonly (readonly [string, string])[] => {
  const conf = nginxTokens(nginxConf(instance)).map((token, index) => [`nginx.conf ${index}`, token] as const)
  const { 'agent.json': agent = '' } = edgeConfigMap(instance).data ?? {}
  const objects = [routeChildren(instance), certificate(instance), edgeService(instance), JSON.parse(agent) as unknown, parse(configText(instance)) as unknown]
  return [...conf, ...leavesOf(objects)]
}

/** Made once: the schema's defaults and the usual tokens take longer than all that is asked of them. */
const usualCases = providers.flatMap((provider) =>
  modes.map((mode) => {
    const usual = harmlessInstance(provider, mode)
    return { usual, before: tokensOf(usual) }
  }),
)

const harmless = /^[A-Za-z0-9.:/_\-[\]]+$/

/** Free text by its nature, which stays one value of a Service. */
const isFreeText = (path: string): boolean => path.endsWith('/metadata/annotations/key')

test('there are strings to try, in every part', () => {
  expect(fields.map(({ path }) => path.join('.'))).toEqual(
    expect.arrayContaining([
      'ingress.host',
      'ingress.className',
      'ingress.gateway.sectionName',
      'ingress.tls.secretName',
      'ingress.trustedProxies.0',
      'ingress.timeouts.read',
    ]),
  )
  expect(fields.length).toBeGreaterThan(12)
})

test.each(fields.map((field) => ({ name: field.path.join('.'), field })))(
  'a hostile $name is refused, or comes out as one harmless token',
  { timeout: 30_000 },
  ({ field }) => {
    const form = new RegExp(patternOf(field.schema) ?? '')
    let accepted = 0
    let refused = 0
    fc.assert(
      fc.property(fc.constantFrom(...usualCases), valueOf(field), ({ usual, before }, value) => {
        const spec = replaced(usual.spec, field.path, value)
        if (!Value.Check(InstanceSpec, spec) || !form.test(value)) {
          refused += 1
          return
        }
        accepted += 1
        const after = tokensOf({ ...usual, spec: spec as FiniaInstance['spec'] })
        // As many tokens at the same places: nothing has broken out of its own.
        expect(after.map(([place]) => place)).toEqual(before.map(([place]) => place))
        const host = usual.spec.ingress.host
        const isHarmless = ([place, token]: readonly [string, string], index: number): boolean => {
          const was = before[index]?.[1] ?? ''
          if (token === was || (isFreeText(place) && token === value)) return true
          // A URL of ours has the host in it, and variables beside it.
          return harmless.test(token) || (harmless.test(value) && token === was.replaceAll(host, () => value))
        }
        expect(after.filter((token, index) => !isHarmless(token, index))).toEqual([])
      }),
      { numRuns: 100 },
    )
    expect(accepted).toBeGreaterThan(0)
    if (patternOf(field.schema) !== undefined) expect(refused).toBeGreaterThan(0)
  },
)
