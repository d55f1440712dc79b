import { cancelled, GoneBack } from '../errors.ts'
import type { Host } from '../host/host.ts'
import { hideKeys } from '../secrets/mask-text.ts'
import { type Message, say, textIn } from '../texts/message.ts'
import { displayWidth, wrapText } from '../ui/render-table.ts'
import { promptStyleFor, type Style, styleFor } from '../ui/style.ts'
import { escapeControls, shortenHomes, writeText } from '../ui/write-text.ts'
import { dropTypedAhead, lendInput } from './hold-terminal.ts'

// The only door to inquirer: every question goes to standard error, and leaving one has the same result everywhere.

/** A question; beside its answer it may be shorter. */
export interface Question {
  readonly asked: Message
  readonly answered: Message
}

/** One line of a list. */
export interface Choice<Value> {
  readonly value: Value
  readonly name: Message | string
  /** Behind the name, or below it where the line is too short for both. */
  readonly detail?: string | undefined
  /** What stands in the answered line; by default the name. */
  readonly short?: Message | string
  readonly checked?: boolean
  /** Typing it moves the cursor here, in a list that cannot be searched. */
  readonly letter?: string
}

/** More about a list. */
interface Listing<Value> {
  /** Under the cursor at the start; by default the first. */
  readonly preset?: Value | undefined
  /** Whether there is a question before this one. */
  readonly canGoBack?: boolean | undefined
  /** Said where nothing fits what was typed; without it the list cannot be searched. */
  readonly nothingFits?: Message
  /** Calls `renew` with the same choices, named anew, whenever more is known of them; gives what ends that. */
  readonly watch?: (renew: (choices: readonly Choice<Value>[]) => void) => () => void
  /** What has to be known first, as `noticeText` has it: part of the question, so that going back takes it away too. */
  readonly notice?: string
}

/** Lines that a list takes on the screen at most: around it there are the question, the keys and an answer or two. */
function pageSizeOf({ terminal }: Host, notice = ''): number {
  return Math.max(3, Math.min(20, terminal.rows - 8 - (notice.split('\n').length - 1)))
}

/** What stands before the second line of a choice. */
const indent = '    '

/** One of several. Errors: UserError `cancelled`, as for every question here; `GoneBack`. */
export async function askSelect<const Value>(
  host: Host,
  question: Question | Message,
  choices: readonly Choice<Value>[],
  { preset, canGoBack, nothingFits, watch, notice }: Listing<Value> = {},
): Promise<Value> {
  const { listPrompt } = await import('./prompts.ts')
  const keys = nothingFits ? 'ask.keys.search' : 'ask.keys.list'
  const theme = themeOf(host, question, keysText(host, keys, canGoBack), notice)
  const config = {
    message: askedText(host, question),
    rows: wrapChoices(host, choices),
    start: Math.max(
      0,
      choices.findIndex(({ value }) => value === preset),
    ),
    pageSize: pageSizeOf(host, notice),
    theme,
    ...(nothingFits && { nothingFits: shown(host, nothingFits) }),
    ...(watch && {
      watch: (renew: (rows: ReturnType<typeof wrapChoices>) => void) =>
        watch((named) => renew(wrapChoices(host, named))),
    }),
  }
  return (await ask(host, (context) => listPrompt(config, context), canGoBack)) as Value
}

/** More about a list with ticks. */
interface Ticking<Value> {
  /** Said where none is ticked. */
  readonly required: Message
  readonly nothingFits: Message
  /** Behind one line until that is opened. */
  readonly folded?: readonly Choice<Value>[]
  /** That line, for so many choices. */
  readonly more: (count: number) => Message
  readonly canGoBack?: boolean
}

