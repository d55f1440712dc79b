import { isAbsolute, resolve } from 'node:path'
import { clearClientFolders, clientFolderPath, openClientFolder } from '../apply/client-folder.ts'
import { findConsent, readLedger } from '../apply/ledger-store.ts'
import { chooseVariant, detectTool, type Installed } from '../catalog/detect.ts'
import { oddFoldersOf, refuseOddFolders } from '../catalog/folder-variables.ts'
import type { Tool } from '../catalog/tool.ts'
import { type CommandContext, type CommandSpec, isInteractive, type Outcome } from '../command.ts'
import { viewMachine } from '../effect/machine-view.ts'
import { cancelled, UserError, usageError } from '../errors.ts'
import type { Finding } from '../finding.ts'
import { findProgram } from '../host/files-at.ts'
import type { Host } from '../host/host.ts'
import {
  type ClientRun,
  childEnvironment,
  judgeClientRun,
  planClientRun,
  refuseIneffective,
  refuseReserved,
  wishesForRun,
} from '../plan/client-run.ts'
import { ownKeys } from '../plan/written-keys.ts'
import { leaveOutWithoutModel } from '../request/choose-tools.ts'
import { refuseForeignWishes } from '../request/folder-flags.ts'
import { missingKey, refuseWrongInstall } from '../request/normalise-request.ts'
import { unknownValue } from '../request/parse-arguments.ts'
import { type Input, isOn, type ToolChoice, textOf } from '../request/request.ts'
import { givenWishes, keepWishes } from '../request/wishes.ts'
import { maskFileText } from '../secrets/mask-file-text.ts'
import { Secret } from '../secrets/secret.ts'
import { inShell, quoteWord } from '../texts/commands.ts'
import { say } from '../texts/message.ts'
import { explainedFinding } from '../ui/plain-http-texts.ts'
import { renderFindings, writeText } from '../ui/write-text.ts'
import { givenKey, presentGateway, presentKey } from './given-key.ts'

export const runCommand: CommandSpec = {
  name: 'run',
  summary: say('help.run'),
  positional: { name: 'TOOL', required: true, passesRest: true },
  examples: [
    ['qcode-setup run claude-code -- -p "Hello"', say('help.run.example-1')],
    ['qcode-setup run openai-sdk -- python app.py', say('help.run.example-2')],
    ['qcode-setup run codex --region eu --print', say('help.run.example-3')],
    ['qcode-setup run claude-code --name work', say('help.run.example-4')],
  ],
  writes: 'state',
  onlyReads: (input) => isOn(input, 'printRun'),
  network: true,
  needsEveryTool: true,
  run: runClient,
}

/** A client and all that it will be started with. */
interface Prepared {
  readonly choice: ToolChoice
  readonly key: Secret
  /** Absolute, or a mere name where it is only shown. */
  readonly program: string
  /** The user's own arguments for it. */
  readonly rest: readonly string[]
  readonly folder: string
  readonly run: ClientRun
  readonly findings: readonly Finding[]
}

/**
 * Starts an installed client once with the gateway; ends with the client's exit code. Nothing of the user's is changed.
 * Errors: UserError with exit 1 where the client is not there, 2 where an argument is missing or would take the place of
 * ours, 3 where the client would not go by what it is started with. `agreed`: the key, where that and the gateway were
 * asked for already.
 */
export async function runClient(input: Input, context: CommandContext, agreed?: Secret): Promise<Outcome> {
  const { host } = context
  if (isOn(input, 'json') && !isOn(input, 'printRun'))
    throw usageError('run-json', say('run.json'), say('run.json.hint'))
  const prepared = await prepare(input, context, agreed)
  if (isOn(input, 'printRun')) return show(prepared, context)
  if (prepared.findings.length > 0) writeText(host, 'error', `${renderFindings(prepared.findings, host)}\n`)
  const exit = await host.interruption.hold((interrupted) => start(prepared, host, interrupted))
  return { exit, findings: [], data: {}, report: '' }
}

