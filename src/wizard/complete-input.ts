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
import { holdTerminal } from './hold-terminal.ts'
import { say } from './say.ts'
import { type KeyTest, settleKey } from './settle-key.ts'
import { withValues } from './with-values.ts'

/** Who judges the answers while they are given. */
interface Judges {
  readonly accepts: AcceptsOrigin
  /** The input with the tools whose files can be edited; asks where there are others. */
  readonly usableTools: (input: Input) => Promise<Input>
  /** As `KeyTest`, for what the input names by then. */
  readonly testKey: (key: Secret, input: Input) => ReturnType<KeyTest>
}

/**
 * Asks for what the flags did not give, and shows what they gave; the input that comes back is the one that flags would
 * have given. `key` is the one from `--key-file` or QCODE_API_KEY. Errors: UserError `cancelled` (exit 130) when the
 * user leaves, and exit 2 for flags that contradict each other.
 */
export async function completeInput(
  input: Input,
  key: Secret | undefined,
  context: CommandContext,
  { accepts, usableTools, testKey }: Judges,
): Promise<{ input: Input; key: Secret | undefined }> {
  const { host } = context
  holdTerminal(host)
  const lines = wrapText(messagesFor(host).intro, host.terminal.columns)
  say(host, lines.map(styleFor(host, 'stderr').dim).join('\n'))
  const withTools = await usableTools(await askTools(input, context))
  const withRegion = await askRegion(withTools, context, accepts)
  const withStore = await askKeyStore(withRegion, host)
  const settledKey = await settleKey(withStore, key, context, (each) => testKey(each, withStore))
  // Where the one that was given was refused, the command that does the same is not to name its source.
  const withKey = key && settledKey !== key ? withValues(withStore, 'keyFile', ['-']) : withStore
  return { input: await askModels(withKey, settledKey, context), key: settledKey }
}
