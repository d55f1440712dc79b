import { fileURLToPath } from 'node:url'
import type { Committer } from './apply/committer.ts'
import { oddHomes, refuseOddFolders } from './catalog/folder-variables.ts'
import { loadCatalog, loadShippedCatalog } from './catalog/load-catalog.ts'
import type { Catalog } from './catalog/tool.ts'
import type { CommandContext, CommandSpec, Outcome } from './command.ts'
import { commandNames, loadCommand } from './commands/command-table.ts'
import { startDebug } from './debug.ts'
import { type ExitCode, formatWhere, UserError } from './errors.ts'
import type { Finding } from './finding.ts'
import type { Host } from './host/host.ts'
import { createNodeHost, userLanguage } from './host/node.ts'
import { othersHome } from './host/ownership.ts'
import { type Field, fields } from './request/fields.ts'
import {
  fullNameOf,
  ownArguments,
  parseArguments,
  refuseKeyArgument,
  unknownValue,
} from './request/parse-arguments.ts'
import { type Input, isManagedScope, isOn, verbNames } from './request/request.ts'
import { rememberKey } from './secrets/mask-text.ts'
import { Secret } from './secrets/secret.ts'
import { shellForHints, typeCommandsIn } from './texts/commands.ts'
import { asksForManaged, forWholeComputer, loadTexts } from './texts/language.ts'
import { escapeNewlines, say } from './texts/message.ts'
import {
  concludeOutput,
  fitsScreen,
  jsonText,
  type Keys,
  renderFindings,
  withProgress,
  wrapForScreen,
  writeText,
} from './ui/write-text.ts'

/** Runs the program: one command from its arguments, its outcome printed, the exit code set. Nobody else does either. */
export async function main(args: readonly string[]): Promise<void> {
  const own = ownArguments(args)
  const spoken = await loadTexts(userLanguage(own))
  const texts = asksForManaged(own) ? forWholeComputer(spoken()) : spoken
  const host = createNodeHost(fileURLToPath(new URL('..', import.meta.url)), texts)
  typeCommandsIn(shellForHints(host.platform, host.env))
  const json = own.includes('--json')
  if (host.env.QCODE_API_KEY) rememberKey(new Secret(host.env.QCODE_API_KEY))
  if (host.env.QCODE_DEBUG === '1') startDebug((line) => talk(host, line.replaceAll(host.home, '~')))
  let reported: Promise<ExitCode> | undefined
  const report = (error: unknown) => {
    const isLeaving = error instanceof UserError && error.code === 'cancelled'
    reported ??= reportFailure(isLeaving ? host.interruption.cancellation() : error, args, json, host)
    return reported
  }
  host.onStrayError(report)
  host.onCancelled(() => report(host.interruption.cancellation()))
  process.exitCode = await concludeOutput(await runProgram(args, host).catch(report), host)
}

async function runProgram(given: readonly string[], host: Host): Promise<number> {
  refuseKeyArgument(given, host.env)
  const args = withFlags(given)
  if (asksVersion.includes(args[0] ?? '')) return printVersion(args, host)
  const { spec, rest } = await findCommand(args, host)
  const catalog = await catalogFor(spec, rest, host)
  const own = ownArguments(rest)
  if (own.includes('--help') || own.includes('-h')) {
    const { renderHelp, renderOverview } = await import('./ui/render-help.ts')
    const help = renderHelp(spec, fullNameOf(rest, spec, catalog), { host, catalog })
    const isNamed = rest.length < args.length
    print(host, isNamed ? help : [renderOverview(commandNames, { host, catalog }), help].join('\n\n'))
    return 0
  }
  // Before the arguments are read: a tool whose folder is wrong is not unknown. The whole computer has no tools of a user's.
  const [broken] = asksForManaged(given) ? [] : (catalog.unusable ?? [])
  if (spec.needsEveryTool && broken) throw broken
  const asked = parseArguments(rest, spec, catalog)
  if (!isManagedScope(asked)) return runOn(asked, spec, { host, catalog })
  const { managedHost } = await import('./host/throw-away-host.ts')
  const { withoutKey } = await import('./request/normalise-request.ts')
  const managed = { host: managedHost(spec.name, host), catalog: loadShippedCatalog(host) }
  return runOn(withoutKey(parseArguments(rest, spec, managed.catalog)), spec, managed)
}

