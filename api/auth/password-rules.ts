// What a new password has to be like. Pure.

const fewest = 12
/** As long as the operator lets the password of a Secret be. */
const mostBytes = 256

export interface PasswordChange {
  readonly username: string
  readonly current: string
  readonly wanted: string
}

/** Why a new password is refused, or undefined. */
export const passwordProblem = ({ username, current, wanted }: PasswordChange): string | undefined => {
  const characters = Array.from(wanted).length
  if (!wanted.isWellFormed()) return 'The new password is not valid text: it holds half a character; type it anew.'
  if (/\p{Cc}/u.test(wanted)) return 'The new password holds a control character, such as a tab or a line break; leave it out.'
  if (characters < fewest) return `The new password has ${characters} characters; choose one of at least ${fewest}.`
  const bytes = Buffer.byteLength(wanted)
  if (bytes > mostBytes) return `The new password has ${bytes} bytes; choose one of at most ${mostBytes}.`
  if (wanted.toLowerCase() === username.toLowerCase()) return 'The new password is the user name; choose another one.'
  return wanted === current ? 'The new password is the current one; choose another one.' : undefined
}
