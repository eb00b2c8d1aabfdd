import { readFileSync } from 'node:fs'
import { expect, test } from 'vitest'
import { readFormat } from '../../../api/import/format.ts'
import { readFormatFile } from '../../../api/settings/format-file.ts'

test('the shipped file holds four formats that can be read with', () => {
  const file = readFormatFile(readFileSync('cfg/import_formats.yaml', 'utf8'))
  if ('problem' in file) throw new Error(file.problem)
  const versions = file.formats.map(({ name, config }) => {
    const format = readFormat(name, config)
    return 'problem' in format ? format : [name, format.defaultKey, format.versions.map(({ key }) => key)]
  })
  expect(versions).toEqual([
    ['csv-cb', 'v1', ['v1', 'v2']],
    ['csv-spk', 'v1', ['v1']],
    ['csv-mintos', 'v2', ['v1', 'v2', 'v3']],
    ['csv-loan', 'v1', ['v1']],
  ])
})

test('a format that cannot be kept is named, the others are kept', () => {
  expect(readFormatFile('formats:\n  good: {encoding: utf-8}\n  text: hello\n  endless: {value: .inf}\n')).toEqual({
    formats: [{ name: 'good', config: { encoding: 'utf-8' } }],
    total: 3,
    errors: ["Format 'text': config must be an object", "Format 'endless': config holds a value that JSON cannot hold, such as .inf or .nan"],
  })
})

test('a file without formats has none', () => {
  expect(readFormatFile('other: 1')).toEqual({ formats: [], total: 0, errors: [] })
})

test.each([
  ['a: [', /^YAML parsing error: /],
  ['- a', /^YAML file must contain a dictionary$/],
  ['', /^YAML file must contain a dictionary$/],
  ['formats: [a]', /^YAML root must have 'formats' key/],
  ['formats: &all {bank: *all}', /^YAML parsing error: /],
  // Each line unfolds to ten of the line before.
  [
    `formats:\n  a0: &a0 {x: y}\n${[1, 2, 3, 4, 5, 6].map((n) => `  a${n}: &a${n} {l: [${`*a${n - 1},`.repeat(10)}]}`).join('\n')}`,
    /^YAML parsing error: Excessive alias/,
  ],
])('%s is refused', (text, problem) => {
  expect(readFormatFile(text)).toEqual({ problem: expect.stringMatching(problem) })
})
