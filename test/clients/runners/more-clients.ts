import { join } from 'node:path'
import { clientFolder } from '../client-folder.ts'
import { type ClientRunner, prompt } from './client-runner.ts'

/** Commands of packages from npm, and from PyPI. */
const npmBin = (id: string) => join(clientFolder(id), 'node_modules/.bin')
const venvBin = (id: string) => join(clientFolder(id), 'bin')

type Facts = Omit<ClientRunner, 'id' | 'command' | 'timeout' | 'paths'> & Partial<Pick<ClientRunner, 'paths'>>

function client(id: string, command: string, facts: Facts): ClientRunner {
  return {
    id,
    command: join(facts.binFolder, command),
    timeout: 90_000,
    paths: ['/api/v1/messages'],
    ...facts,
  }
}

/** In a login shell, as a user would start it: the profile brings base URL and key. */
function fromShell(id: string, command: string, facts: Facts): ClientRunner {
  const runner = client(id, command, facts)
  return { ...runner, command: '/bin/bash', args: ['-lc', 'exec "$0" "$@"', runner.command, ...runner.args] }
}

/** Appends `/v1/messages`. */
const appendsVersion = [
  { rule: 'doubled-v1', base: '{gateway}/api/v1', path: '/api/v1/v1/messages' },
  { rule: 'missing-prefix', base: '{gateway}', path: '/v1/messages' },
] as const

/** Built on @ai-sdk/anthropic: appends `/messages`. */
const appendsMessages = [
  { rule: 'missing-v1', base: '{gateway}/api', path: '/api/messages' },
  { rule: 'missing-prefix', base: '{gateway}', path: '/messages' },
] as const

/** Clients of which one version each is run. */
export const moreClientRunners: readonly ClientRunner[] = [
  client('opencode-1.18.33', 'opencode', {
    tool: 'opencode',
    binFolder: npmBin('opencode-1.18.33'),
    args: ['run', prompt],
    env: { OPENCODE_DISABLE_MODELS_FETCH: '1', OPENCODE_DISABLE_AUTOUPDATE: '1' },
    base: '/api/v1',
    auth: 'x-api-key',
    wrong: appendsMessages,
  }),
  client('kilo-7.7.9', 'kilo', {
    tool: 'kilo',
    binFolder: join(clientFolder('kilo-7.7.9'), 'node_modules/@kilocode/cli-linux-x64/bin'),
    args: ['run', prompt],
    env: { KILO_DISABLE_MODELS_FETCH: '1', KILO_DISABLE_AUTOUPDATE: '1' },
    base: '/api/v1',
    auth: 'x-api-key',
    // It takes long where its vendor cannot be reached.
    wrong: appendsMessages.slice(0, 1),
  }),
  client('pi-0.73.1', 'pi', {
    tool: 'pi',
    binFolder: npmBin('pi-0.73.1'),
    args: ['-p', prompt],
    env: { PI_OFFLINE: '1' },
    base: '/api',
    auth: 'x-api-key',
    wrong: appendsVersion,
  }),
  client('qwen-code-0.24.4', 'qwen', {
    tool: 'qwen-code',
    binFolder: npmBin('qwen-code-0.24.4'),
    args: ['--model', 'claude-sonnet-5', '-p', prompt],
    env: {},
    base: '/api',
    auth: 'bearer',
    wrong: appendsVersion,
  }),
  client('openclaw-2026.9.6', 'openclaw', {
    tool: 'openclaw',
    binFolder: npmBin('openclaw-2026.9.6'),
    args: [
      'agent',
      '--local',
      '--agent',
      'main',
      '--model',
      'anthropic/claude-sonnet-5',
      '--message',
      prompt,
    ],
    env: {},
    base: '/api',
    auth: 'x-api-key',
    wrong: [{ rule: 'missing-prefix', base: '{gateway}', path: '/v1/messages' }],
  }),
  client('continue-1.5.47', 'cn', {
    tool: 'continue',
    model: 'claude-sonnet-5',
    binFolder: npmBin('continue-1.5.47'),
    args: ['-p', prompt],
    env: {},
    base: '/api/v1',
    auth: 'x-api-key',
    wrong: appendsMessages,
  }),
  client('vibe-3.0.2', 'vibe', {
    tool: 'vibe',
    model: 'claude-sonnet-5',
    binFolder: venvBin('vibe-3.0.2'),
    args: ['-p', prompt],
    env: {},
    base: '/api',
    auth: 'x-api-key',
    wrong: appendsVersion,
  }),
  client('aichat-0.30.0', 'aichat', {
    tool: 'aichat',
    model: 'claude-sonnet-5',
    binFolder: join(clientFolder('aichat-0.30.0'), 'bin'),
    args: [prompt],
    env: {},
    base: '/api/v1',
    auth: 'x-api-key',
    wrong: appendsMessages,
  }),
  fromShell('copilot-1.0.102', 'copilot', {
    tool: 'copilot',
    binFolder: npmBin('copilot-1.0.102'),
    args: ['--model', 'claude-sonnet-5', '-p', prompt],
    env: {},
    base: '/api',
    auth: 'x-api-key',
    wrong: appendsVersion,
  }),
  fromShell('llm-0.36', 'llm', {
    tool: 'llm',
    binFolder: venvBin('llm-0.36'),
    args: ['-m', 'gpt-4o', prompt],
    env: {},
    base: '/openai/v1',
    paths: ['/openai/v1/chat/completions'],
    auth: 'bearer',
    wrong: [{ rule: 'missing-v1', base: '{gateway}/openai', path: '/openai/chat/completions' }],
  }),
]
