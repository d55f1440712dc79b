import type { Format, Value } from '../document.ts'
import { openAssignments } from './assignment-document.ts'
import { type Command, fishCommands, posixCommands, powershellCommands } from './commands.ts'
import { scanLines } from './scan-lines.ts'
import { crGuard, fish, posix, powershell, type Shell } from './shell.ts'
import { shellLine } from './shell-line.ts'

/** A file of `export NAME='value'` lines, for bash, zsh, dash and ksh. Other lines are kept and not understood. */
export const posixEnvFormat: Format = {
  open: opener(posix),
  referee: (text) =>
    variables(posixCommands(text), ([verb, assignment = '', ...more]) => {
      const equals = assignment.indexOf('=')
      const isFixed = verb === 'export' && equals > 0 && more.length === 0
      return isFixed ? [assignment.slice(0, equals), assignment.slice(equals + 1)] : []
    }),
}

/** A file of `set -gx NAME 'value'` lines, for fish. */
export const fishEnvFormat: Format = {
  open: opener(fish),
  referee: (text) =>
    variables(fishCommands(text), ([verb, flags = '', name, value, ...more]) =>
      verb === 'set' && /^-(gx|xg)$/.test(flags) && more.length === 0 ? [name, value] : [],
    ),
}

/** A file of `$env:NAME = 'value'` lines, for PowerShell. */
export const powershellEnvFormat: Format = {
  open: opener(powershell),
  referee: (text) =>
    variables(powershellCommands(text), ([target = '', equals, value, ...more]) =>
      equals === '=' && more.length === 0 ? [/^\0env:(\w+)$/i.exec(target)?.[1], value] : [],
    ),
}

function opener(shell: Shell): Format['open'] {
  return (text, file) =>
    openAssignments(text, file, {
      scan: (now) => scanLines(now, shell.assignment),
      line: (name, value) => shellLine(shell.id, name, value),
      quote: shell.quote,
      crCounts: shell.crCounts,
      guard: (rest) => crGuard(shell, rest),
    })
}

type Variable = readonly [name?: string | undefined, value?: string | undefined]

/** What the commands set. A value that holds NUL is not fixed, and left out. */
function variables(commands: readonly Command[], read: (command: Command) => Variable): Value {
  const found = commands.flatMap((command) => {
    const [name, value] = read(command)
    return name === undefined || value === undefined || value.includes('\0') ? [] : [[name, value]]
  })
  return Object.fromEntries(found)
}
