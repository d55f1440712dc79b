import { UserError } from '../../errors.ts'
import { quoteCmd, quoteFish, quotePosix, quotePowershell } from './quote.ts'

export type ShellId = 'posix' | 'fish' | 'powershell' | 'cmd'

const lines: Record<ShellId, (name: string, value: string) => string> = {
  posix: (name, value) => `export ${name}=${quotePosix(value)}`,
  fish: (name, value) => `set -gx ${name} ${quoteFish(value)}`,
  powershell: (name, value) => `$env:${name} = ${quotePowershell(value)}`,
  cmd: (name, value) => `set ${quoteCmd(`${name}=${value}`)}`,
}

/**
 * The line that sets an environment variable in a shell, without a line end. An empty value takes the variable away
 * in cmd and in PowerShell before 7.5. Throws UserError `value-not-writable` or `name-not-writable`.
 */
export function shellLine(shell: ShellId, name: string, value: string): string {
  return lines[shell](variableName(name), value)
}

/** The name itself. Throws UserError `name-not-writable` when no shell takes it for a variable. */
export function variableName(name: string): string {
  if (/^[A-Za-z_][A-Za-z0-9_]*$/.test(name)) return name
  throw new UserError({
    code: 'name-not-writable',
    message: `"${name}" cannot be the name of an environment variable.`,
    hint: 'Use letters, digits and _ only, and no digit in front.',
    exit: 2,
  })
}
