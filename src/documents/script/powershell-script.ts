import {
  joinTexts,
  lineCounter,
  type Piece,
  type Script,
  ScriptError,
  type Step,
  type Word,
} from './script.ts'

/**
 * What a file of PowerShell does, by the statements that stand on lines of their own. PowerShell parses the whole file
 * first: with an open string or bracket nothing of it is run.
 */
export function readPowershellScript(text: string): Script {
  const source = text.replace(/^\uFEFF/, ' ')
  const line = lineCounter(source)
  try {
    return { steps: statementsOf(source, line).flatMap((statement) => stepsOf(statement)) }
  } catch (error) {
    if (error instanceof ScriptError) return { steps: [], problem: error.problem }
    throw error
  }
}

interface Statement {
  readonly text: string
  readonly line: number
  readonly maybe: boolean
}

const closing: Readonly<Record<string, string>> = { '{': '}', '(': ')', '[': ']' }

/** The statements that are not inside of a function, an expression or another block of script. */
function statementsOf(text: string, line: (offset: number) => number): Statement[] {
  const found: Statement[] = []
  const open: { char: string; at: number; counts: boolean }[] = []
  let start = 0
  const finish = (end: number) => {
    const inner = text.slice(start, end).trim()
    const first = start + text.slice(start, end).search(/\S|$/)
    const counts = open.every((one) => one.counts)
    if (inner !== '' && counts) found.push({ text: inner, line: line(first), maybe: open.length > 0 })
    start = end + 1
  }
  let at = 0
  while (at < text.length) {
    const char = text.charAt(at)
    const skipped = skipToken(text, at, line)
    if (skipped > at) {
      if (char === '#' || text.startsWith('<#', at)) {
        finish(at)
        start = skipped
      }
      at = skipped
      continue
    }
    if (char === '{') {
      const head = text.slice(start, at)
      const counts =
        /(?:^|[\s})])(?:if|else|elseif|try|catch|finally|switch|foreach|for|while|do|until)\b/i.test(head)
      finish(at)
      open.push({ char, at, counts })
    } else if (char === '(' || char === '[') {
      open.push({ char, at, counts: true })
    } else if (/[})\]]/.test(char)) {
      const opener = open.at(-1)
      if (!opener || closing[opener.char] !== char)
        throw new ScriptError({ kind: 'stray', what: char, line: line(at) })
      if (char === '}') finish(at)
      open.pop()
    } else if ((char === '\n' || char === ';') && !/[([]/.test(open.at(-1)?.char ?? '')) {
      finish(at)
    }
    at += 1
  }
  finish(text.length)
  const left = open.at(-1)
  if (left) throw new ScriptError({ kind: 'open', what: left.char, line: line(left.at) })
  return found
}

