import type { Finding } from '../finding.ts'
import type { Host } from '../host/host.ts'
import { hideKeys } from '../secrets/mask-text.ts'
import { escapeNewlines, say } from '../texts/message.ts'
import { displayWidth, separatorOf, wrapText } from './render-table.ts'
import { openSeals, type Style, styleFor } from './style.ts'

/** `shown` is for what the user asked for with the key in it. */
export type Keys = 'hidden' | 'shown'

/** The only way to the screen besides inquirer's questions: `output` for results, `error` for what is said beside them. */
export function writeText(
  { terminal }: Pick<Host, 'terminal'>,
  stream: 'output' | 'error',
  text: string,
  keys: Keys = 'hidden',
): void {
  terminal[stream].write(sanitizeForTerminal(keys === 'hidden' ? hideKeys(text) : text))
}

/**
 * Says on standard error when the results could not be written, and gives the exit code: that of a command that has changed
 * something stays what it is, because it is about the files. A reader that has ended, as `head` does, had what it wanted: of
 * that nothing is said, unless files were changed.
 */
export async function concludeOutput(exit: number, host: Host): Promise<number> {
  const lost = await host.terminal.outputLost()
  const { hasBegun } = host.interruption
  if (lost === undefined || (lost.code === 'EPIPE' && !hasBegun)) return exit
  writeText(host, 'error', `${renderFindings([reportLost(lost.code ?? '', hasBegun)], host)}\n`)
  return exit !== 0 || hasBegun ? exit : 1
}

function reportLost(code: string, hasBegun: boolean): Finding {
  const reason = say(code === 'EPIPE' ? 'output.lost.ended' : 'output.lost.refused')
  return {
    id: 'report-lost',
    level: hasBegun ? 'warning' : 'failed',
    message: say(hasBegun ? 'output.lost.done' : 'output.lost', { reason, code }),
    hint: say(hasBegun ? 'output.lost.hint' : 'output.lost.again'),
  }
}

/** Sentences for standard output; what is not a terminal breaks lines itself. */
export function wrapForScreen(text: string, { terminal }: Pick<Host, 'terminal'>): string {
  if (!terminal.outputIsSeen) return text
  const lines = text.split('\n').flatMap((line) => wrapText(line, terminal.columns - 2))
  return lines.join('\n  ')
}

/** Whether texts below each other are seen as a whole, above the prompt of the shell. Who is no person has all the room. */
export function fitsScreen(texts: readonly string[], { terminal }: Pick<Host, 'terminal'>): boolean {
  const { interactive, outputIsSeen, rows, columns } = terminal
  if (!interactive || !outputIsSeen) return true
  const lines = texts.filter((text) => text !== '').flatMap((text) => text.split('\n'))
  const height = lines.reduce((sum, line) => sum + Math.max(1, Math.ceil(displayWidth(line) / columns)), 0)
  return height < rows
}

/** Takes the text at the end of the present line of standard error off the screen. */
export function eraseText({ terminal }: Pick<Host, 'terminal'>, text: string): void {
  const width = displayWidth(sanitizeForTerminal(hideKeys(text)))
  terminal.error.write(`\r${' '.repeat(width)}\r`)
}

/**
 * Text for a terminal in which every control character is written out, but for line ends, tabs and the codes of our own
 * styles: whatever a file, a name or a server put into it cannot command the terminal, nor colour it.
 */
export function sanitizeForTerminal(text: string): string {
  return openSeals(text)
    .map((part, index) => (index % 2 === 1 ? part : guardLines(part)))
    .join('')
}

function guardLines(text: string): string {
  return text.split('\n').map(escapeControls).join('\n')
}

/** What could move the cursor, colour the screen or reorder what is read: controls, invisible formats, line separators. */
const hidden = /[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]/gu

/** One line with its control characters written out, as `\x1b`, so that a file's content cannot command the terminal. */
export function escapeControls(line: string): string {
  return line.replace(hidden, (character) => (character === '\t' ? character : writtenOut(character)))
}

