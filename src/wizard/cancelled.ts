import { UserError } from '../errors.ts'

/** What every question comes to when the user leaves it: exit 130. Questions are asked before anything is written. */
export function cancelled(): UserError {
  return new UserError({ code: 'cancelled', message: 'Cancelled; nothing was written.', exit: 130 })
}
