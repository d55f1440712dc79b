import type { CommandContext } from '../command.ts'
import type { Finding } from '../finding.ts'
import type { Host } from '../host/host.ts'
import { keychainKey } from '../request/normalise-request.ts'
import { type Input, textOf } from '../request/request.ts'
import type { Secret } from '../secrets/secret.ts'
import { type Message, say } from '../texts/message.ts'
import { renderFindings } from '../ui/write-text.ts'
import { askKey, askSelect, type KeyAsking, showAnswer, tell } from './ask.ts'

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
  let chosen =
    (await givenKey(input, key, host)) ??
    (kept && (await keeps(kept, host, canGoBack)) ? kept : await askKey(host, { canGoBack }))
  for (;;) {
    const problems = await test(chosen)
    if (problems.length === 0) return chosen
    chosen = await askAgain(host, problems, { canGoBack })
  }
}

function keeps(key: Secret, host: Host, canGoBack: boolean): Promise<boolean> {
  const short = String(key)
  const choices = [
    { value: true, name: say('ask.key.keep', { key: short }), short },
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
