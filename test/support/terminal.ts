import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { setImmediate } from 'node:timers/promises'
import { stripVTControlCharacters } from 'node:util'
import { spawn } from '@lydell/node-pty'
import xterm from '@xterm/headless'
import { onTestFinished } from 'vitest'
import { noKeychain } from './run-program.ts'
import { projectFolder } from './test-catalog.ts'

export const keys = {
  enter: '\r',
  down: '\x1b[B',
  up: '\x1b[A',
  escape: '\x1b',
  space: ' ',
  ctrlC: '\x03',
  ctrlD: '\x04',
  ctrlT: '\x14',
}

/** A piece of a line in one look, and the column that it begins at. */
export interface Span {
  readonly column: number
  readonly text: string
  /** How many columns it takes. */
  readonly width: number
  /** 0 to 15 of the terminal's own colours; undefined is the default one. */
  readonly color: number | undefined
  readonly bold: boolean
  readonly dim: boolean
}

export interface TerminalOptions {
  readonly home: string
  readonly args?: readonly string[]
  /** Another program than ours, with its arguments. */
  readonly command?: readonly [string, ...string[]]
  readonly env?: Readonly<Record<string, string>>
  readonly columns?: number
  readonly lines?: number
}

/** The built program in a pseudo-terminal, and what a person in front of it sees. */
export interface TerminalRun {
  /** Waits until the question stands on the screen unanswered. */
  question(message: string): Promise<void>
  /** Waits until the text stands on the screen, blanks and line ends aside. */
  waitFor(text: string): Promise<void>
  /** The same for the window alone, whatever is to be true of it. */
  until(isSo: (window: string) => boolean): Promise<void>
  press(...pressed: string[]): void
  /** Closes the terminal, as a person closes its window. */
  close(): void
  /** All lines, those that have scrolled away included. */
  screen(): string
  /** Those that stand in the window now. */
  window(): string
  /** The same with their colours. */
  rows(): readonly (readonly Span[])[]
  /** Every byte that was sent to the terminal. */
  sent(): string
  /** Exit code as a shell would report it: 128 and the number of the signal that ended the program. */
  readonly exit: Promise<number>
}

/**
 * Starts `bin/qcode-setup.js` in a home of its own, with nothing of this machine's environment but the system's programs.
 * At the end of the running test it is ended, if it still runs.
 */
export function startTerminal(options: TerminalOptions): TerminalRun {
  const { home, args = [], env = {}, columns = 100, lines = 40 } = options
  const ours = [process.execPath, join(projectFolder, 'bin/qcode-setup.js'), ...args] as const
  const [file, ...rest] = options.command ?? ours
  if (!existsSync(join(projectFolder, 'dist/main.js'))) throw new Error('dist/ is missing: npm run build')
  const terminal = new xterm.Terminal({
    cols: columns,
    rows: lines,
    scrollback: 1000,
    allowProposedApi: true,
  })
  const program = spawn(file, rest, {
    name: 'xterm-256color',
    cols: columns,
    rows: lines,
    cwd: home,
    env: {
      HOME: home,
      PATH: '/usr/bin:/bin',
      SHELL: '/bin/bash',
      TERM: 'xterm-256color',
      ...noKeychain,
      ...env,
    },
  })
  let sent = ''
  let ended = false
  let wake = () => {}
  const draw = async (data: string) => {
    for (const piece of piecesOf(data)) {
      await new Promise<void>((resolve) => terminal.write(piece, resolve))
      wake()
      if (pieceSize > 0) await setImmediate()
    }
  }
  let arrived = Promise.resolve()
  program.onData((data) => {
    sent += data
    arrived = arrived.then(() => draw(data))
  })
  const exit = new Promise<number>((resolve) => {
    program.onExit(({ exitCode, signal }) => {
      arrived.then(() => {
        ended = true
        wake()
        resolve(signal ? 128 + signal : exitCode)
      })
    })
  })

  onTestFinished(() => {
    if (!ended) program.kill('SIGKILL')
  })

  const screen = () => screenText(terminal)
  const window = () => screenText(terminal, terminal.buffer.active.baseY)
  const change = async (awaited: string) => {
    if (ended) throw new Error(`the program ended before it showed ${awaited}:\n${screen()}`)
    await new Promise<void>((resolve) => {
      wake = resolve
    })
  }
  const waitFor = async (text: string) => {
    while (!squeeze(screen()).includes(squeeze(text))) await change(`"${text}"`)
  }
  const until = async (isSo: (window: string) => boolean) => {
    while (!isSo(window())) await change(String(isSo))
  }
  return {
    question: (message) => waitFor(`? ${message}`),
    waitFor,
    until,
    press: (...pressed) => program.write(pressed.join('')),
    close: () => (program as unknown as { destroy(): void }).destroy(),
    screen,
    window,
    rows: () => rowsOf(terminal),
    sent: () => sent,
    exit,
  }
}

/** A screen arrives in pieces, whose size is luck. TERMINAL_PIECES=5 makes them small, so that a test that takes half a screen for all of it fails. */
const pieceSize = Number(process.env.TERMINAL_PIECES ?? 0)

function piecesOf(data: string): string[] {
  if (pieceSize === 0) return [data]
  return data.match(new RegExp(`.{1,${pieceSize}}`, 'gsu')) ?? []
}

function screenText(terminal: InstanceType<typeof xterm.Terminal>, from = 0): string {
  const buffer = terminal.buffer.active
  const lines = Array.from({ length: buffer.length - from }, (_, index) => buffer.getLine(from + index))
  return lines
    .map((line) => `${line?.isWrapped ? '' : '\n'}${line?.translateToString(true) ?? ''}`)
    .join('')
    .trim()
}

function rowsOf(terminal: InstanceType<typeof xterm.Terminal>): Span[][] {
  const buffer = terminal.buffer.active
  return Array.from({ length: buffer.length }, (_, row) => {
    const spans: Span[] = []
    const line = buffer.getLine(row)
    for (let column = 0; line && column < line.length; column += 1) {
      const cell = line.getCell(column)
      if (!cell || cell.getWidth() === 0) continue
      const look = {
        color: cell.isFgPalette() ? cell.getFgColor() : undefined,
        bold: cell.isBold() !== 0,
        dim: cell.isDim() !== 0,
      }
      const text = cell.getChars() || ' '
      const width = cell.getWidth()
      const last = spans.at(-1)
      if (last && last.color === look.color && last.bold === look.bold && last.dim === look.dim) {
        spans[spans.length - 1] = { ...last, text: last.text + text, width: last.width + width }
      } else spans.push({ column, text, width, ...look })
    }
    return spans
  })
}

function squeeze(text: string): string {
  return stripVTControlCharacters(text).replace(/\s+/g, '')
}
