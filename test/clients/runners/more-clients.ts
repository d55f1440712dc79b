import { join } from 'node:path'
import { clientFolder } from '../client-folder.ts'
import type { ClientPackage } from '../client-packages.ts'
import { type ClientRunner, type MakeRunner, prompt } from './client-runner.ts'

/** Commands of packages from npm, and from PyPI and crates.io. */
const ofNpm = 'node_modules/.bin'
const ofOthers = 'bin'

type Facts = Omit<ClientRunner, 'id' | 'binFolder' | 'command' | 'timeout' | 'paths'> &
  Partial<Pick<ClientRunner, 'paths'>> & {
    /** Below the folder of the client. */
    readonly commands: string
  }

function client(command: string, { commands, ...facts }: Facts): (client: ClientPackage) => ClientRunner {
  return ({ id }) => {
    const binFolder = join(clientFolder(id), commands)
    return {
      id,
      binFolder,
      command: join(binFolder, command),
      timeout: 90_000,
      paths: ['/api/v1/messages'],
      ...facts,
    }
  }
}

/** In a login shell, as a user would start it: the profile brings base URL and key. */
function fromShell(command: string, facts: Facts): MakeRunner {
  return (installed) => {
    const runner = client(command, facts)(installed)
    return {
      ...runner,
      command: '/bin/bash',
      args: ['-lc', 'exec "$0" "$@"', runner.command, ...runner.args],
    }
  }
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

/** By the name of the client. */
export const moreClientRunners: Readonly<Record<string, MakeRunner>> = {
  opencode: client('opencode', {
    tool: 'opencode',
    commands: ofNpm,
    args: ['run', prompt],
    env: { OPENCODE_DISABLE_MODELS_FETCH: '1', OPENCODE_DISABLE_AUTOUPDATE: '1' },
    base: '/api/v1',
    auth: 'x-api-key',
    wrong: appendsMessages,
  }),
  kilo: client('kilo', {
    tool: 'kilo',
    commands: 'node_modules/@kilocode/cli-linux-x64/bin',
    args: ['run', prompt],
    env: { KILO_DISABLE_MODELS_FETCH: '1', KILO_DISABLE_AUTOUPDATE: '1' },
    base: '/api/v1',
    auth: 'x-api-key',
    // It takes long where its vendor cannot be reached.
    wrong: appendsMessages.slice(0, 1),
  }),
  pi: client('pi', {
    tool: 'pi',
    commands: ofNpm,
    args: ['-p', prompt],
    env: { PI_OFFLINE: '1' },
    base: '/api',
    auth: 'x-api-key',
    wrong: appendsVersion,
  }),
  'qwen-code': client('qwen', {
    tool: 'qwen-code',
    commands: ofNpm,
    args: ['--model', 'claude-sonnet-5', '-p', prompt],
    env: {},
    base: '/api',
    auth: 'bearer',
    wrong: appendsVersion,
  }),
  openclaw: client('openclaw', {
    tool: 'openclaw',
    commands: ofNpm,
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
  continue: client('cn', {
    tool: 'continue',
    model: 'claude-sonnet-5',
    commands: ofNpm,
    args: ['-p', prompt],
    env: {},
    base: '/api/v1',
    auth: 'x-api-key',
    wrong: appendsMessages,
  }),
  vibe: client('vibe', {
    tool: 'vibe',
    model: 'claude-sonnet-5',
    commands: ofOthers,
    args: ['-p', prompt],
    env: {},
    base: '/api',
    auth: 'x-api-key',
    wrong: appendsVersion,
  }),
  aichat: client('aichat', {
    tool: 'aichat',
    model: 'claude-sonnet-5',
    commands: ofOthers,
    args: [prompt],
    env: {},
    base: '/api/v1',
    auth: 'x-api-key',
    wrong: appendsMessages,
  }),
  copilot: fromShell('copilot', {
    tool: 'copilot',
    commands: ofNpm,
    args: ['--model', 'claude-sonnet-5', '-p', prompt],
    env: {},
    base: '/api',
    auth: 'x-api-key',
    wrong: appendsVersion,
  }),
  llm: fromShell('llm', {
    tool: 'llm',
    commands: ofOthers,
    args: ['-m', 'gpt-4o', prompt],
    env: {},
    base: '/openai/v1',
    paths: ['/openai/v1/chat/completions'],
    auth: 'bearer',
    wrong: [{ rule: 'missing-v1', base: '{gateway}/openai', path: '/openai/chat/completions' }],
  }),
}
