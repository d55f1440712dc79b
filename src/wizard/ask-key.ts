import type { CommandContext } from '../command.ts'
import { GoneBack, UserError } from '../errors.ts'
import type { Finding } from '../finding.ts'
import type { Host } from '../host/host.ts'
import { keychainKey } from '../request/normalise-request.ts'
import { type Input, textOf } from '../request/request.ts'
import { looksLikeKey, type PastedKey, parsePastedKey } from '../secrets/read-key.ts'
import type { Secret } from '../secrets/secret.ts'
import { type Message, say, type Texts } from '../texts/message.ts'
import { renderFindings } from '../ui/write-text.ts'
import {
  ask,
  askConfirm,
  askedText,
  askSelect,
  type Question,
  showAnswer,
  tell,
  themeOf,
  warn,
} from './ask.ts'

/** How the key is asked for. */
export interface KeyAsking {
  /** The new one that replaces another. */
  readonly isNew?: boolean
  /** One that can be kept by a word, in place of pasting one. */
  readonly kept?: Secret | undefined
  readonly canGoBack?: boolean
}

/**
 * The key, never shown: stars while it is typed, its masked form once it is taken. What was pasted around it is taken off
 * and named. A key that cannot be one is asked for again, and one of another form on a word. Errors: `GoneBack`.
 */
export async function askKey(host: Host, asking: KeyAsking = {}): Promise<Secret> {
  const { kept, canGoBack = false } = asking
  if (kept === undefined) return askTyped(host, asking)
  for (;;) {
    if (await keeps(kept, host, canGoBack)) return kept
    try {
      return await askTyped(host, { ...asking, canGoBack: true })
    } catch (error) {
      if (!(error instanceof GoneBack)) throw error
    }
  }
}

async function askTyped(host: Host, { isNew, canGoBack = false }: KeyAsking): Promise<Secret> {
  const id = isNew ? 'ask.key.new' : 'ask.key'
  for (;;) {
    const { key, around } = await askForKey(host, { asked: say(id), answered: say(`${id}.short`) }, canGoBack)
    if (around.length > 0) warn(host, say('ask.key.cleaned', { around }))
    if (looksLikeKey(key)) return key
    warn(host, say('ask.key.odd'))
    if (await askConfirm(host, say('ask.use-anyway'), false)) return key
  }
}

async function askForKey(host: Host, question: Question, canGoBack: boolean): Promise<PastedKey> {
  const { default: password } = await import('@inquirer/password')
  let pasted: PastedKey | undefined
  const validate = (text: string) => {
    const parsed = tryKey(text, host.texts)
    if (typeof parsed === 'string') return parsed
    pasted = parsed
    return true
  }
  const theme = themeOf(host, question, canGoBack ? host.texts['ask.keys.back'] : undefined)
  const answer = () => theme.style.answer(String(pasted?.key))
  const config = {
    message: askedText(host, question),
    mask: true,
    // Without this, Ctrl-T shows what was typed (@inquirer/password 5.2.5).
    toggleMask: false,
    validate,
    theme: { ...theme, style: { ...theme.style, answer } },
  }
  await ask(host, (context) => password(config, context), canGoBack)
  if (pasted === undefined) throw new Error('the key prompt ended without a key')
  return pasted
}

/** What is wrong with a key by the gateway's own word: nothing where it is right, or where nobody could be asked. */
export type KeyTest = (key: Secret) => Promise<readonly Finding[]>

/**
 * The key: the one that was given is shown masked with its source, else it is asked for, unless none is to be written.
 * `kept` is one that can be kept by a word. One that the gateway refuses is asked for again at once. Errors: UserError
 * `cancelled`, `GoneBack`.
 */
export async function resolveKey(
  input: Input,
  key: Secret | undefined,
  { host }: Pick<CommandContext, 'host'>,
  test: KeyTest,
  kept?: Secret,
  canGoBack = false,
): Promise<Secret | undefined> {
  if (textOf(input, 'keyStore') === 'env') return key
  let chosen = (await givenKey(input, key, host)) ?? (await askKey(host, { kept, canGoBack }))
  for (;;) {
    const problems = await test(chosen)
    if (problems.length === 0) return chosen
    chosen = await askAgain(host, problems, { canGoBack })
  }
}

function keeps(key: Secret, host: Host, canGoBack: boolean): Promise<boolean> {
  const choices = [
    { value: true, name: say('ask.key.keep', { key: String(key) }), short: String(key) },
    { value: false, name: say('ask.key.other') },
  ]
  return askSelect(host, say('ask.key.short'), choices, { canGoBack })
}

/** Says what is wrong with a key and asks for another one. */
export function askAgain(host: Host, problems: readonly Finding[], asking: KeyAsking = {}): Promise<Secret> {
  tell(host, renderFindings(problems, host))
  return askKey(host, asking)
}

async function givenKey(input: Input, key: Secret | undefined, host: Host): Promise<Secret | undefined> {
  const stored = key ? undefined : await keychainKey(input, host)
  if (stored) showAnswer(host, say('ask.key.short'), from(stored, say('ask.key.keychain')))
  if (!key) return stored
  const file = textOf(input, 'keyFile') ?? 'QCODE_API_KEY'
  showAnswer(host, say('ask.key.short'), from(key, file === '-' ? say('ask.key.stdin') : file))
  return key
}

function from(key: Secret, source: Message | string): Message {
  return say('ask.key.from', { key: String(key), source })
}

function tryKey(text: string, texts: Texts): PastedKey | string {
  try {
    return parsePastedKey(text)
  } catch (error) {
    if (error instanceof UserError) return error.text.in(texts)
    throw error
  }
}
