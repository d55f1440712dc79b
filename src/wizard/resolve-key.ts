import type { CommandContext } from '../command.ts'
import type { Finding } from '../finding.ts'
import type { Host } from '../host/host.ts'
import { keychainKey } from '../request/normalise-request.ts'
import { type Input, textOf } from '../request/request.ts'
import type { Secret } from '../secrets/secret.ts'
import { messagesFor } from '../ui/locale.ts'
import { renderFindings } from '../ui/write-text.ts'
import { askKey, say, showAnswer } from './ask.ts'

/** What is wrong with a key by the gateway's own word: nothing where it is right, or where nobody could be asked. */
export type KeyTest = (key: Secret) => Promise<readonly Finding[]>

/**
 * The key: the one that was given is shown masked with its source, else it is asked for, unless none is to be written.
 * One that the gateway refuses is asked for again at once.
 */
export async function resolveKey(
  input: Input,
  key: Secret | undefined,
  { host }: Pick<CommandContext, 'host'>,
  test: KeyTest,
): Promise<Secret | undefined> {
  if (textOf(input, 'keyStore') === 'env') return key
  const { question } = messagesFor(host).key
  let chosen = (await givenKey(input, key, host)) ?? (await askKey(host, question))
  for (;;) {
    const problems = await test(chosen)
    if (problems.length === 0) return chosen
    chosen = await askAgain(host, question, problems)
  }
}

/** Says what is wrong with a key and asks for another one. */
export function askAgain(host: Host, question: string, problems: readonly Finding[]): Promise<Secret> {
  say(host, renderFindings(problems, host))
  return askKey(host, question)
}

async function givenKey(input: Input, key: Secret | undefined, host: Host): Promise<Secret | undefined> {
  const { question, from, standardInput, keychain } = messagesFor(host).key
  const stored = key ? undefined : await keychainKey(input, host)
  if (stored) showAnswer(host, question, from(String(stored), keychain))
  if (!key) return stored
  const file = textOf(input, 'keyFile') ?? 'QCODE_API_KEY'
  showAnswer(host, question, from(String(key), file === '-' ? standardInput : file))
  return key
}