async function start(
  { run, program, rest, folder }: Prepared,
  host: Host,
  interrupted: AbortSignal,
): Promise<number> {
  clearClientFolders(host)
  const own = run.files.length > 0 ? await openClientFolder(folder, run.files, host) : undefined
  try {
    // Told by `hold`.
    if (interrupted.aborted) return 130
    const env = childEnvironment(run, host.env)
    // Questions hold the terminal, which is the client's from here on.
    const isHeld = (host.terminal.input as { isRaw?: boolean }).isRaw
    if (isHeld) (await import('../wizard/hold-terminal.ts')).releaseTerminal(host)
    return await host.runInForeground(program, [...run.args, ...rest], {
      env,
      onStarted: (pid) => own?.keepFor(pid),
    })
  } catch (error) {
    const { code, syscall } = error as NodeJS.ErrnoException
    if (!syscall?.startsWith('spawn')) throw error
    throw new UserError({
      code: 'client-not-started',
      message: say('run.not-started', { program, code: String(code) }),
      hint: say('run.not-started.hint', { program: quoteWord(program) }),
    })
  } finally {
    own?.close()
  }
}

async function prepare(input: Input, context: CommandContext, agreed?: Secret): Promise<Prepared> {
  const { host, catalog } = context
  const tool = findTool(input, context)
  refuseOddFolders(oddFoldersOf(tool, undefined, host))
  const { origin, choices, key: ofName } = await presentGateway(input, context, tool)
  const installed = await installedOf(tool, input, context)
  const { program, rest } = findClient(tool, installed, input, host)
  const consent = agreed ? [] : await consentToOrigin(origin, input, context)
  const isShown = isOn(input, 'printRun')
  const key =
    agreed ??
    ofName ??
    (await givenKey(input, host)) ??
    (await presentKey(choices, context)) ??
    (await askForKey(input, host, isShown))
  const setUp = choices.find((choice) => choice.tool === tool)
  refuseForeignWishes(input, [tool], catalog)
  const variant = await variantFor(tool, installed, input, setUp)
  const bare = { tool, variant, origin, scope: 'user', method: 'file', keyStore: 'file' } as const
  const wishes = wishesForRun(tool, givenWishes(tool, input))
  const choice: ToolChoice = keepWishes({ ...bare, ...wishes }, setUp ?? {}, input)
  leaveOutWithoutModel([choice])
  const { gateway } = catalog
  const { setups, entries } = readLedger(host)
  const folder = clientFolderPath(host)
  const known = { ownKeys: ownKeys({ setups, entries }, key), machine: viewMachine(host) }
  const runContext = { gateway, host, key, now: host.now(), catalog, folder, ...known }
  const run = await planClientRun(choice, installed, runContext, rest)
  if (!run) throw usageError('run-no-way', say('run.no-way', { tool: tool.title }), 'qcode-setup tools')
  refuseReserved(run, rest, tool)
  const findings = await judgeClientRun(run, choice, installed, runContext)
  refuseIneffective(findings, tool)
  return { choice, key, program, rest, folder, run, findings: [...consent, ...findings] }
}

/** Of a client that is missing, what there is once the user has had it installed. */
async function installedOf(tool: Tool, input: Input, context: CommandContext): Promise<Installed> {
  const { host, catalog } = context
  if (isOn(input, 'printRun')) return detectTool(tool, host)
  const isWanted = isOn(input, 'install')
  refuseWrongInstall(input, catalog, host, isInteractive(input, host))
  const found = await detectTool(tool, host)
  if (found.program !== undefined || !(isWanted || isInteractive(input, host))) return found
  const { installMissing } = await import('./install-clients.ts')
  const told = await installMissing([tool], input, context)
  // What cannot be installed is told by what comes next.
  const done = told.filter(({ id }) => isWanted || id === 'client-installed')
  if (done.length > 0) writeText(host, 'error', `${renderFindings(done, host)}\n`)
  return detectTool(tool, host)
}

function findTool({ positionals: [id = ''] }: Input, { catalog }: CommandContext): Tool {
  const tool = catalog.tools.find((candidate) => candidate.id === id)
  if (tool) return tool
  const ids = catalog.tools.map((candidate) => candidate.id)
  throw unknownValue('tool', id, ids, catalog)
}

