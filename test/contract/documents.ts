// The YAML of the project's documents, block by block.
import { readdirSync, readFileSync } from 'node:fs'
import { root } from './custom-resources.ts'

export interface Block {
  /** File and line, as an editor opens it. */
  readonly place: string
  /** What follows `yaml` in the fence: `values` for values of the chart, nothing for manifests. */
  readonly what: string
  readonly text: string
}

export const documents: readonly string[] = [
  'README.md',
  'CONTRIBUTING.md',
  ...readdirSync(`${root}docs`).flatMap((name) => (name.endsWith('.md') ? [`docs/${name}`] : [])),
]

export const blocksOf = (file: string): readonly Block[] => {
  const text = readFileSync(`${root}${file}`, 'utf8')
  return [...text.matchAll(/^```yaml *(.*)\n([\s\S]*?)^```$/gm)].map((match) => ({
    place: `${file}:${text.slice(0, match.index).split('\n').length}`,
    what: match[1] ?? '',
    text: match[2] ?? '',
  }))
}

export const blocks: readonly Block[] = documents.flatMap(blocksOf)
