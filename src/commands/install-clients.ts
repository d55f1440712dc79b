import { detectTool } from '../catalog/detect.ts'
import type { Installer } from '../catalog/steps.ts'
import { keyVariables, type Tool } from '../catalog/tool.ts'
import { judgeRuntime, type Unfit } from '../checks/running-clients.ts'
import { type CommandContext, isInteractive } from '../command.ts'
import { UserError, usageError } from '../errors.ts'
import type { Finding } from '../finding.ts'
import { findProgram } from '../host/files-at.ts'
import type { RunResult } from '../host/host.ts'
import { namedTools } from '../request/choose-tools.ts'
import { type Input, isOn, textOf } from '../request/request.ts'
import { maskFileText } from '../secrets/mask-file-text.ts'
import { quoteWord } from '../texts/commands.ts'
import { say } from '../texts/message.ts'
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

/** The clients of some tools that are not in PATH. */
interface Missing {
  readonly installs: readonly Install[]
  /** Of these another version of what runs them is in PATH. */
  readonly unfit: readonly Unfit[]
  /** For each that this program cannot install, how the user can. */
  readonly others: readonly Finding[]
}

/**
 * Installs the clients of these tools that are not in PATH, each by its vendor's own channel, once the user has said yes; without
 * `isAgreed` that is asked on a terminal. Errors: UserError, exit 1, where one needs another version of Node.js or Python
 * (nothing is installed then) or could not be installed; `isOffer`: neither ends more than the installation, and is told.
 */
export async function installMissing(
  tools: readonly Tool[],
  input: Input,
  context: CommandContext,
  { isAgreed = false, isOffer = false } = {},
): Promise<readonly Finding[]> {
  const { host } = context
  const missing = await findMissing(tools, textOf(input, 'registry'), context)
  if (!isOffer) refuseUnfit(missing.unfit)
  const { installs, others } = missing
  if (isOn(input, 'dryRun')) return [...others, ...installs.map(wouldInstall)]
  if (installs.length === 0) return others
  const chosen =
    isAgreed || !isInteractive(input, host) ? missing : await chooseSource(missing, input, context)
  const done: Finding[] = []
  for (const install of chosen?.installs ?? []) {
    try {
      done.push(await runInstall(install, context))
    } catch (error) {
      if (!isOffer || !(error instanceof UserError)) throw error
      const { code: id, text: message, hintInLine: hint } = error
      done.push({ id, level: 'warning', tool: install.tool.id, message, ...(hint && { hint }) })
    }
  }
  return [...others, ...done]
}

/** A question of the wizard. */
interface InstallOffer {
  /** Whether it asks at all. */
  readonly asks: boolean
  /** The input with the answer as flags would have given it. */
  readonly take: (canGoBack: boolean) => Promise<Input>
}

/**
 * Whether to install what is missing of the tools that were chosen, and from where. `given` is what flags say: tools that they
 * name are only set up, unless another says more.
 */
export async function offerInstall(
  input: Input,
  given: Input,
  context: CommandContext,
): Promise<InstallOffer> {
  const { host, catalog } = context
  const isWanted = isOn(given, 'install')
  const isChosen = isWanted || given.values.tool === undefined
  if (!isChosen || isOn(given, 'dryRun')) return { asks: false, take: async () => input }
  const named = (await namedTools(input, catalog, host)) ?? []
  // What was used here may be started in another way than by its name.
  const found = await Promise.all(named.map((tool) => detectTool(tool, host)))
  const tools = isWanted ? named : named.filter((_, index) => !found[index]?.present)
  const missing = await findMissing(tools, textOf(input, 'registry'), context)
  if (isWanted) refuseUnfit(missing.unfit)
  const take = async (canGoBack: boolean): Promise<Input> => {
    if (missing.unfit.length > 0) {
      const { warn } = await import('../wizard/ask.ts')
      warn(
        host,
        ...missing.unfit.flatMap((one) => [
          say('install.unfit', { ...one }),
          say('install.unfit.hint', { ...one }),
        ]),
      )
    }
    if (missing.installs.length === 0) return input
    const chosen = await chooseSource(missing, input, context, canGoBack)
    const others = [...input.switches].filter((name) => name !== 'install')
    const registry = chosen?.registry === undefined ? {} : { registry: [chosen.registry] }
    return chosen
      ? { ...input, values: { ...input.values, ...registry }, switches: new Set([...others, 'install']) }
      : { ...input, switches: new Set(others) }
  }
  return { asks: missing.installs.length > 0, take }
}

