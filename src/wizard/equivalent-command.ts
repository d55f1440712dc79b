import type { CommandContext } from '../commands/command.ts'
import { quoteWord } from '../host/quote-word.ts'
import { type Field, fieldsOf } from '../request/fields.ts'
import { type Input, textOf } from '../request/input.ts'
import { withValues } from './with-values.ts'

/**
 * The command line that does the same without questions. The key is left out: where no variable and no file holds it,
 * the command reads it from standard input.
 */
export function equivalentCommand(input: Input, { host, catalog }: CommandContext): string {
  const withKey = needsKey(input, host.env) ? withValues(input, 'keyFile', ['-']) : input
  const switches = new Set([...input.switches, 'yes'])
  const flags = fieldsOf('setup', catalog).flatMap(([name, field]) =>
    flagsOf(field, withKey.values[name] ?? [], switches.has(name)),
  )
  return ['qcode-setup', ...flags].join(' ')
}

function needsKey(input: Input, env: Readonly<Record<string, string | undefined>>): boolean {
  const given = textOf(input, 'keyFile') !== undefined || Boolean(env.QCODE_API_KEY)
  // What is kept in the keychain is there once the command has run.
  return !given && (textOf(input, 'keyStore') ?? 'file') === 'file'
}

function flagsOf({ flag, value, many }: Field, values: readonly string[], isOn: boolean): string[] {
  if (value === undefined) return isOn ? [`--${flag}`] : []
  const counting = many ? values : values.slice(-1)
  return counting.flatMap((text) => [`--${flag}`, quoteWord(text)])
}
