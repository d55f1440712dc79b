import { dirname } from 'node:path'
import { writeCopies } from '../apply/file-system.ts'
import { resolvePlaces } from '../catalog/places.ts'
import type { Proof } from '../catalog/tool.ts'
import { findClient, type Judged, judgeProof, proofArguments } from '../checks/prove-client.ts'
import { clientEnvironment, copySettings, type ProofFolders } from '../checks/prove-environment.ts'
import type { CommandContext } from '../command.ts'
import type { ConnectionView, EffectContext, ToolView } from '../effect/tool-view.ts'
import type { Finding } from '../finding.ts'
import { findProtocol } from '../gateway/gateway.ts'
import { type SeenRequest, startStandIn } from '../gateway/stand-in.ts'
import { throwAwayHost } from '../host/throw-away-host.ts'
import { hideKeys } from '../secrets/mask-text.ts'
import { withProgress } from '../ui/write-text.ts'
import { throwAwayKey } from './given-key.ts'
import { inThrowAwayFolders } from './prove.ts'

/**
 * Runs each installed client that uses the gateway for one turn, on a copy of the user's own settings in a temporary
 * home, against a gateway on this machine: whatever a client makes of a file shows, also what no list knows. A tool of the
 * user's own folder is run by `prove` alone, where it is named.
 */
export function deepFindings(
  views: readonly ToolView[],
  effect: EffectContext,
  context: CommandContext,
): Promise<Finding[]> {
  return context.host.interruption.hold(async (interrupted) => {
    const findings: Finding[] = []
    for (const view of views.filter(({ tool }) => !tool.isOwn)) {
      if (!interrupted.aborted) findings.push(...(await lookDeep(view, effect, context, interrupted)))
    }
    return findings
  })
}

async function lookDeep(
  view: ToolView,
  effect: EffectContext,
  context: CommandContext,
  interrupted: AbortSignal,
): Promise<Finding[]> {
  const connection = view.connections.find(({ destination }) => destination === 'gateway')
  if (!connection) return []
  const proof = view.tool.proofs.find(
    ({ variants, protocol, inProject }) =>
      !inProject &&
      (variants === undefined || variants.includes(view.chosen.id)) &&
      (protocol === undefined || protocol === connection.connection.protocol),
  )
  const program = proof && findClient(proof, context.host)
  const hindrance = program === undefined ? noClient : hindranceOf(connection)
  if (!proof || program === undefined || hindrance) return [notRun(view, hindrance ?? noClient)]
  const work = inThrowAwayFolders((folders) =>
    runOnCopy({ view, connection, proof, program, folders }, effect, context, interrupted),
  )
  return [await withProgress(context.host, `${proof.client} …`, work)]
}

type Hindrance = readonly [en: string, zh: string]

const noClient: Hindrance = ['it was not found here', '此处未找到该客户端']

/** Why a copy would not show what the client does: these are not copied. */
function hindranceOf({ baseUrl, keys }: ConnectionView): Hindrance | undefined {
  const level = baseUrl.winner?.source.level
  if (level === 'managed' || level === 'system')
    return ['its base URL is set by the administrator of this machine', '其 base URL 由本机管理员设置']
  if (keys.sent.some(({ isCommand }) => isCommand))
    return [
      'its key comes from a command, which is not run with a copy',
      '其密钥来自命令，不会在副本上运行该命令',
    ]
  return undefined
}

interface Stage {
  readonly view: ToolView
  readonly connection: ConnectionView
  readonly proof: Proof
  readonly program: string
  readonly folders: ProofFolders
}

async function runOnCopy(
  { view, connection, proof, program, folders }: Stage,
  effect: EffectContext,
  { host, catalog }: CommandContext,
  interrupted: AbortSignal,
): Promise<Finding> {
  const { gateway } = catalog
  const key = throwAwayKey(host)
  const standIn = await startStandIn(gateway, key)
  try {
    const there = { ...throwAwayHost(host, folders.home, key), cwd: folders.work }
    const names = resolvePlaces(view.tool.places, there)
    const place = { home: folders.home, names, origin: standIn.origin, key }
    const { files, variables } = copySettings(view, effect, host, place)
    writeCopies(dirname(folders.home), files)
    const run = await host.run(program, proofArguments(proof), {
      alone: true,
      cwd: folders.work,
      env: clientEnvironment(host, folders, { ...proof.env, ...variables }),
      timeoutMs: proof.timeout * 1000,
      stop: interrupted,
    })
    const { routes } = findProtocol(gateway, connection.connection.protocol)
    const judged = judgeProof(standIn.requests, routes, run)
    const words = lastWords(run.stderr, folders.home)
    return told(view, { ...judged, ...(words && { reason: words }) }, standIn.requests)
  } finally {
    await standIn.close()
  }
}

/** The end of what a client said, with the temporary home as `~`: it often names the setting that it refuses. */
function lastWords(stderr: string, home: string): string {
  const lines = stderr.replaceAll(home, '~').split('\n')
  return lines
    .map((line) => line.trim())
    .filter((line) => line !== '')
    .slice(-4)
    .map((line) => line.slice(0, 200))
    .join(' ')
}

function told(view: ToolView, judged: Judged, seen: readonly SeenRequest[]): Finding {
  const { title, id } = view.tool
  const model = seen.find((request) => request.model !== undefined)?.model
  const asked = judged.requests.find(({ method }) => method === 'POST')
  const reason = hideKeys(judged.reason ?? '').replace(/\.+$/, '')
  if (judged.verdict === 'proven') {
    return {
      id: 'deep-run',
      level: 'ok',
      tool: id,
      message: `Run on a copy of your settings, ${title} sent POST ${asked?.path} with the right key, for the model ${model ?? '?'}.`,
      messageZh: `在您设置的副本上运行时，${title} 以正确的密钥发送了 POST ${asked?.path}，模型为 ${model ?? '?'}。`,
    }
  }
  const refusal = asked?.status === 401
  return {
    id: 'deep-run',
    level: judged.verdict === 'no-reply' ? 'warning' : 'error',
    tool: id,
    message: refusal
      ? `Run on a copy of your settings, ${title} sent another key than the gateway's: the gateway refuses it.`
      : `Run on a copy of your settings, ${title} ${judged.verdict === 'no-request' ? 'made no request to the gateway' : 'did not get its reply'}: ${reason}.`,
    messageZh: refusal
      ? `在您设置的副本上运行时，${title} 发送的不是网关的密钥，会被网关拒绝。`
      : `在您设置的副本上运行时，${title} ${judged.verdict === 'no-request' ? '没有向网关发出请求' : '没有得到回复'}：${reason}。`,
    hint: 'See the other findings of this tool; its own message is quoted above.',
  }
}

function notRun({ tool }: ToolView, [reason, reasonZh]: Hindrance): Finding {
  return {
    id: 'deep-not-run',
    level: 'skipped',
    tool: tool.id,
    message: `${tool.title} was not run on a copy of its settings: ${reason}.`,
    messageZh: `未在设置的副本上运行 ${tool.title}：${reasonZh}。`,
  }
}
