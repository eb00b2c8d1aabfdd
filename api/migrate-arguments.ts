// The arguments of the program migrate. Pure.
import { parseArgs } from 'node:util'
import type { Label } from './db/migrations/migration.ts'

export interface MigrateArguments {
  /** Empty = everybody who has a database. */
  readonly users: readonly string[]
  readonly labels: readonly Label[]
  readonly seed: boolean
  readonly dryRun: boolean
}

const usage = 'usage: migrate (--user NAME [--user NAME …] | --all) [--seed] [--expand] [--contract] [--dry-run]'

const options = {
  user: { type: 'string', multiple: true },
  all: { type: 'boolean' },
  seed: { type: 'boolean' },
  expand: { type: 'boolean' },
  contract: { type: 'boolean' },
  'dry-run': { type: 'boolean' },
} as const

const parse = (given: readonly string[]) => {
  try {
    return parseArgs({ args: [...given], options, strict: true }).values
  } catch (cause) {
    return cause instanceof Error ? cause.message : String(cause)
  }
}

export const readArguments = (given: readonly string[]): MigrateArguments | { readonly problem: string } => {
  const values = parse(given)
  if (typeof values === 'string') return { problem: `${values} (${usage})` }
  const { user: users = [], all = false, seed = false, expand = false, contract = false, 'dry-run': dryRun = false } = values
  if (all === users.length > 0) return { problem: `name users by --user, or everybody by --all, and not both (${usage})` }
  const both = expand === contract
  return { users, labels: both ? ['expand', 'contract'] : [expand ? 'expand' : 'contract'], seed, dryRun }
}
