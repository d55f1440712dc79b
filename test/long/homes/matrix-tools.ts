import { execFileSync } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { parse as parseDotenv } from 'dotenv'
import { parse as parseToml } from 'smol-toml'
import { parse as parseYaml } from 'yaml'

interface Expected {
  readonly prefix: string
  /** Every base URL in the files of the tool, each read by a parser that the program does not edit with. */
  readonly read: (home: string) => unknown[]
  readonly keyFile: string
  /** For one that can't be set up without. */
  readonly model?: string
}

/** What a setup writes, by tool id; `test/unit/every-tool.test.ts` demands an entry of each tool. */
export const matrixTools: Readonly<Record<string, Expected>> = {
  'claude-code': {
    prefix: '/api',
    read: (home) => [dig(readJson(home, '.claude/settings.json'), 'env', 'ANTHROPIC_BASE_URL')],
    keyFile: '.claude/settings.json',
  },
  'claude-agent-sdk': {
    prefix: '/api',
    read: (home) => readVariables(home, 'ANTHROPIC_BASE_URL'),
    keyFile: '.config/qcode-setup/env.sh',
  },
  aider: {
    prefix: '/api',
    read: (home) => {
      const envFile = parseYaml(readText(home, '.aider.conf.yml'))['env-file']
      return [parseDotenv(readFileSync(envFile)).ANTHROPIC_API_BASE]
    },
    keyFile: '.config/qcode-setup/aider.env',
  },
  codex: {
    prefix: '/openai',
    read: (home) => {
      const config = parseToml(readText(home, '.codex/config.toml'))
      return [dig(config, 'model_providers', String(config.model_provider), 'base_url')]
    },
    keyFile: '.codex/.env',
  },
  cline: {
    prefix: '/api/v1',
    read: (home) => {
      const file = readJson(home, '.cline/data/settings/providers.json')
      return [dig(file, 'providers', String(dig(file, 'lastUsedProvider')), 'settings', 'baseUrl')]
    },
    keyFile: '.cline/data/settings/providers.json',
  },
  opencode: provider('.config/opencode/opencode.jsonc'),
  kilo: provider('.config/kilo/kilo.jsonc'),
  pi: {
    prefix: '/api',
    read: (home) => [dig(readJson(home, '.pi/agent/models.json'), 'providers', 'anthropic', 'baseUrl')],
    keyFile: '.pi/agent/auth.json',
  },
  'qwen-code': {
    prefix: '/api',
    read: (home) => [parseDotenv(readText(home, '.qwen/.env')).ANTHROPIC_BASE_URL],
    keyFile: '.qwen/.env',
  },
  openclaw: {
    prefix: '/api',
    read: (home) => [
      dig(readJson(home, '.openclaw/openclaw.json'), 'models', 'providers', 'anthropic', 'baseUrl'),
    ],
    keyFile: '.openclaw/openclaw.json',
  },
  copilot: {
    prefix: '/api',
    read: (home) => readVariables(home, 'COPILOT_PROVIDER_BASE_URL'),
    keyFile: '.config/qcode-setup/env.sh',
  },
  llm: {
    prefix: '/openai/v1',
    read: (home) => readVariables(home, 'OPENAI_BASE_URL', 'OPENAI_API_BASE'),
    keyFile: '.config/qcode-setup/env.sh',
  },
  aichat: {
    prefix: '/api/v1',
    read: (home) => [
      dig(parseYaml(readText(home, '.config/aichat/config.yaml')), 'clients', '0', 'api_base'),
    ],
    keyFile: '.config/aichat/config.yaml',
    model: 'claude-sonnet-5',
  },
  continue: {
    prefix: '/api/v1',
    read: (home) => [dig(parseYaml(readText(home, '.continue/config.yaml')), 'models', '0', 'apiBase')],
    keyFile: '.continue/.env',
    model: 'claude-sonnet-5',
  },
  vibe: {
    prefix: '/api',
    read: (home) => [dig(parseToml(readText(home, '.vibe/config.toml')), 'providers', '0', 'api_base')],
    keyFile: '.vibe/.env',
    model: 'claude-sonnet-5',
  },
  'openai-sdk': {
    prefix: '/openai/v1',
    read: (home) => readVariables(home, 'OPENAI_BASE_URL'),
    keyFile: '.config/qcode-setup/env.sh',
  },
  'ai-sdk': {
    prefix: '/openai/v1',
    read: (home) => readVariables(home, 'OPENAI_BASE_URL', 'OPENAI_API_BASE'),
    keyFile: '.config/qcode-setup/env.sh',
  },
  litellm: {
    prefix: '/openai/v1',
    read: (home) => readVariables(home, 'OPENAI_BASE_URL', 'OPENAI_API_BASE'),
    keyFile: '.config/qcode-setup/env.sh',
  },
  'llama-index': {
    prefix: '/openai/v1',
    read: (home) => readVariables(home, 'OPENAI_API_BASE'),
    keyFile: '.config/qcode-setup/env.sh',
  },
  langchain: {
    prefix: '/openai/v1',
    read: (home) => readVariables(home, 'OPENAI_BASE_URL', 'OPENAI_API_BASE'),
    keyFile: '.config/qcode-setup/env.sh',
  },
}

/** OpenCode and what is made of it. */
function provider(file: string): Expected {
  const read = (home: string) => [dig(readJson(home, file), 'provider', 'anthropic', 'options', 'baseURL')]
  return { prefix: '/api/v1', read, keyFile: file }
}

function readText(home: string, path: string): string {
  return readFileSync(join(home, path), 'utf8')
}

function readJson(home: string, path: string): unknown {
  return JSON.parse(readText(home, path))
}

/** The value at a path of keys. */
function dig(data: unknown, ...keys: readonly string[]): unknown {
  return keys.reduce((at, key) => (at as Record<string, unknown> | undefined)?.[key], data)
}

/** The values that a real shell has after it read the file of variables. */
function readVariables(home: string, ...names: readonly string[]): string[] {
  const script = `. "$1"; printf '%s\\n' ${names.map((name) => `"$${name}"`).join(' ')}`
  const file = join(home, '.config/qcode-setup/env.sh')
  return execFileSync('sh', ['-c', script, 'sh', file], { encoding: 'utf8' }).trimEnd().split('\n')
}
