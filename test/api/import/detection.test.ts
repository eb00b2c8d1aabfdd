import fc from 'fast-check'
import { expect, test } from 'vitest'
import { detectVersion } from '../../../api/import/detection.ts'
import type { Format, Version } from '../../../api/import/format.ts'

const aVersion = (key: string, header: readonly string[]): Version => ({
  key,
  encoding: 'utf-8',
  delimiter: ';',
  decimal: ',',
  date_format: '%Y',
  header_skip: 0,
  header: [...header],
  columns: {},
})

const names = fc.uniqueArray(fc.constantFrom('A', 'B', 'C', 'D', 'E'), { maxLength: 4 })
const formats = fc.tuple(fc.array(names, { minLength: 1, maxLength: 5 }), fc.option(fc.nat({ max: 4 }))).map(
  ([headers, chosen]): Format => ({
    name: 'bank',
    versions: headers.map((header, index) => aVersion(`v${index}`, header)),
    ...(chosen !== null && { defaultKey: `v${chosen}` }),
  }),
)
const contains = (header: readonly string[], version: Version) => version.header.length > 0 && version.header.every((name) => header.includes(name))

test('the version is the first of those with the most names that the file has; else the default; else the first', () => {
  fc.assert(
    fc.property(formats, names, (format, header) => {
      const found = detectVersion(format, () => header)
      const fitting = format.versions.filter((version) => contains(header, version))
      const most = Math.max(...fitting.map((version) => version.header.length))
      const fallback = format.defaultKey === undefined ? format.versions[0] : format.versions.find(({ key }) => key === format.defaultKey)
      expect(found).toEqual(fitting.find((version) => version.header.length === most) ?? fallback ?? { problem: "No valid version found for format 'bank'" })
    }),
  )
})

test('neither the order of columns nor further ones matter', () => {
  fc.assert(
    fc.property(formats, names, fc.func(fc.nat()), (format, header, order) => {
      const shuffled = [...header, 'surplus'].toSorted((a, b) => order(a) - order(b))
      expect(detectVersion(format, () => shuffled)).toEqual(detectVersion(format, () => header))
    }),
  )
})

test('each version reads the header its own way, and one that cannot read it does not fit', () => {
  const [wide, narrow] = [aVersion('wide', ['A', 'B']), aVersion('narrow', ['A'])]
  expect(detectVersion({ name: 'bank', versions: [wide, narrow] }, (version) => (version === wide ? undefined : ['A', 'B']))).toEqual(narrow)
})
