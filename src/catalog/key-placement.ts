import type { Value } from '../documents/document.ts'

/** Names of settings that clients run as a command, and so put into a command line. */
const runByClients =
  /^(?:command|cmd|exec|execute|process|script|hooks?|helper|args|argv|arguments|askpass)$/i

/**
 * The first value that would bring the key into a command line, with why, or undefined: the key joined to other text,
 * as an item of a list, as a name, or in a setting that clients run.
 */
export function findMisplacedKey(content: Value, path: readonly string[] = []): string | undefined {
  if (typeof content === 'string') return hasKey(content) ? judgeKey(content, path) : undefined
  if (typeof content !== 'object' || content === null) return undefined
  const field = path.join('.') || 'the file'
  if (Array.isArray(content))
    return hasKey(JSON.stringify(content)) ? `${field} has {{ key }} in a list` : undefined
  const name = Object.keys(content).find(hasKey)
  if (name !== undefined) return `${field} has {{ key }} in a name`
  return Object.entries(content)
    .map(([key, value]) => findMisplacedKey(value, [...path, key]))
    .find((fault) => fault !== undefined)
}

function judgeKey(text: string, path: readonly string[]): string | undefined {
  const field = path.join('.')
  if (text !== '{{ key }}') return `${field} joins {{ key }} to other text`
  const command = path.find((name) => wordsOf(name).some((word) => runByClients.test(word)))
  return command === undefined
    ? undefined
    : `${field} has {{ key }} in ${command}, which clients run as a command`
}

function hasKey(text: string): boolean {
  return /\{\{\s*key\s*\}\}/.test(text)
}

/** `apiKeyHelper` and `API_KEY_HELPER` as their words. */
function wordsOf(name: string): string[] {
  return name.replace(/([a-z0-9])([A-Z])/g, '$1 $2').split(/[^A-Za-z0-9]+/)
}
