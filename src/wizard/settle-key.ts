import type { CommandContext } from '../commands/command.ts'
import { type Input, textOf } from '../request/input.ts'
import { keychainKey } from '../request/keychain-key.ts'
import type { Secret } from '../secrets/secret.ts'
import { messagesFor } from '../ui/locale.ts'
import { askKey } from './ask.ts'
import { showAnswer } from './say.ts'

/** The key: the one that was given is shown masked with its source, else it is asked for, unless none is to be written. */
export async function settleKey(
  input: Input,
  key: Secret | undefined,
  { host }: Pick<CommandContext, 'host'>,
): Promise<Secret | undefined> {
  if (textOf(input, 'keyStore') === 'env') return key
  const { question, from, standardInput, keychain } = messagesFor(host).key
  const stored = key ? undefined : await keychainKey(input, host)
  if (stored) showAnswer(host, question, from(String(stored), keychain))
  if (!key) return stored ?? askKey(host, question)
  const file = textOf(input, 'keyFile') ?? 'QCODE_API_KEY'
  showAnswer(host, question, from(String(key), file === '-' ? standardInput : file))
  return key
}
