import { cancelled, UserError } from '../errors.ts'
import type { Host } from '../host/host.ts'
import { hideKeys } from '../secrets/mask-text.ts'
import { parseKey } from '../secrets/read-key.ts'
import type { Secret } from '../secrets/secret.ts'
import { type Messages, messagesFor } from '../ui/locale.ts'
import { wrapText } from '../ui/render-table.ts'
import { promptStyleFor, type Style, styleFor } from '../ui/style.ts'
import { escapeControls, writeText } from '../ui/write-text.ts'
import { lendInput } from './hold-terminal.ts'

// The only door to inquirer: every question goes to standard error, and leaving one has the same result everywhere.

/** One line of a list. */
export interface Choice<Value> {
  readonly value: Value
  readonly name: string
  /** What stands in the answered line; by default the name. */
  readonly short?: string
  readonly checked?: boolean
}

/** Lines that a list takes on the screen at most. */
const pageSize = 12

/** What stands before the second line of a choice. */
const indent = '    '

/** One of several. Errors: UserError `cancelled`, as for every question here. */
export async function askSelect<Value>(
  host: Host,
  message: string,
  choices: readonly Choice<Value>[],
  preset?: Value,
): Promise<Value> {
  const { default: select } = await import('@inquirer/select')
  const theme = themeOf(host, messagesFor(host).listKeys)
  const start = preset === undefined ? {} : { default: preset }
  const lines = wrapChoices(host, choices)
  return ask(host, (context) =>
    select<Value>({ message: shown(message), choices: lines, ...start, pageSize, theme }, context),
  )
}

/** Several of several; `required` is said when none is ticked. */
export async function askCheckbox<Value>(
  host: Host,
  message: string,
  choices: readonly Choice<Value>[],
  required: string,
): Promise<Value[]> {
  const { default: checkbox } = await import('@inquirer/checkbox')
  const theme = themeOf(host, messagesFor(host).tickKeys)
  const validate = (ticked: readonly unknown[]) => ticked.length > 0 || required
  const lines = wrapChoices(host, choices)
  return ask(host, (context) =>
    checkbox<Value>(
      { message: shown(message), choices: lines, pageSize, theme, validate, shortcuts: { invert: null } },
      context,
    ),
  )
}

/** A yes or no; `preset` is what Enter means. */
export async function askConfirm(host: Host, message: string, preset: boolean): Promise<boolean> {
  const { default: confirm } = await import('@inquirer/confirm')
  const messages = messagesFor(host)
  const transformer = (answer: boolean) => (answer ? messages.yes : messages.no)
  return ask(host, (context) =>
    confirm({ message: shown(message), default: preset, transformer, theme: themeOf(host) }, context),
  )
}

/** The key, never shown: stars while it is typed, its masked form once it is taken. A key that cannot be one is asked for again. */
export async function askKey(host: Host, message: string): Promise<Secret> {
  const { default: password } = await import('@inquirer/password')
  let key: Secret | undefined
  const validate = (text: string) => {
    const parsed = tryKey(text)
    if (typeof parsed === 'string') return parsed
    key = parsed
    return true
  }
  const theme = themeOf(host)
  const masked = { ...theme, style: { ...theme.style, answer: () => theme.style.answer(String(key)) } }
  // Without toggleMask: false, Ctrl-T shows what was typed (@inquirer/password 5.2.5).
  await ask(host, (context) =>
    password({ message: shown(message), mask: true, toggleMask: false, validate, theme: masked }, context),
  )
  if (key === undefined) throw new Error('the key prompt ended without a key')
  return key
}

interface PromptContext {
  readonly input: NodeJS.ReadableStream
  readonly output: NodeJS.WritableStream
  readonly signal: AbortSignal
}

async function ask<Answer>(host: Host, prompt: (context: PromptContext) => Promise<Answer>): Promise<Answer> {
  const { interactive, input: terminal, error: output } = host.terminal
  const { signal: interrupted } = host.interruption
  if (!interactive) throw new Error('a question was about to be asked where nobody can answer')
  if (!terminal.readable || interrupted.aborted) throw cancelled()
  const { input, giveBack } = lendInput(host)
  const left = new AbortController()
  const leave = () => left.abort()
  // The reader behind the prompt pauses its input when it closes: at Ctrl-D, or when the terminal is gone.
  input.once('pause', leave)
  input.once('error', leave)
  // Where somebody listens to a signal, inquirer does not hear of it.
  interrupted.addEventListener('abort', leave)
  try {
    return await prompt({ input, output, signal: left.signal })
  } catch (error) {
    throw hasLeft(error) ? cancelled() : error
  } finally {
    input.off('pause', leave)
    input.off('error', leave)
    interrupted.removeEventListener('abort', leave)
    giveBack()
  }
}

/** Names broken between words, so that a narrow screen cuts none in two. */
function wrapChoices<Value>(host: Host, choices: readonly Choice<Value>[]): Choice<Value>[] {
  const width = host.terminal.columns - indent.length
  return choices.map((choice) => ({
    ...choice,
    name: wrapText(shown(choice.name), width).join(`\n${indent}`),
    short: shown(choice.short ?? choice.name),
  }))
}

/** Names in a question may come from the user's own tool folders. */
function shown(text: string): string {
  return escapeControls(hideKeys(text))
}

function hasLeft(error: unknown): boolean {
  return error instanceof Error && ['ExitPromptError', 'AbortPromptError'].includes(error.name)
}

function tryKey(text: string): Secret | string {
  try {
    return parseKey(text, 'your answer')
  } catch (error) {
    if (error instanceof UserError) return error.message
    throw error
  }
}

function themeOf(host: Host, keys?: string): ReturnType<typeof promptTheme> {
  return promptTheme(promptStyleFor(host), messagesFor(host), keys)
}

/** How inquirer's prompts look: our colours, which know of NO_COLOR, and our languages, in place of its own. */
export function promptTheme(style: Style, messages: Messages, keys = '') {
  return {
    prefix: { idle: style.cyan('?'), done: style.green('✔') },
    spinner: { frames: ['…'] },
    icon: { checked: style.green('◉'), unchecked: '◯', cursor: '❯' },
    style: {
      answer: style.cyan,
      message: style.bold,
      error: (text: string) => style.red(`> ${text}`),
      defaultAnswer: (text: string) => style.dim(`(${text})`),
      help: style.dim,
      highlight: style.cyan,
      description: style.dim,
      keysHelpTip: () => style.dim(keys),
      confirmDefault: (text: string) => text.toUpperCase(),
    },
    // The letters stay y and n in every language: they need no input method.
    keywords: { yes: 'yes', no: 'no', error: () => messages.answerYesOrNo },
  }
}

/** A line between the questions, on standard error as they are. */
export function say(host: Pick<Host, 'terminal'>, line: string): void {
  writeText(host, 'error', `${line}\n`)
}

/** What the user has to know before the next question; values in it may come from files. */
export function warn(host: Pick<Host, 'terminal'>, ...lines: string[]): void {
  const shown = lines.flatMap((line) => wrapText(escapeControls(line), host.terminal.columns - 2))
  say(host, `${styleFor(host, 'stderr').yellow('!')} ${shown.join('\n  ')}`)
}

/** An answer that a flag gave already, as if it had been asked for. */
export function showAnswer(host: Host, question: string, answer: string): void {
  const { prefix, style } = promptTheme(styleFor(host, 'stderr'), messagesFor(host))
  say(host, `${prefix.done} ${style.message(question)} ${style.answer(escapeControls(answer))}`)
}