/** One command on the user's own settings, or on those of the whole computer. */
async function runOn(input: Input, spec: CommandSpec, { host, catalog }: CommandContext): Promise<number> {
  const { unusable = [] } = catalog
  if (spec.writes !== 'nothing' && !spec.onlyReads?.(input)) refuseOddFolders(oddHomes(host))
  const notes = [...unusable, ...refuseOthersHome(spec, input, host)].map(noteOf)
  // A command that met a removed working folder only in its middle would stop after it has changed files.
  void host.cwd
  const { findings, ...result } = await runCommand(spec, input, { host, catalog })
  host.interruption.assertNotCancelled()
  const late = host.interruption.cameTooLate ? [cameTooLate] : []
  const all = { ...result, findings: [...notes, ...findings, ...late] }
  const outcome = isOn(input, 'quiet') ? onlyVerdict(all) : all
  if (input.switches.has('json')) printDocument(spec.name, outcome, host)
  else printOutcome(outcome, host)
  return outcome.exit
}

const asksVersion = ['--version', '-V', '-v', 'version']

/** `help key rotate` is `key rotate --help`. */
function withFlags(args: readonly string[]): readonly string[] {
  return args[0] === 'help' ? [...args.slice(1), '--help'] : args
}

async function printVersion(args: readonly string[], host: Host): Promise<ExitCode> {
  const { aboutProgram } = await import('./ui/describe-failure.ts')
  const { version = '' } = aboutProgram(host)
  if (args.includes('--json')) printJson(host, 'version', { qcodeSetup: version })
  else print(host, version)
  return 0
}

/**
 * Hands a command what it declares to need: only a call that writes gets what writes, and with `--dry-run` that does nothing;
 * only one with network can ask a gateway.
 */
async function runCommand(
  spec: CommandSpec,
  input: Input,
  { host, catalog }: CommandContext,
): Promise<Outcome> {
  const mayAsk = typeof spec.network === 'function' ? spec.network(input) : spec.network
  const context = { host: mayAsk ? host : { ...host, isOffline: true }, catalog }
  // Not for what is asked often and has to be quick: the key for a client, the words of a completion.
  if (host.registry && (spec.writes !== 'files' || !spec.onlyReads?.(input))) {
    await (await import('./apply/user-env.ts')).readRegistry(host)
  }
  if (spec.writes === 'nothing') return spec.run(input, context)
  if (spec.onlyReads?.(input)) return spec.run(input, { ...context, committer: noCommitter })
  const { createCommitter } = await import('./apply/committer.ts')
  const committer = createCommitter(host, isDry(input))
  return spec.run(input, { ...context, committer: withWaiting(committer, host) })
}

/** The same writer, which shows that it is at work where a person waits for it. */
function withWaiting(committer: Committer, host: Host): Committer {
  if (!host.terminal.interactive) return committer
  const shown =
    <Args extends unknown[], Result>(work: (...args: Args) => Promise<Result>) =>
    (...args: Args) =>
      withProgress(host, host.texts['progress.write'], work(...args))
  return {
    dryRun: committer.dryRun,
    apply: shown(committer.apply),
    recover: shown(committer.recover),
    purge: shown(committer.purge),
    forgetKeys: shown(committer.forgetKeys),
    newNotes: committer.newNotes,
  }
}

/** `apply --check` is a dry run that ends with what it found. */
function isDry(input: Input): boolean {
  return isOn(input, 'dryRun') || isOn(input, 'check')
}

async function refuseToWrite(): Promise<never> {
  throw new Error('a call that only reads has nothing to write with')
}

/** Of a call that only reads; whoever waits for it waits for nothing else to load. */
const noCommitter: Committer = {
  dryRun: false,
  apply: refuseToWrite,
  recover: refuseToWrite,
  purge: refuseToWrite,
  forgetKeys: refuseToWrite,
  newNotes: refuseToWrite,
}

async function catalogFor(spec: CommandSpec, [first = '']: readonly string[], host: Host): Promise<Catalog> {
  if (spec.withoutOwnTools?.includes(first)) return loadShippedCatalog(host)
  return loadCatalog(host, [...Object.values<Field>(fields).map(({ flag }) => flag), 'help'])
}

