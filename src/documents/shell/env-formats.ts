import { UserError } from '../../errors.ts'
import { say } from '../../texts/message.ts'
import type { Format, Value } from '../document.ts'
import { openAssignments } from './assignment-document.ts'
import { type Command, fishCommands, posixCommands, powershellCommands, type Word } from './commands.ts'
import { type AssignedValue, shellLine, shellWord } from './quote.ts'
import { crGuard, fish, posix, powershell, type Shell, scanLines } from './shell.ts'
import { scanAnyKind } from './user-env.ts'

/**
 * A file of `export NAME='value'` and `export NAME="$('command' ...)"` lines, for bash, zsh, dash and ksh. Other lines
 * are kept and not understood.
 */
export const posixEnvFormat: Format = {
  open: opener(posix),
  parseStrict: (text) =>
    variables(posixCommands(text), ([verb, assignment, ...more]) => {
      const [name, ...value] = assignment?.text.split('=') ?? []
      const isOne = verb?.text === 'export' && name && value.length > 0 && more.length === 0
      return isOne ? [name, assignedValue({ ...assignment, text: value.join('=') })] : []
    }),
}

/** A file of `set -gx NAME 'value'` and `set -gx NAME ('command' ...)` lines, for fish. */
export const fishEnvFormat: Format = {
  open: opener(fish),
  parseStrict: (text) =>
    variables(fishCommands(text), ([verb, flags, name, value, ...more]) =>
      verb?.text === 'set' && /^-(gx|xg)$/.test(flags?.text ?? '') && more.length === 0
        ? [name?.text, value && assignedValue(value)]
        : [],
    ),
}

/** A file of `$env:NAME = 'value'` and `$env:NAME = & 'command' ...` lines, for PowerShell. */
export const powershellEnvFormat: Format = {
  open: opener(powershell),
  parseStrict: (text) =>
    variables(powershellCommands(text), (command) => {
      const [target = '', equals, value, ...more] = command.map((word) => word.text)
      if (equals !== '=' || (more.length > 0 && value !== '&')) return []
      const name = /^\0env:(\w+)$/i.exec(target)?.[1]
      return [name, more.length > 0 ? { command: more } : value]
    }),
}

/**
 * The variables of a key of the registry of Windows: lines such as `NAME="value"`, `Path=REG_EXPAND_SZ:"%ONE%\\two"`, and
 * what is no text as reg.exe has it (`NAME=dword:00000001`), whose value is null. In a quoted text what JSON
 * escapes is escaped. Names are found in any case, and go by their capitals; a text keeps its kind.
 */
export const userEnvFormat: Format = {
  open: (text, file) =>
    openAssignments(text, file, {
      scan: scanAnyKind,
      line: (name, value) => `${name}=${spellText(value)}`,
      spell: spellText,
      crCounts: false,
      guard: () => '',
    }),
  parseStrict: (text) =>
    Object.fromEntries(
      text.split('\n').flatMap((line) => {
        const [, name, text] = /^([^=]+)=(?:(?:REG_EXPAND_SZ:)?(".*")|.*)$/.exec(line) ?? []
        return name === undefined ? [] : [[name.toUpperCase(), text ? JSON.parse(text) : null]]
      }),
    ),
}

/** Only a shell can run a command. */
function spellText(value: AssignedValue): string {
  if (typeof value === 'string') return JSON.stringify(value)
  throw new UserError({
    code: 'value-not-writable',
    message: say('value.no-command'),
    hint: say('value.use-shell'),
    exit: 2,
  })
}

function opener(shell: Shell): Format['open'] {
  return (text, file) =>
    openAssignments(text, file, {
      scan: (now) => scanLines(now, shell.assignment),
      line: (name, value) => shellLine(shell.id, name, value),
      spell: (value) => shellWord(shell.id, value),
      crCounts: shell.crCounts,
      guard: (rest) => crGuard(shell, rest),
    })
}

type Variable = readonly [name?: string | undefined, value?: AssignedValue | undefined]

/** A word's value; whatever stands beside a command's output is nothing that this program would write. */
function assignedValue({ text, command }: Word): AssignedValue | undefined {
  if (!command) return text
  return text === '' ? { command } : undefined
}

/** What the commands set. A value that is not fixed is left out. */
function variables(commands: readonly Command[], read: (command: Command) => Variable): Value {
  const found = commands.flatMap((command) => {
    const [name, value] = read(command)
    return name === undefined || value === undefined || !isFixed(value) ? [] : [[name, value]]
  })
  return Object.fromEntries(found)
}

function isFixed(value: AssignedValue): boolean {
  const texts = typeof value === 'string' ? [value] : value.command
  return texts.every((text) => !text.includes('\0'))
}