/** Several of several. */
export async function askCheckbox<Value>(
  host: Host,
  question: Question | Message,
  choices: readonly Choice<Value>[],
  { required, nothingFits, folded = [], more, canGoBack = false }: Ticking<Value>,
): Promise<Value[]> {
  const { tickPrompt } = await import('./prompts.ts')
  const theme = themeOf(host, question, keysText(host, 'ask.keys.ticks', canGoBack))
  const config = {
    message: askedText(host, question),
    rows: wrapChoices(host, choices),
    folded: wrapChoices(host, folded),
    listed: (items: readonly string[]) => shown(host, say('report.list', { items })),
    more: (count: number) => shown(host, more(count)),
    pageSize: pageSizeOf(host),
    theme,
    required: shown(host, required),
    nothingFits: shown(host, nothingFits),
  }
  return (await ask(host, (context) => tickPrompt(config, context), canGoBack)) as Value[]
}

/** Which keys a list takes. */
export function keysText(
  { texts }: Host,
  id: 'ask.keys.list' | 'ask.keys.search' | 'ask.keys.ticks',
  canGoBack = false,
): string {
  return canGoBack ? `${texts[id]} · ${texts['ask.keys.back']}` : texts[id]
}

/** A yes or no; `preset` is what Enter means, and `notice` is as for a list. */
export async function askConfirm(
  host: Host,
  question: Message,
  preset: boolean,
  canGoBack = false,
  notice = '',
): Promise<boolean> {
  const { linePrompt } = await import('./prompts.ts')
  const theme = themeOf(host, question, backText(host, canGoBack), notice)
  const letters = theme.style.letters(preset ? 'Y/n' : 'y/N')
  const config = {
    message: askedText(host, question, '(y/n) yes '.length),
    shown: (typed: string) => ` ${letters} ${typed}`,
    faultOf: (typed: string) =>
      isYes(typed, preset) === undefined ? host.texts['ask.yes-or-no'] : undefined,
    answered: (typed: string) => host.texts[isYes(typed, preset) ? 'ask.yes' : 'ask.no'],
    theme,
  }
  await dropTypedAhead(host)
  return isYes(await ask(host, (context) => linePrompt(config, context), canGoBack), preset) === true
}

/** The letters are y and n in every language: they need no input method. */
function isYes(typed: string, preset: boolean): boolean | undefined {
  const word = typed.trim().toLowerCase()
  if (word === '') return preset
  return 'yes'.startsWith(word) ? true : 'no'.startsWith(word) ? false : undefined
}

/** Which key a question takes that is answered by typing. */
export function backText({ texts }: Host, canGoBack: boolean): string | undefined {
  return canGoBack ? texts['ask.keys.back'] : undefined
}

interface PromptContext {
  readonly input: NodeJS.ReadableStream
  readonly output: NodeJS.WritableStream
  readonly signal: AbortSignal
  readonly clearPromptOnDone: boolean
}

/** Runs one prompt of inquirer's. */
export async function ask<Answer>(
  host: Host,
  prompt: (context: PromptContext) => Promise<Answer>,
  canGoBack = false,
): Promise<Answer> {
  const { interactive, input: terminal, error: output } = host.terminal
  const { signal: interrupted } = host.interruption
  if (!interactive) throw new Error('a question was about to be asked where nobody can answer')
  if (!terminal.readable || interrupted.aborted) throw cancelled()
  const { input, giveBack } = lendInput(host)
  const left = new AbortController()
  const leave = () => left.abort()
  let goesBack = false
  const heed = (_: unknown, key?: { readonly name?: string }) => {
    if (!canGoBack || key?.name !== 'escape') return
    goesBack = true
    leave()
  }
  // The reader behind the prompt tells of each key on its input.
  input.on('keypress', heed)
  // The reader behind the prompt pauses its input when it closes: at Ctrl-D, or when the terminal is gone.
  input.once('pause', leave)
  input.once('error', leave)
  // Where somebody listens to a signal, inquirer does not hear of it.
  interrupted.addEventListener('abort', leave)
  try {
    return await prompt({
      input,
      output,
      signal: left.signal,
      // Read at the end: a question that was gone back from leaves nothing on the screen.
      get clearPromptOnDone() {
        return goesBack
      },
    })
  } catch (error) {
    if (goesBack) throw new GoneBack()
    throw hasLeft(error) ? cancelled() : error
  } finally {
    input.off('keypress', heed)
    input.off('pause', leave)
    input.off('error', leave)
    interrupted.removeEventListener('abort', leave)
    giveBack()
  }
}

