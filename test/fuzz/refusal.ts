import { UserError } from '../../src/errors.ts'
import { assertRefusal } from './documents/typed-error.ts'

/** What the work gives, or undefined where it refuses in the way that every refusal has to be. All else goes on. */
export async function orRefused<T>(work: () => T | Promise<T>): Promise<T | undefined> {
  try {
    return await work()
  } catch (error) {
    if (!(error instanceof UserError)) throw error
    assertRefusal(error)
    return undefined
  }
}
