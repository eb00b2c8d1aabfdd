// How hard the tests try to make a reload of an edge fail a request: FINIA_RELOADS and FINIA_REQUESTS, for a run that takes longer than `make test` may.

export interface Reloads {
  readonly reloads: number
  /** Over each protocol, at least. */
  readonly requests: number
}

const wholeNumber = (name: string, text: string, most: number): number => {
  const number = Number(text)
  if (/^\d+$/.test(text) && number >= 1 && number <= most) return number
  throw new Error(`${name} is ${JSON.stringify(text)}: give a whole number from 1 to ${most}`)
}

/** What is not set is small enough for every run. */
export const reloadsOf = ({ FINIA_RELOADS = '4', FINIA_REQUESTS = '2000' }: NodeJS.ProcessEnv): Reloads => ({
  reloads: wholeNumber('FINIA_RELOADS', FINIA_RELOADS, 1_000),
  requests: wholeNumber('FINIA_REQUESTS', FINIA_REQUESTS, 1_000_000),
})
