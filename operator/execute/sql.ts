// Runs administrative statements; the values of Secrets are looked up for them and forgotten.
import type { Deps } from '../deps.ts'
import { readSecretKey, resolveLogin } from '../observe/login.ts'
import type { DatabaseLogin, SecretRef, SqlChange } from '../plan/steps.ts'

const isNotThere = ({ namespace, name, key }: SecretRef): Error => new Error(`Secret ${namespace}/${name} has no key "${key}": create it`)

async function valuesOf(deps: Deps, change: SqlChange): Promise<readonly string[]> {
  if (!change.passwordFrom) return []
  const password = await readSecretKey(deps, change.passwordFrom)
  if (!password) throw isNotThere(change.passwordFrom)
  return [password]
}

/** One connection, one statement after another; the first failure ends the run. */
export async function runChanges(deps: Deps, login: DatabaseLogin, changes: readonly SqlChange[]): Promise<void> {
  if (changes.length === 0) return
  const target = await resolveLogin(deps, login)
  if ('missing' in target) throw isNotThere(target.missing)
  await deps.mysql.use(target, async (session) => {
    for (const change of changes) await session.run({ sql: change.text, values: await valuesOf(deps, change) })
  })
}
