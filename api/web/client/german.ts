// Amounts and dates as Germans write and read them.

const money = new Intl.NumberFormat('de-DE', { style: 'currency', currency: 'EUR' })

/** From the API's decimal text, digit by digit. */
export const moneyText = (decimal: string): string => money.format(decimal as Intl.StringNumericLiteral)

export const isNegative = (decimal: string): boolean => decimal.startsWith('-') && /[1-9]/.test(decimal)

/** `2026-01-31T00:00:00` → `31.01.2026`. */
export const dateText = (iso: string | null): string => {
  const [, year, month, day] = /^(\d{4})-(\d\d)-(\d\d)/.exec(iso ?? '') ?? []
  return year ? `${day}.${month}.${year}` : ''
}

/** `1.234,50` → `1234.50`; a text without comma stays as it is. */
export const decimalText = (text: string): string => {
  const compact = text.replace(/\s/g, '')
  return compact.includes(',') ? compact.replaceAll('.', '').replace(',', '.') : compact
}
