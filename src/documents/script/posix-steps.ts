import type { RawWord } from './posix-words.ts'
import { fixedText, type Step, type Word } from './script.ts'

interface CommandSteps {
  readonly steps: Step[]
  /** Whether every variable that is set from here on is exported. */
  readonly exportsAll: boolean
}

const prefixes = new Set(['builtin', 'command', 'nocorrect', 'noglob', '-'])
const declaring = new Set(['export', 'declare', 'typeset', 'readonly', 'local', 'integer'])
const ending = new Set(['return', 'exit', 'exec', 'logout', 'bye'])

/** What one simple command of bash or zsh does. */
export function stepsOfCommand(words: readonly RawWord[], line: number, exportsAll: boolean): CommandSteps {
  const before = words.findIndex((word) => !assignmentOf(word))
  const own = before === -1 ? words : words.slice(0, before)
  const sets = own.flatMap((word) => assignmentOf(word) ?? [])
  if (before === -1) {
    return {
      exportsAll,
      steps: sets.map((set) => ({ does: 'set', ...set, exports: exportsAll, line, maybe: false })),
    }
  }
  const command = words.slice(before)
  while (prefixes.has(nameOf(command)) && command.length > 1) command.shift()
  const turned = turnedTo(command)
  return { exportsAll: turned ?? exportsAll, steps: stepsOf(command, line, exportsAll) }
}

function nameOf([first]: readonly RawWord[]): string {
  return (first && textOf(first)) ?? ''
}

function stepsOf(command: readonly RawWord[], line: number, exportsAll: boolean): Step[] {
  const name = nameOf(command)
  const rest = command.slice(1)
  const at = { line, maybe: false }
  if (declaring.has(name)) return declared(name, rest, line, exportsAll)
  if (name === 'unset') {
    if (optionsOf(rest).includes('f')) return []
    return namesIn(rest).map((variable) => ({ does: 'unset', name: variable, ...at }))
  }
  if (name === '.' || name === 'source') {
    const path = rest[0] && textOf(rest[0]) === '--' ? rest[1] : rest[0]
    return path ? [{ does: 'read', path: path.word, ...at }] : []
  }
  if (!ending.has(name)) return []
  if (name === 'exec')
    return rest.some((word) => textOf(word) !== '') ? [{ does: 'end', by: 'exec', ...at }] : []
  return [{ does: 'end', by: name === 'return' ? 'return' : 'exit', ...at }]
}

function declared(name: string, rest: readonly RawWord[], line: number, exportsAll: boolean): Step[] {
  const options = optionsOf(rest)
  const takesBack =
    (name === 'export' && options.includes('n')) || rest.some((word) => textOf(word)?.match(/^\+\w*x/))
  const exports = !takesBack && (name === 'export' || options.includes('x') || exportsAll)
  const at = { line, maybe: false }
  return rest.flatMap((word): Step[] => {
    const set = assignmentOf(word)
    const variable = set?.name ?? textOf(word) ?? ''
    if (!/^[A-Za-z_]\w*$/.test(variable)) return []
    const assigned: Step[] = set ? [{ does: 'set', ...set, exports, ...at }] : []
    if (takesBack) return [...assigned, { does: 'export', name: variable, on: false, ...at }]
    return set || !exports ? assigned : [{ does: 'export', name: variable, on: true, ...at }]
  })
}

function optionsOf(words: readonly RawWord[]): string {
  const texts = words.map((word) => textOf(word) ?? '')
  return texts.filter((text) => /^-\w/.test(text)).join('')
}

function namesIn(words: readonly RawWord[]): string[] {
  return words.flatMap((word) => textOf(word) ?? []).filter((text) => /^[A-Za-z_]\w*$/.test(text))
}

function textOf({ word }: RawWord): string | undefined {
  return fixedText(word)
}

/** `NAME=value` in a word; a value that is added to another is not known. */
function assignmentOf({ word, raw }: RawWord): { name: string; value: Word; raw?: string } | undefined {
  const [first = null, ...rest] = word
  const found = typeof first === 'string' ? /^([A-Za-z_]\w*)(\+?)=(.*)$/s.exec(first) : null
  if (!found) return undefined
  const [, name = '', adds, text = ''] = found
  const value: Word = adds ? [null] : [...(text === '' ? [] : [text]), ...rest]
  const written = raw.slice(raw.indexOf('=') + 1).replace(/^"(.*)"$/s, '$1')
  return { name, value, ...(fixedText(value) === undefined && { raw: written }) }
}

/** What `set -a` and the like say; undefined for any other command. */
function turnedTo(command: readonly RawWord[]): boolean | undefined {
  const text = command.map((word) => textOf(word) ?? '').join(' ')
  if (/^set -\w*a\w*( |$)|^set -o allexport\b|^setopt .*\ball_?export\b/i.test(text)) return true
  if (/^set \+\w*a\w*( |$)|^set \+o allexport\b|^unsetopt .*\ball_?export\b/i.test(text)) return false
  return undefined
}