/** The command that the first argument names; none means setup. */
async function findCommand(
  args: readonly string[],
  host: Host,
): Promise<{ spec: CommandSpec; rest: readonly string[] }> {
  const [first = ''] = args
  const isNamed = first !== '' && !first.startsWith('-')
  const spec = await loadCommand(isNamed ? first : 'setup')
  if (spec === undefined) throw unknownValue('command', first, commandNames, await loadShippedCatalog(host))
  return { spec, rest: isNamed ? args.slice(1) : args }
}

/** For `--quiet`. Where no error says why a command did not end well, the warnings do. */
function onlyVerdict({ findings, report, verdict = report, ...others }: Outcome): Outcome {
  const errors = findings.filter(({ level }) => level === 'error' || level === 'failed')
  const warnings = findings.filter(({ level }) => level === 'warning')
  const told = errors.length === 0 && others.exit !== 0 ? warnings : errors
  return { ...others, findings: told, report: verdict, verdictFirst: false, next: [] }
}

const cameTooLate: Finding = {
  id: 'interrupted',
  level: 'warning',
  message: say('interrupted.too-late'),
}

/** Nothing is written to the home of another user; what only reads warns of it. */
function refuseOthersHome(spec: CommandSpec, input: Input, host: Host): UserError[] {
  const error = othersHome(host)
  if (!error) return []
  const onlyReads = spec.writes === 'nothing' || isDry(input) || spec.onlyReads?.(input)
  if (!onlyReads) throw error
  return [error]
}

function noteOf({ code, text, hintInLine: hint, where }: UserError): Finding {
  const message = where ? say('report.item', { name: text, note: formatWhere(where) }) : text
  return { id: code, level: 'warning', message, ...(hint !== undefined && { hint }) }
}

function printOutcome(outcome: Outcome, host: Host): void {
  const { findings, report, brief = report, next = [], showsKey, verdict = '', verdictFirst } = outcome
  const first = verdictFirst ? wrapForScreen(verdict, host) : ''
  const told = findings.length > 0 ? renderFindings(findings, host) : ''
  const last = next.map(escapeNewlines).join('\n')
  const fits = (text: string) => fitsScreen([first, told, text, last], host)
  const shown = fits(report) ? report : brief
  if (first !== '') print(host, first)
  if (told !== '') talk(host, told)
  if (shown !== '') print(host, shown, showsKey ? 'shown' : 'hidden')
  if (last !== '') talk(host, last)
  // Whatever has scrolled it away, a person sees whether it works.
  if (first !== '' && !fits(shown)) print(host, first)
}

/** Warnings go to a person as well, whoever reads the document. */
function printDocument(command: string, { findings, data, showsKey }: Outcome, host: Host): void {
  const warnings = findings.filter(({ level }) => level === 'warning' || level === 'error')
  if (warnings.length > 0) talk(host, renderFindings(warnings, host))
  printJson(host, command, data, showsKey ? 'shown' : 'hidden')
}

/** A command line as it can be shown to anybody: the names of commands and flags, and nothing of what was given to them. */
function withoutValues(args: readonly string[]): string {
  const known = new Set<string>([
    ...commandNames,
    ...verbNames.flatMap((name) => name.split(' ')),
    ...[...Object.values<Field>(fields).map(({ flag }) => flag), 'help'].map((flag) => `--${flag}`),
  ])
  const shown = args.map((argument) => {
    const [name = ''] = argument.split('=')
    if (!known.has(name)) return '…'
    return name === argument ? name : `${name}=…`
  })
  return ['qcode-setup', ...shown].join(' ')
}

async function reportFailure(
  error: unknown,
  args: readonly string[],
  json: boolean,
  host: Host,
): Promise<ExitCode> {
  const { describeFailure } = await import('./ui/describe-failure.ts')
  const { exit, text, data } = describeFailure(error, withoutValues(args), host)
  const isUnexpected = host.interruption.hasBegun && !(error instanceof UserError)
  if (json) printJson(host, args[0]?.startsWith('-') ? 'setup' : (args[0] ?? 'setup'), { error: data })
  talk(host, isUnexpected ? `${text}\n${host.texts['error.internal.written']}` : text)
  return exit
}

function printJson(
  host: Host,
  command: string,
  data: Readonly<Record<string, unknown>>,
  keys: Keys = 'hidden',
): void {
  print(host, jsonText({ version: 1, command, ...data }, keys), keys)
}

function print(host: Host, text: string, keys: Keys = 'hidden'): void {
  writeText(host, 'output', `${text}\n`, keys)
}

function talk(host: Host, text: string): void {
  writeText(host, 'error', `${text}\n`)
}
