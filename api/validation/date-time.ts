// Dates and times as clients send them. Offsets are dropped: the digits are what counts (facts of the original).

const form = /^(\d{4})-(\d{2})-(\d{2})(?:[T ](\d{2}):(\d{2})(?::(\d{2})(?:\.\d{1,9})?)?(?:Z|[+-]\d{2}:?\d{2})?)?$/i
const unixText = /^-?\d{1,15}(\.\d+)?$/
/** From here on a number counts milliseconds. */
const watershed = 2e10

export const isDateTimeText = (text: string): boolean => form.test(text.trim())

const ofUnix = (number: number): string | undefined => {
  const date = new Date(Math.floor(Math.abs(number) > watershed ? number : number * 1000))
  const text = Number.isNaN(date.getTime()) ? '' : date.toISOString()
  return /^\d{4}-/.test(text) ? text.slice(0, 19).replace('T', ' ') : undefined
}

/** `YYYY-MM-DD HH:MM:SS`, or undefined when it is no date that exists. */
export const readDateTime = (input: string | number): string | undefined => {
  if (typeof input === 'number') return ofUnix(input)
  const text = input.trim()
  if (unixText.test(text)) return ofUnix(Number(text))
  const match = form.exec(text)
  if (!match) return undefined
  const [, year = '', month = '', day = '', hour = '00', minute = '00', second = '00'] = match
  const written = `${year}-${month}-${day}T${hour}:${minute}:${second}`
  const date = new Date(`${written}Z`)
  const exists = year !== '0000' && !Number.isNaN(date.getTime()) && date.toISOString().startsWith(written)
  return exists ? written.replace('T', ' ') : undefined
}
