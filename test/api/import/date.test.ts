import fc from 'fast-check'
import { expect, test } from 'vitest'
import { dateReader } from '../../../api/import/date.ts'

const read = (format: string, text: string) => {
  const reader = dateReader(format)
  return typeof reader === 'function' ? reader(text) : reader
}

const pad = (value: number, width = 2) => String(value).padStart(width, '0')

test('every day written with a pattern reads back, with leading zeros or without', () => {
  const days = fc.date({ min: new Date('1000-01-01T00:00:00Z'), max: new Date('9999-12-31T23:59:59Z'), noInvalidDate: true })
  fc.assert(
    fc.property(days, (day) => {
      const [year, month, date] = [day.getUTCFullYear(), day.getUTCMonth() + 1, day.getUTCDate()]
      const midnight = { date: `${pad(year, 4)}-${pad(month)}-${pad(date)} 00:00:00` }
      expect(read('%d.%m.%Y', `${pad(date)}.${pad(month)}.${pad(year, 4)}`)).toEqual(midnight)
      expect(read('%d.%m.%Y', `${date}.${month}.${pad(year, 4)}`)).toEqual(midnight)
      const time = `${pad(day.getUTCHours())}:${pad(day.getUTCMinutes())}:${pad(day.getUTCSeconds())}`
      expect(read('%Y-%m-%d %H:%M:%S', `${pad(year, 4)}-${pad(month)}-${pad(date)} ${time}`)).toEqual({
        date: `${pad(year, 4)}-${pad(month)}-${pad(date)} ${time}`,
      })
    }),
  )
})

test.each([
  ['%d.%m.%y', '01.02.68', '2068-02-01 00:00:00'],
  ['%d.%m.%y', '01.02.69', '1969-02-01 00:00:00'],
  ['%d %b %Y', '3 mar 2024', '2024-03-03 00:00:00'],
  ['%B %d, %Y', 'June 30, 2024', '2024-06-30 00:00:00'],
  ['%A %d %B %Y', 'Tuesday 30 July 2024', '2024-07-30 00:00:00'],
  ['%Y-%j', '2024-366', '2024-12-31 00:00:00'],
  ['%m/%d/%Y %I:%M %p', '12/31/2024 12:05 AM', '2024-12-31 00:05:00'],
  ['%m/%d/%Y %I:%M %p', '12/31/2024 1:05 pm', '2024-12-31 13:05:00'],
  ['%Y-%m-%dT%H:%M:%S.%f', '2024-01-02T03:04:05.678901', '2024-01-02 03:04:05'],
  ['%d%%%m%%%Y', '01%02%2024', '2024-02-01 00:00:00'],
  ['%d.%m.%Y %H:%M', '01.02.2024   10:11', '2024-02-01 10:11:00'],
])('%s reads %s', (format, text, date) => {
  expect(read(format, text)).toEqual({ date })
})

test.each([
  ['%d.%m.%Y', '31.04.2024'],
  ['%d.%m.%Y', '29.02.2023'],
  ['%d.%m.%Y', '01.13.2024'],
  ['%d.%m.%Y', '01.02.24'],
  ['%d.%m.%Y', '01.02.2024 12:00'],
  ['%d.%m.%Y', ' 01.02.2024'],
  ['%d.%m.%Y', ''],
  ['%Y-%m-%d', '0000-01-01'],
  ['%Y-%j', '2023-366'],
  ['%H:%M:%S', '24:00:00'],
])('%s refuses %s', (format, text) => {
  expect(read(format, text)).toEqual({ problem: `time data '${text}' does not match format '${format}'` })
})

test('a directive that is not known, or that stands twice, is named', () => {
  expect(read('%d.%m.%Q', '')).toEqual({ problem: expect.stringContaining("date_format '%d.%m.%Q' has '%Q', which is not known; use %d %m") })
  expect(read('%d.%d.%Y', '')).toEqual({ problem: "date_format '%d.%d.%Y' has '%d' twice" })
  expect(read('%d.%', '')).toEqual({ problem: expect.stringContaining("has '%', which is not known") })
})
