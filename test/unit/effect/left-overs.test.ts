import { describe, expect, it } from 'vitest'
import { examine, makeSituation, type Situation } from '../doctor/doctor-home.ts'
import { gatewayKey } from '../doctor/trap-table.ts'

const url = 'https://api.qcode.cc/api'
const settings = '.claude/settings.json'
const claude = (env: object, more: object = {}): Situation => ({
  files: {
    [settings]: JSON.stringify(
      { env: { ANTHROPIC_BASE_URL: url, ANTHROPIC_AUTH_TOKEN: gatewayKey, ...env }, ...more },
      null,
      2,
    ),
  },
})
const codex = (lines: string, key = gatewayKey): Situation => ({
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
const aider = (lines: string): Situation => ({
  programs: { aider: undefined },
  files: {
    '.aider.conf.yml': `env-file: HOME/aider.env\n${lines}`,
    'aider.env': `ANTHROPIC_API_BASE=${url}\nANTHROPIC_API_KEY=${gatewayKey}\n`,
  },
})

describe('a model of another vendor', () => {
  it.each<[string, string, string, Situation]>([
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
  ])('%s in %s is a warning that names both, and %s', async (model, place, remedy, situation) => {
    const { findings } = await examine(makeSituation(situation))
    const found = findings.filter(({ id }) => id === 'foreign-model')
    expect(found).toHaveLength(1)
    expect(found[0]).toMatchObject({ level: 'warning' })
    expect(found[0]?.message).toContain(`the model ${model}`)
    expect(found[0]?.message).toContain(place)
    expect(found[0]?.hint).toContain(remedy)
  })

  it.each<[string, Situation]>([
    ['an alias', claude({}, { model: 'opusplan' })],
    ['a longer context', claude({ ANTHROPIC_MODEL: 'claude-sonnet-5[1m]' })],
    ['an alias with a longer context', claude({}, { model: 'Sonnet[1m]' })],
    ['an empty one', claude({ ANTHROPIC_MODEL: '' })],
    ['one that another beats', claude({ ANTHROPIC_MODEL: 'claude-opus-5-5' }, { model: 'glm-5' })],
    ['one of its own', codex('model = "gpt-5.5-codex"\n')],
    ['a prefix', aider('model: anthropic/claude-sonnet-5\n')],
    [
      'one for another vendor’s URL',
      claude({ ANTHROPIC_BASE_URL: 'https://llm.example.com', ANTHROPIC_MODEL: 'glm-5' }),
    ],
  ])('is not what %s is', async (_, situation) => {
    const { findings } = await examine(makeSituation(situation))
    expect(findings.filter(({ id }) => id === 'foreign-model')).toEqual([])
  })
})

describe('what stands where a key belongs', () => {
  it.each([
    '$ANTHROPIC_KEY',
    `\${QCODE_API_KEY}`,
    `\${env:QCODE_API_KEY}`,
    '%QCODE_API_KEY%',
    '{{ key }}',
    '<your-key>',
    'your-api-key',
    'YOUR_QCODE_KEY',
    'sk-xxx',
    'sk-ant-xxxxxxxx',
    'cr_xxxxxxxx',
    'cr_your_key',
    'PROXY_MANAGED',
    'CHANGE_ME',
    'placeholder',
    'sk-...',
    'null',
  ])('%s is an error that shows it, with its line', async (text) => {
    const { findings } = await examine(makeSituation(claude({ ANTHROPIC_AUTH_TOKEN: text })))
    const [found] = findings.filter(({ id }) => id === 'placeholder-key')
    expect(found).toMatchObject({ level: 'error', where: { line: 4 } })
    expect(found?.message).toContain(text)
    expect(findings.filter(({ id }) => id === 'foreign-key')).toEqual([])
  })

  it.each<[string, Situation]>([
    ['a reference that a file of variables has replaced', codex('', `\${OTHER}`)],
    ['a key', claude({})],
  ])('is no placeholder as %s', async (_, situation) => {
    const { findings } = await examine(makeSituation(situation))
    expect(findings.filter(({ id }) => id === 'placeholder-key')).toEqual([])
  })
})
