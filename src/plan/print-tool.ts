import type { KeyPath, Value } from '../documents/document.ts'
import { type AssignedValue, quoteDotenv, type ShellId, shellLine } from '../documents/shell/quote.ts'
import type { ToolChoice } from '../request/request.ts'
import { type Leaf, revealValue } from './placeholders.ts'
import { fileTargets, lookupFor, variableLeaves, type WantedContext, type WantedTarget } from './wanted.ts'

const shells: Readonly<Record<string, ShellId>> = {
  sh: 'posix',
  fish: 'fish',
  powershell: 'powershell',
  cmd: 'cmd',
}

/** Those that can set a variable to what a command prints. */
const readingShells = ['sh', 'fish', 'powershell']

/** Text to paste, and the files that it belongs in (none for shell lines and code). */
export interface Printed {
  readonly text: string
  readonly paths: readonly string[]
}

/** The formats in which a tool's settings can be printed; the first is the default. */
export function printFormats(choice: ToolChoice, context: WantedContext): string[] {
  const files = printedFiles(choice, context).map((target) => target.format)
  const { env, snippets } = choice.tool
  if (choice.keyStore === 'keychain') {
    const isRead = env !== undefined || (choice.keyDelivery?.variables.length ?? 0) > 0
    return [...new Set([...files, ...(isRead ? readingShells : [])])]
  }
  const variables = env ? [...Object.keys(shells), 'dotenv'] : []
  return [...new Set([...files, ...variables, ...Object.keys(snippets)])]
}

/** The settings of one tool in one of its formats. The key in `context` is written as it is. */
export async function printTool(
  choice: ToolChoice,
  format: string,
  context: WantedContext,
): Promise<Printed> {
  const snippet = choice.tool.snippets[format]
  if (snippet !== undefined) return { text: fillSnippet(snippet, choice, context), paths: [] }
  const shell = shells[format]
  if (shell)
    return { text: assignments(choice, context, (name, value) => shellLine(shell, name, value)), paths: [] }
  const targets = printedFiles(choice, context).filter((target) => target.format === format)
  if (targets.length === 0) {
    return { text: assignments(choice, context, dotenvLine), paths: [] }
  }
  const texts = await Promise.all(targets.map(({ leaves }) => renderLeaves(format, leaves)))
  return {
    text: texts.map((text) => `${text.trimEnd()}\n`).join('\n'),
    paths: targets.map(({ path }) => path),
  }
}

/** Only of a text: what holds a command's output is printed for shells. */
function dotenvLine(name: string, value: AssignedValue): string {
  return `${name}=${quoteDotenv(String(value))}`
}

/** Files that are written in every case: conditional ones depend on the machine. */
function printedFiles(choice: ToolChoice, context: WantedContext): WantedTarget[] {
  return fileTargets(choice, context).filter(
    (target) => target.when === undefined && target.leaves.length > 0,
  )
}

function assignments(
  choice: ToolChoice,
  context: WantedContext,
  line: (name: string, value: AssignedValue) => string,
): string {
  return variableLeaves(choice, context)
    .map(({ keyPath, value }) => `${line(keyPath[0] ?? '', revealValue(value) as AssignedValue)}\n`)
    .join('')
}

/** Values become literals that Python and TypeScript read alike. */
function fillSnippet(snippet: string, choice: ToolChoice, context: WantedContext): string {
  const lookup = lookupFor(choice, context)
  return snippet.replace(/\{\{ ([\w:@/.-]+) \}\}/g, (_, name: string) => {
    const value = name.startsWith('model') ? (lookup('model') ?? 'MODEL_NAME') : lookup(name)
    return JSON.stringify(value === undefined ? '' : revealValue(value)).replace(
      /[^\x20-\x7e]/gu,
      escapeCharacter,
    )
  })
}

function escapeCharacter(character: string): string {
  return [...Array(character.length).keys()]
    .map((index) => `\\u${character.charCodeAt(index).toString(16).padStart(4, '0')}`)
    .join('')
}

/** A new file with these values, in its format; a key is written as it is. */
export function renderLeaves(format: string, leaves: readonly Leaf[]): Promise<string> {
  return renderData(format, nest(leaves))
}

/** Data as a text of one of the formats that settings are printed in. */
export async function renderData(format: string, data: Record<string, Value>): Promise<string> {
  // Both packages are CommonJS: once bundled, only their default export is there.
  if (format === 'toml') return (await import('@iarna/toml/stringify.js')).default(data as never)
  if (format === 'yaml') return (await import('yaml')).default.stringify(data)
  if (format === 'dotenv') {
    return Object.entries(data)
      .map(([name, value]) => `${name}=${quoteDotenv(String(value))}`)
      .join('\n')
  }
  return JSON.stringify(data, null, 2)
}

function nest(leaves: readonly Leaf[]): Record<string, Value> {
  return leaves.reduce<Record<string, Value>>((data, { keyPath, value }) => {
    return setAt(data, keyPath, revealValue(value))
  }, {})
}

function setAt(
  data: Record<string, Value>,
  [key = '', ...rest]: KeyPath,
  value: Value,
): Record<string, Value> {
  const child = data[key] as Record<string, Value> | undefined
  return { ...data, [key]: rest.length === 0 ? value : setAt(child ?? {}, rest, value) }
}
