import { dirname } from 'node:path'
import { writeCopies } from '../apply/file-system.ts'
import { resolvePlaces } from '../catalog/places.ts'
import type { Proof } from '../catalog/tool.ts'
import { findClient, type Judged, judgeProof, proofArguments } from '../checks/prove-client.ts'
import { clientEnvironment, copySettings, type ProofFolders } from '../checks/prove-environment.ts'
import { ownFolders } from '../checks/windows-folders.ts'
import type { CommandContext } from '../command.ts'
import type { ConnectionView, EffectContext, ToolView } from '../effect/tool-view.ts'
import type { Finding } from '../finding.ts'
import { findProtocol } from '../gateway/gateway.ts'
import { type SeenRequest, startStandIn } from '../gateway/stand-in.ts'
import { throwAwayHost } from '../host/throw-away-host.ts'
import { hideKeys } from '../secrets/mask-text.ts'
import { asMessage, type Message, say } from '../texts/message.ts'
import { withProgress } from '../ui/write-text.ts'
import { throwAwayKey } from './given-key.ts'
import { inThrowAwayFolders, leadHome } from './prove.ts'

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
  const stays = ownFolders(view.tool, context.host) === undefined && say('prove.own-home')
  const hindrance = program === undefined ? noClient : stays || hindranceOf(connection)
  if (!proof || program === undefined || hindrance) return [notRun(view, hindrance ?? noClient)]
  const work = inThrowAwayFolders((folders) =>
    runOnCopy({ view, connection, proof, program, folders }, effect, context, interrupted),
  )
  return [await withProgress(context.host, `${proof.client} …`, work)]
}

const noClient = say('doctor.deep.not-found')

/** Why a copy would not show what the client does: these are not copied. */
function hindranceOf({ baseUrl, keys }: ConnectionView): Message | undefined {
  const level = baseUrl.winner?.source.level
  if (level === 'managed' || level === 'system') return say('doctor.deep.managed')
  return keys.sent.some(({ isCommand }) => isCommand) ? say('doctor.deep.command') : undefined
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
    const home = { ...throwAwayHost(host, folders.home, key), cwd: folders.work }
    const { setUpOn: there, moved } = await leadHome(view.tool, home, folders)
    const names = resolvePlaces(view.tool.places, there)
    const place = { home: folders.home, names, origin: standIn.origin, key }
    const { files, variables } = copySettings(view, effect, host, place)
    writeCopies(dirname(folders.home), files)
    const run = await host.run(program, proofArguments(proof), {
      alone: true,
      cwd: folders.work,
      env: clientEnvironment(host, moved, { ...proof.env, ...variables }),
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
  const { title: tool, id } = view.tool
  const model = seen.find((request) => request.model !== undefined)?.model
  const asked = judged.requests.find(({ method }) => method === 'POST')
  if (judged.verdict === 'proven') {
    return {
      id: 'deep-run',
      level: 'ok',
      tool: id,
      message: say('doctor.deep.right', { tool, path: asked?.path ?? '', model: model ?? '?' }),
    }
  }
  const reason = asMessage(judged.reason ?? '').map((text) => hideKeys(text).replace(/[.。]+$/, ''))
  const missing = judged.verdict === 'no-request' ? 'doctor.deep.no-request' : 'doctor.deep.no-reply'
  return {
    id: 'deep-run',
    level: judged.verdict === 'no-reply' ? 'warning' : 'error',
    tool: id,
    message: asked?.status === 401 ? say('doctor.deep.key', { tool }) : say(missing, { tool, reason }),
    hint: say('doctor.deep.hint'),
  }
}

function notRun({ tool }: ToolView, reason: Message): Finding {
  return {
    id: 'deep-not-run',
    level: 'skipped',
    tool: tool.id,
    message: say('doctor.deep.skipped', { tool: tool.title, reason }),
  }
}
