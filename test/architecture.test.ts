import { readdirSync, readFileSync } from 'node:fs'
import { dirname, join, normalize } from 'node:path'
import { fileURLToPath } from 'node:url'
import { expect, test } from 'vitest'

const root = fileURLToPath(new URL('..', import.meta.url))

interface Import {
  readonly from: string
  /** A path of the repository, or a package's name. */
  readonly to: string
  readonly isType: boolean
}

const filesBelow = (folder: string): readonly string[] =>
  readdirSync(join(root, folder), { recursive: true, encoding: 'utf8' })
    .filter((name) => /\.tsx?$/.test(name) && !name.includes('node_modules'))
    .map((name) => `${folder}/${name}`)

const statement = /^(?:import|export)\s+(type\s)?(?:[^'";]*?\sfrom\s+)?'([^']+)'/gm
const lazy = /^(?!type\s)[^/\n]*\bimport\('([^']+)'\)/gm

const importsOf = (file: string): readonly Import[] => {
  const text = readFileSync(join(root, file), 'utf8')
  const resolve = (target: string) => (target.startsWith('.') ? normalize(join(dirname(file), target)) : target)
  const eager = [...text.matchAll(statement)].map(([, type, target = '']) => ({ from: file, to: resolve(target), isType: type !== undefined }))
  return [...eager, ...[...text.matchAll(lazy)].map(([, target = '']) => ({ from: file, to: resolve(target), isType: false }))]
}

const imports = ['operator', 'api'].flatMap(filesBelow).flatMap(importsOf)

interface Rule {
  /** Beginnings of paths and names of packages that may be run. */
  readonly may: readonly string[]
  /** Those that may be known by their types as well. */
  readonly types?: readonly string[]
}

const facts = ['operator/crd/', 'operator/names.ts']
const ports = ['operator/deps.ts']

/** Who may import whom; the longest beginning of a path decides. Whoever is not named here may import anything. */
const rules: Readonly<Record<string, Rule>> = {
  'operator/names.ts': { may: [], types: ['operator/crd/'] },
  'operator/amounts.ts': { may: [] },
  'operator/covers.ts': { may: ['operator/amounts.ts'] },
  'operator/session-keys.ts': { may: [] },
  'operator/digest.ts': { may: ['node:crypto'] },
  'operator/deps.ts': { may: [] },
  'operator/config.ts': { may: [], types: ports },
  'operator/crd/': { may: ['operator/crd/', 'typebox', 'yaml'], types: ['@kubernetes/client-node'] },
  'operator/crd/generate.ts': { may: ['operator/crd/', 'node:fs/promises', 'node:url'] },
  'operator/resources/': { may: [...facts, 'operator/amounts.ts', 'operator/resources/', 'yaml'], types: [...ports, '@kubernetes/client-node'] },
  'operator/plan/': {
    may: [...facts, 'operator/amounts.ts', 'operator/covers.ts', 'operator/session-keys.ts', 'operator/resources/', 'operator/plan/'],
    types: [...ports, 'operator/observe/', 'operator/status/'],
  },
  'operator/status/': { may: [...facts, 'operator/resources/', 'operator/plan/', 'operator/status/'], types: [...ports, 'operator/observe/'] },
  'operator/observe/': {
    may: [
      ...facts,
      ...ports,
      'operator/digest.ts',
      'operator/session-keys.ts',
      'operator/resources/kinds.ts',
      'operator/resources/public-url.ts',
      'operator/plan/',
      'operator/observe/',
      'operator/mysql/errors.ts',
    ],
  },
  'operator/execute/': {
    may: [
      ...facts,
      ...ports,
      'operator/covers.ts',
      'operator/digest.ts',
      'operator/session-keys.ts',
      'operator/resources/kinds.ts',
      'operator/plan/steps.ts',
      'operator/observe/login.ts',
      'operator/execute/',
      'node:util',
    ],
  },
  'operator/reconcile': {
    may: [
      ...ports,
      'operator/digest.ts',
      'operator/resources/kinds.ts',
      'operator/observe/',
      'operator/plan/',
      'operator/execute/',
      'operator/status/',
      'operator/reconcile',
    ],
  },
  'operator/kube/': { may: [...ports, 'operator/kube/', 'node:', '@kubernetes/client-node'] },
  'operator/mysql/': { may: [...ports, 'operator/mysql/', 'node:', 'mysql2/promise'] },
  'operator/pki/': { may: [...ports, 'operator/pki/', 'node:', '@peculiar/x509', 'reflect-metadata'] },
  'operator/edge-agent/': {
    may: [
      ...ports,
      'operator/names.ts',
      'operator/digest.ts',
      'operator/resources/edge-paths.ts',
      'operator/resources/kinds.ts',
      'operator/kube/',
      'operator/pki/',
      'operator/runtime/',
      'operator/edge-agent/',
      'node:',
      'pino',
      'prom-client',
    ],
  },
  'operator/api-probe/': { may: [...ports, 'operator/api-probe/'] },
  'operator/edge-probe/': { may: [...ports, 'operator/edge-probe/', 'node:'] },
  'operator/runtime/': { may: [...ports, 'operator/runtime/', 'node:', 'prom-client'] },
}

const ruleFor = (file: string): Rule | undefined => {
  const [longest] = Object.keys(rules)
    .filter((path) => file.startsWith(path))
    .sort((left, right) => right.length - left.length)
  return longest === undefined ? undefined : rules[longest]
}

const begins = (to: string, allowed: readonly string[]): boolean =>
  allowed.some((start) => (/[/:]$/.test(start) || start === 'operator/reconcile' ? to.startsWith(start) : to === start || to.startsWith(`${start}/`)))

const say = ({ from, to, isType }: Import): string => `${from} imports ${isType ? 'types of ' : ''}${to}`

test('whoever reads the imports sees those that there are', () => {
  const folders = new Set(imports.map(({ from }) => from.split('/').slice(0, 2).join('/')))
  for (const folder of ['operator/crd', 'operator/resources', 'operator/plan', 'operator/kube', 'api/app.ts', 'api/db']) expect(folders).toContain(folder)
  expect(imports).toContainEqual({ from: 'operator/resources/index.ts', to: 'operator/names.ts', isType: false })
  expect(imports).toContainEqual({ from: 'operator/kube/kubeconfig.ts', to: '@kubernetes/client-node', isType: false })
})

test('every folder imports what the architecture lets it import, and nothing else', () => {
  const forbidden = imports.filter((one) => {
    const rule = ruleFor(one.from)
    return rule !== undefined && !begins(one.to, [...rule.may, ...(one.isType ? (rule.types ?? []) : [])])
  })
  expect(forbidden.map(say)).toEqual([])
})

test('the operator and the API never import each other', () => {
  const crossing = imports.filter(
    ({ from, to }) => (from.startsWith('api/') && to.startsWith('operator/')) || (from.startsWith('operator/') && to.startsWith('api/')),
  )
  expect(crossing.map(say)).toEqual([])
})

test('no domain of the API imports the routes of another one', () => {
  const crossing = imports.filter(({ from, to }) => /^api\/.*\/routes\.ts$/.test(to) && from !== 'api/app.ts')
  expect(crossing.map(say)).toEqual([])
})

test('only compositions import the programs themselves', () => {
  expect(imports.filter(({ to }) => /^(operator|api)\/main\.ts$/.test(to)).map(say)).toEqual([])
})

test('what decides never waits and never reaches out', () => {
  const pure = ['operator/plan', 'operator/resources', 'operator/status'].flatMap(filesBelow)
  expect(pure.length).toBeGreaterThan(20)
  const reach = /\bawait\b|\basync\b|\bprocess\.env\b|new Date\(\)|Date\.now\(|Math\.random\(|from 'node:/
  const offences = pure.flatMap((file) =>
    readFileSync(join(root, file), 'utf8')
      .split('\n')
      .flatMap((line, index) => (reach.test(line.replace(/\/\/.*|^\s*\/?\*.*/, '')) ? [`${file}:${index + 1}: ${line.trim()}`] : [])),
  )
  expect(offences).toEqual([])
})
