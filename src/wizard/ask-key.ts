import { setTimeout } from 'node:timers/promises'
import type { CommandContext } from '../command.ts'
import { GoneBack, UserError } from '../errors.ts'
import type { Finding } from '../finding.ts'
import type { Host } from '../host/host.ts'
import { keychainKey } from '../request/normalise-request.ts'
import { type Input, type KeyStore, textOf, withValues } from '../request/request.ts'
import { keyAccount, openKeychain } from '../secrets/keychain.ts'
import { looksLikeKey, parseKey } from '../secrets/read-key.ts'
import type { Secret } from '../secrets/secret.ts'
import { type Message, say, type Texts } from '../texts/message.ts'
import { renderFindings, withProgress } from '../ui/write-text.ts'
import {
  ask,
  askConfirm,
  askedText,
  askSelect,
  backText,
  noticeText,
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
    if (await takesAnyway(host)) return key
  }
}

/** Going back leads to the question that was answered so, as a no does. */
async function takesAnyway(host: Host): Promise<boolean> {
  try {
    return await askConfirm(host, say('ask.use-anyway'), false, true, noticeText(host, say('ask.key.odd')))
  } catch (error) {
    if (error instanceof GoneBack) return false
    throw error
  }
}

async function askForKey(host: Host, question: Question, canGoBack: boolean): Promise<PastedKey> {
  const { linePrompt } = await import('./prompts.ts')
  let pasted: PastedKey | undefined
  const faultOf = (text: string) => {
    const parsed = tryKey(text, host.texts)
    if (typeof parsed === 'string') return parsed
    pasted = parsed
    return undefined
  }
  const config = {
    message: askedText(host, question),
    // In a line of its own: inquirer takes every sign of the line that is typed in for one column wide.
    shown: (typed: string) => `\n  ${'*'.repeat(typed.length)}`,
    faultOf,
    answered: () => String(pasted?.key),
    theme: themeOf(host, question, backText(host, canGoBack)),
  }
  await ask(host, (context) => linePrompt(config, context), canGoBack)
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

/** A keychain that does not answer by then is not offered, in ms. */
const timeoutMs = 1500

/** Whether the question where to keep the key comes: only where this machine has a keychain that answers. */
export async function asksKeyStore(input: Input, host: Host): Promise<boolean> {
  return textOf(input, 'keyStore') === undefined && (await answers(host))
}

/** Where to keep the key; the default stays the files. */
export async function askKeyStore(
  input: Input,
  host: Host,
  preset: KeyStore = 'file',
  canGoBack = false,
): Promise<Input> {
  if (!(await asksKeyStore(input, host))) return input
  const store = await askSelect<KeyStore>(
    host,
    { asked: say('ask.key-store'), answered: say('ask.key-store.short') },
    [
      { value: 'file', name: say('ask.key-store.file'), short: say('ask.key-store.file.short') },
      { value: 'keychain', name: say('ask.key-store.keychain'), short: say('ask.key-store.keychain.short') },
    ],
    { preset, canGoBack },
  )
  return store === 'file' ? input : withValues(input, 'keyStore', [store])
}

const keychainAnswers = new WeakMap<Host, Promise<boolean>>()

/** Asked once: a keychain that is locked may want its own question answered each time. */
function answers(host: Host): Promise<boolean> {
  const asked = () => withProgress(host, host.texts['progress.keychain'], askKeychain(host))
  const known = keychainAnswers.get(host) ?? asked()
  keychainAnswers.set(host, known)
  return known
}

async function askKeychain(host: Host): Promise<boolean> {
  const giveUp = new AbortController()
  const read = openKeychain(host)
    .then((keychain) => keychain.read(keyAccount))
    .then(
      () => true,
      () => false,
    )
  const late = setTimeout(timeoutMs, false, { signal: giveUp.signal }).catch(() => false)
  const answered = await Promise.race([read, late])
  giveUp.abort()
  return answered
}

/** A key out of what was pasted for it. */
interface PastedKey {
  readonly key: Secret
  /** What stood around it, as it was written: an assignment's beginning, `Bearer`, quotes. */
  readonly around: readonly string[]
}

/** What people copy along with a key: the beginning of a line for a shell, or of a header. A key may end in `=`, so names are narrow. */
const assignment =
  /^(?:(?:export|setx?|declare -x)\s+[A-Za-z_]\w*|\$env:[A-Za-z_]\w*|[A-Z][A-Z\d]*_[A-Z\d_]*)(?:\s*=\s*|\s+(?=["']?cr_))/
const header = /^(?:(?:authorization|x-api-key)\s*:\s*)?(?:bearer\s+)?/i

/** As `parseKey`, for what was pasted into a question: what stands around the key is taken off. Errors: those of `parseKey`. */
export function parsePastedKey(text: string): PastedKey {
  const around: string[] = []
  let rest = text.trim()
  const cut = (part: string | undefined, shown = part?.trim()) => {
    if (!part || !shown) return
    around.push(shown)
    rest = rest.slice(part.length)
  }
  cut(assignment.exec(rest)?.[0])
  const [, quote, inner] = /^(["'])(.*)\1;?$/.exec(rest) ?? []
  if (quote !== undefined && inner !== undefined) {
    around.push(`${quote}…${quote}`)
    rest = inner
  }
  cut(header.exec(rest)?.[0])
  return { key: parseKey(rest), around }
}
