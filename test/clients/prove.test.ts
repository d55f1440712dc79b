import { join } from 'node:path'
import { execa } from 'execa'
import { expect, test } from 'vitest'
import { cleanEnvironment } from './clean-environment.ts'
import { clientFolder } from './client-folder.ts'
import { pinned } from './client-packages.ts'
import { clientRunner } from './client-runners.ts'
import { makePlace } from './place.ts'

const program = join(import.meta.dirname, '../../bin/qcode-setup.js')

interface Proven {
  readonly client: string
  readonly version: string
  readonly verdict: string
  readonly replySeen: boolean
  readonly requests: readonly { readonly method: string; readonly path: string }[]
}

/** `prove --json` with these folders first in PATH: what it says of each client that it ran. */
async function prove(binFolders: readonly string[], folder: string, ...flags: readonly string[]) {
  const { home } = await makePlace()
  const { stdout, exitCode } = await execa(process.execPath, [program, 'prove', '--json', ...flags], {
    cwd: folder === '' ? home : folder,
    env: cleanEnvironment(home, binFolders),
    extendEnv: false,
    reject: false,
  })
  expect(exitCode).toBe(0)
  const rows: Proven[] = JSON.parse(stdout).rows
  return rows.filter(({ verdict }) => verdict !== 'skipped').map(summarize)
}

function summarize({ client, version, verdict, replySeen, requests }: Proven): string {
  const paths = requests.filter(({ method }) => method === 'POST').map(({ path }) => path)
  return `${client} ${version}: ${verdict}, ${replySeen ? 'reply' : 'no reply'}, ${paths.join(' ')}`
}

function binFolders(...ids: readonly string[]): string[] {
  return ids.map((id) => clientRunner(id).binFolder)
}

test('prove finds four clients in PATH and shows the request that each makes', async () => {
  const four = binFolders(pinned('aider'), 'claude-code-2.1.330', pinned('cline'), 'codex-0.169.0')
  expect(await prove(four, '')).toEqual([
    'Aider 0.86.2: proven, reply, /api/v1/messages',
    'Claude Code 2.1.330: proven, reply, /api/v1/messages',
    'Cline CLI 3.0.65: proven, reply, /api/v1/messages',
    'Codex CLI 0.169.0: proven, reply, /openai/responses',
  ])
})

test('given older versions of the clients, prove gives each what it needs', async () => {
  const older = binFolders('claude-code-2.1.197', 'cline-2.18.0', 'codex-0.80.0')
  expect(await prove(older, '')).toEqual([
    'Claude Code 2.1.197: proven, reply, /api/v1/messages',
    'Cline CLI 2.18.0: proven, reply, /api/v1/messages',
    'Codex CLI 0.80.0: proven, reply, /openai/responses',
  ])
})

const both = '/openai/v1/chat/completions /openai/v1/responses'
const python = join(clientFolder('python-sdks'), 'bin')

test.each([
  ['openai-sdk', 'openai-js-6.49.0', `openai (JavaScript) 6.49.0: proven, reply, ${both}`],
  [
    'openai-sdk',
    pinned('openai-js'),
    `openai (Python) 3.57.0: proven, reply, ${both}`,
    `openai (JavaScript) 7.59.0: proven, reply, ${both}`,
  ],
  [
    'claude-agent-sdk',
    pinned('claude-agent-sdk-js'),
    'claude-agent-sdk (Python) 0.2.189: proven, reply, /api/v1/messages',
    '@anthropic-ai/claude-agent-sdk (JavaScript) 0.3.332: proven, reply, /api/v1/messages',
    'anthropic (Python) 2.14.0: proven, reply, /api/v1/messages',
  ],
  [
    'claude-agent-sdk',
    pinned('anthropic-js'),
    '@anthropic-ai/sdk (JavaScript) 1.14.0: proven, reply, /api/v1/messages',
  ],
  ['langchain', 'langchain-js', `@langchain/openai (JavaScript) 1.5.8: proven, reply, ${both}`],
  [
    'langchain',
    pinned('langchain-js'),
    `langchain-openai (Python) 1.7.4: proven, reply, ${both}`,
    'langchain-anthropic (Python) 1.7.10: proven, reply, /api/v1/messages',
    `@langchain/openai (JavaScript) 1.6.0: proven, reply, ${both}`,
    '@langchain/anthropic (JavaScript) 1.5.11: proven, reply, /api/v1/messages',
  ],
  ['ai-sdk', 'ai-sdk', `@ai-sdk/openai (JavaScript) 3.0.141: proven, reply, ${both}`],
  ['ai-sdk', pinned('ai-sdk'), `@ai-sdk/openai (JavaScript) 4.0.118: proven, reply, ${both}`],
])('prove runs the libraries of %s where %s is installed', async (tool, install, ...expected) => {
  // The Node that a library wants is installed with it.
  const folders = [python, join(clientFolder(install), 'node_modules/.bin')]
  const rows = await prove(folders, clientFolder(install), '--tool', tool)
  expect(rows).toEqual(expect.arrayContaining(expected))
})
