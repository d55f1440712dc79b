import type { Situation } from '../doctor/doctor-home.ts'
import { aiderHome, claudeHome, clineHome, codexHome } from './client-homes.ts'

/** Homes in which a client asks for a model of another vendor: its name, a part of its place, and of the hint. */
export const foreignModelTable: readonly (readonly [string, string, string, Situation])[] = [
  ['glm-5', 'settings.json:5', '--model ID', claudeHome({ ANTHROPIC_MODEL: 'glm-5' })],
  ['kimi-k2', 'settings.json:6', '--model ID', claudeHome({}, { model: 'kimi-k2' })],
  [
    'glm-5-air',
    'ANTHROPIC_DEFAULT_HAIKU_MODEL',
    '--model claude-code:haiku=ID',
    claudeHome({ ANTHROPIC_DEFAULT_HAIKU_MODEL: 'glm-5-air' }),
  ],
  [
    'deepseek-chat',
    'CLAUDE_CODE_SUBAGENT_MODEL',
    '--model claude-code:subagent=ID',
    claudeHome({ CLAUDE_CODE_SUBAGENT_MODEL: 'deepseek-chat' }),
  ],
  [
    'qwen3-max',
    'ANTHROPIC_SMALL_FAST_MODEL',
    'Remove',
    claudeHome({ ANTHROPIC_SMALL_FAST_MODEL: 'qwen3-max' }),
  ],
  ['glm-5', '$ANTHROPIC_MODEL', '--model ID', { ...claudeHome({}), env: { ANTHROPIC_MODEL: 'glm-5' } }],
  ['deepseek-v4-flash', 'config.toml:1', '--model ID', codexHome('model = "deepseek-v4-flash"\n')],
  ['claude-opus-5-5', 'config.toml:1', '--model ID', codexHome('model = "claude-opus-5-5"\n')],
  ['qwen', 'review_model', '--model codex:review=ID', codexHome('review_model = "qwen"\n')],
  ['glm-4.6', 'settings.model', '--model ID', clineHome({ model: 'glm-4.6' })],
  ['deepseek/deepseek-chat', '.aider.conf.yml:2', '--model ID', aiderHome('model: deepseek/deepseek-chat\n')],
  ['gpt-5.5', '.aider.conf.yml:2', '--model aider:weak=ID', aiderHome('weak-model: gpt-5.5\n')],
]
