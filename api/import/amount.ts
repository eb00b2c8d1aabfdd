// Amounts as banks write them, to plain decimal texts. Never through a float.
import { readDecimal } from '../validation/decimal.ts'

export type DecimalMark = '.' | ','

// What DECIMAL(20,10) can hold before its decimal mark; INSERT IGNORE would store its largest number instead without a word.
const integerDigits = 10

/** The plain decimal text of an amount, or what is wrong with it. */
export const readAmount = (cell: string, mark: DecimalMark): { readonly amount: string } | { readonly problem: string } => {
  const compact = cell.replace(/\s/g, '')
  const amount = readDecimal(mark === ',' ? compact.replaceAll('.', '').replaceAll(',', '.') : compact)
  if (amount === undefined) return { problem: `'${cell}' is not an amount with the decimal mark '${mark}'` }
  const [whole = ''] = amount.replace('-', '').split('.')
  return whole.length > integerDigits ? { problem: `'${cell}' has more than ${integerDigits} digits before the decimal mark` } : { amount }
}
