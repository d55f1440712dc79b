import type { Script } from '../script/script.ts'
import type { Assignment } from './assignment-document.ts'

/** A line with a text, which is spelled as JSON has it. */
const quotedLine =
  /^([^=\n]+)=(?:REG_EXPAND_SZ:)?("(?:[^"\\\p{Cc}]|\\(?:["\\/bfnrt]|u[\da-fA-F]{4}))*")(?:\n|$)/gmu

/** The variables of a text of the format `user-env` that hold a text, by their names in capitals. */
export function scanUserEnv(text: string): Assignment[] {
  return Array.from(text.matchAll(quotedLine), ({ index: start, 0: whole, 1: name = '', 2: word = '' }) => {
    const valueStart = start + whole.indexOf(word, name.length)
    return {
      name: name.toUpperCase(),
      value: JSON.parse(word) as string,
      start,
      end: start + whole.length,
      valueStart,
      valueEnd: valueStart + word.length,
    }
  })
}

/** What is no text, as reg.exe has it, which no program gets as a variable. */
const otherLine = /^([^=\n]+)=(?!(?:REG_EXPAND_SZ:)?")(.*)\n?/gm

/** The same with what is no text as null, so that it is somebody's and can be put back. */
export function scanAnyKind(text: string): Assignment[] {
  const others = Array.from(
    text.matchAll(otherLine),
    ({ index: start, 0: whole, 1: name = '', 2: data = '' }) => {
      const valueStart = start + name.length + 1
      const valueEnd = valueStart + data.length
      return { name: name.toUpperCase(), value: null, start, end: start + whole.length, valueStart, valueEnd }
    },
  )
  return [...scanUserEnv(text), ...others].sort((one, other) => one.start - other.start)
}

/** What a new program finds in its environment by these variables; of `%NAME%` Windows makes what that variable is. */
export function readUserEnv(text: string): Script {
  const steps = scanUserEnv(text).map(({ name, value, valueStart }) => ({
    does: 'set' as const,
    name,
    value: /REG_EXPAND_SZ:$/.test(text.slice(0, valueStart)) ? expanded(String(value)) : [String(value)],
    exports: true,
    line: text.slice(0, valueStart).split('\n').length,
    maybe: false,
  }))
  return { steps }
}

function expanded(value: string) {
  return value
    .split(/(%[^%]+%)/)
    .filter((part) => part !== '')
    .map((part) => (/^%[^%]+%$/.test(part) ? { variable: part.slice(1, -1) } : part))
}

/** One value in a file of reg.exe: its name, a quoted text over any number of lines, or data that a backslash continues. */
const entry = /^"((?:[^"\\]|\\.)*)"=(?:"((?:[^"\\]|\\[\s\S])*)"|((?:[^\r\n\\]|\\\r?\n[ \t]*)*))\r?$/gm

/** What `reg export` wrote of a key, as a text of this format, in the order of the names; keys below it are left out. */
export function textOfExport(bytes: Uint8Array): string {
  const [, own = ''] = new TextDecoder('utf-16le').decode(bytes).split(/^\[(?=HKEY_)[^\n]*\n/m)
  const lines = Array.from(own.matchAll(entry), ([, name = '', quoted, data = '']) => {
    const value = quoted === undefined ? spelledData(data) : JSON.stringify(unescaped(quoted))
    return `${unescaped(name)}=${value}`
  })
  return lines
    .filter((line) => /^[^=\n]+=/.test(line))
    .sort((one, other) => (one.toUpperCase() < other.toUpperCase() ? -1 : 1))
    .map((line) => `${line}\n`)
    .join('')
}

function unescaped(text: string): string {
  return text.replace(/\\(["\\])/g, '$1')
}

/** `hex(1)` and `hex(2)` are texts, with an end that does not count. */
function spelledData(data: string): string {
  const joined = data.replace(/\\\r?\n[ \t]*/g, '')
  const [, kind, digits = ''] = /^hex\(([12])\):([\da-f,]*)$/i.exec(joined) ?? []
  if (kind === undefined) return joined
  const text = Buffer.from(digits.replaceAll(',', ''), 'hex').toString('utf16le').replace(/\0+$/, '')
  return `${kind === '2' ? 'REG_EXPAND_SZ:' : ''}${JSON.stringify(text)}`
}

/** The file by which `reg import` gives one variable what its line says, or takes it away where there is none. */
export function importFile(key: string, name: string, text: string): Uint8Array {
  const whole = key.replace(/^HKCU\b/, 'HKEY_CURRENT_USER')
  const [, spelled = name, data = '-'] = /^([^=]+)=(.*)\n?$/.exec(text) ?? []
  const lines = [
    'Windows Registry Editor Version 5.00',
    '',
    `[${whole}]`,
    `"${escaped(spelled)}"=${dataOf(data)}`,
  ]
  return Buffer.from(`\uFEFF${lines.map((line) => `${line}\r\n`).join('')}\r\n`, 'utf16le')
}

function dataOf(spelled: string): string {
  const [, expands, word] = /^(REG_EXPAND_SZ:)?(".*")$/.exec(spelled) ?? []
  if (word === undefined) return spelled
  const value: string = JSON.parse(word)
  // Quotes carry no line break and no other control character.
  if (expands === undefined && !/\p{Cc}/u.test(value)) return `"${escaped(value)}"`
  const digits = Buffer.from(`${value}\0`, 'utf16le').toString('hex')
  return `hex(${expands === undefined ? 1 : 2}):${digits.replace(/..(?=.)/g, '$&,')}`
}

function escaped(text: string): string {
  return text.replace(/["\\]/g, '\\$&')
}
