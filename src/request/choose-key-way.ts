import { chooseKeyWay, detectTool } from '../catalog/detect.ts'
import { type KeyWay, keyVariables, type Tool, type Variant } from '../catalog/tool.ts'
import { UserError } from '../errors.ts'
import type { Host } from '../host/host.ts'
import { methodsOf } from './choose-tools.ts'
import type { KeyStore, Scope, ToolChoice } from './request.ts'

/** How the client's own files let it get a key out of the keychain, for its version here; undefined where they cannot. */
export async function pickKeyWay(
  tool: Tool,
  variant: Variant,
  scope: Scope,
  host: Host,
): Promise<KeyWay | undefined> {
  const ways = tool.keyWays.filter(({ variants }) => variants?.includes(variant.id) ?? true)
  const isDecided = ways.length === 0 || (ways.length === 1 && ways[0]?.when === '*')
  const installed = isDecided ? { present: false } : await detectTool(tool, host, ways)
  const way = await chooseKeyWay(ways, installed)
  const isWritten = tool.targets.some(
    (target) => way && target.scope === scope && target.keyWays?.includes(way.id),
  )
  return isWritten ? way : undefined
}

/** Refuses tools that read their key from a file of theirs and nowhere else: it is never written there unasked. */
export function refuseWithoutKeychain(choices: readonly ToolChoice[]): void {
  const wrong = choices.filter(
    ({ tool, scope, keyStore, keyWay }) =>
      keyStore === 'keychain' && methodsOf(tool, scope, { keyStore, keyWay }).length === 0,
  )
  refuse(wrong, choices, 'keychain', 'a key in the keychain cannot reach')
}

/** The same for a key that the user sets in a variable. */
export function refuseWithoutVariable(choices: readonly ToolChoice[]): void {
  const wrong = choices.filter(({ tool, keyStore }) => keyStore === 'env' && keyVariables(tool).length === 0)
  refuse(wrong, choices, 'env', 'a key in a variable cannot reach')
}

function refuse(
  wrong: readonly ToolChoice[],
  all: readonly ToolChoice[],
  keyStore: KeyStore,
  why: string,
): void {
  if (wrong.length === 0) return
  const names = wrong.map(({ tool, variant, scope }) => {
    const details = [...(tool.variants.length > 1 ? [variant.title] : []), `--scope ${scope}`]
    return `${tool.id} (${details.join(', ')})`
  })
  const others = all.filter((choice) => !wrong.includes(choice)).map(({ tool }) => `--tool ${tool.id}`)
  const leaveOut =
    others.length === 0 ? '' : `, and the others with: ${others.join(' ')} --key-store ${keyStore}`
  throw new UserError({
    code: keyStore === 'env' ? 'variable-not-possible' : 'keychain-not-possible',
    message: `Nothing was changed, since ${why}: ${names.join('; ')}.`,
    hint: `Set ${wrong.length === 1 ? 'it' : 'them'} up with --key-store file${leaveOut}`,
    exit: 2,
  })
}
