import { join } from 'node:path'
import { execa } from 'execa'
import { expect, test } from 'vitest'
import { cleanEnvironment } from './clean-environment.ts'
import { clientFolder } from './client-folder.ts'
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
  const four = binFolders('aider-0.86.2', 'claude-code-2.1.330', 'cline-3.0.65', 'codex-0.169.0')
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
const python = [join(clientFolder('python-sdks'), 'bin')]

test.each([
  [
    'openai-sdk',
    'openai-js-6.49.0',
    `openai (Python) 3.54.0: proven, reply, ${both}`,
    `openai (JavaScript) 6.49.0: proven, reply, ${both}`,
  ],
  [
    'claude-agent-sdk',
    'claude-agent-sdk-js-0.3.330',
    'claude-agent-sdk (Python) 0.2.187: proven, reply, /api/v1/messages',
    '@anthropic-ai/claude-agent-sdk (JavaScript) 0.3.330: proven, reply, /api/v1/messages',
    'anthropic (Python) 2.12.0: proven, reply, /api/v1/messages',
  ],
  [
    'langchain',
    'langchain-js',
    `langchain-openai (Python) 1.7.3: proven, reply, ${both}`,
    'langchain-anthropic (Python) 1.7.7: proven, reply, /api/v1/messages',
    `@langchain/openai (JavaScript) 1.5.8: proven, reply, ${both}`,
    '@langchain/anthropic (JavaScript) 1.5.11: proven, reply, /api/v1/messages',
  ],
])('prove runs the libraries of %s where %s is installed', async (tool, install, ...expected) => {
  const rows = await prove(python, clientFolder(install), '--tool', tool)
  expect(rows.filter((row) => !row.startsWith('@anthropic-ai/sdk'))).toEqual(expected)
})
