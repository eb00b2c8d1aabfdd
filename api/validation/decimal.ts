// Decimal texts without binary floats.

const form = /^([+-]?)(\d*)\.?(\d*)(?:e([+-]?\d{1,3}))?$/i

/** The text in plain notation (no exponent, no plus, no superfluous zero in front), or undefined when it is no decimal. */
export const readDecimal = (text: string): string | undefined => {
  const match = form.exec(text)
  const [, sign = '', whole = '', fraction = '', exponent = '0'] = match ?? []
  const digits = whole + fraction
  if (!match || digits === '') return undefined
  const point = whole.length + Number(exponent)
  const padded = '0'.repeat(Math.max(0, -point)) + digits + '0'.repeat(Math.max(0, point - digits.length))
  const cut = Math.max(0, point)
  const before = padded.slice(0, cut).replace(/^0+(?=\d)/, '') || '0'
  const after = padded.slice(cut)
  return `${sign === '-' ? '-' : ''}${before}${after && `.${after}`}`
}
