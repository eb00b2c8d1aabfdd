// Amounts as banks write them, to plain decimal texts. Never through a float.

export type DecimalMark = '.' | ','

// What DECIMAL(20,10) can hold before its decimal mark; the database would otherwise store its largest number without a word.
const integerDigits = 10
const literal = /^([+-]?)(\d*)(?:\.(\d*))?(?:[eE]([+-]?\d{1,3}))?$/

/** The plain decimal text of an amount, or what is wrong with it. */
export const readAmount = (cell: string, mark: DecimalMark): { readonly amount: string } | { readonly problem: string } => {
  const compact = cell.replace(/\s/g, '')
  const text = mark === ',' ? compact.replaceAll('.', '').replaceAll(',', '.') : compact
  const [, sign, whole = '', fraction = '', exponent] = literal.exec(text) ?? []
  if (sign === undefined || whole + fraction === '') return { problem: `'${cell}' is not an amount with decimal mark '${mark}'` }
  const shifted = shift(whole, fraction, Number(exponent ?? 0))
  const digits = shifted.whole.replace(/^0+(?=\d)/, '') || '0'
  if (digits.length > integerDigits) return { problem: `'${cell}' has more than ${integerDigits} digits before the decimal mark` }
  return { amount: `${sign === '-' ? '-' : ''}${digits}${shifted.fraction && `.${shifted.fraction}`}` }
}

const shift = (whole: string, fraction: string, places: number) => {
  const digits = whole + fraction
  const point = whole.length + places
  if (point <= 0) return { whole: '', fraction: '0'.repeat(-point) + digits }
  return { whole: digits.slice(0, point).padEnd(point, '0'), fraction: digits.slice(point) }
}
