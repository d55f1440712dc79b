import type { Format, Value } from '../document.ts'
import { type Command, fishCommands, posixCommands, powershellCommands } from './commands.ts'
import { blockEnd, blockStart } from './profile-block.ts'
import { openProfile } from './profile-document.ts'
import { fish, posix, powershell, type Shell } from './shell.ts'

/** The marked block in `.profile`, `.bashrc`, `.zshenv` and the like: see `openProfile`. */
export const posixProfileFormat = profileFormat(posix, posixCommands)

/** The marked block in `config.fish`. */
export const fishProfileFormat = profileFormat(fish, fishCommands)

/** The marked block in a PowerShell `profile.ps1`. */
export const powershellProfileFormat = profileFormat(powershell, powershellCommands)

function profileFormat(shell: Shell, readCommands: (text: string) => Command[]): Format {
  return {
    open: (text, file) => openProfile(text, file, shell),
    referee: (text) => sourced(readCommands(insideBlock(text))),
  }
}

/** The file that is read in between the markers, found without the editor's parser. */
function sourced(commands: readonly Command[]): Value {
  const words = commands.flat().map(({ text }) => text)
  const verb = words.findIndex((word) => word === '.' || word === 'source')
  const source = verb === -1 ? undefined : words[verb + 1]
  return source === undefined ? {} : { source }
}

function insideBlock(text: string): string {
  const lines = text.replaceAll('\r\n', '\n').split('\n')
  const [start, end] = [lines.indexOf(blockStart), lines.indexOf(blockEnd)]
  return start === -1 ? '' : lines.slice(start + 1, end).join('\n')
}
