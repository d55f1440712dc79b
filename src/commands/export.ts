import { existsSync } from 'node:fs'
import { join, sep } from 'node:path'
import { resolvePlaces } from '../catalog/places.ts'
import type { Catalog } from '../catalog/tool.ts'
import { windowsDrive } from '../checks/windows-folders.ts'
import type { CommandContext, CommandSpec, Outcome } from '../command.ts'
import { renderData } from '../documents/formats.ts'
import type { Finding } from '../finding.ts'
import type { Host } from '../host/host.ts'
import { readState } from '../host/read-file-state.ts'
import { launchAgentsIn } from '../ledger.ts'
import { setupOf } from '../plan/setups.ts'
import { findWrittenKeys } from '../plan/written-keys.ts'
import { completeChoice } from '../request/choose-tools.ts'
import { type Field, fields } from '../request/fields.ts'
import { folderFlags } from '../request/folder-flags.ts'
import { notValid, printable } from '../request/parse-arguments.ts'
import { type Input, isOn, listOf, type ToolChoice, textOf } from '../request/request.ts'
import { type SetupFile, schemaAddress } from '../request/setup-file-schema.ts'
import { synonymsOf } from '../request/synonyms.ts'
import { sayWishes } from '../request/wishes.ts'
import { Secret } from '../secrets/secret.ts'
import { inShellNamed } from '../texts/commands.ts'
import { say } from '../texts/message.ts'
import { aboutProgram } from '../ui/describe-failure.ts'
import { withProgress } from '../ui/write-text.ts'
import { hasName } from './by-name.ts'
import { existingChoices, loadLedger } from './choices-of.ts'
import { namesSaid } from './declared-choices.ts'
import { refuseUnknownName } from './names.ts'

export const exportCommand: CommandSpec = {
  name: 'export',
  summary: say('help.export'),
  examples: [
    ['qcode-setup export > qcode.toml', say('help.export.example-1')],
    ['qcode-setup export --name work', say('help.export.example-2')],
  ],
  writes: 'nothing',
  network: false,
  run: runExport,
}

const formats = ['toml', 'yaml', 'json']

type ToolSaid = Exclude<NonNullable<SetupFile['tools']>[number], string>

/** What is set up as a file for `apply`, which then changes nothing. The key is named by where it is, or left out. */
export async function runExport(input: Input, context: CommandContext): Promise<Outcome> {
  const { choices: all, findings } = existingChoices(context)
  const ledger = loadLedger(context)
  refuseUnknownName(input, ledger, context)
  const choices = all.filter(hasName(input))
  const format = textOf(input, 'format') ?? 'toml'
  const message = say('unknown.value', { flag: 'format', value: printable(format) })
  if (!formats.includes(format)) throw notValid('format', message, format, formats, synonymsOf('format'))
  const said: ToolSaid[] = []
  for (const choice of choices) said.push(await describe(choice, context))
  const regions = new Set(said.map(({ region, gateway }) => region ?? gateway))
  const region = regions.size === 1 ? said[0]?.region : undefined
  const key = await keyOf(choices, context)
  const { names, findings: ofNames } = namesSaid(input, ledger, context)
  const isInShell = choices.some(({ scope, shell }) => scope === 'user' && shell)
  const agents = isInShell ? [...launchAgentsIn(ledger).keys()].map((app) => fromHome(app, context.host)) : []
  const file: SetupFile = {
    version: 1,
    ...(region !== undefined && { region }),
    ...(key !== undefined && { key }),
    ...(names && { names }),
    ...(agents.length > 0 && { launch_agents: agents }),
    tools: region === undefined ? said : said.map(({ region: _, ...rest }) => rest),
  }
  const isKept = choices.some(({ keyStore, name }) => keyStore !== 'env' && name === undefined)
  const text = await render(file, format, isKept && key === undefined)
  return {
    exit: 0,
    findings: [...findings, ...keyLeftOut(isKept && key === undefined), ...ofNames],
    data: { format, file, text },
    report: text.trimEnd(),
  }
}

