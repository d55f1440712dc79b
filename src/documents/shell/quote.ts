import { UserError } from '../../errors.ts'

const lineBreakOrNul = /[\0\r\n]/
/** PowerShell takes all five for a single quote. */
const powershellQuotes = /['‘’‚‛]/g
const cmdExpands = /[%"!]/

/**
 * One word for bash, zsh, dash and ksh that is read back as `text`, whatever it holds.
 * Throws UserError `value-not-writable` for a line break or NUL, as the other quoters do.
 */
export function quotePosix(text: string): string {
  return `'${oneLine(text).replaceAll("'", "'\\''")}'`
}

/** One word for fish (measured with 3.6): inside single quotes only `\` and `'` are special. */
export function quoteFish(text: string): string {
  return `'${oneLine(text).replace(/[\\']/g, '\\$&')}'`
}

/** One word for PowerShell: a verbatim string, in which every kind of single quote is doubled. */
export function quotePowershell(text: string): string {
  return `'${oneLine(text).replace(powershellQuotes, '$&$&')}'`
}

/**
 * A double-quoted argument of cmd's `set`. cmd expands `%` in quotes and has no escape for it at the prompt, expands
 * `!` under delayed expansion, and ends the quotes at `"`: those three are refused with `value-not-writable`.
 */
export function quoteCmd(text: string): string {
  if (cmdExpands.test(text)) {
    throw new UserError({
      code: 'value-not-writable',
      message: 'The value holds %, ! or ", which the Windows command prompt cannot carry safely.',
      hint: 'Use PowerShell for it: qcode-setup print TOOL --format powershell',
      exit: 2,
    })
  }
  return `"${oneLine(text)}"`
}

/** The text itself. Throws UserError `value-not-writable` when it has a line break or NUL. */
export function oneLine(text: string): string {
  if (!lineBreakOrNul.test(text)) return text
  throw new UserError({
    code: 'value-not-writable',
    message: 'The value holds a line break or a NUL character, which cannot stand in one line of settings.',
    hint: 'Look for a stray line break at the end of the key or URL, and run the command again.',
    exit: 2,
  })
}
