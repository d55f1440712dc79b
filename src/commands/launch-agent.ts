import { existsSync, readFileSync } from 'node:fs'
import { basename, join, resolve } from 'node:path'
import { resolvePath, resolvePlaces } from '../catalog/places.ts'
import { usageError } from '../errors.ts'
import type { Finding } from '../finding.ts'
import { readText } from '../host/files-at.ts'
import type { Host } from '../host/host.ts'
import { type Ledger, launchAgentId, launchAgentsIn, type Setup } from '../ledger.ts'
import { hashValue } from '../plan/document-set.ts'
import type { Holding } from '../plan/make-plan.ts'
import { printable } from '../request/parse-arguments.ts'
import { type Input, listOf, type ToolChoice } from '../request/request.ts'
import { quoteWord } from '../texts/commands.ts'
import { asMessage, say } from '../texts/message.ts'

/** What launchd of macOS starts an application by, with the variables of a shell. */
type LaunchAgent = Holding & { readonly howToStart: Finding }

/** The applications of `--launch-agent`. Errors: UserErrors, exit 2, where there is no launchd, or no such application. */
export function namedApplications(input: Input, host: Host): string[] {
  const names = listOf(input, 'launchAgent')
  if (names.length === 0 || host.platform === 'darwin')
    return names.map((name) => findApplication(name, host))
  const hint = say(host.platform === 'win32' ? 'launch-agent.on-windows' : 'launch-agent.on-linux')
  throw usageError('launch-agent-not-here', say('launch-agent.not-here'), hint)
}

/**
 * One for each of them. Its file holds no key, but a script that reads our file of variables and becomes the application. Errors:
 * as above, and UserError `launch-agent-without-variables`, exit 2.
 */
export function launchAgents(input: Input, choices: readonly ToolChoice[], host: Host): LaunchAgent[] {
  const applications = namedApplications(input, host)
  const [file] = choices.flatMap((choice) => fileOfVariables(choice, host) ?? [])
  if (applications.length === 0 || file !== undefined)
    return applications.map((application) => agentFor(application, file ?? '', host))
  const message = say('launch-agent.no-variables')
  throw usageError('launch-agent-without-variables', message, say('launch-agent.no-variables.hint'))
}

/** The file for sh in which the variables of a choice stand, that of the key among them. */
function fileOfVariables(choice: ToolChoice, host: Host): string | undefined {
  const { shell, scope, keyStore, project, folders } = choice
  if (shell?.envFormat !== 'posix-env' || scope !== 'user' || keyStore === 'env') return undefined
  return resolvePath(shell.envFile, resolvePlaces({}, host, project, folders))
}

function agentFor(application: string, file: string, host: Host): LaunchAgent {
  const label = labelOf(application)
  const path = join(host.home, 'Library', 'LaunchAgents', `${label}.plist`)
  const template = readFileSync(join(host.packageFolder, 'templates', 'launch-agent.plist'), 'utf8')
  const values: Record<string, string> = { label, file, application }
  const text = template.replace(/\{\{ (\w+) \}\}/g, (_, name: string) => escapeXml(values[name] ?? ''))
  const content = { keyPath: ['content'], value: text }
  const own = { tool: 'launch-agent', path, format: 'whole-file', baseUrl: '', timestamps: [] } as const
  // What launchd has read once, it does not read again by itself.
  const reload = existsSync(path) ? [unloadCommand(application)] : []
  const load = `launchctl bootstrap gui/$UID ~/Library/LaunchAgents/${label}.plist`
  const hint = asMessage([...reload, load, `launchctl kickstart gui/$UID/${label}`].join('; '))
  const message = say('launch-agent.next', { app: nameOf(application) })
  return {
    id: launchAgentId(application),
    targets: [{ ...own, leaves: [content], protected: [content.keyPath] }],
    howToStart: { id: 'launch-agent', level: 'info', message, hint },
  }
}

function escapeXml(text: string): string {
  return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;')
}

function findApplication(name: string, { home, cwd, systemFolder: root }: Host): string {
  const typed = name.replace(/^~(?=\/)/, home).replace(/\/+$/, '')
  const bundle = typed.endsWith('.app') ? typed : `${typed}.app`
  const folders = [`${root}/Applications`, `${home}/Applications`, `${root}/System/Applications`]
  const places = typed.includes('/') ? [resolve(cwd, bundle)] : folders.map((folder) => join(folder, bundle))
  // XML has no way to say a control character.
  const found = places.find(
    (path) => !/\p{Cc}/u.test(path) && existsSync(join(path, 'Contents', 'Info.plist')),
  )
  if (found !== undefined) return found
  const message = say('launch-agent.no-application', { app: printable(name), places: places.map(printable) })
  throw usageError('no-application', message, say('launch-agent.no-application.hint'))
}

/** As the Finder shows it. */
const nameOf = (application: string) => basename(application).replace(/\.app$/, '')

/** What launchd calls it: no two names are one, and a shell takes it as it is. */
function labelOf(application: string): string {
  const coded = (sign: string) => (sign === ' ' ? '-' : `_${sign.codePointAt(0)?.toString(16)}_`)
  const name = nameOf(application).normalize('NFC').toLowerCase()
  return `cc.qcode.setup.${name.replace(/[^a-z0-9]/gu, coded)}`
}

const unloadCommand = (application: string) => `launchctl bootout gui/$UID/${labelOf(application)}`

/** The ids that a removal takes out: of the named applications, else all where none of what is kept has variables for them. */
export function agentsRemoved(input: Input, ledger: Ledger, kept: readonly Pick<Setup, 'scope'>[]): string[] {
  const isLeft = kept.some((one) => one.scope === 'user' && 'shell' in one && one.shell)
  const known = new Map([...launchAgentsIn(ledger)].map(([path, { setups }]) => [nameOf(path), setups]))
  const asked = listOf(input, 'launchAgent').map(nameOf)
  const unknown = asked.find((app) => !known.has(app))
  if (unknown === undefined)
    return (asked.length > 0 ? asked : isLeft ? [] : [...known.keys()]).flatMap((app) => known.get(app) ?? [])
  const hint = known.size === 0 ? say('launch-agent.none') : say('usage.valid', { values: [...known.keys()] })
  throw usageError('unknown-launch-agent', say('launch-agent.unknown', { app: printable(unknown) }), hint)
}

/** launchd goes by what it has read until the user logs out. */
export function stillLoaded(before: Ledger, after: Ledger): Finding[] {
  const gone = [...launchAgentsIn(before).keys()].filter((path) => !launchAgentsIn(after).has(path))
  return gone.map((path) => {
    const message = say('launch-agent.loaded', { app: nameOf(path) })
    return { id: 'launch-agent-loaded', level: 'info', message, hint: asMessage(unloadCommand(path)) }
  })
}

/** Those whose file is not as it was written, and those whose application is gone. */
export function agentFindings(ledger: Ledger): Finding[] {
  return [...launchAgentsIn(ledger)].flatMap(([application, { path, hash }]) => {
    const isAsWritten = hashValue(readText(path) ?? '') === hash
    if (isAsWritten && existsSync(application)) return []
    const [id, what] = isAsWritten ? (['no-application', 'gone'] as const) : (['drift', 'drift'] as const)
    const message = say(`launch-agent.${what}`, { path, application })
    const hint = say('launch-agent.again', { app: quoteWord(nameOf(application)) })
    return { id, level: 'warning' as const, message, hint, where: { file: path } }
  })
}
