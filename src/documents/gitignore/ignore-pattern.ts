/**
 * The line that hides one path and nothing else, for the `.gitignore` in the folder that `path` is relative to (with
 * `/` between names). Undefined for a path that no line can name: git ends a line at a line feed and drops a CR there.
 */
export function ignorePattern(path: string): string | undefined {
  if (/[\r\n\0]/.test(path)) return undefined
  const literal = path.replace(/[\\*?[]/g, '\\$&')
  return `/${literal.replace(/ +$/, (blanks) => blanks.replaceAll(' ', '\\ '))}`
}

/** What git takes a line for: without blanks at its end, unless a backslash keeps them; undefined for no pattern. */
export function patternIn(line: string): string | undefined {
  if (line.startsWith('#')) return undefined
  const bare = line.replace(/(?<! ) +$/, '')
  const isKept = bare !== line && /(?<!\\)(?:\\\\)*\\$/.test(bare)
  return (isKept ? `${bare} ` : bare) || undefined
}
