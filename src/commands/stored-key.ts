import { UserError } from '../errors.ts'
import type { ToolChoice } from '../request/request.ts'
import { keyAccount, openKeychain } from '../secrets/keychain.ts'
import type { Secret } from '../secrets/secret.ts'
import type { CommandContext } from './command.ts'

/**
 * The key of the keychain, for a check of what these choices were set up with: undefined where none of them keeps it
 * there, and where the keychain is out of reach, since a check goes on without a key.
 */
export async function storedKey(
  choices: readonly ToolChoice[],
  { host }: Pick<CommandContext, 'host'>,
): Promise<Secret | undefined> {
  if (!choices.some(({ keyStore }) => keyStore === 'keychain')) return undefined
  try {
    return await (await openKeychain(host)).read(keyAccount)
  } catch (error) {
    if (error instanceof UserError) return undefined
    throw error
  }
}