/** Behind a string, a comment or an escaped character that begins here; the same place where none does. */
function skipToken(text: string, at: number, line: (offset: number) => number): number {
  const char = text.charAt(at)
  const fail = (what: string) => new ScriptError({ kind: 'open', what, line: line(at) })
  if (char === '`') return at + 2
  if (text.startsWith('<#', at)) return behind(text, '#>', at + 2) ?? raise(fail('<#'))
  if (char === '#' && /[\s;{}()]|^$/.test(text.charAt(at - 1))) return endOfLine(text, at)
  const here = /^@(['"])[ \t]*\r?\n/.exec(text.slice(at, at + 20))
  if (here) return behind(text, `\n${here[1]}@`, at + here[0].length - 1) ?? raise(fail(`@${here[1]}`))
  if (/['‘’‚‛]/.test(char)) return behindQuotes(text, at, /['‘’‚‛]/) ?? raise(fail("'"))
  if (/["“”„]/.test(char)) return behindQuotes(text, at, /["“”„]/) ?? raise(fail('"'))
  return at
}

function raise(error: Error): never {
  throw error
}

function behind(text: string, wanted: string, from: number): number | undefined {
  const found = text.indexOf(wanted, from)
  return found === -1 ? undefined : found + wanted.length
}

function endOfLine(text: string, at: number): number {
  const end = text.indexOf('\n', at)
  return end === -1 ? text.length : end
}

/** A doubled quote goes on, and in double quotes what a backtick stands before. */
function behindQuotes(text: string, start: number, quote: RegExp): number | undefined {
  const isDouble = quote.test('"')
  for (let at = start + 1; at < text.length; at += 1) {
    if (isDouble && text.charAt(at) === '`') at += 1
    else if (quote.test(text.charAt(at))) {
      if (!quote.test(text.charAt(at + 1))) return at + 1
      at += 1
    }
  }
  return undefined
}

const assignment = /^(?:export\s+)?\$(?:\{env:(?<braced>\w+)\}|env:(?<plain>\w+))\s*=\s*(?<value>.+)$/is
const taken = /^(?:Remove-Item|ri|rm|del)\s+(?:-Path\s+)?['"]?env:\\?(?<name>\w+)['"]?/i
const setItem =
  /^(?:Set-Item|si|New-Item|ni)\s+(?:-Path\s+)?['"]?env:\\?(?<name>\w+)['"]?\s+(?:-Value\s+)?(?<value>.+)$/is
const setByClass =
  /^\[(?:System\.)?Environment\]::SetEnvironmentVariable\(\s*['"](?<name>\w+)['"]\s*,\s*(?<value>[^,]+?)\s*(?:,\s*['"]Process['"]\s*)?\)$/is

function stepsOf({ text, line, maybe }: Statement): Step[] {
  const at = { line, maybe }
  const { braced, plain, ...set } =
    (assignment.exec(text) ?? setItem.exec(text) ?? setByClass.exec(text))?.groups ?? {}
  const name = braced ?? plain ?? set.name
  if (name !== undefined) {
    const value = valueIn(set.value ?? '')
    const raw = value.includes(null) ? { raw: `$(${set.value?.trim()})` } : {}
    return [{ does: 'set', name, value, ...raw, exports: true, ...at }]
  }
  const gone = taken.exec(text)?.groups?.name
  if (gone !== undefined) return [{ does: 'unset', name: gone, ...at }]
  const read = /^\.\s+(.+)$/s.exec(text)?.[1]
  if (read !== undefined) return [{ does: 'read', path: valueIn(read), ...at }]
  const by = /^(return|exit)\b/i.exec(text)?.[1]?.toLowerCase()
  return by === 'return' || by === 'exit' ? [{ does: 'end', by, ...at }] : []
}

/** What a string in double quotes holds: an escaped character, one by its number, a variable, or what only PowerShell knows. */
const part =
  /`(?<escaped>["$`])|\$\(\[char\]0x(?<code>[\dA-F]{1,4})\)|\$(?:\{env:(?<braced>\w+)\}|env:(?<variable>\w+))|(?<home>\$HOME\b)|(?<unknown>[`$])|(?<text>[^`$]+)/gi

/** A string without anything to be worked out, but for `$HOME`, variables of the environment and characters by their number. */
function valueIn(written: string): Word {
  const text = written.trim()
  const verbatim = /^['‘’‚‛](.*)['‘’‚‛]$/s.exec(text)?.[1]
  if (verbatim !== undefined) return [verbatim.replace(/['‘’‚‛](['‘’‚‛])/g, '$1')]
  const quoted = /^["“”„](.*)["“”„]$/s.exec(text)?.[1] ?? (/^[\w$:./\\~-]+$/.test(text) ? text : undefined)
  return quoted === undefined ? [null] : joinTexts(Array.from(quoted.matchAll(part), pieceOf))
}

function pieceOf({ groups = {} }: RegExpMatchArray): Piece {
  const { escaped, code, braced, variable = braced, home, text } = groups
  if (variable !== undefined) return { variable }
  if (home !== undefined) return { variable: 'HOME' }
  return escaped ?? text ?? (code === undefined ? null : String.fromCharCode(Number.parseInt(code, 16)))
}
