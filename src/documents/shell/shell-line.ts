import { UserError } from '../../errors.ts'
import { quoteCmd, quoteFish, quotePosix, quotePowershell } from './quote.ts'

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
  throw new UserError({
    code: 'value-not-writable',
    message: `The Windows command prompt cannot set ${variable} to the output of a command.`,
    hint: 'Use PowerShell for it: qcode-setup print TOOL --format powershell',
    exit: 2,
  })
}

/** The name itself. Throws UserError `name-not-writable` when no shell takes it for a variable. */
export function variableName(name: string): string {
  if (/^(?!__proto__$)[A-Za-z_][A-Za-z0-9_]*$/.test(name)) return name
  throw new UserError({
    code: 'name-not-writable',
    message: `"${name}" cannot be the name of an environment variable.`,
    hint: 'Use letters, digits and _ only, and no digit in front.',
    exit: 2,
  })
}
