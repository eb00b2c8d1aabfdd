// The files that a new database starts with, or everything that is wrong with them.
import { readFileSync } from 'node:fs'
import { readFormatFile } from '../settings/format-file.ts'
import type { Seed } from './seed.ts'
import { readSeedData } from './seed-data.ts'

const shippedFormats = 'cfg/import_formats.yaml'

const textOf = (path: string, what: string): { text: string; problems: readonly string[] } => {
  try {
    return { text: readFileSync(path, 'utf8'), problems: [] }
  } catch (cause) {
    return { text: '', problems: [`${what} ${path}, which cannot be read (${(cause as NodeJS.ErrnoException).code}); name a file that is there.`] }
  }
}

export const readSeed = (initData: string): { seed: Seed } | { problems: readonly string[] } => {
  const [data, formats] = [textOf(initData, 'database.init_data names'), textOf(shippedFormats, 'The import formats are in')]
  const unreadable = [...data.problems, ...formats.problems]
  if (unreadable.length > 0) return { problems: unreadable }
  const [reading, file] = [readSeedData(data.text), readFormatFile(formats.text)]
  const problems = [
    ...('problems' in reading ? reading.problems.map((problem) => `${initData}: ${problem}`) : []),
    ...('problem' in file ? [file.problem] : file.errors).map((problem) => `${shippedFormats}: ${problem}`),
  ]
  return problems.length > 0 || !('data' in reading) ? { problems } : { seed: { data: reading.data, formats: formats.text } }
}
