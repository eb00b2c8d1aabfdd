// Whose password is in force: that of the Secret, or one that the person has chosen. The Secret is set once for each of its contents.
import type { FiniaUser } from '../crd/kinds.ts'
import { annotations } from '../names.ts'
import type { ObservedUser, PasswordFacts, UserServer } from '../observe/user.ts'

/** What was noted on the user when the password of the Secret was last looked after. */
interface Noted {
  readonly secret: string
  /** What the account was known by while the Secret's password opened it. */
  readonly account: string
}

const unknown = '-'

export const notedPassword = ({ metadata }: FiniaUser): Noted | undefined => {
  const [secret, account] = metadata.annotations?.[annotations.password]?.split('.') ?? []
  return secret && account ? { secret, account } : undefined
}

export type PasswordDecision =
  /** The account is to be made, with the password of the Secret. */
  | { readonly do: 'create' }
  /** The Secret says something new, which wins. */
  | { readonly do: 'set' }
  | { readonly do: 'note'; readonly annotation: string; readonly isOwn: boolean }
  /** `isOwn`: the password in force is not the Secret's. */
  | { readonly do: 'keep'; readonly isOwn: boolean }

const accountExists = ({ account }: UserServer): boolean => account.hosts.includes('%')

/** The first look at a generated Secret whose password does not open the account: it has been changed since, by whomever. */
const isFirstLook = (user: FiniaUser, { named }: PasswordFacts): boolean => !named && notedPassword(user) === undefined

export function decidePassword({ user, password }: ObservedUser, server: UserServer): PasswordDecision {
  if (!accountExists(server)) return { do: 'create' }
  const { mark } = password
  const { passwordMark, passwordWorks } = server.account
  const noted = notedPassword(user)
  if (mark === undefined) return { do: 'keep', isOwn: false }
  if (noted?.secret === mark) return { do: 'keep', isOwn: noted.account !== (passwordMark ?? unknown) }
  if (passwordWorks === true) return { do: 'note', annotation: `${mark}.${passwordMark ?? unknown}`, isOwn: false }
  if (passwordWorks === undefined) return { do: 'keep', isOwn: false }
  return isFirstLook(user, password) ? { do: 'note', annotation: `${mark}.${unknown}`, isOwn: true } : { do: 'set' }
}
