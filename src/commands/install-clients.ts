import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { detectTool } from '../catalog/detect.ts'
import type { Installer } from '../catalog/steps.ts'
import { type Catalog, keyVariables, type Tool } from '../catalog/tool.ts'
import { windowsDrive } from '../checks/windows-folders.ts'
import { type CommandContext, isInteractive, type Outcome } from '../command.ts'
import { UserError } from '../errors.ts'
import type { Finding } from '../finding.ts'
import { findProgram, isWsl } from '../host/files-at.ts'
import type { Host, RunResult } from '../host/host.ts'
import { namedTools } from '../request/choose-tools.ts'
import { printable } from '../request/parse-arguments.ts'
import { type Input, isOn, listOf, type ToolChoice, textOf } from '../request/request.ts'
import { maskFileText } from '../secrets/mask-file-text.ts'
import { Secret } from '../secrets/secret.ts'
import { inShellNamed, quoteWord } from '../texts/commands.ts'
import { type Message, say } from '../texts/message.ts'
import { aboutProgram } from '../ui/describe-failure.ts'
import { withProgress } from '../ui/write-text.ts'

/** How one missing client is installed. */
interface Install {
  readonly tool: Tool
  readonly installer: Installer
  /** The words to run; the first is a name, which `program` has as a path. */
  readonly words: readonly string[]
  readonly program: string
}

const minutes = 15

const shownLines = 12

const longestLine = 300

/** Errors: UserError, exit 2, for `--registry` with a wrong value or alone, where nobody says yes to `--install`, and for `--also-windows` where there is no Windows. */
export function refuseWrongInstall(input: Input, host: Host, { installers }: Catalog): void {
  if (isOn(input, 'alsoWindows')) refuseAlsoWindows(input, host)
  const registry = textOf(input, 'registry')
  const names = [...new Set(installers.flatMap(({ mirrors }) => Object.keys(mirrors)))]
  if (registry !== undefined && !isOn(input, 'install'))
    throw usage('registry-alone', say('install.registry-alone'))
  if (registry !== undefined && !names.includes(registry) && !isRegistry(registry))
    throw usage(
      'bad-registry',
      say('install.registry', { value: printable(registry) }),
      say('install.registry.hint', { names }),
    )
  if (!isOn(input, 'install') || isInteractive(input, host) || isOn(input, 'yes') || isOn(input, 'dryRun'))
    return
  throw usage('install-unconfirmed', say('install.unconfirmed'), say('install.unconfirmed.hint'))
}

/** What is between a registry and this computer must not choose what is run here, and other programs read its address. */
function isRegistry(text: string): boolean {
  return /^(https:\/\/|http:\/\/(127\.0\.0\.1|localhost)(?=[:/]|$))[\w.:/~%-]+$/.test(text)
}

/**
 * Installs the clients of the chosen tools that are not in PATH, each by its vendor's own channel, once the user has said yes.
 * Errors: UserError, exit 1, where one needs a newer Node.js (nothing is installed then) or could not be installed.
 */
export async function installMissing(input: Input, context: CommandContext): Promise<readonly Finding[]> {
  const { host, catalog } = context
  const tools = (await namedTools(input, catalog, host)) ?? []
  const found = await Promise.all(tools.map((tool) => detectTool(tool, host)))
  const missing = tools.filter(
    ({ detect }, index) => detect.commands.length > 0 && found[index]?.program === undefined,
  )
  const planned = missing.map((tool) => planInstall(tool, textOf(input, 'registry'), context))
  const installs = planned.flatMap((one) => ('words' in one ? [one] : []))
  const others = planned.flatMap((one) => ('words' in one ? [] : [one]))
  refuseSeveral(installs, textOf(input, 'registry'))
  await refuseOldNode(installs, host)
  if (isOn(input, 'dryRun')) return [...others, ...installs.map(wouldInstall)]
  if (installs.length === 0 || !(await isAgreed(installs, input, host))) return others
  const done: Finding[] = []
  for (const install of installs) done.push(await runInstall(install, context))
  return [...others, ...done]
}

/** A folder of the user's own, which may be from anybody, names no program to run: its line is only shown. */
function planInstall(
  tool: Tool,
  registry: string | undefined,
  { host, catalog }: CommandContext,
): Install | Finding {
  const { title, install = tool.docs, isOwn } = tool
  const words = install.split(' ')
  const installer = catalog.installers.find(({ begins }) => begins.every((word, at) => words[at] === word))
  const hint = say('install.hint', { command: install })
  const about = { level: 'warning', tool: tool.id, hint } as const
  if (!installer || isOwn)
    return { id: 'client-not-installed', message: say('install.by-yourself', { tool: title }), ...about }
  const { begins, instead, quiet, registryFlag, mirrors } = installer
  const isThere = ([name = '']: readonly string[]) => findProgram(name, host) !== undefined
  const start = [begins, instead].find((some) => some && isThere(some))
  const program = start && findProgram(start[0] ?? '', host)
  if (!start || program === undefined) {
    const message = say('install.no-program', { tool: title, program: begins[0] ?? '' })
    return { id: 'client-not-installed', message, ...about }
  }
  const from = registry === undefined ? [] : [registryFlag, mirrors[registry] ?? registry]
  return { tool, installer, program, words: [...start, ...quiet, ...from, ...words.slice(begins.length)] }
}

function refuseSeveral(installs: readonly Install[], registry: string | undefined): void {
  const [first, ...others] = new Set(installs.map(({ installer }) => installer))
  if (registry === undefined || others.length === 0 || first?.mirrors[registry] !== undefined) return
  const tools = installs.map(({ tool }) => tool.title)
  const message = say('install.registry-several', { tools })
  throw usage('registry-of-several', message, say('install.registry-several.hint'))
}

