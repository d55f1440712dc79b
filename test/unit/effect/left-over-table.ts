import type { Situation } from '../doctor/doctor-home.ts'
import { gatewayKey } from '../doctor/trap-table.ts'

const url = 'https://api.qcode.cc/api'
const settings = '.claude/settings.json'
export const claude = (env: object, more: object = {}): Situation => ({
  files: {
    [settings]: JSON.stringify(
      { env: { ANTHROPIC_BASE_URL: url, ANTHROPIC_AUTH_TOKEN: gatewayKey, ...env }, ...more },
      null,
      2,
    ),
  },
})
export const codex = (lines: string, key = gatewayKey): Situation => ({
  files: {
    '.codex/config.toml': `${lines}model_provider = "qcode"\n\n[model_providers.qcode]\nname = "Q"\nbase_url = "https://api.qcode.cc/openai"\nwire_api = "responses"\nenv_key = "QCODE_API_KEY"\n`,
    '.codex/.env': `QCODE_API_KEY=${key}\n`,
  },
})
const cline = (more: object): Situation => ({
  files: {
    '.cline/data/settings/providers.json': JSON.stringify({
      version: 1,
      lastUsedProvider: 'anthropic',
      providers: {
        anthropic: {
          settings: { provider: 'anthropic', apiKey: gatewayKey, baseUrl: `${url}/v1`, ...more },
          updatedAt: '2026-01-02T03:04:05.000Z',
        },
      },
    }),
  },
})
export const aider = (lines: string): Situation => ({
  programs: { aider: undefined },
  files: {
    '.aider.conf.yml': `env-file: HOME/aider.env\n${lines}`,
    'aider.env': `ANTHROPIC_API_BASE=${url}\nANTHROPIC_API_KEY=${gatewayKey}\n`,
  },
})

/** Homes in which a client asks for a model of another vendor: its name, a part of its place, and of the hint. */
export const foreignModelTable: readonly (readonly [string, string, string, Situation])[] = [
  ['glm-5', 'settings.json:5', '--model ID', claude({ ANTHROPIC_MODEL: 'glm-5' })],
  ['kimi-k2', 'settings.json:6', '--model ID', claude({}, { model: 'kimi-k2' })],
  [
    'glm-5-air',
    'ANTHROPIC_DEFAULT_HAIKU_MODEL',
    'Take',
    claude({ ANTHROPIC_DEFAULT_HAIKU_MODEL: 'glm-5-air' }),
  ],
  [
    'deepseek-chat',
    'CLAUDE_CODE_SUBAGENT_MODEL',
    'Take',
    claude({ CLAUDE_CODE_SUBAGENT_MODEL: 'deepseek-chat' }),
  ],
  ['qwen3-max', 'ANTHROPIC_SMALL_FAST_MODEL', 'Take', claude({ ANTHROPIC_SMALL_FAST_MODEL: 'qwen3-max' })],
  ['glm-5', '$ANTHROPIC_MODEL', '--model ID', { ...claude({}), env: { ANTHROPIC_MODEL: 'glm-5' } }],
  ['deepseek-v4-flash', 'config.toml:1', '--model ID', codex('model = "deepseek-v4-flash"\n')],
  ['claude-opus-5-5', 'config.toml:1', '--model ID', codex('model = "claude-opus-5-5"\n')],
  ['qwen', 'review_model', 'Take', codex('review_model = "qwen"\n')],
  ['glm-4.6', 'settings.model', '--model ID', cline({ model: 'glm-4.6' })],
  ['deepseek/deepseek-chat', '.aider.conf.yml:2', '--model ID', aider('model: deepseek/deepseek-chat\n')],
  ['gpt-5.5', '.aider.conf.yml:2', 'Take', aider('weak-model: gpt-5.5\n')],
]
