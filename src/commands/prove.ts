import type { Tool } from '../catalog/tool.ts'
import type { Finding } from '../finding.ts'
import { detectedTools, namedTools } from '../request/choose-tools.ts'
import type { Input } from '../request/input.ts'
import { type ProofRow, reportProve } from '../ui/report-prove.ts'
import type { CommandContext, Outcome } from './command.ts'
import { proveTool } from './prove-tool.ts'

/**
 * Runs the clients that are installed here with the settings that setup would write, in a throw-away home, against a
 * gateway on this machine. Ends with 0 also where there was nothing to run (that is said), with 4 where one failed.
 */
export function runProve(input: Input, context: CommandContext): Promise<Outcome> {
  return context.host.interruption.hold((interrupted) => prove(input, context, interrupted))
}

async function prove(input: Input, context: CommandContext, interrupted: AbortSignal): Promise<Outcome> {
  const { catalog, host } = context
  const tools = (await namedTools(input, catalog, host)) ?? (await foundTools(context))
  const rows: ProofRow[] = []
  for (const tool of tools) rows.push(...(await proveTool(tool, context, interrupted)))
  const failed = rows.some(({ verdict }) => verdict !== 'proven' && verdict !== 'skipped')
  const proven = rows.some(({ verdict }) => verdict === 'proven')
  return {
    exit: failed ? 4 : 0,
    findings: failed || proven ? [] : [nothingProven],
    data: { rows },
    ...reportProve(rows, host),
  }
}

/** A folder of the user's own says which programs are run with what: only where it is named. */
async function foundTools({ catalog, host }: CommandContext): Promise<readonly Tool[]> {
  return (await detectedTools(catalog, host)).filter(({ isOwn }) => !isOwn)
}

const nothingProven: Finding = {
  id: 'nothing-proven',
  level: 'warning',
  message: 'No client was run, so nothing is proven.',
  messageZh: '没有运行任何客户端，因此未证明任何内容。',
  hint: 'Install a client, or name one: qcode-setup prove --tool ID',
}
