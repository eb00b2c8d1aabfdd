// What the database refuses, in words of the domain.
import { DatabaseError, type DatabaseFault } from '../db/errors.ts'

/** The outcome of a statement; its failure is the one that is named for the fault. */
export const explained = async <T>(outcome: Promise<T>, failures: Partial<Record<DatabaseFault, Error>>): Promise<T> => {
  try {
    return await outcome
  } catch (error) {
    throw (error instanceof DatabaseError && failures[error.fault]) || error
  }
}
