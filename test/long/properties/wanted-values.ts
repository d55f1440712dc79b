import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { origins, type Wish } from './arbitrary-wish.ts'
import { pathIn } from './machine.ts'
import type { Kind } from './read-values.ts'

/** One value that has to stand in a file after a setup; written down here by hand, from the clients' documents. */
export interface WantedValue {
  readonly tool: string
  readonly path: string
  readonly kind: Kind
  readonly keyPath: readonly string[]
  readonly value: unknown
  /** Any object will do. */
  readonly anyObject?: boolean
}

type Place = (template: string) => string
type Values = readonly (readonly [keyPath: string, value: unknown])[]

const prefixes: Readonly<Record<string, string>> = {
  openai: '/openai',
  'openai/v1': '/openai/v1',
  'cli-3': '/api/v1',
  'cli-1-2': '/api',
  'extension-next': '/api/v1',
  'extension-legacy': '/api',
}

/** All values that a wish wants, by tool. To be asked before the setup: which profile is written depends on what exists. */
export function wantedValues(wish: Wish, home: string, env: Readonly<Record<string, string>>): WantedValue[] {
  const place = (template: string) => pathIn(template, home, env)
  return wish.tools.flatMap((tool) => {
    const byFile = tool in wantedFiles && wish.method !== 'env'
    return byFile ? (wantedFiles[tool]?.(wish, place) ?? []) : byVariables(tool, wish, place)
  })
}

/** By id of each tool with files of its own; `test/unit/every-tool.test.ts` demands them. */
export const wantedFiles: Readonly<Record<string, (wish: Wish, place: Place) => WantedValue[]>> = {
  'claude-code': (wish, place) => {
    const template = wish.scope === 'user' ? '{claude}/settings.json' : 'work/.claude/settings.local.json'
    return at('claude-code', place(template), 'json', [
      ['env.ANTHROPIC_BASE_URL', `${origins[wish.region]}/api`],
      ['env.ANTHROPIC_AUTH_TOKEN', wish.key],
      ['model', wish.models['claude-code']],
    ])
  },
  codex: (wish, place) => [
    ...at('codex', place('{codex}/config.toml'), 'toml', [
      ['model_provider', 'qcode'],
      ['model', wish.models.codex],
      ['model_providers.qcode.name', 'QCode.cc'],
      ['model_providers.qcode.base_url', `${origins[wish.region]}${prefixes[wish.pins.codex ?? 'openai']}`],
      ['model_providers.qcode.wire_api', 'responses'],
      ['model_providers.qcode.env_key', 'QCODE_API_KEY'],
      ['model_providers.qcode.env_key_instructions', 'Run: npx qcode-setup'],
    ]),
    ...at('codex', place('{codex}/.env'), 'dotenv', [['QCODE_API_KEY', wish.key]]),
  ],
  cline: clineFiles,
  aider: (wish, place) => [
    ...at('aider', place(wish.scope === 'user' ? '.aider.conf.yml' : 'work/.aider.conf.yml'), 'yaml', [
      ['model', aiderModel(wish)],
      ['env-file', place('{config}/qcode-setup/aider.env')],
    ]),
    ...at('aider', place('{config}/qcode-setup/aider.env'), 'dotenv', [
      ['ANTHROPIC_API_BASE', `${origins[wish.region]}/api`],
      ['ANTHROPIC_API_KEY', wish.key],
    ]),
  ],
  opencode: providerFile('opencode', '{config}/opencode/opencode.jsonc', 'https://opencode.ai/config.json'),
  kilo: providerFile('kilo', '{config}/kilo/kilo.jsonc', 'https://app.kilo.ai/config.json'),
  pi: (wish, place) => [
    ...at('pi', place('.pi/agent/models.json'), 'json', [
      ['providers.anthropic.baseUrl', `${origins[wish.region]}/api`],
    ]),
    ...at('pi', place('.pi/agent/settings.json'), 'json', [
      ['defaultProvider', 'anthropic'],
      ['defaultModel', wish.models.pi],
    ]),
    ...at('pi', place('.pi/agent/auth.json'), 'json', [
      ['anthropic.type', 'api_key'],
      ['anthropic.key', wish.key],
    ]),
  ],
  'qwen-code': (wish, place) => [
    ...at('qwen-code', place('.qwen/.env'), 'dotenv', [
      ['ANTHROPIC_BASE_URL', `${origins[wish.region]}/api`],
      ['ANTHROPIC_API_KEY', wish.key],
    ]),
    ...at('qwen-code', place('.qwen/settings.json'), 'json', [
      ['security.auth.selectedType', 'anthropic'],
      ['model.name', wish.models['qwen-code']],
    ]),
  ],
  openclaw: (wish, place) =>
    at('openclaw', place('.openclaw/openclaw.json'), 'json', [
      ['models.providers.anthropic.baseUrl', `${origins[wish.region]}/api`],
      ['models.providers.anthropic.api', 'anthropic-messages'],
      ['models.providers.anthropic.apiKey', wish.key],
      ['agents.defaults.model.primary', slashed(wish.models.openclaw)],
    ]),
  aichat: (wish, place) =>
    at('aichat', place('.config/aichat/config.yaml'), 'yaml', [
      ['model', `qcode:${wish.models.aichat}`],
      ['clients.0.name', 'qcode'],
      ['clients.0.type', 'claude'],
      ['clients.0.api_base', `${origins[wish.region]}/api/v1`],
      ['clients.0.api_key', wish.key],
      ['clients.0.models.0.name', wish.models.aichat],
    ]),
  continue: (wish, place) => [
    ...at('continue', place('.continue/config.yaml'), 'yaml', [
      ['models.0.provider', 'anthropic'],
      ['models.0.model', wish.models.continue],
      ['models.0.apiBase', `${origins[wish.region]}/api/v1`],
      ['models.0.apiKey', `\${{secrets.QCODE_API_KEY}}`],
    ]),
    ...at('continue', place('.continue/.env'), 'dotenv', [['QCODE_API_KEY', wish.key]]),
  ],
  vibe: (wish, place) => [
    ...at('vibe', place('.vibe/config.toml'), 'toml', [
      ['active_model', 'qcode'],
      ['providers.0.name', 'qcode'],
      ['providers.0.api_base', `${origins[wish.region]}/api`],
      ['models.0.alias', 'qcode'],
      ['models.0.name', wish.models.vibe],
    ]),
    ...at('vibe', place('.vibe/.env'), 'dotenv', [['QCODE_API_KEY', wish.key]]),
  ],
}

