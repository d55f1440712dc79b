import { formatWhere, UserError, type Where } from '../../errors.ts'

/** The refusal of a text. `reason` is a parser's fixed phrase and never quotes the file, which may hold a key. */
export function doesNotParse(reason: string, where: Where): UserError {
  const twice = /multiple times|redefine/.test(reason)
  return new UserError({
    code: 'does-not-parse',
    message: `${where.file} is not valid TOML: ${twice ? 'a key or table is defined twice' : lowerFirst(reason)}.`,
    hint: twice
      ? `Take out or rename one of the two; the second is at ${formatWhere(where)}. Then run the command again.`
      : `Correct ${formatWhere(where)}, then run the command again.`,
    exit: 1,
    where,
  })
}

function lowerFirst(text: string): string {
  return text.charAt(0).toLowerCase() + text.slice(1)
}
