import { UserError } from '../../src/errors.ts'

/** The UserError that the work has to end with. Throws where it ends in any other way. */
export function refusalOf(work: () => unknown): UserError {
  try {
    work()
  } catch (error) {
    if (error instanceof UserError) return error
    throw error
  }
  throw new Error('nothing was refused')
}