/** OpenCode and what is made of it. */
function providerFile(tool: string, file: string, schema: string) {
  return (wish: Wish, place: Place) =>
    at(tool, place(file), 'json', [
      ['$schema', schema],
      ['model', slashed(wish.models[tool])],
      ['provider.anthropic.options.baseURL', `${origins[wish.region]}/api/v1`],
      ['provider.anthropic.options.apiKey', wish.key],
    ])
}

function clineFiles(wish: Wish, place: Place): WantedValue[] {
  const variant = wish.pins.cline ?? 'cli-3'
  const url = `${origins[wish.region]}${prefixes[variant]}`
  const model = wish.models.cline
  const settings = 'providers.anthropic.settings'
  const newer = at('cline', place('.cline/data/settings/providers.json'), 'json', [
    ['version', 1],
    ['lastUsedProvider', 'anthropic'],
    [`${settings}.provider`, 'anthropic'],
    [`${settings}.apiKey`, wish.key],
    [`${settings}.model`, model],
    [`${settings}.baseUrl`, url],
    ['providers.anthropic.tokenSource', 'manual'],
  ])
  const modes = at('cline', place('.cline/data/settings/providers.json'), 'json', [['modes', {}]])
  const older = [
    ...at('cline', place('.cline/data/globalState.json'), 'json', [
      ['actModeApiProvider', 'anthropic'],
      ['planModeApiProvider', 'anthropic'],
      ['actModeApiModelId', model],
      ['planModeApiModelId', model],
      ['anthropicBaseUrl', url],
      ['welcomeViewCompleted', true],
    ]),
    ...at('cline', place('.cline/data/secrets.json'), 'json', [['apiKey', wish.key]]),
  ]
  const withNewer = variant === 'cli-3' || variant === 'extension-next'
  const first = withNewer ? [...newer, ...modes.map((one) => ({ ...one, anyObject: true }))] : []
  return [...first, ...(variant === 'cli-3' ? [] : older)]
}

const slashed = (model: string | undefined) =>
  model === undefined || model.includes('/') ? model : `anthropic/${model}`

const aiderModel = ({ models: { aider } }: Wish) => slashed(aider)

