// How many rows go into one INSERT.
import type { NewTransaction } from './repository.ts'

// Well below what a server takes in one packet (16 MiB unless told otherwise), whatever the rows hold.
const largest = 2_000_000

const sizeOf = ({ iban, bic, description, recipientApplicant }: NewTransaction) =>
  100 + (iban?.length ?? 0) + (bic?.length ?? 0) + description.length + (recipientApplicant?.length ?? 0)

/** In order; each of `wanted` rows (from 100 to 5000), or fewer when they are large. */
export const batches = (rows: readonly NewTransaction[], wanted: number): readonly (readonly NewTransaction[])[] => {
  const most = Math.min(Math.max(wanted, 100), 5000)
  const found: NewTransaction[][] = []
  let [current, size]: [NewTransaction[], number] = [[], 0]
  for (const row of rows) {
    if (current.length === 0 || current.length === most || size + sizeOf(row) > largest) {
      current = []
      size = 0
      found.push(current)
    }
    current.push(row)
    size += sizeOf(row)
  }
  return found
}
