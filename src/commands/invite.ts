import { basename, resolve } from 'node:path'
import type { Catalog } from '../catalog/tool.ts'
import type { CommandContext, CommandSpec, Outcome } from '../command.ts'
import { type Declaration, noTools, readSetupFiles, type ToolSaid } from '../request/read-setup-file.ts'
import type { Input } from '../request/request.ts'
import { readWishes, wishFlags } from '../request/wishes.ts'
import { parseKeyReference } from '../secrets/key-reference.ts'
import { quoteWord } from '../texts/commands.ts'
import { languages, loadTexts } from '../texts/language.ts'
import { say } from '../texts/message.ts'

export const inviteCommand: CommandSpec = {
  name: 'invite',
  summary: say('help.invite'),
  positional: { name: 'FILE', required: true },
  examples: [['qcode-setup invite qcode.toml', say('help.invite.example-1')]],
  writes: 'nothing',
  network: false,
  needsEveryTool: true,
  run: runInvite,
}

/** What to send to a new colleague: one line to type, and what it does, in every language. No key is in it. */
export async function runInvite(input: Input, context: CommandContext): Promise<Outcome> {
  const { catalog, host } = context
  const [file = ''] = input.positionals
  const declaration = await readSetupFiles([file], catalog, host)
  if (declaration.tools.length === 0) throw noTools(file === '-' ? '<stdin>' : resolve(host.cwd, file))
  const flags = flagsOf(declaration, catalog)
  const name = file === '-' ? 'qcode.toml' : basename(file)
  const command = `npx qcode-setup ${flags?.join(' ') ?? `apply ${quoteWord(name)}`}`
  const tools = [...new Set(declaration.tools.map(({ id }) => titleOf(id, catalog)))]
  const letters: Record<string, string> = {}
  for (const language of languages) {
    const about = flags
      ? say('invite.letter', { tools })
      : say('invite.letter-with-file', { tools, file: name })
    letters[language] = about.in((await loadTexts(language))())
  }
  return {
    exit: 0,
    findings: [],
    data: { line: command, needsFile: flags === undefined, letters },
    report: [command, ...Object.values(letters)].join('\n\n'),
  }
}

function titleOf(id: string, { tools }: Catalog): string {
  return tools.find((tool) => tool.id === id)?.title ?? id
}

/** The file as flags of `setup`, so that nothing need be sent along; undefined where it says more than flags can. */
function flagsOf({ tools, names, key, ...more }: Declaration, catalog: Catalog): string[] | undefined {
  const keyFlags = key === undefined ? [] : flagsOfKey(key.said)
  const shared = new Set(tools.map(({ said }) => JSON.stringify(sharedFlags(said))))
  const own = tools.map(({ id, said }) => ownFlags(id, said, catalog))
  const isTwice = new Set(tools.map(({ id }) => id)).size < tools.length
  const [first] = tools
  // A LaunchAgent is for Macs alone.
  if (more.launchAgents || more.findings.length > 0) return undefined
  if (!first || names.length > 0 || shared.size > 1 || isTwice || !keyFlags || own.includes(undefined))
    return undefined
  return [...own.flatMap((flags) => flags ?? []), ...sharedFlags(first.said), ...keyFlags]
}

/** What holds for all tools of one command line. */
function sharedFlags({ region, gateway, scope, method, shell, key_store: keyStore }: ToolSaid): string[] {
  return Object.entries({ region, gateway, scope, method, shell, 'key-store': keyStore }).flatMap(
    ([flag, value]) => (value === undefined ? [] : [`--${flag}`, quoteWord(value)]),
  )
}

function ownFlags(id: string, said: ToolSaid, { tools }: Catalog): string[] | undefined {
  const { model, models, options, variant, ...others } = said
  const shared = ['id', 'region', 'gateway', 'scope', 'method', 'shell', 'key_store']
  const tool = tools.find((one) => one.id === id)
  const pin = tool?.pinFlag
  if (Object.keys(others).some((name) => !shared.includes(name))) return undefined
  if (variant !== undefined && pin === undefined) return undefined
  return [
    ...['--tool', id],
    ...(tool ? wishFlags(tool, readWishes({ model, models, options })).map(quoteWord) : []),
    ...(variant === undefined ? [] : [`--${pin}`, quoteWord(variant)]),
  ]
}

/** A variable of this name is looked into anyway, and the keychain is a matter of `key_store`. */
function flagsOfKey(said: NonNullable<Declaration['key']>['said']): string[] | undefined {
  const reference = parseKeyReference(said)
  if (reference?.kind === 'env' && reference.name === 'QCODE_API_KEY') return []
  if (reference?.kind === 'keychain') return ['--key-store', 'keychain']
  // A `~` in quotes would stay as it is, and without them nothing else may be for a shell.
  if (reference?.kind === 'file' && /^~?\/[\w./-]+$/.test(reference.path))
    return ['--key-file', reference.path]
  return undefined
}
