import type { Trap } from '../catalog/diagnosis.ts'
import { formatWhere, type Where } from '../errors.ts'
import { inOwnWords, inShell } from '../texts/commands.ts'
import { asMessage, type Message, say, written } from '../texts/message.ts'
import { type Found, isShellCommand } from './find-setting.ts'
import type { Profile } from './read-profiles.ts'

type Level = Found['source']['level']

/** Where a setting comes from, as JSON has it. */
export interface SourceData {
  readonly level: string
  /** The variable, or the key path with dots. */
  readonly name: string
  readonly file: string | null
  readonly line: number | null
}

/** The source of a setting; for the environment the profile's line that sets it, where one does. */
export function sourceData(found: Found, profiles: readonly Profile[]): SourceData {
  const where = whereOf(found, profiles)
  return {
    level: found.source.level,
    name: found.name,
    file: where?.file ?? null,
    line: where?.line ?? null,
  }
}

/** The same in words: `/home/you/.claude/settings.json:3 (env.NAME)`, `$NAME (/home/you/.zshrc:12)`. */
export function describeSource(found: Found, profiles: readonly Profile[]): Message {
  const where = whereOf(found, profiles)
  const text = where === undefined ? undefined : formatWhere(where)
  const name = nameOf(found)
  if (found.source.level !== 'environment') return say('report.item', { name: text ?? '', note: name })
  return text === undefined ? asMessage(`$${name}`) : say('report.item', { name: `$${name}`, note: text })
}

/** Where to look for a setting. */
export function whereOf(found: Found, profiles: readonly Profile[]): Where | undefined {
  const { name, source } = found
  if (source.level === 'environment') return originOf(found, profiles)
  const { file } = source
  if (!file) return undefined
  if (source.level === 'profile') {
    const inFile = profiles.filter((profile) => profile.file.path === file.path)
    return findAssignment(name, inFile, wholeOf(found))
  }
  const line = lineOf(found)
  return { file: file.path, ...(line !== undefined && { line }) }
}

/** The line that set what the environment holds: one with that value, or whose value only the shell can tell. */
function originOf(found: Found, profiles: readonly Profile[]): Where | undefined {
  const { name } = found
  const dynamic = profiles.filter(({ variables }) => isShellCommand(variables[name] ?? ''))
  return findAssignment(name, profiles, wholeOf(found)) ?? findAssignment(name, dynamic)
}

/** The line of a new shell that gives a variable this value, whatever the value where none is named. */
export function findAssignment(
  name: string,
  profiles: readonly Profile[],
  value?: string,
): Where | undefined {
  const found = profiles.find(
    ({ variables }) => Object.hasOwn(variables, name) && (value === undefined || variables[name] === value),
  )
  const line = found?.lines[name]
  return found && { file: found.file.path, ...(line !== undefined && { line }) }
}

/** The variable's whole value, where the setting is one entry of it. */
function wholeOf({ name, value, entry, source }: Found): string {
  return entry === undefined ? value : (source.variables[name] ?? value)
}

/** What to do so that a setting does not stand where it is found: a command, or words with the file and the line. */
export function remedyFor(found: Found, profiles: readonly Profile[]): Message {
  const { name, source, fix } = found
  if (fix !== undefined) return asMessage(fix)
  const where = whereOf(found, profiles)
  const ofShell = source.level === 'environment' || source.level === 'profile'
  return removal(ofShell ? name : nameOf(found), where, source.level, source.file?.path)
}

/** What to do so that a name does not stand any more where it is found. */
export function removal(name: string, where: Where | undefined, level: Level, file?: string): Message {
  const place = where ? formatWhere(where) : file
  if (place === undefined) return asMessage(inShell().unset(name))
  if (level === 'environment') return say('remedy.remove-unset', { name, place })
  return say(level === 'profile' ? 'remedy.remove-terminal' : 'remedy.remove', { name, place })
}

/** The setting as a person finds it: `api-key: anthropic` is the entry of that name in a list. */
export function nameOf({ name, entry }: Found): string {
  return entry === undefined || entry === name ? name : `${name}: ${entry}`
}

function lineOf({ source, value, keyPath = [], entry }: Found): number | undefined {
  return lineIn(source.file?.text ?? '', entry ?? keyPath.at(-1) ?? '', value)
}

/** The line of a text on which a value stands: the first that holds its key and it, else it alone, else the key. */
export function lineIn(text: string, key: string, value: string): number | undefined {
  const lines = text.split('\n')
  const first = value.split('\n')[0] ?? ''
  const isNoWord = /[^\w-]/.test(key)
  const isWord = (line: string) => line.includes(key) && (isNoWord || line.split(/[^\w-]+/).includes(key))
  const tests = [
    (line: string) => first !== '' && line.includes(key) && line.includes(first),
    (line: string) => first !== '' && line.includes(first),
    (line: string) => key !== '' && isWord(line),
  ]
  for (const test of tests) {
    const index = lines.findIndex(test)
    if (index !== -1) return index + 1
  }
  return undefined
}

/** The way out of a trap, in the words of the user's shell. */
export function fixOf({ fix, fixZh, fixPowershell }: Trap, where: Where | undefined): Message {
  const [, name, value] = /^export (\w+)=(\w+)$/.exec(fix) ?? []
  if (where && name && value)
    return say('remedy.set-there', { name, value, place: formatWhere(where), command: inOwnWords(fix) })
  if (fixPowershell !== undefined && inShell().name === 'powershell') return asMessage(fixPowershell)
  return written(fix, fixZh).map(inOwnWords)
}
