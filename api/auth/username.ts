// A user's name is the name of his database account, and says which database is his. Pure.
import { isBasicText } from '../db/basic-text.ts'

export interface Prefixes {
  readonly usernamePrefix: string
  readonly databasePrefix: string
}

const letters = /^[\p{L}\p{N}_]+$/u
const alphanumeric = /[\p{L}\p{N}]/u

/** The database of a user, or why there can be none. */
export const databaseOf = (username: string, { usernamePrefix, databasePrefix }: Prefixes): { readonly database: string } | { readonly problem: string } => {
  if (!username.startsWith(usernamePrefix)) return { problem: `Username must start with '${usernamePrefix}'` }
  const rest = username.slice(usernamePrefix.length)
  if (rest === '') return { problem: 'Username too short' }
  // accounts of the database have no letters that its tables lack
  if (!isBasicText(rest) || !letters.test(rest) || !alphanumeric.test(rest)) return { problem: 'Invalid characters in username' }
  return { database: databasePrefix + rest }
}
