import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { expect, test } from 'vitest'
import { renderChart } from '../../charts/helm.ts'
import { referenceFile } from '../../docs/reference.ts'
import { childrenOf, typicalInstances } from './children.ts'
import { documentsOf, problemsOf, root } from './custom-resources.ts'
import { blocks, documents } from './documents.ts'
import { helm } from './helm-chart.ts'

const manifests = blocks.filter(({ what }) => what === '')
/** Kinds of GitOps tools, whose schemas are theirs. */
const foreign = /^(argoproj\.io|kustomize\.toolkit\.fluxcd\.io)\//

test('reference.md is what the schemas say', () => {
  expect(readFileSync(`${root}docs/reference.md`, 'utf8')).toBe(referenceFile())
})

test('every YAML block is of a sort that is tested', () => {
  expect(blocks.filter(({ what }) => !['', 'values'].includes(what)).map(({ place }) => place)).toEqual([])
  expect(manifests.length).toBeGreaterThan(5)
})

test.each(manifests)('$place is what the schemas of our kinds allow', ({ text }) => {
  const ours = documentsOf(text).filter(({ apiVersion }) => !foreign.test(String(apiVersion)))
  expect(ours.flatMap(problemsOf)).toEqual([])
})

test.each(blocks.filter(({ what }) => what === 'values'))('$place is taken by the chart', async ({ text }) => {
  const folder = await mkdtemp(join(tmpdir(), 'finia-values-'))
  try {
    writeFileSync(join(folder, 'values.yaml'), text)
    expect(renderChart(helm(), '--values', join(folder, 'values.yaml'))).toContain('kind: Deployment')
  } finally {
    await rm(folder, { recursive: true })
  }
})

test.each(documents)('%s links to files that are there', (file) => {
  const text = readFileSync(`${root}${file}`, 'utf8')
  const targets = [...text.matchAll(/\]\((?!https?:|#)([^)#\s]+)/g)].map(([, target]) => join(dirname(file), target ?? ''))
  expect(targets.filter((target) => !existsSync(`${root}${target}`))).toEqual([])
})

test('every file that the documents name is there', () => {
  const named = documents.flatMap((file) =>
    [...readFileSync(`${root}${file}`, 'utf8').matchAll(/(?<![\w./-])((?:api|cfg|charts|docs|operator|test)\/[\w./-]*\w)(?![\w*<>/]|\.…)/g)].map(
      ([, path]) => path ?? '',
    ),
  )
  expect(named.length).toBeGreaterThan(20)
  expect([...new Set(named)].filter((path) => !existsSync(`${root}${path}`))).toEqual([])
})

test('every document of docs/ is reached from the README', () => {
  const readme = readFileSync(`${root}README.md`, 'utf8')
  expect(documents.filter((file) => file.startsWith('docs/') && !readme.includes(`(${file})`))).toEqual([])
})

test('every field that the documents name is one of the schemas', () => {
  const fields = new Set([...referenceFile().matchAll(/^\| `((?:spec|status)\.[^`]+)` /gm)].map(([, field]) => field))
  const said = documents
    .filter((file) => file !== 'docs/reference.md')
    .flatMap((file) =>
      [...readFileSync(`${root}${file}`, 'utf8').matchAll(/`((?:spec|status)(?:\.[a-zA-Z]+)+)`?/g)].map(([, field]) => `${file} ${field ?? ''}`),
    )
  expect(said.length).toBeGreaterThan(10)
  expect(said.filter((text) => !fields.has(text.split(' ')[1]))).toEqual([])
})

test('configure.md names every object that an instance becomes', () => {
  const text = readFileSync(`${root}docs/configure.md`, 'utf8')
  const rows = [...text.matchAll(/^\| ([A-Z][^|]*?) *\|/gm)].map(([, what]) => what ?? '')
  const isNamed = (kind: string, name: string) => rows.some((row) => row.includes(kind) && row.includes(`\`${name}\``))
  const children = typicalInstances.flatMap(childrenOf).map(({ manifest }) => [manifest.kind, manifest.metadata.name] as const)
  expect(children.length).toBeGreaterThan(30)
  expect(children.filter(([kind, name]) => !isNamed(kind, name))).toEqual([])
})

const sources = (folder: string): string =>
  readdirSync(`${root}operator/${folder}`)
    .filter((name) => name.endsWith('.ts'))
    .map((name) => readFileSync(`${root}operator/${folder}/${name}`, 'utf8'))
    .join('\n')

/** The words that conditions and events give as their reason, as the code spells them. */
const reasonsInCode = (): readonly string[] => {
  const text = ['plan', 'status', 'execute'].map(sources).join('\n')
  const said = [...text.matchAll(/(?:reason: |(?:problem|waiting|notProven|pending|failed|waits|acts)\(\s*|notReady\(\s*'\w+',\s*)'([A-Z][A-Za-z]+)'/g)].map(
    ([, word]) => word ?? '',
  )
  const unavailable = [...sources('mysql').matchAll(/type MysqlErrorKind = (.*)/g)].flatMap(([, kinds]) =>
    (kinds ?? '').split(' | ').map((kind) => kind.replaceAll("'", '')),
  )
  return [...new Set([...said, ...unavailable, 'MissingSecret'])].sort()
}

const conditionTypes = new Set(['Ready', 'Reconciling', 'APIAvailable', 'DatabaseAvailable', 'IngressReady', 'TLSReady'])

/** The reason is a row's first word, or the second where the first is the condition's type. */
const reasonsInTables = (text: string): readonly string[] =>
  [...text.matchAll(/^\| `([A-Za-z]+)` *\|(?: `([A-Za-z]+)`)?/gm)].map(([, first, second]) => (conditionTypes.has(first ?? '') ? second : first) ?? '')

test('troubleshooting.md explains every reason of a condition or an event, and no other', () => {
  const text = readFileSync(`${root}docs/troubleshooting.md`, 'utf8')
  expect([...new Set(reasonsInTables(text))].sort()).toEqual(reasonsInCode())
})