async function describe(choice: ToolChoice, context: CommandContext): Promise<ToolSaid> {
  const { tool, origin, scope, project, method, shell, keyStore, name } = choice
  const folders = foldersSaid(choice, context.host)
  const variant = await variantSaid(choice, context)
  return {
    id: tool.id,
    ...(name !== undefined
      ? { name }
      : origin.region === 'custom'
        ? { gateway: origin.text }
        : { region: origin.region }),
    ...(scope !== 'user' && { scope }),
    ...(project !== undefined && { project: fromHome(project, context.host) }),
    method,
    ...(shell && scope !== 'managed' && { shell: shell.id }),
    ...(keyStore !== 'file' && { key_store: keyStore }),
    ...sayWishes(choice),
    ...(variant !== undefined && { variant }),
    ...(Object.keys(folders).length > 0 && { folders }),
  }
}

/** A path as it is on another machine with another home. */
function fromHome(path: string, { home }: Host): string {
  return path === home || path.startsWith(`${home}${sep}`) ? `~${path.slice(home.length)}` : path
}

/** The variant, where the client's version here would give another one. */
async function variantSaid(
  choice: ToolChoice,
  { catalog, host }: CommandContext,
): Promise<string | undefined> {
  const { tool, origin, variant, scope, method, shell, keyStore } = choice
  const said = { scope: [scope], method: [method], keyStore: [keyStore] }
  const values = { ...said, ...(shell && { shell: [shell.id] }) }
  const input = { values, switches: new Set<string>(), positionals: [] }
  const usual = await completeChoice(tool, origin, input, catalog, { ...host, env: {} })
  return usual.variant.id === variant.id ? undefined : variant.id
}

/** Variables that lead to the folders of a setup, where today's environment leads elsewhere; empty for those that are in the way. */
function foldersSaid(choice: ToolChoice, host: Host): Record<string, string> {
  const { folders: recorded, tool, project } = choice
  if (!recorded) return {}
  const { folders: _, ...today } = choice
  const now = setupOf(today, host).folders ?? {}
  const bare = resolvePlaces(tool.places, { ...host, env: {} }, project)
  const own = Object.entries(tool.places).map(([name, candidates]) => [name, candidates] as const)
  const common = [
    ['xdgConfig', [{ env: 'XDG_CONFIG_HOME' }]],
    ['zdotdir', [{ env: 'ZDOTDIR' }]],
  ] as const
  const said: Record<string, string> = {}
  for (const [name, candidates] of [...common, ...own]) {
    const folder = recorded[name]
    if (folder === undefined || folder === now[name]) continue
    const named = candidates.flatMap(({ env, ...rest }) => (env === undefined ? [] : [{ env, ...rest }]))
    if (folder === bare[name]) {
      for (const { env } of named) if (host.env[env]) said[env] ??= ''
      continue
    }
    const ending = (one: object) => ('join' in one ? `${sep}${one.join}` : '')
    const way = named.find((one) => folder.endsWith(ending(one)))
    if (way) said[way.env] = fromHome(folder.slice(0, folder.length - ending(way).length), host)
  }
  return said
}

/** Where the key can be had on this machine without a change, as far as that is sure. */
async function keyOf(choices: readonly ToolChoice[], context: CommandContext): Promise<string | undefined> {
  const { catalog, host } = context
  const kept = choices.filter(({ keyStore, name }) => keyStore !== 'env' && name === undefined)
  if (kept.length === 0) return undefined
  if (kept.every(({ keyStore }) => keyStore === 'keychain')) return 'keychain'
  const inEnvironment = host.env.QCODE_API_KEY
  if (!inEnvironment) return undefined
  const past = { ledgers: [loadLedger(context)], copies: [] }
  const { keys } = await findWrittenKeys(past, catalog.tools, [], { read: (path) => readState(path, host) })
  const isSame = keys.size === 1 && keys.has(inEnvironment.trim())
  return isSame && kept.every(({ keyStore }) => keyStore === 'file') ? 'env:QCODE_API_KEY' : undefined
}

function keyLeftOut(isLeftOut: boolean): Finding[] {
  return isLeftOut ? [{ id: 'key-left-out', level: 'info', message: say('export.key-left-out') }] : []
}

const keyLine = 'env:QCODE_API_KEY'