function writtenOut(character: string): string {
  const code = character.codePointAt(0) ?? 0
  if (code <= 0xff) return `\\x${code.toString(16).padStart(2, '0')}`
  return `\\u{${code.toString(16)}}`
}

/** What JSON.stringify leaves as it is, though it could command a terminal or reorder what is read. */
const leftRaw = /[\u007f-\u009f\p{Cf}\p{Zl}\p{Zp}]/gu

/** JSON of two blanks a level, in which every character that is no plain sign is written as `\u001b`. */
export function jsonText(data: unknown, keys: Keys = 'hidden'): string {
  const show = (_: string, value: unknown) =>
    keys === 'hidden' && typeof value === 'string' ? hideKeys(value) : value
  return JSON.stringify(data, show, 2).replace(leftRaw, (character) =>
    character.split('').map(escapeUnit).join(''),
  )
}

function escapeUnit(unit: string): string {
  return `\\u${unit.charCodeAt(0).toString(16).padStart(4, '0')}`
}

/** Work that takes less than this needs no word; then something moves, in ms. */
const patienceMs = 200
const frameMs = 100
const frames = ['⠋', '⠙', '⠹', '⠸', '⠼', '⠴', '⠦', '⠧', '⠇', '⠏']

/** Says on a terminal what is waited for, once it takes a while, and takes the line back at the end. */
export async function withProgress<Result>(
  host: Pick<Host, 'terminal'>,
  text: string | (() => string),
  work: Promise<Result>,
): Promise<Result> {
  if (!host.terminal.interactive) return work
  let shown = ''
  let frame = 0
  const draw = () => {
    const now = typeof text === 'string' ? text : text()
    // A line that goes on in the next one could not be taken back.
    const [first = '', ...more] = wrapText(now, host.terminal.columns - '⠋  …'.length)
    const line = more.length > 0 ? `${first} …` : first
    if (shown !== '') eraseText(host, shown)
    shown = `${frames[frame++ % frames.length]} ${line}`
    writeText(host, 'error', shown)
    timer = setTimeout(draw, frameMs)
  }
  let timer = setTimeout(draw, patienceMs)
  try {
    return await work
  } finally {
    clearTimeout(timer)
    if (shown !== '') eraseText(host, shown)
  }
}

/** Who reads what is written, and where. */
type Reader = Pick<Host, 'texts' | 'terminal' | 'home'>

/** The text with `~` for the home in each path of it; one in quotes stays, since no shell knows a `~` there. */
export function shortenHomes(text: string, { home }: Pick<Host, 'home'>): string {
  const separator = separatorOf(home)
  return text
    .split(home + separator)
    .reduce((before, after) => `${before}${/["'\w]$/.test(before) ? home : '~'}${separator}${after}`)
}

/** Findings for standard error, one a line, in the user's language, each with its mark and what to do. Empty when there are none. */
export function renderFindings(findings: readonly Finding[], host: Reader): string {
  return findings.map((finding) => renderFinding(finding, host)).join('\n')
}

function renderFinding(finding: Finding, host: Reader): string {
  // What is not a terminal breaks lines itself, or searches them.
  const columns = host.terminal.errorIsSeen ? host.terminal.columns : Number.POSITIVE_INFINITY
  const told = finding.message.in(host.texts).trim()
  const text = host.terminal.errorIsSeen ? shortenHomes(told, host) : told
  const lines = text.split('\n').flatMap((line) => wrapText(line, columns - 2))
  const hint = finding.hint === undefined ? undefined : escapeNewlines(finding.hint.in(host.texts))
  const advice = hint === undefined ? '' : `\n  → ${wrapText(hint, columns - 4).join('\n    ')}`
  return `${markOf(finding.level, styleFor(host, 'stderr'))} ${lines.join('\n  ')}${advice}`
}

function markOf(level: Finding['level'], style: Style): string {
  if (level === 'warning') return style.yellow('!')
  if (level === 'error' || level === 'failed') return style.red('✖')
  return level === 'ok' ? style.green('✔') : style.cyan('i')
}
