// What follows from the state of the database server: accounts to make, a condition to tell, and whether the API may be pointed at it.
import type { DatabaseObservation } from '../observe/database.ts'
import type { ObservedInstance } from '../observe/facts.ts'
import type { Finding } from '../status/conditions.ts'
import { planAccounts } from './accounts.ts'
import { databaseLogin } from './login.ts'
import type { Problem, Step } from './steps.ts'

export interface DatabasePlan {
  readonly finding: Finding
  readonly problems: readonly Problem[]
  readonly steps: readonly Step[]
  /** Whether the server was reached and holds what the API needs. */
  readonly proven: boolean
}

type Unavailable = Extract<DatabaseObservation, { state: 'unavailable' }>

const type = 'DatabaseAvailable'

/** Wrong passwords and untrusted certificates stay wrong until a person acts; a server that does not answer may come back. */
const needsPerson = ({ kind }: Unavailable): boolean => kind !== 'Unreachable'

const notProven = (reason: string, message: string, problems: readonly Problem[] = []): DatabasePlan => ({
  finding: { type, status: 'False', reason, message },
  problems,
  steps: [],
  proven: false,
})

export function planDatabase({ instance, database }: ObservedInstance): DatabasePlan {
  if (database.state === 'notYet') return notProven('Starting', database.sentence)
  if (database.state === 'unavailable') {
    const problem = { about: type, reason: database.kind, message: database.sentence }
    return notProven(database.kind, database.sentence, needsPerson(database) ? [problem] : [])
  }
  const { changes, problems } = planAccounts(instance, database)
  const [problem] = problems
  if (problem) return notProven(problem.reason, problem.message, problems)
  if (changes.length > 0)
    return {
      ...notProven('PreparingAccounts', 'The accounts of the API and of migrations are being made.'),
      steps: [{ do: 'sql', login: databaseLogin(instance), changes }],
    }
  const finding: Finding = { type, status: 'True', reason: 'Answered', message: `The database server answers (${database.serverVersion}).` }
  return { finding, problems: [], steps: [], proven: true }
}
