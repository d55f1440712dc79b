import { UserError } from '../errors.ts'
import type { Host } from '../host/host.ts'
import { type Input, textOf } from '../request/request.ts'
import { readKey } from '../secrets/read-key.ts'
import type { Secret } from '../secrets/secret.ts'
import { say } from '../texts/message.ts'
import type { KeyAsking } from '../wizard/ask-key.ts'

/**
 * The key that the flags or QCODE_API_KEY give, as `readKey`. Standard input that is a terminal would show the key while it
 * is typed, so there `--key-file -` asks for it, masked. Errors: those of `readKey`, `cancelled`, `key-file` (exit 2).
 */
export async function givenKey(input: Input, host: Host, question?: KeyAsking): Promise<Secret | undefined> {
  const keyFile = textOf(input, 'keyFile')
  if (keyFile !== '-' || !isTerminal(host)) return readKey(keyFile, host)
  if (!host.terminal.interactive) throw cannotAsk()
  const { askKey } = await import('../wizard/ask-key.ts')
  return askKey(host, question)
}

function isTerminal({ terminal }: Host): boolean {
  return Boolean((terminal.input as { isTTY?: boolean }).isTTY)
}

/** Standard error goes elsewhere, or this is a job of CI: a question would not be seen. */
function cannotAsk(): UserError {
  return new UserError({
    code: 'key-file',
    message: say('key-file.terminal', { source: say('key-file.stdin') }),
    hint: say('key-file.hint'),
    exit: 2,
  })
}

/** A key of the right look that opens nothing but a gateway on loopback. */
export function throwAwayKey(host: Pick<Host, 'randomId'>): string {
  return `cr_${host.randomId().repeat(6).slice(0, 64).padEnd(64, '0')}`
}