/** Names broken between words, so that a narrow screen cuts none in two. */
function wrapChoices<Value>(
  host: Host,
  choices: readonly Choice<Value>[],
): (Choice<Value> & { readonly name: string; readonly short: string })[] {
  const width = host.terminal.columns - indent.length
  return choices.map((choice) => ({
    ...choice,
    name: linesOf(shown(host, choice.name), shown(host, choice.detail ?? ''), width).join(`\n${indent}`),
    short: shown(host, choice.short ?? choice.name),
  }))
}

function linesOf(name: string, detail: string, width: number): string[] {
  if (detail === '') return wrapText(name, width)
  const line = `${name}  ${detail}`
  if (displayWidth(line) <= width) return [line]
  return [...wrapText(name, width), ...wrapText(detail, width)]
}

/** Names in a question may come from the user's own tool folders. */
function shown(host: Host, text: Message | string): string {
  return escapeControls(hideKeys(textIn(text, host.texts)))
}

function hasLeft(error: unknown): boolean {
  return error instanceof Error && ['ExitPromptError', 'AbortPromptError'].includes(error.name)
}

/** The look of one question. */
export function themeOf(
  host: Host,
  question: Question | Message,
  keys?: string,
  notice = '',
): ReturnType<typeof promptTheme> {
  const tip = keys && wrapText(keys, host.terminal.columns - 1).join('\n')
  const theme = promptTheme(promptStyleFor(host), tip)
  const answered = 'answered' in question ? shown(host, question.answered) : undefined
  const message = (text: string, status?: string) =>
    theme.style.message(status === 'done' ? (answered ?? text) : text)
  const { idle, done } = theme.prefix
  return {
    ...theme,
    prefix: { idle: notice + idle, done: notice + done },
    style: { ...theme.style, message },
  }
}

/** A question as it can be shown; `behind` is the room for what follows it in its line. */
export function askedText(host: Host, question: Question | Message, behind = 0): string {
  const text = shown(host, 'asked' in question ? question.asked : question)
  return wrapText(text, host.terminal.columns - 4 - behind).join('\n  ')
}

/** How questions look: our colours, which know of NO_COLOR, in place of inquirer's. */
export function promptTheme(style: Style, keys?: string) {
  return {
    prefix: { idle: style.cyan('?'), done: style.green('✔') },
    icon: { checked: style.green('◉'), unchecked: '◯', cursor: '❯' },
    style: {
      answer: style.cyan,
      message: style.bold,
      error: (text: string) => style.red(`> ${text}`),
      letters: (text: string) => style.dim(`(${text})`),
      highlight: style.cyan,
      keys: () => (keys === undefined ? [] : [style.dim(keys)]),
    },
  }
}

/** A line between the questions, on standard error as they are. */
export function tell(host: Pick<Host, 'terminal'>, line: string): void {
  writeText(host, 'error', `${line}\n`)
}

/** What the user has to know before the next question; values in it may come from files. */
export function warn(host: Listener, ...lines: readonly (Message | string)[]): void {
  writeText(host, 'error', noticeText(host, ...lines))
}

type Listener = Pick<Host, 'terminal' | 'texts' | 'home'>

/** The same as a text that ends its last line, for a question that can be gone back from. */
export function noticeText(host: Listener, ...lines: readonly (Message | string)[]): string {
  const shown = lines.flatMap((line) =>
    wrapText(
      escapeControls(hideKeys(shortenHomes(textIn(line, host.texts), host))),
      host.terminal.columns - 2,
    ),
  )
  return `${styleFor(host, 'stderr').yellow('!')} ${shown.join('\n  ')}\n`
}

/** An answer that a flag gave already, as if it had been asked for. */
export function showAnswer(host: Host, question: Message, answer: Message | string): void {
  const { prefix, style } = promptTheme(styleFor(host, 'stderr'))
  const asked = style.message(question.in(host.texts))
  tell(host, `${prefix.done} ${asked} ${style.answer(escapeControls(textIn(answer, host.texts)))}`)
}