async function render(file: SetupFile, format: string, isKeyOpen: boolean): Promise<string> {
  if (format === 'json') return `${JSON.stringify({ $schema: schemaAddress, ...file }, null, 2)}\n`
  const [schema, key] =
    format === 'toml'
      ? [`#:schema ${schemaAddress}`, `# key = "${keyLine}"`]
      : [`# yaml-language-server: $schema=${schemaAddress}`, `# key: ${keyLine}`]
  const text = await renderData(format, file as Parameters<typeof renderData>[1])
  return [schema, ...(isKeyOpen ? [key] : []), text.trimEnd(), ''].join('\n')
}

/** The set-up once more on the Windows around this Linux, by npx there; what cannot be run is printed. The key goes through standard input. */
export async function alsoOnWindows(
  outcome: Outcome,
  { choices, dryRun, key }: { choices: readonly ToolChoice[]; dryRun: boolean; key: Secret | undefined },
  input: Input,
  { host, catalog }: CommandContext,
): Promise<Outcome> {
  const words = [`qcode-setup@${aboutProgram(host).version}`, ...sameFlags(choices, input, catalog)]
  const command = ['npx', '--yes', ...words].map(inShellNamed('powershell').quote).join(' ')
  const typed = say('wsl.type-there', { command }).in(host.texts)
  const drive = windowsDrive(host)
  const program = join(drive, 'Windows/System32/cmd.exe')
  // cmd.exe would read what is more than a word.
  const canRun = existsSync(program) && words.every((word) => /^[\w@.:/=+-]+$/.test(word))
  const isKept = choices.every(({ keyStore }) => keyStore === 'env')
  if (dryRun || outcome.exit !== 0 || !canRun || (key === undefined && !isKept)) {
    return {
      ...outcome,
      data: { ...outcome.data, windows: { command, ran: false } },
      next: [...(outcome.next ?? []), typed],
    }
  }
  const given = key === undefined ? [] : ['--key-file', '-']
  const work = host.run(program, ['/d', '/c', 'npx', '--yes', ...words, ...given, '--yes'], {
    cwd: drive,
    timeoutMs: windowsPatienceMs,
    ...(key && { input: `${Secret.reveal(key)}\n` }),
  })
  const { exit } = await withProgress(host, host.texts['progress.write'], work)
  const finding: Finding =
    exit === 0
      ? { id: 'windows-set-up', level: 'ok', message: say('wsl.done') }
      : {
          id: 'windows-failed',
          level: 'failed',
          message: say('wsl.failed', { code: String(exit ?? '?') }),
          hint: say('wsl.type-there', { command }),
        }
  const data = { ...outcome.data, windows: { command, ran: true, exit } }
  return { ...outcome, exit: exit === 0 ? outcome.exit : 1, findings: [...outcome.findings, finding], data }
}

/** npx may have to fetch the program first. */
const windowsPatienceMs = 5 * 60_000

/** Said in the same words there: what is asked of tools and names, and how the check goes. */
const carried = [
  'name',
  'method',
  'model',
  'unset',
  'timeout',
  'gitignore',
  'restartDaemons',
  'noCheck',
] as const

/**
 * What makes the same of another home. Left out is what names something of this one (its shell, its files, a run of it), how
 * this run is told, and what was agreed to here: to overwrite, to install, to a key in a repository.
 */
function sameFlags(choices: readonly ToolChoice[], input: Input, catalog: Catalog): string[] {
  const [first] = choices
  if (!first) return []
  const { origin, keyStore } = first
  const own = carried.map((name): [string, Field] => [name, fields[name]])
  return [
    ...choices.flatMap(({ tool }) => ['--tool', tool.id]),
    ...(origin.region === 'custom' ? ['--gateway', origin.text] : ['--region', origin.region]),
    ...(origin.isUnencrypted ? ['--allow-http'] : []),
    ...(keyStore === 'file' ? [] : ['--key-store', keyStore]),
    ...[...own, ...folderFlags(catalog)].flatMap(([name, { flag, value }]) =>
      value === undefined
        ? isOn(input, name)
          ? [`--${flag}`]
          : []
        : listOf(input, name).flatMap((word) => [`--${flag}`, word]),
    ),
  ]
}
