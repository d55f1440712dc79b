import { testCatalog } from './test-catalog.ts'

/** What stays as it is in any language: names, ids, paths, commands, and what files, clients and servers say. */
const asTyped: readonly RegExp[] = [
  ...testCatalog.tools.map(({ title }) => new RegExp(title.replace(/[()]/g, '\\$&'), 'g')),
  /`[^`]*`/g,
  /“[^”]*”|"[^"\n]*"|「[^」]*」/g,
  /https?:\/\/\S+/g,
  /(?:qcode-setup|npx|npm|pipx?|cargo|git|chmod|unset|codex|chezmoi|sudo|chown)(?: +[^\s：；，。（）]+)+/g,
  /[~./][^\s：；，。（）]*\/[^\s：；，。（）]*/g,
  /--?[a-z][\w-]*(?:[= ][A-Z]+)?/g,
  /\b(?:POST|GET) \S+/g,
  // What a button of an editor says.
  / > [A-Z][^>\n]*/g,
  // The keychain's own words.
  /；Failed to connect [^）]*/g,
]

/** Three Latin words in a row, which no list of ids makes. */
const sentence = /(?<![\w-])[A-Za-z][a-z']+(?:,? [a-z']+){2,}/

/** The text without its diffs, which show files. */
function withoutDiffs(text: string): string[] {
  let inDiff = false
  return text.split('\n').filter((line) => {
    inDiff = /^(?:---|\+\+\+|@@) /.test(line) || (inDiff && /^[-+ \\]/.test(line))
    return !inDiff
  })
}

/** The lines of what a command said to somebody who reads Chinese that are in English. */
export function latinSentences(args: readonly string[], text: string): string[] {
  if (args.some((arg) => ['--json', '--format', 'print', '--version'].includes(arg))) return []
  // A script for a shell is code.
  if (args[0] === 'completion' && !args[1]?.endsWith('install')) return []
  // What a client shows is quoted, over several lines where it is long.
  return withoutDiffs(text.replace(/“[^”]*”/g, '·')).filter((line) =>
    sentence.test(asTyped.reduce((rest, pattern) => rest.replace(pattern, '·'), line)),
  )
}

/**
 * A mark of a half-width font beside a Chinese character, where of a bracket a blank between them changes nothing; or a
 * blank behind a full-width mark.
 */
const halfWidth =
  /\p{Script=Han}(?:[,;:!?]| ?\()|(?:[(]|[,;:!?] ?)\p{Script=Han}|\)\p{Script=Han}|[）”、，] \p{Script=Han}/u

/** The lines of what a command said to somebody who reads Chinese in which marks of English stand between Chinese words. */
export function halfWidthMarks(args: readonly string[], text: string): string[] {
  if (args.some((arg) => ['--json', '--format', 'print'].includes(arg))) return []
  return withoutDiffs(text.replace(/“[^”]*”/g, '·')).filter((line) =>
    halfWidth.test(line.replace(/^\s*[!?] /, '').replaceAll(/`[^`]*`|"[^"\n]*"/g, '·')),
  )
}
