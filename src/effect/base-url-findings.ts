import type { Tool } from '../catalog/tool.ts'
import { formatWhere } from '../errors.ts'
import type { Finding } from '../finding.ts'
import { hostIn, missesRoute, type UrlProblem, type Verdict } from '../gateway/judge-base-url.ts'
import { isLoopback, originTextOf } from '../gateway/origin.ts'
import { chooseProxy } from '../gateway/transport.ts'
import { maskUrl, urlRules } from '../gateway/url-faults.ts'
import { inShell } from '../texts/commands.ts'
import { asMessage, type Message, say } from '../texts/message.ts'
import { describeSource, nameOf, remedyFor, whereOf } from './describe-source.ts'
import { type Found, isInRange } from './find-setting.ts'
import type { MachineView } from './machine-view.ts'
import type { Profile } from './read-profiles.ts'
import { type ConnectionView, type EffectContext, remedyForOther, type ToolView } from './tool-view.ts'

/** What the findings about one connection are made from. */
interface ConnectionContext {
  readonly view: ToolView
  readonly connection: ConnectionView
  readonly context: EffectContext
}

/** Findings about the base URL in effect: is it for the gateway, and right for this client? */
export function baseUrlFindings(
  view: ToolView,
  connection: ConnectionView,
  context: EffectContext,
): Finding[] {
  const scene = { view, connection, context }
  const { winner } = connection.baseUrl
  return [...winnerFindings(winner, scene), ...emptyFindings(winner, scene)]
}

function winnerFindings(winner: Found | undefined, scene: ConnectionContext): Finding[] {
  if (!winner) return withoutBaseUrl(scene)
  if (scene.connection.destination !== 'gateway') return awayFromGateway(winner, scene)
  return [...judgedFindings(winner, scene), ...overriddenFindings(winner, scene)]
}

function judgedFindings(winner: Found, scene: ConnectionContext): Finding[] {
  const { verdict } = scene.connection
  const { tool } = scene.view
  const values = {
    tool: tool.title,
    url: maskUrl(winner.value.trim()),
    source: describeSource(winner, scene.context.profiles),
    requests: verdict?.requests === undefined ? '' : say('url.requests', { path: verdict.requests }),
  }
  if (!verdict || verdict.problems.length === 0) {
    const isManaged = winner.source.level === 'managed' && isAdministered(winner.value, scene.context.machine)
    const message = say(isManaged ? 'effect.base-url-administered' : 'effect.base-url-right', values)
    return [finding(scene, 'base-url-right', 'ok', winner, { message })]
  }
  return [wrongFinding(winner, verdict, values, scene)]
}

/** Whether the administrator of this computer set that gateway up for every user. */
function isAdministered(text: string, { administered }: MachineView): boolean {
  return URL.canParse(text.trim()) && administered.includes(originTextOf(text.trim()))
}

/** All that is wrong with one base URL, under the name of the worst of it. */
function wrongFinding(
  winner: Found,
  verdict: Verdict,
  values: {
    readonly tool: string
    readonly url: string
    readonly source: Message
    readonly requests: Message | string
  },
  scene: ConnectionContext,
): Finding {
  const { tool, installed } = scene.view
  const { problems, requests: path = '' } = verdict
  const severityOf = ({ rule }: UrlProblem) => urlRules[rule].severity
  const worst = problems.find((problem) => severityOf(problem) === 'error') ?? problems[0]
  if (!worst) throw new Error('a base URL without a problem is not wrong')
  const fault = say('http.sentences', { sentences: problems.map(({ message }) => message) })
  const isMiss = missesRoute(verdict)
  const shows = isMiss ? shownFor(404, tool, installed.version) : undefined
  const right = problems.find(({ fix }) => fix !== undefined)?.fix
  return {
    ...finding(scene, `base-url-${worst.rule}`, severityOf(worst), winner, {
      message: isMiss
        ? say('effect.not-found', { ...values, path, fault })
        : say('effect.base-url-wrong', { ...values, fault }),
      hint: correction(winner, right, tool.id, scene.context.profiles),
    }),
    ...(shows !== undefined && { shows }),
    ...(right !== undefined && { values: { name: nameOf(winner), wrong: values.url, right } }),
  }
}

/** What a client shows for this status of a reply, as far as that was measured. */
export function shownFor(
  status: number,
  { diagnosis }: Pick<Tool, 'diagnosis'>,
  version: string | undefined,
): string | undefined {
  return diagnosis.shows.find((one) => one.status === status && isInRange(one.versions, version))?.text
}

/** Another base URL that the user may think to be in effect. */
function overriddenFindings(winner: Found, scene: ConnectionContext): Finding[] {
  const { profiles } = scene.context
  return scene.connection.baseUrl.overridden
    .filter(({ value }) => value.trim() !== '' && value.trim() !== winner.value.trim())
    .slice(0, 1)
    .map((other) => {
      const values = {
        url: maskUrl(winner.value.trim()),
        source: describeSource(winner, profiles),
        other: maskUrl(other.value.trim()),
        otherSource: describeSource(other, profiles),
      }
      const isManaged = winner.source.level === 'managed' && other.source.level !== 'managed'
      const [id, message, hint] = isManaged
        ? ([
            'base-url-managed',
            say('effect.base-url-managed', values),
            say('effect.base-url-managed.hint', { remedy: remedyFor(other, profiles) }),
          ] as const)
        : ([
            'base-url-overridden',
            say('effect.base-url-overridden', values),
            remedyForOther(other, winner, scene.context),
          ] as const)
      return finding(scene, id, 'warning', winner, { message, hint })
    })
}

