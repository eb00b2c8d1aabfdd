// Decimals that are compared exactly: an amount of 0.1 must meet a bound of 0.1.
import { readDecimal } from '../validation/decimal.ts'

/** digits × 10^-scale */
export interface ExactDecimal {
  readonly digits: bigint
  readonly scale: number
}

export const exactDecimal = (text: string): ExactDecimal | undefined => {
  const plain = readDecimal(text.trim())
  if (plain === undefined) return undefined
  const point = plain.indexOf('.')
  return { digits: BigInt(plain.replace('.', '')), scale: point < 0 ? 0 : plain.length - point - 1 }
}

export const isLess = (a: ExactDecimal, b: ExactDecimal): boolean => {
  if (a.scale === b.scale) return a.digits < b.digits
  const scale = Math.max(a.scale, b.scale)
  return a.digits * 10n ** BigInt(scale - a.scale) < b.digits * 10n ** BigInt(scale - b.scale)
}

/** An amount as rules see it as a text: without superfluous zeros, but with one decimal at least. */
export const amountText = (amount: string): string => {
  const [whole = '', fraction = ''] = amount.split('.')
  return `${whole}.${fraction.replace(/0+$/, '') || '0'}`
}