async function findMissing(
  tools: readonly Tool[],
  registry: string | undefined,
  context: CommandContext,
): Promise<Missing> {
  const { host } = context
  const found = await Promise.all(tools.map((tool) => detectTool(tool, host)))
  const missing = tools.filter(
    ({ detect }, index) => detect.commands.length > 0 && found[index]?.program === undefined,
  )
  const planned = missing.map((tool) => planInstall(tool, registry, context))
  const possible = planned.flatMap((one) => ('words' in one ? [one] : []))
  refuseSeveral(possible, registry)
  const judged = await Promise.all(
    possible.map(async (one) => {
      const bringsOwn = one.words[0] !== one.installer.begins[0]
      return { one, unfit: bringsOwn ? undefined : await judgeRuntime(one.tool, one.installer.runtime, host) }
    }),
  )
  return {
    installs: judged.flatMap(({ one, unfit }) => (unfit ? [] : [one])),
    unfit: judged.flatMap(({ unfit }) => unfit ?? []),
    others: planned.flatMap((one) => ('words' in one ? [] : [one])),
  }
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
    const names = { tool: title, program: begins[0] ?? '', command: install }
    const said = { message: say('install.no-program', names), hint: say('install.no-program.hint', names) }
    return { id: 'client-not-installed', ...about, ...said }
  }
  const from = registry === undefined ? [] : [registryFlag, mirrors[registry] ?? registry]
  return { tool, installer, program, words: [...start, ...quiet, ...from, ...words.slice(begins.length)] }
}

function refuseSeveral(installs: readonly Install[], registry: string | undefined): void {
  const [first, ...others] = new Set(installs.map(({ installer }) => installer))
  if (registry === undefined || others.length === 0 || first?.mirrors[registry] !== undefined) return
  const tools = installs.map(({ tool }) => tool.title)
  const message = say('install.registry-several', { tools })
  throw usageError('registry-of-several', message, say('install.registry-several.hint'))
}

function refuseUnfit([unfit]: readonly Unfit[]): void {
  if (unfit === undefined) return
  const message = [say('install.unfit', { ...unfit }), say('install.nothing')]
  throw new UserError({ code: 'runtime-unfit', message, hint: say('install.unfit.hint', { ...unfit }) })
}

/** Undefined: nothing is to be installed. */
async function chooseSource(
  { installs }: Missing,
  input: Input,
  context: CommandContext,
  canGoBack = false,
): Promise<{ readonly installs: readonly Install[]; readonly registry?: string } | undefined> {
  const { askInstall } = await import('../wizard/ask-region.ts')
  const all = installs.map(({ installer }) => installer.mirrors)
  const common = Object.keys(all[0] ?? {}).filter((name) => all.every((each) => each[name] !== undefined))
  const isNear = (name: string) => [textOf(input, 'region'), textOf(input, 'presentRegion')].includes(name)
  const offered = context.host.texts.language === 'zh-CN' ? common : common.filter(isNear)
  const given = textOf(input, 'registry') !== undefined
  const mirrors = given
    ? []
    : offered.map((id) => ({ id, urls: [...new Set(all.map((each) => each[id] ?? ''))] }))
  const lines = installs.map((one) => say('install.line', { tool: one.tool.title, command: lineOf(one) }))
  const tools = installs.map(({ tool }) => tool.title)
  const answer = await askInstall({ tools, lines, mirrors }, context.host, canGoBack)
  if (answer === 'later') return undefined
  if (answer === 'vendor') return { installs }
  const again = installs.map(({ tool }) => planInstall(tool, answer, context))
  return { installs: again.flatMap((one) => ('words' in one ? [one] : [])), registry: answer }
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
  const { insisted: insist, signal } = host.interruption
  const work = host.interruption.hold((stop) =>
    host.run(program, words.slice(1), { env, stop, insist, timeoutMs: minutes * 60_000 }),
  )
  const told = () => say(`install.${signal.aborted ? 'stopping' : 'progress'}`, { command }).in(host.texts)
  const result = await withProgress(host, told, work)
  if (result.exit !== 0) throw failed(install, result)
  const { program: installed } = await detectTool(tool, host)
  const about = { tool: tool.id, id: 'client-installed' }
  if (installed !== undefined)
    return { ...about, level: 'info', message: say('install.done', { tool: tool.title }) }
  return {
    ...about,
    level: 'warning',
    message: say('install.not-in-path', { tool: tool.title, commands: tool.detect.commands }),
    hint: say('install.not-in-path.hint', { program: words[0] ?? '' }),
  }
}

function failed(install: Install, { exit, stdout, stderr, timedOut }: RunResult): UserError {
  const [tool, command] = [install.tool.title, lineOf(install)]
  const printed = (stderr.trim() || stdout).split('\n').filter((line) => line.trim() !== '')
  const masked = maskFileText(printed.slice(-20 * shownLines).join('\n'), []).split('\n')
  const last = masked.slice(-shownLines).map((line) => line.slice(0, longestLine))
  const notAllowed = /\bEACCES\b|\bEPERM\b|permission denied/i.test(stderr)
  return new UserError({
    code: 'client-not-installed',
    message: timedOut
      ? say('install.slow', { tool, minutes })
      : printed.length === 0
        ? say('install.silent', { tool, command, exit })
        : [say('install.failed', { tool, command }), ...last],
    hint: [...(notAllowed ? [say('install.not-allowed.hint')] : []), say('install.hint', { command })],
  })
}
