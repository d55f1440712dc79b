import { existsSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { type ClientPackage, clientName, clientPackages } from './client-packages.ts'
import { aiderRunner } from './runners/aider.ts'
import {
  anthropicJavascript,
  anthropicPython,
  claudeAgentSdkJavascript,
  claudeAgentSdkPython,
} from './runners/claude-agent-sdk.ts'
import { claudeCodeRunner } from './runners/claude-code.ts'
import type { ClientRunner, MakeRunner } from './runners/client-runner.ts'
import { clineRunner } from './runners/cline.ts'
import { codexRunner } from './runners/codex.ts'
import {
  langchainAnthropicJavascript,
  langchainAnthropicPython,
  langchainOpenaiJavascript,
  langchainOpenaiPython,
} from './runners/langchain.ts'
import { moreClientRunners } from './runners/more-clients.ts'
import {
  aiSdkOpenai,
  litellmAnthropic,
  litellmOpenai,
  llamaIndexAnthropic,
  llamaIndexOpenai,
} from './runners/more-sdks.ts'
import { openaiJavascript, openaiPython } from './runners/openai-sdk.ts'

/** How each client is run: one way, or one for each library of those that are installed together. */
const ways: Readonly<Record<string, MakeRunner | readonly MakeRunner[]>> = {
  codex: codexRunner,
  'claude-code': claudeCodeRunner,
  cline: clineRunner,
  aider: aiderRunner,
  ...moreClientRunners,
  'openai-js': openaiJavascript,
  'anthropic-js': anthropicJavascript,
  'claude-agent-sdk-js': claudeAgentSdkJavascript,
  'langchain-js': [langchainOpenaiJavascript, langchainAnthropicJavascript],
  'python-sdks': [
    openaiPython,
    anthropicPython,
    claudeAgentSdkPython,
    langchainOpenaiPython,
    langchainAnthropicPython,
  ],
  litellm: [litellmOpenai, litellmAnthropic],
  'llama-index': [llamaIndexOpenai, llamaIndexAnthropic],
  'ai-sdk': aiSdkOpenai,
}

/** How a client is run in the version that is installed as this package, pinned or newer. Throws where nothing says how. */
export function runnersOf(client: ClientPackage): readonly ClientRunner[] {
  const way = ways[clientName(client)]
  if (!way) throw new Error(`No runner for ${client.id}`)
  return [way].flat().flatMap((makeRunner) => makeRunner(client))
}

/** Every client that the suite runs. */
export const clientRunners: readonly ClientRunner[] = clientPackages.flatMap(runnersOf)

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

/** The runner with this id, or the newest with this name. Throws where there is none. */
export function clientRunner(id: string): ClientRunner {
  const runner = clientRunners.findLast((candidate) => [candidate.id, clientName(candidate)].includes(id))
  if (!runner) throw new Error(`No client ${id}`)
  return runner
}
