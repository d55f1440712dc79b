import { UserError } from '../errors.ts'

/** A value that a format cannot say, such as null in TOML; only a template of a user's own can ask for one. */
export function noWordFor(value: null | number, format: string): UserError {
  return new UserError({
    code: 'value-not-writable',
    message: `${format} has no word for ${value}.`,
    hint: 'Write another value in the content file of the tool folder.',
    exit: 2,
  })
}
