import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createCommitter } from '../apply/committer.ts'
import type { CommandContext, CommandSpec, Outcome } from '../command.ts'
import { BaseUrl } from '../gateway/judge-base-url.ts'
import { requestRoute } from '../gateway/probe-route.ts'
import { startStandIn } from '../gateway/stand-in.ts'
import { throwAwayHost } from '../host/throw-away-host.ts'
import type { Input, ToolChoice } from '../request/request.ts'
import { say } from '../texts/message.ts'
import { type DemoRequest, reportDemo } from '../ui/report-prove.ts'
import { existingChoices } from './choices-of.ts'
import { throwAwayKey } from './given-key.ts'
import { runSetup } from './setup.ts'

export const demoCommand: CommandSpec = {
  name: 'demo',
  summary: say('help.demo'),
  examples: [['qcode-setup demo']],
  writes: 'nothing',
  network: false,
  run: runDemo,
}

/**
 * The whole job with nothing at stake: a home in a temporary folder, a gateway on loopback, every tool set up, and each
 * base URL requested as its client would. Both are gone when it ends.
 */
export function runDemo(_input: Input, context: CommandContext): Promise<Outcome> {
  return context.host.interruption.hold(() => demonstrate(context))
}

async function demonstrate(context: CommandContext): Promise<Outcome> {
  const home = await mkdtemp(join(tmpdir(), 'qcode-setup-demo-'))
  const key = throwAwayKey(context.host)
  const gateway = await startStandIn(context.catalog.gateway, key)
  try {
    const host = throwAwayHost(context.host, home, key)
    const demo = { ...context, host, committer: createCommitter(host, false) }
    const setup = await runSetup(allTools(gateway.origin), demo)
    const choices = existingChoices(demo).choices
    const requests = (await Promise.all(choices.map((choice) => proveChoice(choice, key, demo)))).flat()
    const worked = requests.length > 0 && requests.every(({ status }) => status === 200)
    return {
      exit: worked ? 0 : 4,
      findings: [],
      data: { worked, gateway: gateway.origin, files: setup.data.edits, requests },
      ...reportDemo({ gateway: gateway.origin, requests, worked }, context.host),
    }
  } finally {
    await gateway.close()
    await rm(home, { recursive: true, force: true })
  }
}

function allTools(origin: string): Input {
  return {
    values: { tool: ['all'], gateway: [origin] },
    switches: new Set(['yes', 'noCheck']),
    positionals: [],
  }
}

async function proveChoice(
  choice: ToolChoice,
  key: string,
  { catalog, host }: CommandContext,
): Promise<DemoRequest[]> {
  return Promise.all(
    choice.variant.endpoints.map(async (endpoint) => {
      const baseUrl = BaseUrl.build(choice.origin, endpoint, catalog.gateway)
      const auth = { header: choice.tool.auth, key }
      const { status, text } = await requestRoute(baseUrl, endpoint, auth, host.fetch)
      const { prefix } = endpoint
      return {
        tool: choice.tool.id,
        baseUrl: baseUrl.text,
        prefix,
        requests: baseUrl.requests,
        status,
        reply: text,
      }
    }),
  )
}
