import type { Finding } from '../finding.ts'
import { chooseProxy } from '../gateway/choose-proxy.ts'
import { isLoopback } from '../gateway/origin.ts'
import { hostIn } from '../gateway/region-meant.ts'
import type { MachineView } from './machine-view.ts'
import type { ConnectionView, ToolView } from './tool-view.ts'

/**
 * Plain HTTP through a proxy shows it the key, and a proxy elsewhere does not reach this machine. Clients differ in the
 * variable that they go by for `http://` (Claude Code takes HTTPS_PROXY as well, Codex ALL_PROXY), so any counts.
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
