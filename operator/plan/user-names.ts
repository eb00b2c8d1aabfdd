// What a user is called on the database server, and which names are nobody's to have.
import { type FiniaInstance, type FiniaUser, usernameOf } from '../crd/kinds.ts'

/** Accounts of servers of this kind; a user of that name would be one of them. */
const reservedAccounts: readonly string[] = ['root', 'mysql', 'mariadb.sys', 'public']

/** The name of the user's database: the prefix, and the user name without its own prefix. */
export const userDatabase = (instance: FiniaInstance, user: FiniaUser): string => {
  const { databasePrefix, usernamePrefix } = instance.spec.api.config
  const name = usernameOf(user)
  return `${databasePrefix}${name.startsWith(usernamePrefix) ? name.slice(usernamePrefix.length) : name}`
}

export const isReservedName = (instance: FiniaInstance, name: string): boolean => {
  const { account, operations } = instance.spec.database.names
  return reservedAccounts.includes(name) || name.startsWith(account) || name.startsWith(operations)
}
