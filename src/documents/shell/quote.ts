import { UserError } from '../../errors.ts'
import { type Message, say } from '../../texts/message.ts'

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
    throw notWritable(say('value.cmd'), say('value.use-powershell'))
  }
  return `"${oneLine(text)}"`
}

/** The text itself. Throws UserError `value-not-writable` when it has a line break or NUL. */
export function oneLine(text: string): string {
  if (!lineBreakOrNul.test(text)) return text
  throw notWritable(say('value.line-break'), say('value.line-break.hint'))
}

const plain = /^[A-Za-z0-9_./:@%+,-]+$/

/** Single quotes are verbatim for all readers but for these: an escaped quote or backslash, and python-dotenv's `${`. */
const breaksSingleQuotes = /'|\\\\|\\$|\$\{/

const breaksDoubleQuotes = /["\\$`]/

/**
 * The value as all of these read it alike: python-dotenv 1.2, node dotenv 17, dotenvy 0.15 (Codex), `sh`. Simple
 * readers such as docker's `--env-file` take quotes for a part of the value, so they get none where none are needed.
 * Throws UserError `value-not-writable` for the rest.
 */
export function quoteDotenv(value: string): string {
  const text = oneLine(value)
  if (plain.test(text)) return text
  if (!breaksSingleQuotes.test(text)) return `'${text}'`
  if (!breaksDoubleQuotes.test(text)) return `"${text}"`
  throw notWritable(say('value.quotes'), say('value.quotes.hint'))
}

/** Shells by how they quote: bash, zsh and sh are all `posix`. */
export type ShellId = 'posix' | 'fish' | 'powershell' | 'cmd'

/** What a variable is set to: a text, or the words of a command whose output is read when the shell starts. */
export type AssignedValue = string | { readonly command: readonly string[] }

type Words = readonly string[]

const texts = { posix: quotePosix, fish: quoteFish, powershell: quotePowershell }

const outputs: Record<keyof typeof texts, (words: Words) => string> = {
  posix: (words) => `"$(${words.map(quotePosix).join(' ')})"`,
  fish: (words) => `(${words.map(quoteFish).join(' ')})`,
  powershell: (words) => `& ${words.map(quotePowershell).join(' ')}`,
}

/** A value as one word of a shell. Throws UserError `value-not-writable`. */
export function shellWord(shell: Exclude<ShellId, 'cmd'>, value: AssignedValue): string {
  return typeof value === 'string' ? texts[shell](value) : outputs[shell](value.command)
}

/**
 * The line that sets an environment variable in a shell, without a line end. An empty value takes the variable away
 * in cmd and in PowerShell before 7.5. Throws UserError `value-not-writable` (also for the output of a command in cmd,
 * which has no word for it) or `name-not-writable`.
 */
export function shellLine(shell: ShellId, name: string, value: AssignedValue): string {
  const variable = variableName(name)
  if (shell === 'posix') return `export ${variable}=${shellWord(shell, value)}`
  if (shell === 'fish') return `set -gx ${variable} ${shellWord(shell, value)}`
  if (shell === 'powershell') return `$env:${variable} = ${shellWord(shell, value)}`
  if (typeof value === 'string') return `set ${quoteCmd(`${variable}=${value}`)}`
  throw notWritable(say('value.cmd-output', { name: variable }), say('value.use-powershell'))
}

/** The name itself. Throws UserError `name-not-writable` when no shell takes it for a variable. */
export function variableName(name: string): string {
  if (/^(?!__proto__$)[A-Za-z_][A-Za-z0-9_]*$/.test(name)) return name
  throw new UserError({
    code: 'name-not-writable',
    message: say('value.name', { name }),
    hint: say('value.name.hint'),
    exit: 2,
  })
}

function notWritable(message: Message, hint: Message): UserError {
  return new UserError({ code: 'value-not-writable', message, hint, exit: 2 })
}
