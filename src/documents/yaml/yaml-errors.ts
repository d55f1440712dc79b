import { UserError } from '../../errors.ts'
import { type KeyPath, whereAt } from '../document.ts'

/** UserError `does-not-parse`, for a place by its offset; the reason quotes nothing of the file. */
export function doesNotParse(text: string, file: string, offset: number, reason: string): UserError {
  return new UserError({
    code: 'does-not-parse',
    message: `The file is not valid YAML (${reason}), so it was left alone.`,
    hint: 'Correct it at that place, then run the same command again.',
    where: whereAt(file, text, offset),
  })
}

/** UserError `duplicate-key`: readers differ in which of the two they take. */
export function duplicateKey(text: string, file: string, offset: number): UserError {
  return new UserError({
    code: 'duplicate-key',
    message: 'The file has the same key twice in one mapping, so it is not clear which one counts.',
    hint: 'Take one of the two out, then run the same command again.',
    where: whereAt(file, text, offset),
  })
}

/** Valid YAML that cannot be edited without the risk of changing something else. */
export function unsupportedYaml(text: string, file: string, offset: number, what: string): UserError {
  return new UserError({
    code: 'unsupported-yaml',
    message: `The file ${what}, so it was left alone.`,
    hint: 'Write that place in plain YAML, then run the same command again.',
    where: whereAt(file, text, offset),
  })
}

/** UserError `path-taken`: a value stands where a mapping has to be; `rest` are the keys below it. */
export function pathTaken(
  text: string,
  file: string,
  offset: number,
  path: KeyPath,
  rest: KeyPath,
): UserError {
  const taken = path.slice(0, path.length - rest.length)
  const what = taken.length === 0 ? 'The file as a whole' : `"${taken.join('.')}"`
  return new UserError({
    code: 'path-taken',
    message: `${what} is no mapping, so "${path.join('.')}" cannot be set in it.`,
    hint: 'Make it a mapping ({}) or take it out, then run the same command again.',
    where: whereAt(file, text, offset),
  })
}
