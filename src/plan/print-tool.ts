import { stepFormats } from '../catalog/steps.ts'
import type { Value } from '../documents/document.ts'
import { renderData } from '../documents/formats.ts'
import { type AssignedValue, quoteDotenv, type ShellId, shellLine } from '../documents/shell/quote.ts'
import { withEdits } from '../documents/value.ts'
import type { ToolChoice } from '../request/request.ts'
import { escapeNewlines } from '../texts/message.ts'
import { fillLink, type Leaf, revealValue } from './placeholders.ts'
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
  readonly files: readonly PrintedFile[]
}

interface PrintedFile {
  readonly path: string
  readonly format: string
  readonly text: string
}

/** The formats in which a tool's settings can be printed; the first is the default: of shells the system's, which Git Bash's MSYSTEM tells. */
export function printFormats(choice: ToolChoice, context: WantedContext): string[] {
  const files = printedFiles(choice, context).map((target) => target.format)
  const all = [...files, ...valueFormats(choice, files), ...stepFormats(choice.tool)]
  const { platform, env } = context.host
  const first = platform === 'win32' && !env.MSYSTEM && all[0] === 'sh' ? ['powershell'] : []
  return [...new Set([...first, ...all])]
}

function valueFormats({ tool, keyStore, keyDelivery }: ToolChoice, files: readonly string[]): string[] {
  const { env, snippets, importLinks } = tool
  if (keyStore === 'keychain') return env || keyDelivery?.variables.length ? readingShells : []
  // A file of variables that the client reads can be set in a shell as well.
  const inShells = env || files.includes('dotenv') ? Object.keys(shells) : []
  return [...inShells, ...(env ? ['dotenv'] : []), ...Object.keys(snippets), ...Object.keys(importLinks)]
}

/** One of a tool's formats, or without one every file that it needs. The key in `context` is written as it is. */
export async function printTool(
  choice: ToolChoice,
  format: string | undefined,
  context: WantedContext,
): Promise<Printed> {
  const targets = printedFiles(choice, context).filter((target) => !format || target.format === format)
  const [first = 'sh'] = printFormats(choice, context)
  if (targets.length === 0 || (format !== undefined && format in shells)) {
    return { text: printValues(choice, format ?? first, context), files: [] }
  }
  const files = await Promise.all(
    targets.map(async (target) => {
      const text = (await renderLeaves(target.format, target.leaves)).trimEnd()
      return { path: target.path, format: target.format, text: `${text}\n` }
    }),
  )
  const texts = files.map((file) => (files.length > 1 ? `${headingOf(file)}\n${file.text}` : file.text))
  return { text: texts.join('\n'), files }
}

/** A comment of the format, so that a whole paste still parses where the reader takes comments. */
function headingOf({ path, format }: PrintedFile): string {
  return `${format.startsWith('json') ? '//' : '#'} ${escapeNewlines(path)}`
}

/** What belongs in no file of the tool's: lines for a shell, or code. */
function printValues(choice: ToolChoice, format: string, context: WantedContext): string {
  const snippet = choice.tool.snippets[format]
  if (snippet !== undefined) return fillSnippet(snippet, choice, context)
  const link = choice.tool.importLinks[format]
  if (link) return `${fillLink(link, lookupFor(choice, context))}\n`
  const shell = shells[format]
  return assignments(choice, context, shell)
}

/** Only of a text: what holds a command's output is printed for shells. */
function dotenvLine(name: string, value: AssignedValue): string {
  return `${name}=${quoteDotenv(String(value))}`
}

/** Files that are written in every case: conditional ones depend on the machine. */
function printedFiles(choice: ToolChoice, context: WantedContext): WantedTarget[] {
  return fileTargets(choice, context).filter(({ when, leaves }) => when === undefined && leaves.length > 0)
}

/** Lines of a shell, else of a .env file. */
function assignments(choice: ToolChoice, context: WantedContext, shell?: ShellId): string {
  const line = shell ? (name: string, value: AssignedValue) => shellLine(shell, name, value) : dotenvLine
  const own = variableLeaves(choice, context, shell).filter(({ keyPath }) => keyPath.length > 0)
  const inFile = printedFiles(choice, context).find(({ format }) => format === 'dotenv')?.leaves ?? []
  return (own.length > 0 ? own : inFile)
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
  const edits = leaves.map(({ keyPath: path, value }) => ({ path, value: revealValue(value) }))
  return renderData(format, (withEdits({}, edits) ?? {}) as Record<string, Value>)
}
