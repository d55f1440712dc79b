import { isInteractive, type WritingContext } from '../command.ts'
import { cancelled, UserError, type Where } from '../errors.ts'
import type { Finding } from '../finding.ts'
import { choiceId } from '../plan/setups.ts'
import type { Declaration } from '../request/read-setup-file.ts'
import { type Input, isOn, type ToolChoice, textOf } from '../request/request.ts'
import { type KeyReference, parseKeyReference, readKeyReference } from '../secrets/key-reference.ts'
import { keyAccount, openKeychain } from '../secrets/keychain.ts'
import { readKey } from '../secrets/read-key.ts'
import { Secret } from '../secrets/secret.ts'
import { quoteWord } from '../texts/commands.ts'
import { say } from '../texts/message.ts'
import { givenKey, throwAwayKey } from './given-key.ts'

/** The key that goes with what files say. */
interface DeclaredKey {
  /** Undefined: keys that stand in place stay as they are. */
  readonly secret?: Secret
  /** It is the real one, and no stand-in of a run that writes nothing. */
  readonly isGiven: boolean
  readonly findings: readonly Finding[]
}

const unchanged: DeclaredKey = { isGiven: false, findings: [] }

/**
 * The key of `--key-file`, else of the files' reference; where neither is there, keys in place stay, and only what is not set up
 * yet needs the one of QCODE_API_KEY or of the keychain. A command out of a file is run after a question, or with
 * `--allow-command`. Errors: UserError, exit 2, at the reference that leads to no key; `key-missing`; `cancelled`.
 */
export async function declaredKey(
  named: Declaration['key'],
  choices: readonly ToolChoice[],
  existing: readonly ToolChoice[],
  input: Input,
  context: WritingContext,
): Promise<DeclaredKey> {
  const { host } = context
  const kept = choices.filter(({ keyStore, name }) => keyStore !== 'env' && name === undefined)
  if (kept.length === 0) return unchanged
  if (textOf(input, 'keyFile') !== undefined) return given(await givenKey(input, host))
  const reference = named && parseKeyReference(named.said)
  if (!named || !reference) return keyInPlace(kept, existing, context)
  const where = () => named.from.where(['key'])
  const read = await readSaid(reference, named.from.folder, where, input, context)
  return read instanceof Secret ? given(read) : { ...standIn(kept, existing, context), findings: [read] }
}

/** The key behind a reference of a file; a finding where nothing is written, so that a command was not run. Errors: as `declaredKey`. */
export async function readSaid(
  reference: KeyReference,
  folder: string,
  where: () => Promise<Where>,
  input: Input,
  context: WritingContext,
): Promise<Secret | Finding> {
  const { host } = context
  if (reference.kind === 'command' && !isOn(input, 'allowCommand')) {
    const command = reference.command.map(quoteWord).join(' ')
    const message = say('setup-file.command.skipped', { command })
    if (context.committer.dryRun) return { id: 'key-command-skipped', level: 'warning', message }
    if (!isInteractive(input, host)) throw notAllowed(command).at(await where())
    const { askCommand } = await import('../wizard/resolve-conflict.ts')
    if (!(await askCommand(command, host))) throw cancelled()
  }
  try {
    return await readKeyReference(reference, folder, host)
  } catch (error) {
    throw error instanceof UserError ? error.at(await where()) : error
  }
}

function given(secret: Secret | undefined): DeclaredKey {
  return { ...(secret && { secret }), isGiven: secret !== undefined, findings: [] }
}

async function keyInPlace(
  kept: readonly ToolChoice[],
  existing: readonly ToolChoice[],
  context: WritingContext,
): Promise<DeclaredKey> {
  const { host } = context
  const [first] = kept.filter((choice) => !hasKey(choice, existing, context))
  if (!first) return unchanged
  const fromEnv = await readKey(undefined, host)
  if (fromEnv) return given(fromEnv)
  const isStored = first.keyStore === 'keychain'
  const stored = isStored ? await (await openKeychain(host)).read(keyAccount) : undefined
  if (stored) return given(stored)
  throw new UserError({
    code: 'key-missing',
    message: say('setup-file.key-needed', { tool: first.tool.title }),
    hint: [say('setup-file.key-inside.hint'), say('key.missing.hint')],
    exit: 2,
  })
}

/** Where a command is not run, a key of the right look stands for its own, but only where there is none yet. */
function standIn(
  kept: readonly ToolChoice[],
  existing: readonly ToolChoice[],
  context: WritingContext,
): DeclaredKey {
  const isComplete = kept.every((choice) => hasKey(choice, existing, context))
  return isComplete ? unchanged : { ...unchanged, secret: new Secret(throwAwayKey(context.host)) }
}

/** Whether a key stands already where this choice keeps it. */
function hasKey(choice: ToolChoice, existing: readonly ToolChoice[], { host }: WritingContext): boolean {
  const id = choiceId(choice, host)
  return existing.some(
    (one) =>
      one.method === choice.method &&
      one.keyStore === choice.keyStore &&
      one.name === choice.name &&
      choiceId(one, host) === id,
  )
}

function notAllowed(command: string): UserError {
  return new UserError({
    code: 'command-not-allowed',
    message: say('setup-file.command.not-allowed', { command }),
    hint: say('setup-file.command.not-allowed.hint'),
    exit: 2,
  })
}
