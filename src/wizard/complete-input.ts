import type { CommandContext } from '../commands/command.ts'
import type { Input } from '../request/input.ts'
import type { Secret } from '../secrets/secret.ts'
import { messagesFor } from '../ui/locale.ts'
import { styleFor } from '../ui/style.ts'
import { wrapText } from '../ui/wrap-text.ts'
import { askKeyStore } from './ask-key-store.ts'
import { askModels } from './ask-models.ts'
import { type AcceptsOrigin, askRegion } from './ask-region.ts'
import { askTools } from './ask-tools.ts'
import { say } from './say.ts'
import { settleKey } from './settle-key.ts'

/**
 * Asks for what the flags did not give, and shows what they gave; the input that comes back is the one that flags would
 * have given. `key` is the one from `--key-file` or QCODE_API_KEY. Errors: UserError `cancelled` (exit 130) when the
 * user leaves, and exit 2 for flags that contradict each other.
 */
export async function completeInput(
  input: Input,
  key: Secret | undefined,
  context: CommandContext,
  accepts: AcceptsOrigin,
): Promise<{ input: Input; key: Secret | undefined }> {
  const { host } = context
  const lines = wrapText(messagesFor(host).intro, host.terminal.columns)
  say(host, lines.map(styleFor(host, 'stderr').dim).join('\n'))
  const withTools = await askTools(input, context)
  const withRegion = await askRegion(withTools, context, accepts)
  const withStore = await askKeyStore(withRegion, host)
  const settledKey = await settleKey(withStore, key, context)
  return { input: await askModels(withStore, settledKey, context), key: settledKey }
}
