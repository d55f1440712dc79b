import type { CommandContext, Outcome } from '../command.ts'
import { UserError } from '../errors.ts'
import type { Input } from '../request/request.ts'
import { keyAccount, openKeychain } from '../secrets/keychain.ts'
import { Secret } from '../secrets/secret.ts'
import { say } from '../texts/message.ts'

/**
 * The key on standard output, for a program: from the keychain and nowhere else. A person at a terminal, and JSON, get
 * the masked one. Errors: UserError `key-not-stored` and `keychain-unavailable`, exit 1.
 */
export async function getKey(_input: Input, { host }: CommandContext): Promise<Outcome> {
  const key = await (await openKeychain(host)).read(keyAccount)
  if (key === undefined) throw notStored()
  const { outputIsSeen } = host.terminal
  return {
    exit: 0,
    findings: [],
    data: { verb: 'get', key: String(key), store: 'keychain', service: 'qcode-setup', account: keyAccount },
    report: outputIsSeen ? String(key) : Secret.reveal(key),
    showsKey: !outputIsSeen,
    next: outputIsSeen ? [host.texts['key.get.whole']] : [],
  }
}

function notStored(): UserError {
  return new UserError({
    code: 'key-not-stored',
    message: say('key.not-stored'),
    hint: say('key.not-stored.hint'),
  })
}