/** The client's own program; of a library a program of the user's, the first of the arguments behind `--`. */
function findClient(
  tool: Tool,
  { program }: Installed,
  input: Input,
  host: Host,
): Pick<Prepared, 'program' | 'rest'> {
  const { title, install = tool.docs, detect } = tool
  const rest = input.rest ?? []
  const [first] = detect.commands
  if (first !== undefined) {
    if (program !== undefined) return { program, rest }
    if (isOn(input, 'printRun')) return { program: first, rest }
    throw new UserError({
      code: 'client-not-installed',
      message: say('run.not-installed', { tool: title, commands: detect.commands }),
      hint: say('run.not-installed.hint', { command: install }),
    })
  }
  const [name, ...others] = rest
  if (name === undefined) {
    throw usageError(
      'program-missing',
      say('run.program-missing', { tool: title }),
      say('run.program-missing.hint', { tool: tool.id }),
    )
  }
  const isPath = isAbsolute(name) || /[/\\]/.test(name)
  const found = isPath ? resolve(host.cwd, name) : findProgram(name, host)
  if (found !== undefined) return { program: found, rest: others }
  throw new UserError({ code: 'program-not-found', message: say('run.program-not-found', { program: name }) })
}

/** The one that the flag pins, else one that was set up on request, else that of the installed version. */
async function variantFor(tool: Tool, installed: Installed, input: Input, setUp: ToolChoice | undefined) {
  const pinned = tool.variants.find(({ id }) => id === textOf(input, `pin:${tool.id}`))
  const isRun = ({ id }: ToolChoice['variant']) =>
    tool.runs.some(({ variants }) => variants?.includes(id) ?? true)
  const kept = setUp?.variant.when === 'request' && isRun(setUp.variant) ? setUp.variant : undefined
  return pinned ?? kept ?? chooseVariant(tool, installed)
}

/** Where nobody can be asked, naming the origin is the user's word, and what it means is told. */
async function consentToOrigin(
  origin: ToolChoice['origin'],
  input: Input,
  context: CommandContext,
): Promise<Finding[]> {
  const { host } = context
  if (!origin.isUnencrypted || findConsent(host, origin.text)) return []
  if (isOn(input, 'printRun') || !isInteractive(input, host)) return [explainedFinding(origin.text)]
  const { acceptsOrigin } = await import('./plain-http.ts')
  if (await acceptsOrigin(origin, input, context)) return []
  throw cancelled()
}

async function askForKey(input: Input, host: Host, isShown: boolean): Promise<Secret> {
  if (isShown) return new Secret('cr_YOUR_KEY')
  if (!isInteractive(input, host)) throw missingKey()
  const { askKey } = await import('../wizard/ask-key.ts')
  return askKey(host)
}

/** The command that would run, for a person and for a program, with every key masked. */
function show(
  { run, program, rest, folder, choice, key, findings }: Prepared,
  { host }: CommandContext,
): Outcome {
  const mask = (text: string) => maskFileText(text, [key])
  const env = Object.fromEntries(Object.entries(run.env).map(([name, value]) => [name, mask(value)]))
  const unset = run.unset.filter((name) => host.env[name] !== undefined)
  const files = run.files.map(({ name, text }) => ({ path: resolve(folder, name), text: mask(text) }))
  const args = [...run.args, ...rest].map(mask)
  const assigned = Object.entries(env).map(([name, value]) => [name, quoteWord(value)] as const)
  const parts = [
    inShell().forOnce(inShell().start([program, ...args].map(quoteWord)), assigned, []),
    ...(unset.length > 0 ? [say('run.unset', { names: unset }).in(host.texts)] : []),
    ...files.map(({ path, text }) => `${say('run.file', { path }).in(host.texts)}\n${text.trimEnd()}`),
  ]
  const { tool, variant, origin, model = null } = choice
  const where = { region: origin.region, gateway: origin.text }
  return {
    exit: 0,
    findings,
    data: { tool: tool.id, variant: variant.id, ...where, model, program, args, env, unset, files },
    report: parts.join('\n\n'),
  }
}
