import { oneLine, quoteFish, quotePosix, quotePowershell } from './quote.ts'

/** How the block of one shell reads a file. */
export interface SourceLine {
  /**
   * The line that reads the file at a path, absolute or from a variable on (`$HOME/.config/…`). It does nothing and
   * succeeds where there is no such file or no such variable. Throws UserError `value-not-writable`.
   */
  lineFor(path: string): string
  /** The path of a line that is, letter for letter, what `lineFor` makes or has made in an earlier version. */
  read(line: string): string | undefined
}

interface Grammar {
  /** A variable that a path may begin with. */
  readonly variable: RegExp
  /** What single quotes may not hold. */
  readonly unquotable?: RegExp
  quote(text: string): string
  /** The first text in single quotes, and in double ones; of the latter the inner part. */
  readonly quoted: RegExp
  readonly escaped: RegExp
  unquote(word: string): string
  escape(text: string): string
  unescape(text: string): string
  /** The whole line; a variable that the word begins with has to be set. */
  line(word: string, variable?: string): string
}

function sourceLine({ variable, unquotable, quoted, escaped, ...shell }: Grammar): SourceLine {
  const lineFor = (path: string): string => {
    const [name = ''] = variable.exec(path) ?? []
    const inDoubleQuotes = `"${name}${shell.escape(oneLine(path.slice(name.length)))}"`
    if (name !== '') return shell.line(inDoubleQuotes, name)
    return shell.line(unquotable?.test(path) ? inDoubleQuotes : shell.quote(path))
  }
  const isOurs = (path: string, text: string): boolean => {
    // No line of ours holds one, and none could be written to compare with.
    if (/[\0\r\n]/.test(path)) return false
    return lineFor(path) === text || (!variable.test(path) && shell.line(shell.quote(path)) === text)
  }
  const read = (text: string): string | undefined => {
    const [word] = quoted.exec(text) ?? []
    const [, inner] = escaped.exec(text) ?? []
    const paths = [
      ...(word === undefined ? [] : [shell.unquote(word)]),
      ...(inner === undefined ? [] : [shell.unescape(inner)]),
    ]
    return paths.find((path) => isOurs(path, text))
  }
  return { lineFor, read }
}

/** bash, zsh, dash and ksh. */
export const posixSourceLine = sourceLine({
  variable: /^\$HOME(?=\/)/,
  quote: quotePosix,
  quoted: /'(?:[^']|'\\'')*'/,
  escaped: /"(\$HOME\/(?:[^"\\]|\\.)*)"/,
  unquote: (word) => word.slice(1, -1).replaceAll("'\\''", "'"),
  escape: (text) => text.replace(/[\\"$`]/g, '\\$&'),
  unescape: (text) => text.replace(/\\([\\"$`])/g, '$1'),
  // Not `[ -r ] &&`: that line fails when the file is missing, and ends a script under `set -e`.
  line: (word, variable) => {
    const isSet = variable === undefined ? '' : `[ -n "\${${variable.slice(1)}-}" ] && `
    return `if ${isSet}[ -r ${word} ]; then . ${word}; fi`
  },
})

/** fish 3.6: inside double quotes only `\`, `"` and `$` are special. */
export const fishSourceLine = sourceLine({
  variable: /^\$HOME(?=\/)/,
  quote: quoteFish,
  quoted: /'(?:[^'\\]|\\.)*'/,
  escaped: /"(\$HOME\/(?:[^"\\]|\\.)*)"/,
  unquote: (word) => word.slice(1, -1).replace(/\\([\\'])/g, '$1'),
  escape: (text) => text.replace(/[\\"$]/g, '\\$&'),
  unescape: (text) => text.replace(/\\([\\"$])/g, '$1'),
  line: (word, variable) => {
    const isSet = variable === undefined ? '' : `test -n "${variable}"; and `
    return `if ${isSet}test -r ${word}; source ${word}; end`
  },
})

/**
 * PowerShell takes four typographic quotes for a single one and three for a double one. Windows PowerShell 5.1 reads a
 * profile without a byte order mark in the system's code page, so a line of ours is plain ASCII: everything else is
 * written as its UTF-16 units, `$([char]0x4F60)`.
 */
export const powershellSourceLine = sourceLine({
  variable: /^\$(?:HOME|env:APPDATA|env:USERPROFILE)(?=[/\\])/,
  unquotable: /[^ -~]/,
  quote: quotePowershell,
  quoted: /'(?:[^'‘’‚‛]|['‘’‚‛]{2})*'/,
  escaped: /"((?:[^"`]|`.)*)"/,
  unquote: (word) => word.slice(1, -1).replace(/['‘’‚‛](['‘’‚‛])/g, '$1'),
  escape: (text) =>
    text.replace(/["$`]/g, '`$&').replace(/[^ -~]/g, (unit) => `$([char]0x${unitInHex(unit)})`),
  unescape: (text) =>
    text.replace(/`(.)|\$\(\[char\]0x([0-9A-F]{4})\)/g, (_, char?: string, hex = '') =>
      char === undefined ? String.fromCharCode(Number.parseInt(hex, 16)) : char,
    ),
  line: (word, variable) => {
    const isThere = `Test-Path -LiteralPath ${word}`
    return `if (${variable === undefined ? isThere : `${variable} -and (${isThere})`}) { . ${word} }`
  },
})

function unitInHex(unit: string): string {
  return unit.charCodeAt(0).toString(16).toUpperCase().padStart(4, '0')
}
