import type { Finding } from '../finding.ts'
import { chooseProxy } from '../gateway/choose-proxy.ts'
import { hostIn } from '../gateway/judge-base-url.ts'
import { isLoopback } from '../gateway/origin.ts'
import { maskUrl, urlRules } from '../gateway/url-faults.ts'
import { describeSource, remedyFor, whereOf } from './describe-source.ts'
import type { Found } from './find-setting.ts'
import type { MachineView } from './machine-view.ts'
import type { Profile } from './read-profiles.ts'
import type { ConnectionView, EffectContext, ToolView } from './tool-view.ts'

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
  const where = describeSource(winner, scene.context.profiles)
  const url = maskUrl(winner.value.trim())
  const requests = verdict?.requests
  if (!verdict || verdict.problems.length === 0) {
    return [
      finding(scene, 'base-url-right', 'ok', winner, {
        message: `${tool.title} asks ${url}${requests === undefined ? '' : ` and requests ${requests}`}, from ${where}.`,
        messageZh: `${tool.title} 使用 ${url}${requests === undefined ? '' : `，请求 ${requests}`}，来自 ${where}。`,
      }),
    ]
  }
  return verdict.problems.map(({ rule, message, fix }) =>
    finding(scene, `base-url-${rule}`, urlRules[rule].severity, winner, {
      message: `${tool.title} asks ${url}, from ${where}: ${message}${requests === undefined ? '' : ` It would request ${requests}.`}`,
      messageZh: `${tool.title} 使用 ${url}，来自 ${where}：${message}${requests === undefined ? '' : ` 将请求 ${requests}。`}`,
      hint: correction(winner, fix, tool.id, scene.context.profiles),
    }),
  )
}

/** Another base URL that the user may think to be in effect. */
function overriddenFindings(winner: Found, scene: ConnectionContext): Finding[] {
  const { profiles } = scene.context
  return scene.connection.baseUrl.overridden
    .filter(({ value }) => value.trim() !== '' && value.trim() !== winner.value.trim())
    .slice(0, 1)
    .map((other) => {
      const [here, there] = [describeSource(winner, profiles), describeSource(other, profiles)]
      return finding(scene, 'base-url-overridden', 'warning', winner, {
        message: `${there} says ${maskUrl(other.value.trim())}, but ${here} wins with ${maskUrl(winner.value.trim())}.`,
        messageZh: `${there} 为 ${maskUrl(other.value.trim())}，但 ${here} 优先，实际为 ${maskUrl(winner.value.trim())}。`,
        hint: `Keep one of the two. ${remedyFor(other, profiles)}`,
      })
    })
}

/** The base URL is somebody else's, or an empty one. */
function awayFromGateway(winner: Found, scene: ConnectionContext): Finding[] {
  const { view, connection, context } = scene
  const { title, id } = view.tool
  const where = describeSource(winner, context.profiles)
  const hint = correction(winner, undefined, id, context.profiles)
  if (winner.value.trim() === '') {
    return [
      finding(scene, 'base-url-empty', 'error', winner, {
        message: `${where} is empty, so ${title} sends its key to the vendor.`,
        messageZh: `${where} 为空，${title} 会把密钥发送给原厂商。`,
        hint,
      }),
    ]
  }
  const leaked = connection.leakedKey
  const url = maskUrl(winner.value.trim())
  if (leaked) {
    return [
      finding(scene, 'key-to-stranger', 'error', winner, {
        message: `${title} sends the gateway's key from ${describeSource(leaked, context.profiles)} to ${url}, from ${where}.`,
        messageZh: `${title} 会把来自 ${describeSource(leaked, context.profiles)} 的网关密钥发送给 ${url}（来自 ${where}）。`,
        hint,
      }),
    ]
  }
  return [
    finding(scene, 'base-url-elsewhere', levelElsewhere(winner, scene), winner, {
      message: `${title} asks ${url}, from ${where}, not the gateway.`,
      messageZh: `${title} 使用 ${url}（来自 ${where}），而不是网关。`,
      hint,
    }),
  ]
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
  const { title, id } = view.tool
  const hint = `qcode-setup --tool ${id}`
  const leaked = connection.leakedKey
  if (leaked) {
    const where = describeSource(leaked, context.profiles)
    return [
      finding(scene, 'key-to-vendor', 'error', leaked, {
        message: `${title} finds the gateway's key in ${where} and no base URL, so it sends the key to the vendor.`,
        messageZh: `${title} 在 ${where} 找到网关密钥但没有 base URL，会把密钥发送给原厂商。`,
        hint,
      }),
    ]
  }
  const message = `${title} has no base URL, so it asks its vendor.`
  const messageZh = `${title} 没有设置 base URL，会请求其原厂商。`
  return [
    finding(scene, 'base-url-missing', view.setups.length > 0 ? 'error' : 'info', undefined, {
      message,
      messageZh,
      hint,
    }),
  ]
}

/** Empty ones that do not count now would as soon as the one that wins is gone. */
function emptyFindings(winner: Found | undefined, scene: ConnectionContext): Finding[] {
  return scene.connection.baseUrl.overridden
    .filter((other) => other.value.trim() === '' && other !== winner)
    .map((other) => {
      const where = describeSource(other, scene.context.profiles)
      return finding(scene, 'base-url-empty', 'warning', other, {
        message: `${where} is empty; where nothing else counts, the key goes to the vendor.`,
        messageZh: `${where} 为空；没有其他设置时，密钥会发送给原厂商。`,
        hint: correction(other, undefined, scene.view.tool.id, scene.context.profiles),
      })
    })
}

/** What fixes a base URL where it stands: our own setup writes only the user's files. */
function correction(
  found: Found,
  fix: string | undefined,
  tool: string,
  profiles: readonly Profile[],
): string {
  const { name, source } = found
  if (source.level === 'user') return `qcode-setup --tool ${tool}`
  if (fix === undefined) return remedyFor(found, profiles)
  return source.level === 'environment' ? `export ${name}='${fix}'` : `Write ${fix} there.`
}

type Texts = Pick<Finding, 'message' | 'messageZh' | 'hint'>

function finding(
  { view, context }: ConnectionContext,
  id: string,
  level: Finding['level'],
  found: Found | undefined,
  texts: Texts,
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
  const hint = `export NO_PROXY="$NO_PROXY,${host}" no_proxy="$no_proxy,${host}"`
  if (isLoopback(host)) {
    const message = `${tool.title} asks ${host}, and a proxy variable catches that: the proxy looks for it on its own machine.`
    const messageZh = `${tool.title} 请求 ${host}，但被代理变量截获：代理会在它自己的机器上寻找该地址。`
    return [{ id: 'proxy-catches-loopback', level: 'error', tool: tool.id, message, messageZh, hint }]
  }
  const message = `${tool.title} asks ${host} without TLS, and a proxy variable catches that: the proxy sees the key and every prompt.`
  const messageZh = `${tool.title} 以明文请求 ${host}，且被代理变量截获：代理可以看到密钥与全部对话。`
  return [{ id: 'proxy-sees-key', level: 'warning', tool: tool.id, message, messageZh, hint }]
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
