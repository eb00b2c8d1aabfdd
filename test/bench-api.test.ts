import { expect, test } from 'vitest'
import { chosenPoints, points, unknownPoint } from '../bench/api/points.ts'

const all = points({ username: '', password: '' })
const namesOf = (wanted: string) => chosenPoints(all, wanted).map(({ name }) => name)

test('points are chosen by the beginnings of their names, and without any all are', () => {
  expect(namesOf('list,search-c')).toEqual(['list', 'search-common', 'search-category'])
  expect(namesOf('')).toHaveLength(all.length)
  expect([unknownPoint(all, 'list,search-c'), unknownPoint(all, '')]).toEqual([undefined, undefined])
})

test('a name that no point has is told with those that there are', () => {
  expect(unknownPoint(all, 'list,lst')).toMatch(/^BENCH names "lst", which is no point: choose from list, search, .*import\.$/)
})
