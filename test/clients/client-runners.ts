import { existsSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { aiderRunner } from './runners/aider.ts'
import { claudeAgentSdkRunners } from './runners/claude-agent-sdk.ts'
import { claudeCodeRunners } from './runners/claude-code.ts'
import type { ClientRunner } from './runners/client-runner.ts'
import { clineRunners } from './runners/cline.ts'
import { codexRunners } from './runners/codex.ts'
import { langchainRunners } from './runners/langchain.ts'
import { moreClientRunners } from './runners/more-clients.ts'
import { moreSdkRunners } from './runners/more-sdks.ts'
import { openaiSdkRunners } from './runners/openai-sdk.ts'

/** Every client that the suite runs. */
export const clientRunners: readonly ClientRunner[] = [
  ...codexRunners,
  ...claudeCodeRunners,
  ...clineRunners,
  aiderRunner,
  ...moreClientRunners,
  ...openaiSdkRunners,
  ...langchainRunners,
  ...claudeAgentSdkRunners,
  ...moreSdkRunners,
]

/**
 * Tools that no runner runs, by id, each with the reason and how it was measured instead: a client without a public
 * package cannot be installed here. `test/unit/every-tool.test.ts` demands a runner or a reason of every tool.
 */
export const toolsWithoutRunner: Readonly<Record<string, string>> = {}

/** Whether its client is there: not where it was not built, or the machine has no Python that is new enough. */
export function isInstalled({ binFolder }: Pick<ClientRunner, 'binFolder'>): boolean {
  // Its folder is marked when it is whole; a library has no folder of programs in it.
  const above = dirname(binFolder)
  if (existsSync(join(binFolder, 'installed.json'))) return true
  return above !== binFolder && isInstalled({ binFolder: above })
}

/** The runner with this id. Throws where there is none. */
export function clientRunner(id: string): ClientRunner {
  const runner = clientRunners.find((candidate) => candidate.id === id)
  if (!runner) throw new Error(`No client ${id}`)
  return runner
}