/** By id of each tool that reads variables; demanded as well. */
export const wantedVariables: Readonly<Record<string, (wish: Wish, origin: string) => Values>> = {
  'claude-code': agentVariables,
  'claude-agent-sdk': agentVariables,
  aider: (wish, origin) => [
    ['ANTHROPIC_API_BASE', `${origin}/api`],
    ['ANTHROPIC_BASE_URL', `${origin}/api`],
    ['ANTHROPIC_API_KEY', wish.key],
    ['AIDER_MODEL', aiderModel(wish)],
  ],
  'openai-sdk': openaiVariables,
  copilot: (wish, origin) => [
    ['COPILOT_PROVIDER_TYPE', 'anthropic'],
    ['COPILOT_PROVIDER_BASE_URL', `${origin}/api`],
    ['COPILOT_PROVIDER_API_KEY', wish.key],
    ['COPILOT_MODEL', wish.models.copilot],
  ],
  llm: bothVendors,
  'llama-index': bothVendors,
  litellm: (wish, origin) => [...bothVendors(wish, origin), ['ANTHROPIC_API_BASE', `${origin}/api`]],
  'ai-sdk': openaiVariables,
  langchain: (wish, origin) => [...bothVendors(wish, origin), ['ANTHROPIC_API_URL', `${origin}/api`]],
}

function openaiVariables(wish: Wish, origin: string): Values {
  return [
    ['OPENAI_BASE_URL', `${origin}/openai/v1`],
    ['OPENAI_API_BASE', `${origin}/openai/v1`],
    ['OPENAI_API_KEY', wish.key],
  ]
}

function bothVendors(wish: Wish, origin: string): Values {
  return [
    ...openaiVariables(wish, origin),
    ['ANTHROPIC_BASE_URL', `${origin}/api`],
    ['ANTHROPIC_API_KEY', wish.key],
  ]
}

function agentVariables(wish: Wish, origin: string): Values {
  return [
    ['ANTHROPIC_BASE_URL', `${origin}/api`],
    ['ANTHROPIC_AUTH_TOKEN', wish.key],
    [
      'ANTHROPIC_MODEL',
      (wish.method === 'env' && wish.models['claude-code']) || wish.models['claude-agent-sdk'],
    ],
  ]
}

const shells: Readonly<
  Record<string, { file: string; kind: Kind; profileKind: Kind; profiles: readonly (readonly string[])[] }>
> = {
  bash: {
    file: 'env.sh',
    kind: 'posix-env',
    profileKind: 'profile',
    profiles: [['.bashrc'], ['.bash_profile', '.bash_login', '.profile']],
  },
  zsh: {
    file: 'env.sh',
    kind: 'posix-env',
    profileKind: 'profile',
    profiles: [['{zdotdir}/.zshenv', '.zshenv', '{zdotdir}/.zshenv']],
  },
  fish: {
    file: 'env.fish',
    kind: 'fish-env',
    profileKind: 'profile',
    profiles: [['{config}/fish/config.fish']],
  },
  powershell: {
    file: 'env.ps1',
    kind: 'powershell-env',
    profileKind: 'profile',
    profiles: [['{config}/powershell/profile.ps1']],
  },
}

function byVariables(tool: string, wish: Wish, place: Place): WantedValue[] {
  const values = wantedVariables[tool]?.(wish, origins[wish.region] ?? '') ?? []
  if (wish.scope === 'project') return at(tool, place('work/.env'), 'dotenv', values)
  const shell = shells[wish.shell]
  if (!shell) throw new Error(wish.shell)
  const envFile = place(`{config}/qcode-setup/${shell.file}`)
  const profiles = shell.profiles.map((options) => {
    const paths = options.map(place)
    return paths.find((path) => existsSync(path)) ?? paths.at(-1) ?? ''
  })
  return [
    ...at(tool, envFile, shell.kind, values),
    ...profiles.flatMap((path) =>
      at(tool, path, shell.profileKind, [['source', fromHome(envFile, place('.'))]]),
    ),
  ]
}

/** A profile names no user: a file below the home is named from there on. */
function fromHome(path: string, home: string): string {
  return path.startsWith(join(home, '/')) ? `$HOME/${path.slice(join(home, '/').length)}` : path
}

function at(tool: string, path: string, kind: Kind, values: Values): WantedValue[] {
  return values
    .filter(([, value]) => value !== undefined)
    .map(([keyPath, value]) => ({
      tool,
      path: join(path),
      kind,
      keyPath: kind === 'yaml' || kind.endsWith('env') ? [keyPath] : keyPath.split('.'),
      value,
    }))
}