async function refuseOldNode(installs: readonly Install[], host: Host): Promise<void> {
  const needing = installs.filter(({ tool }) => tool.needsNode !== undefined)
  const node = needing.length > 0 ? findProgram('node', host) : undefined
  if (node === undefined) return
  const { stdout } = await host.run(node, ['--version'], { timeoutMs: 5000 })
  const version = stdout.trim().replace(/^v/, '')
  const { default: satisfies } = await import('semver/functions/satisfies.js')
  const old = needing.find(({ tool }) => version !== '' && !satisfies(version, tool.needsNode ?? '*'))
  if (!old) return
  const { title, needsNode: wanted = '' } = old.tool
  const message = say('install.node', { tool: title, wanted, version: printable(version) })
  throw new UserError({ code: 'node-too-old', message, hint: say('install.node.hint', { tool: title }) })
}

async function isAgreed(installs: readonly Install[], input: Input, host: Host): Promise<boolean> {
  if (!isInteractive(input, host)) return true
  const { askConfirm, warn } = await import('../wizard/ask.ts')
  warn(host, ...installs.map((one) => say('install.line', { tool: one.tool.title, command: lineOf(one) })))
  return askConfirm(host, say('install.ask', { tools: installs.map(({ tool }) => tool.title) }), true)
}

function lineOf({ words }: Install): string {
  return words.map(quoteWord).join(' ')
}

function wouldInstall(install: Install): Finding {
  const { id, title } = install.tool
  const message = say('install.would', { tool: title, command: lineOf(install) })
  return { id: 'client-would-be-installed', level: 'info', tool: id, message }
}

async function runInstall(install: Install, { host, catalog }: CommandContext): Promise<Finding> {
  const { tool, program, words } = install
  const command = lineOf(install)
  // Packages may run what they like, and need none of these.
  const env = Object.fromEntries(catalog.tools.flatMap(keyVariables).map((name) => [name, undefined]))
  const work = host.interruption.hold((stop) =>
    host.run(program, words.slice(1), { env, stop, timeoutMs: minutes * 60_000 }),
  )
  const result = await withProgress(host, say('install.progress', { command }).in(host.texts), work)
  if (result.exit !== 0) throw failed(install, result)
  const { program: installed } = await detectTool(tool, host)
  const about = { tool: tool.id, id: 'client-installed' }
  if (installed !== undefined)
    return { ...about, level: 'info', message: say('install.done', { tool: tool.title }) }
  const { commands } = tool.detect
  return {
    ...about,
    level: 'warning',
    message: say('install.not-in-path', { tool: tool.title, commands }),
    hint: say('install.not-in-path.hint', { program: words[0] ?? '' }),
  }
}

function failed(install: Install, { stdout, stderr, timedOut }: RunResult): UserError {
  const tool = install.tool.title
  const command = lineOf(install)
  const printed = (stderr.trim() || stdout).split('\n').filter((line) => line.trim() !== '')
  const masked = maskFileText(printed.slice(-20 * shownLines).join('\n'), []).split('\n')
  const last = masked.slice(-shownLines).map((line) => line.slice(0, longestLine))
  const notAllowed = /\bEACCES\b|\bEPERM\b|permission denied/i.test(stderr)
  return new UserError({
    code: 'client-not-installed',
    message: timedOut
      ? say('install.slow', { tool, minutes })
      : [say('install.failed', { tool, command }), ...last],
    hint: [...(notAllowed ? [say('install.not-allowed.hint')] : []), say('install.hint', { command })],
  })
}

function usage(code: string, message: Message, hint: Message | string = 'qcode-setup --help'): UserError {
  return new UserError({ code, message, hint, exit: 2 })
}

/** UserError, exit 2: there is no Windows around this Linux, or it could not have the same settings. */
function refuseAlsoWindows(input: Input, host: Host): void {
  const fault = isWsl(host)
    ? (textOf(input, 'scope') ?? 'user') === 'user'
      ? undefined
      : 'scope'
    : 'not-here'
  if (fault === undefined) return
  const [message, hint] = [say(`wsl.${fault}`), say(`wsl.${fault}.hint`)]
  throw new UserError({ code: 'no-windows', message, hint, exit: 2 })
}

/** The set-up once more on the Windows around this Linux, by npx there; what cannot be run is printed. The key goes through standard input. */
export async function alsoOnWindows(
  outcome: Outcome,
  { choices, dryRun, key }: { choices: readonly ToolChoice[]; dryRun: boolean; key: Secret | undefined },
  input: Input,
  { host }: CommandContext,
): Promise<Outcome> {
  const words = [`qcode-setup@${aboutProgram(host).version}`, ...sameFlags(choices, input)]
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

/** What makes the same of another home: tools, gateway, models, and where the key is kept. */
function sameFlags(choices: readonly ToolChoice[], input: Input): string[] {
  const [first] = choices
  if (!first) return []
  const { origin, keyStore } = first
  return [
    ...choices.flatMap(({ tool }) => ['--tool', tool.id]),
    ...(origin.region === 'custom' ? ['--gateway', origin.text] : ['--region', origin.region]),
    ...(origin.isUnencrypted ? ['--allow-http'] : []),
    ...(keyStore === 'file' ? [] : ['--key-store', keyStore]),
    ...listOf(input, 'model').flatMap((model) => ['--model', model]),
    ...(isOn(input, 'noCheck') ? ['--no-check'] : []),
  ]
}
