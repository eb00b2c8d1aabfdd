// Writes about shares answer 200 also when they refuse: the sentence is in the answer, as FiniA's clients expect it.

export interface Outcome {
  readonly status: 'success' | 'error'
  readonly message?: string
}

export const success: Outcome = { status: 'success' }
export const succeeded = (message: string): Outcome => ({ status: 'success', message })
export const refused = (message: string): Outcome => ({ status: 'error', message })

export const unknownIsin = (isin: string): Outcome => refused(`Share with ISIN ${isin} not found`)
export const badDate = (field: string, text: string): Outcome =>
  refused(`${field} '${text}' is not a day or time that exists; write it as YYYY-MM-DD or YYYY-MM-DDTHH:MM:SS`)