/** The base URL is somebody else's, or an empty one. */
function awayFromGateway(winner: Found, scene: ConnectionContext): Finding[] {
  const { view, connection, context } = scene
  const { title: tool, id } = view.tool
  const source = describeSource(winner, context.profiles)
  const hint = correction(winner, undefined, id, context.profiles)
  if (winner.value.trim() === '') {
    const message = say('effect.base-url-empty', { tool, source })
    return [finding(scene, 'base-url-empty', 'error', winner, { message, hint })]
  }
  const leaked = connection.leakedKey
  const url = maskUrl(winner.value.trim())
  if (leaked) {
    const keySource = describeSource(leaked, context.profiles)
    const message = say('effect.key-to-stranger', { tool, url, source, keySource })
    return [finding(scene, 'key-to-stranger', 'error', winner, { message, hint })]
  }
  const message = say('effect.base-url-elsewhere', { tool, url, source })
  return [finding(scene, 'base-url-elsewhere', levelElsewhere(winner, scene), winner, { message, hint })]
}

/** What a project says is its own decision, where the tool was not set up for that very project. */
function levelElsewhere({ source }: Found, { view, context }: ConnectionContext): Finding['level'] {
  if (view.setups.length === 0) return 'info'
  const isProjects = source.level === 'project' || source.level === 'local'
  const isHere = view.setups.some(({ project }) => project === context.machine.cwd)
  return isProjects && !isHere ? 'warning' : 'error'
}

function withoutBaseUrl(scene: ConnectionContext): Finding[] {
  const { view, connection, context } = scene
  const { title: tool, id } = view.tool
  const hint = setupCommand(id)
  const leaked = connection.leakedKey
  if (leaked) {
    const source = describeSource(leaked, context.profiles)
    const message = say('effect.key-to-vendor', { tool, source })
    return [finding(scene, 'key-to-vendor', 'error', leaked, { message, hint })]
  }
  const level = view.setups.length > 0 ? 'error' : 'info'
  const message = say('effect.base-url-missing', { tool })
  return [finding(scene, 'base-url-missing', level, undefined, { message, hint })]
}

/** Empty ones that do not count now would as soon as the one that wins is gone. */
function emptyFindings(winner: Found | undefined, scene: ConnectionContext): Finding[] {
  return scene.connection.baseUrl.overridden
    .filter((other) => other.value.trim() === '' && other !== winner)
    .map((other) => {
      const { profiles } = scene.context
      const message = say('effect.base-url-empty-behind', { source: describeSource(other, profiles) })
      const hint = correction(other, undefined, scene.view.tool.id, profiles)
      return finding(scene, 'base-url-empty', 'warning', other, { message, hint })
    })
}

/** What fixes a base URL where it stands: our own setup writes only the user's files. */
function correction(
  found: Found,
  fix: string | undefined,
  tool: string,
  profiles: readonly Profile[],
): Message {
  const { source } = found
  if (source.level === 'user') return setupCommand(tool)
  if (fix === undefined) return remedyFor(found, profiles)
  if (source.level === 'environment') return asMessage(inShell().assign(found.name, `'${fix}'`))
  const where = whereOf(found, profiles)
  const place = where ? formatWhere(where) : (source.file?.path ?? '')
  return say('remedy.set', { name: nameOf(found), url: fix, place })
}

function setupCommand(tool: string): Message {
  return asMessage(`qcode-setup --tool ${tool}`)
}

function finding(
  { view, context }: ConnectionContext,
  id: string,
  level: Finding['level'],
  found: Found | undefined,
  texts: Pick<Finding, 'message' | 'hint'>,
): Finding {
  const where = found && whereOf(found, context.profiles)
  return { id, level, tool: view.tool.id, ...texts, ...(where && { where }) }
}

/**
 * Plain HTTP through a proxy shows it the key, and a proxy elsewhere does not reach this machine. Clients differ in the
 * variable that they use for `http://` (Claude Code takes HTTPS_PROXY as well, Codex ALL_PROXY), so any counts.
 */
export function proxyFindings(
  { tool }: ToolView,
  { baseUrl, destination }: ConnectionView,
  { env }: MachineView,
): Finding[] {
  const url = baseUrl.winner?.value.trim() ?? ''
  const host = hostIn(url)
  if (destination !== 'gateway' || host === undefined || !/^http:\/\//i.test(url) || !isProxied(url, env))
    return []
  const hint = asMessage(inShell().exceptFromProxy(host))
  const [id, level] = isLoopback(host)
    ? (['proxy-catches-loopback', 'error'] as const)
    : (['proxy-sees-key', 'warning'] as const)
  const message = say(`effect.${id}`, { tool: tool.title, host })
  return [{ id, level, tool: tool.id, message, hint }]
}

const proxyVariables = ['http_proxy', 'HTTP_PROXY', 'https_proxy', 'HTTPS_PROXY', 'all_proxy', 'ALL_PROXY']

function isProxied(url: string, env: MachineView['env']): boolean {
  const http_proxy = proxyVariables.map((name) => env[name]).find(Boolean)
  try {
    return chooseProxy(url, { ...env, http_proxy }) !== undefined
  } catch {
    // A proxy that is no HTTP proxy: the check tells.
    return false
  }
}
