import { expect, test } from 'vitest'
import { readFormat, repaired } from '../../../api/import/format.ts'

const version = { encoding: 'utf-8', delimiter: ';', decimal: ',', date_format: '%d.%m.%Y', header_skip: 0, header: ['A'], columns: { amount: 'A' } }

test('a config with versions is told from one that is a version itself', () => {
  expect(readFormat('bank', { default: 'v2', v1: version, v2: version })).toEqual({
    name: 'bank',
    defaultKey: 'v2',
    versions: [
      { ...version, key: 'v1' },
      { ...version, key: 'v2' },
    ],
  })
  expect(readFormat('bank', version)).toEqual({ name: 'bank', versions: [version] })
})

test('what a version leaves out has a default', () => {
  expect(readFormat('bank', { date_format: '%Y', header: null, batch_size: 200 })).toEqual({
    name: 'bank',
    versions: [{ encoding: 'utf-8', delimiter: ';', decimal: '.', date_format: '%Y', header_skip: 0, header: [], columns: {}, batch_size: 200 }],
  })
})

test('a written tab is a tab', () => {
  expect(readFormat('bank', { ...version, delimiter: '\\t' })).toMatchObject({ versions: [{ delimiter: '\t' }] })
})

test.each([
  [null, 'its config is not an object'],
  [{ encoding: 'utf-8' }, 'date_format: must have required properties date_format'],
  [{ v1: version, v2: { encoding: 'utf-8' } }, "version 'v2': date_format: must have required properties date_format"],
  [{ ...version, header_skip: 'two' }, 'header_skip: must be integer'],
  [{ ...version, delimiter: '' }, "delimiter '' is not one character that can separate cells"],
  [{ ...version, delimiter: ';;' }, "delimiter ';;' is not one character that can separate cells"],
  [{ ...version, delimiter: '"' }, "delimiter '\"' is not one character that can separate cells"],
])('the config %j is refused with the field', (config, problem) => {
  expect(readFormat('bank', config)).toEqual({ problem })
})

test('sources that an old settings page stored as text become objects again, everywhere and once', () => {
  const broken = { v1: { encoding: 'utf-8', columns: { iban: { sources: ['name: Details', { name: 'A', regex: 'x: y' }, 'no colon'] } } } }
  const whole = { v1: { encoding: 'utf-8', columns: { iban: { sources: [{ name: 'Details' }, { name: 'A', regex: 'x: y' }, 'no colon'] } } } }
  expect(repaired(broken)).toEqual(whole)
  expect(repaired(whole)).toEqual(whole)
})
