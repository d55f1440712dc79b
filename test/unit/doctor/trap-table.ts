import { clineProviders, clineProvidersFile } from '../../support/cline-providers.ts'
import type { Situation } from './doctor-home.ts'

export const gatewayKey = `cr_${'fedcba9876543210'.repeat(4)}`
export const vendorKey = `sk-ant-${'vendorvendor'.repeat(4)}`

/** A home in which a trap is open, and what has to be different for it not to be. */
export interface TrapRow extends Situation {
  readonly id: string
  readonly level: 'error' | 'warning' | 'info'
  /** A part of the hint. */
  readonly hint: string
  readonly unless: Situation
}

const anthropicUrl = 'https://api.qcode.cc/api'
const claude = (env: object, more: object = {}) => JSON.stringify({ env, ...more })
const claudeReady = { ANTHROPIC_BASE_URL: anthropicUrl, ANTHROPIC_AUTH_TOKEN: gatewayKey }
const settings = '.claude/settings.json'
const editorFile = '.config/Code/User/settings.json'
/** Settings of an editor as people have them, with these variables for the extension. */
const editor = (variables: Record<string, string>, more = '') =>
  `{\n  // mine\n  "editor.fontSize": 14,\n  ${more}"claudeCode.environmentVariables": [\n    ${Object.entries(
    variables,
  )
    .map(([name, value]) => JSON.stringify({ name, value }))
    .join(', ')},\n  ],\n}\n`
const codexFile = '.codex/config.toml'
const codexReady = `model_provider = "qcode"
[model_providers.qcode]
name = "QCode.cc"
base_url = "https://api.qcode.cc/openai"
wire_api = "responses"
env_key = "QCODE_API_KEY"
`
const codexCommand = '\n[model_providers.qcode.auth]\ncommand = "cat"\n'
const codexEnv = { '.codex/.env': `QCODE_API_KEY=${gatewayKey}\n` }
const codexVersion = (version: string) => ({ codex: { package: '@openai/codex', version } })
/** OpenCode's file, and that of what is made of it. */
const provider = (more: object) =>
  JSON.stringify({
    ...more,
    provider: { anthropic: { options: { baseURL: `${anthropicUrl}/v1`, apiKey: gatewayKey } } },
  })
const piReady = (key: string) => ({
  '.pi/agent/models.json': JSON.stringify({ providers: { anthropic: { baseUrl: anthropicUrl } } }),
  '.pi/agent/auth.json': JSON.stringify({ anthropic: { type: 'api_key', key } }),
})
const piModels = (more: object) =>
  JSON.stringify({ providers: { anthropic: { baseUrl: anthropicUrl, ...more } } })
const continueEntry = `  - { name: QCode.cc, provider: anthropic, model: m, apiBase: "${anthropicUrl}/v1", apiKey: "${['$', '{{secrets.QCODE_API_KEY}}'].join('')}" }\n`
const qwen = (selectedType: string) => ({
  '.qwen/.env': `ANTHROPIC_BASE_URL=${anthropicUrl}\nANTHROPIC_API_KEY=${gatewayKey}\n`,
  '.qwen/settings.json': JSON.stringify({ security: { auth: { selectedType } } }),
})
const qwenProvider = (baseUrl?: string, envKey?: string) =>
  JSON.stringify({ modelProviders: { anthropic: [{ id: 'claude-a' }, { id: 'claude-b', baseUrl, envKey }] } })
const qwenOther = (envKey: string) =>
  JSON.stringify({ modelProviders: { openai: [{ id: 'a', baseUrl: 'https://x.example.com', envKey }] } })
/** A provider of a project's own, whose key is what stands in this text. */
const ownProvider = (apiKey: string, baseURL?: string) =>
  JSON.stringify({ provider: { other: { npm: '@ai-sdk/anthropic', options: { baseURL, apiKey } } } })
/** OpenClaw's file after it was given a key of the vendor, which it keeps in its database. */
const withStored = (text: string) =>
  text.replace(/^{/, '{"auth":{"profiles":{"anthropic:manual":{"provider":"anthropic","mode":"api_key"}}},')
const openclaw = (apiKey: string, primary?: string) =>
  JSON.stringify({
    models: { providers: { anthropic: { baseUrl: anthropicUrl, api: 'anthropic-messages', apiKey } } },
    agents: { defaults: { model: { primary } } },
  })
const withAgent = (model: unknown) =>
  openclaw(gatewayKey, 'anthropic/claude-a').replace(
    '"agents":{',
    `"agents":{"list":[{"id":"main","model":${JSON.stringify(model)}}],`,
  )
const aichat = (model: string) => ({
  '.config/aichat/config.yaml': `model: ${model}\nclients:\n- name: qcode\n  type: claude\n  api_base: ${anthropicUrl}/v1\n  api_key: ${gatewayKey}\n`,
})
const vibe = (model: string) => ({
  '.vibe/.env': `QCODE_API_KEY=${gatewayKey}\n`,
  '.vibe/config.toml': `active_model = "${model}"\n[[providers]]\nname = "qcode"\napi_base = "${anthropicUrl}"\napi_key_env_var = "QCODE_API_KEY"\n`,
})
const clineReady = (root: object = {}) => ({
  [clineProvidersFile]: JSON.stringify(
    clineProviders({ apiKey: gatewayKey, baseUrl: `${anthropicUrl}/v1` }, {}, root),
  ),
})
const aiderVariables = `ANTHROPIC_API_BASE=${anthropicUrl}\nANTHROPIC_API_KEY=${gatewayKey}\n`
const python = { 'project/requirements.txt': 'openai\n' }

/** Clients that go by proxies of a project's `.env`: set up with this origin, and what there changes their certificates. */
const behindProxies: Readonly<Record<string, { ready: (origin: string) => Situation; trusts?: string }>> = {
  aider: {
    ready: (origin) => ({
      files: {
        '.aider.conf.yml': 'env-file: HOME/aider.env\n',
        'aider.env': `ANTHROPIC_API_BASE=${origin}/api\nANTHROPIC_API_KEY=${gatewayKey}\n`,
      },
      programs: { aider: undefined },
    }),
    trusts: 'SSL_VERIFY=False',
  },
  cline: {
    ready: (origin) => ({
      files: {
        [clineProvidersFile]: JSON.stringify(
          clineProviders({ apiKey: gatewayKey, baseUrl: `${origin}/api/v1` }),
        ),
      },
      programs: { cline: { package: 'cline', version: '3.0.65' } },
    }),
    trusts: 'NODE_TLS_REJECT_UNAUTHORIZED=0',
  },
  continue: {
    ready: (origin) => ({
      files: {
        '.continue/config.yaml': `models:\n- name: QCode.cc\n  provider: anthropic\n  apiBase: ${origin}/api/v1\n`,
      },
      env: { QCODE_API_KEY: gatewayKey },
      programs: { cn: undefined },
    }),
    trusts: 'NODE_EXTRA_CA_CERTS=ca.pem',
  },
  'qwen-code': {
    ready: (origin) => ({
      files: { '.qwen/.env': `ANTHROPIC_BASE_URL=${origin}/api\nANTHROPIC_API_KEY=${gatewayKey}\n` },
      programs: { qwen: undefined },
    }),
  },
}

const proxyTraps: readonly TrapRow[] = Object.entries(behindProxies).flatMap(([tool, { ready, trusts }]) => {
  const inProject = (origin: string, text: string): Situation => {
    const { files, ...rest } = ready(origin)
    return { ...rest, files: { ...files, 'project/.env': `${text}\n` } }
  }
  const plain = 'http://103.236.53.153'
  const safe = 'https://api.qcode.cc'
  const [http, https] = ['HTTP_PROXY=http://127.0.0.1:9', 'HTTPS_PROXY=http://127.0.0.1:9']
  const hint = 'project/.env'
  const rows: readonly (Pick<TrapRow, 'level' | 'unless'> & { name: string; at: Situation })[] = [
    {
      name: 'proxy-reads-key',
      level: 'error',
      at: inProject(plain, http),
      unless: inProject(plain, 'OTHER=1'),
    },
    {
      name: 'proxy-of-project',
      level: 'warning',
      at: inProject(safe, https),
      unless: inProject(plain, http),
    },
    ...(trusts === undefined
      ? []
      : [
          {
            name: 'proxy-is-trusted',
            level: 'error' as const,
            at: inProject(safe, `${https}\n${trusts}`),
            unless: inProject(safe, https),
          },
        ]),
  ]
  return rows.map(({ name, at, ...rest }) => ({ id: `${tool}-${name}`, hint, ...at, ...rest }))
})

export const trapTable: readonly TrapRow[] = [
  ...proxyTraps,
  {
    id: 'claude-code-other-provider',
    level: 'error',
    hint: 'unset CLAUDE_CODE_USE_BEDROCK',
    files: { [settings]: claude(claudeReady) },
    env: { CLAUDE_CODE_USE_BEDROCK: '1' },
    unless: { env: { CLAUDE_CODE_USE_BEDROCK: '0' } },
  },
  {
    id: 'claude-code-other-provider',
    level: 'error',
    hint: 'unset CLAUDE_CODE_USE_VERTEX',
    files: { [settings]: claude(claudeReady) },
    env: { CLAUDE_CODE_USE_VERTEX: '1' },
    unless: { files: { [settings]: claude({ ...claudeReady, CLAUDE_CODE_USE_VERTEX: '' }) } },
  },
  {
    id: 'claude-code-login-sent',
    level: 'error',
    hint: 'qcode-setup --tool claude-code',
    files: {
      [settings]: claude({ ANTHROPIC_BASE_URL: anthropicUrl }),
      '.claude/.credentials.json': '{"claudeAiOauth":{"accessToken":"oauth-token-of-the-user"}}',
    },
    unless: { files: { [settings]: claude(claudeReady) } },
  },
  {
    id: 'claude-code-login-sent',
    level: 'error',
    hint: 'qcode-setup --tool claude-code',
    platform: 'darwin',
    env: { USER: 'ada' },
    files: { [settings]: claude({ ANTHROPIC_BASE_URL: anthropicUrl }) },
    says: { 'security find-generic-password -a ada -s Claude Code-credentials': 'class: "genp"' },
    unless: { platform: 'linux' },
  },
  {
    id: 'claude-code-login-sent',
    level: 'error',
    hint: 'qcode-setup --tool claude-code',
    platform: 'darwin',
    env: { USER: 'ada', CLAUDE_CONFIG_DIR: '{home}/claude', ANTHROPIC_BASE_URL: anthropicUrl },
    says: {
      'security find-generic-password -a ada -s Claude Code-credentials-{hash claude}': 'class: "genp"',
    },
    programs: { claude: undefined },
    unless: { env: { CLAUDE_CONFIG_DIR: '{home}/other' } },
  },
  {
    id: 'claude-code-vscode-provider',
    level: 'warning',
    hint: 'Remove claudeCode.environmentVariables.[name=CLAUDE_CODE_USE_BEDROCK].value from',
    files: { [settings]: claude(claudeReady), [editorFile]: editor({ CLAUDE_CODE_USE_BEDROCK: '1' }) },
    unless: { files: { [editorFile]: editor({ CLAUDE_CODE_USE_BEDROCK: '0' }) } },
  },
  {
    id: 'claude-code-vscode-provider',
    level: 'warning',
    hint: '.config/OtherEditor/User/settings.json',
    files: {
      [settings]: claude(claudeReady),
      [editorFile]: editor({ A: 'b' }),
      '.config/OtherEditor/User/settings.json': editor({ CLAUDE_CODE_USE_VERTEX: 'true' }),
    },
    unless: { files: { [settings]: claude({}) } },
  },
  {
    id: 'claude-code-vscode-key',
    level: 'warning',
    hint: 'Remove claudeCode.environmentVariables.[name=ANTHROPIC_AUTH_TOKEN].value from',
    files: { [settings]: claude(claudeReady), [editorFile]: editor({ ANTHROPIC_AUTH_TOKEN: gatewayKey }) },
    unless: { files: { [editorFile]: editor({ ANTHROPIC_AUTH_TOKEN: vendorKey }) } },
  },
  {
    id: 'claude-code-vscode-url',
    level: 'warning',
    hint: 'Remove claudeCode.environmentVariables.[name=ANTHROPIC_BASE_URL].value from',
    env: claudeReady,
    files: {
      [settings]: claude({}),
      [editorFile]: editor({ ANTHROPIC_BASE_URL: 'https://api.deepseek.com/anthropic' }),
    },
    unless: { files: { [settings]: claude(claudeReady) } },
  },
  {
    id: 'claude-code-vscode-login-sent',
    level: 'error',
    hint: 'Remove claudeCode.environmentVariables.[name=ANTHROPIC_BASE_URL].value from',
    files: {
      [editorFile]: editor({ ANTHROPIC_BASE_URL: anthropicUrl }),
      '.claude/.credentials.json': '{"claudeAiOauth":{"accessToken":"oauth-token-of-the-user"}}',
    },
    unless: {
      files: {
        [editorFile]: editor({ ANTHROPIC_BASE_URL: anthropicUrl, ANTHROPIC_AUTH_TOKEN: gatewayKey }),
      },
    },
  },
  {
    id: 'claude-code-vscode-no-key',
    level: 'warning',
    hint: 'qcode-setup --tool claude-code',
    files: {
      [settings]: claude({ ANTHROPIC_BASE_URL: anthropicUrl }),
      [editorFile]: editor({}, '"claudeCode.disableLoginPrompt": true, ').replace(',\n  ]', ' ]'),
    },
    unless: { files: { [settings]: claude(claudeReady) } },
  },
  {
    id: 'claude-code-key-helper',
    level: 'error',
    hint: 'Remove apiKeyHelper from',
    files: { [settings]: claude(claudeReady, { apiKeyHelper: 'pass qcode' }) },
    unless: {
      files: { [settings]: claude({ ANTHROPIC_BASE_URL: anthropicUrl }, { apiKeyHelper: 'pass qcode' }) },
    },
  },
  {
    id: 'claude-code-forced-login',
    level: 'error',
    hint: 'Contact your administrator to have forceLoginMethod removed from',
    files: {
      [settings]: claude(claudeReady),
      'system/etc/claude-code/managed-settings.json': '{"forceLoginMethod":"claudeai"}',
    },
    unless: {
      files: {
        [settings]: claude(claudeReady, { forceLoginMethod: 'claudeai' }),
        'system/etc/claude-code/managed-settings.json': '{}',
      },
    },
  },
  {
    id: 'claude-code-empty-config-dir',
    level: 'error',
    hint: 'unset CLAUDE_CONFIG_DIR',
    files: { [settings]: claude(claudeReady) },
    env: { CLAUDE_CONFIG_DIR: '' },
    unless: { env: { CLAUDE_CONFIG_DIR: undefined } },
  },
  {
    id: 'codex-root-key-in-table',
    level: 'error',
    hint: 'model_provider from ',
    files: { [codexFile]: `[tui]\nmodel_provider = "qcode"\n` },
    unless: { files: { [codexFile]: `${codexReady}[profiles.work]\nmodel_provider = "qcode"\n` } },
  },
  {
    id: 'codex-root-key-in-table',
    level: 'error',
    hint: 'model_provider from ',
    files: { [codexFile]: `[mcp_servers.docs]\ncommand = "x"\nmodel_provider = "qcode"\n` },
    unless: { files: { [codexFile]: codexReady } },
  },
  {
    id: 'codex-profile',
    level: 'error',
    hint: 'Remove profile from',
    files: { [codexFile]: `profile = "work"\n${codexReady}`, ...codexEnv },
    unless: { programs: codexVersion('0.120.0') },
  },
  {
    id: 'codex-profile-overrides',
    level: 'warning',
    hint: 'Remove profile from',
    files: { [codexFile]: `profile = "work"\n${codexReady}`, ...codexEnv },
    programs: codexVersion('0.120.0'),
    unless: { files: { [codexFile]: codexReady } },
  },
  {
    id: 'codex-profile-provider',
    level: 'error',
    hint: 'Remove profiles.work.model_provider from',
    files: {
      [codexFile]: `profile = "work"\n${codexReady}[profiles.work]\nmodel_provider = "mine"\n`,
      ...codexEnv,
    },
    programs: codexVersion('0.120.0'),
    unless: {
      files: { [codexFile]: `profile = "work"\n${codexReady}[profiles.work]\nmodel_provider = "qcode"\n` },
    },
  },
  {
    id: 'codex-profile-tables',
    level: 'info',
    hint: 'a file of its own',
    files: { [codexFile]: `${codexReady}[profiles.work]\nmodel = "any"\n`, ...codexEnv },
    unless: { files: { [codexFile]: codexReady } },
  },
  {
    id: 'codex-wire-api-chat',
    level: 'error',
    hint: 'qcode-setup --tool codex',
    files: { [codexFile]: codexReady.replace('responses', 'chat'), ...codexEnv },
    unless: { files: { [codexFile]: codexReady } },
  },
  {
    id: 'codex-wire-api-left-out',
    level: 'error',
    hint: 'qcode-setup --tool codex',
    files: { [codexFile]: codexReady.replace('wire_api', '# wire_api'), ...codexEnv },
    programs: codexVersion('0.80.0'),
    unless: { programs: codexVersion('0.98.0') },
  },
  {
    id: 'codex-two-key-sources',
    level: 'error',
    hint: 'auth from',
    files: { [codexFile]: codexReady + codexCommand, ...codexEnv },
    programs: codexVersion('0.120.0'),
    unless: { files: { [codexFile]: codexReady } },
  },
  {
    id: 'codex-auth-command-unknown',
    level: 'error',
    hint: '--key-store keychain',
    files: { [codexFile]: codexReady.replace('env_key', '# env_key') + codexCommand },
    programs: codexVersion('0.98.0'),
    unless: { programs: codexVersion('0.120.0') },
  },
  {
    id: 'codex-key-copied',
    level: 'warning',
    hint: 'chmod 700 ',
    files: { [codexFile]: codexReady, ...codexEnv },
    modes: { '': 0o755, '.codex': 0o755 },
    unless: { modes: { '.codex': 0o700 } },
  },
  {
    id: 'codex-dead-settings',
    level: 'info',
    hint: 'Remove disable_response_storage from',
    files: { [codexFile]: `disable_response_storage = true\n${codexReady}`, ...codexEnv },
    unless: { files: { [codexFile]: codexReady } },
  },
  {
    id: 'codex-managed-config',
    level: 'warning',
    hint: 'Contact your administrator',
    files: {
      [codexFile]: codexReady,
      ...codexEnv,
      'system/etc/codex/managed_config.toml': 'model_provider = "corporate"\n',
    },
    unless: { files: { 'system/etc/codex/managed_config.toml': 'approval_policy = "on-request"\n' } },
  },
  {
    id: 'codex-project-provider',
    level: 'info',
    hint: 'Remove model_provider from',
    files: {
      [codexFile]: codexReady,
      ...codexEnv,
      'project/.codex/config.toml': 'model_provider = "other"\n',
    },
    unless: { programs: codexVersion('0.120.0') },
  },
  {
    id: 'codex-project-model',
    level: 'info',
    hint: '--model ID',
    files: { [codexFile]: codexReady, ...codexEnv, 'project/.codex/config.toml': 'model = "any"\n' },
    unless: { files: { 'project/.codex/config.toml': 'approval_policy = "never"\n' } },
  },
  {
    id: 'codex-stale-base-url-variable',
    level: 'warning',
    hint: 'unset OPENAI_BASE_URL',
    env: { OPENAI_BASE_URL: 'https://api.qcode.cc/openai/v1' },
    programs: codexVersion('0.58.0'),
    unless: { programs: codexVersion('0.120.0') },
  },
  {
    id: 'codex-reserved-provider',
    level: 'error',
    hint: 'Remove model_providers.openai from',
    files: {
      [codexFile]: codexReady.replaceAll('qcode"', 'openai"').replace('providers.qcode', 'providers.openai'),
    },
    unless: { files: { [codexFile]: codexReady } },
  },
  {
    id: 'cline-base-urls-disagree',
    level: 'warning',
    hint: 'Use custom base URL',
    files: {
      ...clineReady(),
      '.cline/data/globalState.json': `{"anthropicBaseUrl":"${anthropicUrl}"}`,
    },
    unless: { files: { '.cline/data/globalState.json': `{"anthropicBaseUrl":"${anthropicUrl}/v1"}` } },
  },
  {
    id: 'cline-other-provider',
    level: 'warning',
    hint: 'cline -P anthropic',
    files: clineReady({ lastUsedProvider: 'openrouter' }),
    unless: { files: clineReady() },
  },
  {
    id: 'aider-list-dropped',
    level: 'error',
    hint: 'Remove set-env from',
    files: {
      '.aider.conf.yml': `set-env:\n  - ANTHROPIC_API_BASE=${anthropicUrl}\n`,
      'project/.aider.conf.yml': 'set-env:\n  - EDITOR=vi\n',
    },
    programs: { aider: undefined },
    unless: { files: { 'project/.aider.conf.yml': 'dark-mode: true\n' } },
  },
  {
    id: 'aider-list-beside-env-file',
    level: 'error',
    hint: 'Remove the ANTHROPIC_ entries from',
    files: {
      '.aider.conf.yml': `env-file: HOME/aider.env\nset-env:\n  - ANTHROPIC_API_BASE=${anthropicUrl}\n`,
      'aider.env': aiderVariables,
    },
    programs: { aider: undefined },
    unless: { files: { '.aider.conf.yml': 'env-file: HOME/aider.env\nset-env:\n  - EDITOR=vi\n' } },
  },
  {
    id: 'aider-byte-order-mark',
    level: 'error',
    hint: 'perl -pi',
    files: { '.aider.conf.yml': 'env-file: HOME/aider.env\n', 'aider.env': `\uFEFF${aiderVariables}` },
    programs: { aider: undefined },
    unless: { files: { 'aider.env': aiderVariables } },
  },
  {
    id: 'aider-tilde-of-project',
    level: 'error',
    hint: 'Remove env-file from',
    files: { 'project/.aider.conf.yml': 'env-file: ~/aider.env\n', 'aider.env': aiderVariables },
    programs: { aider: undefined },
    unless: { files: { 'project/.aider.conf.yml': 'env-file: HOME/aider.env\n' } },
  },
  {
    id: 'aider-tilde-env-file',
    level: 'error',
    hint: 'qcode-setup --tool aider --on-conflict overwrite',
    files: { '.aider.conf.yml': 'env-file: ~/aider.env\n', 'aider.env': aiderVariables },
    programs: { aider: undefined },
    unless: { files: { '.aider.conf.yml': 'env-file: HOME/aider.env\n' } },
  },
  {
    id: 'aider-auth-token-only',
    level: 'error',
    hint: 'qcode-setup --tool aider',
    env: { ANTHROPIC_API_BASE: anthropicUrl, ANTHROPIC_AUTH_TOKEN: gatewayKey },
    programs: { aider: undefined },
    unless: { env: { ANTHROPIC_API_KEY: gatewayKey } },
  },
  {
    id: 'aider-env-file-of-project',
    level: 'error',
    hint: 'Remove env-file from',
    files: {
      '.aider.conf.yml': 'env-file: HOME/.config/qcode-setup/aider.env\n',
      '.config/qcode-setup/aider.env': aiderVariables,
      'project/.aider.conf.yml': 'env-file: .env\n',
    },
    programs: { aider: undefined },
    unless: { files: { 'project/.aider.conf.yml': 'model: any\n' } },
  },
  {
    id: 'openai-sdk-api-base',
    level: 'error',
    hint: 'qcode-setup --tool openai-sdk',
    files: python,
    env: { OPENAI_API_BASE: 'https://api.qcode.cc/openai/v1', OPENAI_API_KEY: gatewayKey },
    unless: { env: { OPENAI_BASE_URL: 'https://api.qcode.cc/openai/v1' } },
  },
  {
    id: 'tls-not-checked',
    level: 'warning',
    hint: 'Remove NODE_TLS_REJECT_UNAUTHORIZED from',
    files: { '.bashrc': 'export NODE_TLS_REJECT_UNAUTHORIZED=0\n' },
    env: { SHELL: '/bin/bash', NODE_TLS_REJECT_UNAUTHORIZED: '0' },
    unless: {
      files: { '.bashrc': 'export NODE_TLS_REJECT_UNAUTHORIZED=1\n' },
      env: { NODE_TLS_REJECT_UNAUTHORIZED: '1' },
    },
  },
  {
    id: 'tls-not-checked',
    level: 'warning',
    hint: 'unset NODE_TLS_REJECT_UNAUTHORIZED',
    env: { NODE_TLS_REJECT_UNAUTHORIZED: '0' },
    unless: { env: { NODE_TLS_REJECT_UNAUTHORIZED: '1' } },
  },
  {
    id: 'opencode-base-url-of-others',
    level: 'warning',
    hint: 'qcode-setup --tool opencode',
    env: { ANTHROPIC_BASE_URL: anthropicUrl },
    programs: { opencode: undefined },
    unless: { env: { ANTHROPIC_BASE_URL: `${anthropicUrl}/v1` } },
  },
  {
    id: 'opencode-base-url-of-others',
    level: 'warning',
    hint: 'qcode-setup --tool opencode',
    env: { ANTHROPIC_BASE_URL: anthropicUrl },
    programs: { opencode: undefined },
    unless: { files: { '.config/opencode/opencode.jsonc': provider({}) } },
  },
  {
    id: 'opencode-other-provider',
    level: 'warning',
    hint: 'Remove model from',
    files: { '.config/opencode/opencode.jsonc': provider({ model: 'openai/gpt-6' }) },
    programs: { opencode: undefined },
    unless: { files: { '.config/opencode/opencode.jsonc': provider({ model: 'anthropic/claude-opus-5' }) } },
  },
  ...(['opencode', 'kilo'] as const).map((tool) => ({
    id: `${tool}-key-of-project`,
    level: 'error' as const,
    hint: `project/${tool}.json`,
    files: { [`project/${tool}.json`]: ownProvider('{env:QCODE_API_KEY}') },
    env: { QCODE_API_KEY: gatewayKey },
    programs: { [tool]: undefined },
    unless: { files: { [`project/${tool}.json`]: ownProvider('{env:QCODE_API_KEY}', `${anthropicUrl}/v1`) } },
  })),
  {
    id: 'kilo-base-url-of-others',
    level: 'warning',
    hint: 'qcode-setup --tool kilo',
    env: { ANTHROPIC_BASE_URL: 'https://eu.qcode.cc/claude' },
    programs: { kilo: undefined },
    unless: { programs: { other: undefined } },
  },
  {
    id: 'kilo-other-provider',
    level: 'warning',
    hint: 'Remove model from',
    files: { '.config/kilo/kilo.jsonc': provider({ model: 'kilo/auto' }) },
    programs: { kilo: undefined },
    unless: { files: { '.config/kilo/kilo.jsonc': provider({}) } },
  },
  ...(['opencode', 'kilo'] as const).flatMap((tool) => {
    const file = tool === 'kilo' ? '.config/kilo/kilo.jsonc' : '.config/opencode/opencode.jsonc'
    const rest = { level: 'error' as const, programs: { [tool]: undefined } }
    const ready = (more: object) => ({ files: { [file]: provider(more) } })
    const withHeader = (name: string) => ({
      files: {
        [file]: provider({}).replace(
          '"anthropic":{',
          `"anthropic":{"models":{"claude-a":{"headers":{"${name}":"sk-ant-other-000000"}}},`,
        ),
      },
    })
    /** Of an agent, a mode or a command. */
    const ofOther = (name: string, model: string) => ready({ [name]: { mine: { model } } })
    return [
      ...['agent', 'mode', 'command'].map((name) => ({
        id: `${tool}-agent-model`,
        hint: `Remove ${name}.mine.model`,
        ...rest,
        level: 'warning' as const,
        ...ofOther(name, 'openai/gpt-6'),
        unless: ofOther(name, name === 'mode' ? '{env:MODEL}' : 'anthropic/claude-opus-5'),
      })),
      // A project's agents stand beside the user's.
      {
        id: `${tool}-agent-model`,
        hint: 'Remove agent.mine.model',
        ...rest,
        level: 'warning' as const,
        files: {
          ...ofOther('agent', 'openai/gpt-6').files,
          [`project/${tool}.json`]: JSON.stringify({ agent: { theirs: { model: 'anthropic/m' } } }),
        },
        unless: {
          files: { [`project/${tool}.json`]: JSON.stringify({ agent: { mine: { model: 'anthropic/m' } } }) },
        },
      },
      ...(tool === 'kilo' ? ['small', 'subagent'] : ['small']).map((role) => ({
        id: `${tool}-${role}-model`,
        hint: `--model ${tool}:${role}=NAME`,
        ...rest,
        level: 'warning' as const,
        ...ready({ [`${role}_model`]: 'openai/gpt-6' }),
        unless: ready({ [`${role}_model`]: 'anthropic/claude-opus-5' }),
      })),
      {
        id: `${tool}-model-key`,
        hint: 'x-api-key',
        ...rest,
        ...withHeader('x-api-key'),
        unless: withHeader('x-team'),
      },
      {
        id: `${tool}-provider-off`,
        hint: 'Remove disabled_providers.0',
        ...rest,
        ...ready({ disabled_providers: ['anthropic'] }),
        unless: ready({ disabled_providers: ['groq'] }),
      },
      {
        id: `${tool}-provider-not-on`,
        hint: 'Remove enabled_providers',
        ...rest,
        ...ready({ enabled_providers: ['groq'] }),
        unless: ready({ enabled_providers: ['groq', 'anthropic'] }),
      },
    ]
  }),
  ...[
    [
      'pi-model-elsewhere',
      { models: [{ id: 'm', baseUrl: 'https://x.example.com' }] },
      { models: [{ id: 'm', baseUrl: anthropicUrl }] },
    ],
    [
      'pi-model-key',
      { models: [{ id: 'm', headers: { 'x-api-key': 'sk-ant-other-000000' } }] },
      { models: [{ id: 'm' }] },
    ],
    [
      'pi-model-key',
      { modelOverrides: { m: { headers: { Authorization: 'Bearer other' } } } },
      { modelOverrides: { m: {} } },
    ],
  ].map(([id, more, fine]) => ({
    id: String(id),
    level: 'error' as const,
    hint: 'Remove providers.anthropic.model',
    files: { ...piReady(gatewayKey), '.pi/agent/models.json': piModels(more as object) },
    programs: { pi: undefined },
    unless: { files: { '.pi/agent/models.json': piModels(fine as object) } },
  })),
  {
    id: 'pi-provider-of-project',
    level: 'warning',
    hint: 'Remove defaultProvider from',
    files: { ...piReady(gatewayKey), 'project/.pi/settings.json': '{"defaultProvider":"ollama"}' },
    programs: { pi: undefined },
    unless: { files: { 'project/.pi/settings.json': '{"defaultProvider":"anthropic"}' } },
  },
  {
    id: 'pi-enabled-models',
    level: 'warning',
    hint: 'Remove enabledModels.0',
    files: { ...piReady(gatewayKey), '.pi/agent/settings.json': '{"enabledModels":["openai/gpt-6"]}' },
    programs: { pi: undefined },
    unless: { files: { '.pi/agent/settings.json': '{"enabledModels":["claude-*","openai/gpt-6"]}' } },
  },
  {
    id: 'pi-other-provider',
    level: 'warning',
    hint: 'qcode-setup --tool pi',
    files: { ...piReady(gatewayKey), '.pi/agent/settings.json': '{"defaultProvider":"ollama"}' },
    programs: { pi: undefined },
    unless: { files: { '.pi/agent/settings.json': '{}' } },
  },
  {
    id: 'pi-variable-missing',
    level: 'error',
    hint: 'qcode-setup --tool pi',
    files: piReady('QCODE_API_KEY'),
    programs: { pi: undefined },
    unless: { env: { QCODE_API_KEY: gatewayKey } },
  },
  ...[
    'project/.aider.model.settings.yml',
    'repository/.aider.model.settings.yml',
    '.aider.model.settings.yml',
    'named.yml',
  ].map((path) => {
    const files = (base: string) => ({
      'repository/.git/HEAD': '',
      'aider.env': `ANTHROPIC_API_BASE=${anthropicUrl}\nANTHROPIC_API_KEY=${gatewayKey}\n`,
      '.aider.conf.yml': 'env-file: HOME/aider.env\n',
      [path]: `- name: a\n- name: b\n  extra_params:\n    api_base: ${base}\n`,
    })
    return {
      id: 'aider-model-elsewhere',
      level: 'error' as const,
      hint: path,
      files: files('https://x.example.com'),
      ...(path.startsWith('repository') && { cwd: 'repository/project' }),
      ...(path === 'named.yml' && { env: { AIDER_MODEL_SETTINGS_FILE: '{home}/named.yml' } }),
      programs: { aider: undefined },
      unless: { files: files(anthropicUrl) },
    }
  }),
  {
    id: 'qwen-code-type-of-project',
    level: 'warning',
    hint: 'Remove security.auth.selectedType from',
    files: { ...qwen('anthropic'), 'project/.qwen/settings.json': qwen('openai')['.qwen/settings.json'] },
    programs: { qwen: undefined },
    unless: { files: { 'project/.qwen/settings.json': '{}' } },
  },
  {
    id: 'qwen-code-other-provider',
    level: 'warning',
    hint: 'qcode-setup --tool qwen-code',
    files: qwen('openai'),
    programs: { qwen: undefined },
    // The project's counts.
    unless: { files: { 'project/.qwen/settings.json': qwen('anthropic')['.qwen/settings.json'] } },
  },
  {
    id: 'qwen-code-other-provider',
    level: 'warning',
    hint: 'qcode-setup --tool qwen-code',
    files: qwen('openai'),
    programs: { qwen: undefined },
    unless: { files: qwen('anthropic') },
  },
  ...[
    ['qwen-code-home-in-file', '.qwen/.env'],
    ['qwen-code-home-in-home', '.env'],
  ].map(([id = '', file = '']): TrapRow => {
    const before = qwen('anthropic')
    const files = {
      ...before,
      [file]: `QWEN_HOME=/elsewhere\n${file === '.env' ? '' : before['.qwen/.env']}`,
    }
    return {
      id,
      level: 'error',
      hint: 'Remove QWEN_HOME from ',
      files,
      programs: { qwen: undefined },
      // The shell's own value counts before that.
      unless: { files, env: { QWEN_HOME: '{home}/.qwen' } },
    }
  }),
  ...['opencode', 'kilo'].map((tool): TrapRow => {
    const name = `${tool.toUpperCase()}_CONFIG_CONTENT`
    const content = (id: string) =>
      JSON.stringify({ provider: { [id]: { options: { baseURL: 'https://x.example.com/v1' } } } })
    return {
      id: `${tool}-content-variable`,
      level: 'error',
      hint: `unset ${name}`,
      files: { [`.config/${tool}/${tool}.jsonc`]: provider({}) },
      programs: { [tool]: undefined },
      env: { [name]: content('anthropic') },
      unless: { env: { [name]: content('mine') } },
    }
  }),
  {
    id: 'qwen-code-provider-of-project',
    level: 'error',
    hint: 'project/.qwen/settings.json',
    files: { ...qwen('anthropic'), 'project/.qwen/settings.json': qwenProvider('https://x.example.com') },
    programs: { qwen: undefined },
    unless: { files: { ...qwen('anthropic'), 'project/.qwen/settings.json': qwenProvider(anthropicUrl) } },
  },
  {
    id: 'qwen-code-key-of-project',
    level: 'error',
    hint: 'project/.qwen/settings.json',
    files: { ...qwen('anthropic'), 'project/.qwen/settings.json': qwenOther('ANTHROPIC_API_KEY') },
    programs: { qwen: undefined },
    unless: { files: { ...qwen('anthropic'), 'project/.qwen/settings.json': qwenOther('OTHER_KEY') } },
  },
  {
    id: 'qwen-code-key-of-user',
    level: 'error',
    hint: '.qwen/settings.json',
    files: { ...qwen('anthropic'), '.qwen/settings.json': qwenProvider('https://x.example.com') },
    programs: { qwen: undefined },
    unless: {
      files: {
        ...qwen('anthropic'),
        '.qwen/settings.json': qwenProvider('https://x.example.com', 'OTHER_KEY'),
      },
    },
  },
  {
    id: 'qwen-code-provider-of-user',
    level: 'warning',
    hint: '.qwen/settings.json',
    files: {
      ...qwen('anthropic'),
      '.qwen/settings.json': qwenProvider('https://x.example.com', 'OTHER_KEY'),
    },
    programs: { qwen: undefined },
    unless: { files: { ...qwen('anthropic'), '.qwen/settings.json': qwenProvider(undefined, 'OTHER_KEY') } },
  },
  {
    id: 'aichat-other-client',
    level: 'warning',
    hint: 'qcode-setup --tool aichat --region global --model NAME',
    files: aichat('openai:gpt-6'),
    programs: { aichat: undefined },
    unless: { files: aichat('qcode:claude-sonnet-5') },
  },
  {
    id: 'aichat-prelude',
    level: 'info',
    hint: 'Remove cmd_prelude from',
    files: aichat('qcode:m\ncmd_prelude: role:coder'),
    programs: { aichat: undefined },
    unless: { files: aichat('qcode:m\ncmd_prelude:') },
  },
  {
    id: 'vibe-other-model',
    level: 'warning',
    hint: 'qcode-setup --tool vibe --region global --model NAME',
    files: vibe('devstral'),
    programs: { vibe: undefined },
    unless: { files: vibe('qcode') },
  },
  {
    id: 'vibe-model-of-project',
    level: 'warning',
    hint: 'Remove active_model from',
    files: {
      ...vibe('qcode'),
      '.vibe/trusted_folders.toml': 'trusted = ["HOME/project"]\n',
      'project/.vibe/config.toml': 'active_model = "devstral"\n',
    },
    programs: { vibe: undefined },
    unless: { files: { '.vibe/trusted_folders.toml': 'trusted = []\n' } },
  },
  {
    id: 'aichat-model-variable',
    level: 'warning',
    hint: 'Remove AICHAT_MODEL',
    // Of both, the file counts.
    files: { ...aichat('qcode:m'), '.config/aichat/.env': 'AICHAT_MODEL=openai:gpt-6\n' },
    env: { AICHAT_MODEL: 'qcode:m' },
    programs: { aichat: undefined },
    unless: { files: { '.config/aichat/.env': 'AICHAT_MODEL=qcode:m\n' } },
  },
  {
    id: 'vibe-model-variable',
    level: 'warning',
    hint: 'Remove VIBE_ACTIVE_MODEL from',
    files: { ...vibe('qcode'), '.vibe/.env': 'VIBE_ACTIVE_MODEL=devstral\n' },
    programs: { vibe: undefined },
    unless: { files: { '.vibe/.env': 'VIBE_ACTIVE_MODEL=qcode\n' } },
  },
  {
    id: 'vibe-model-variable',
    level: 'warning',
    hint: 'unset VIBE_ACTIVE_MODEL',
    files: vibe('qcode'),
    env: { VIBE_ACTIVE_MODEL: 'devstral' },
    programs: { vibe: undefined },
    unless: { env: { VIBE_ACTIVE_MODEL: 'qcode' } },
  },
  {
    id: 'continue-folder-of-project',
    level: 'error',
    hint: 'Remove CONTINUE_GLOBAL_DIR from',
    files: {
      '.continue/config.yaml': `models:\n- name: QCode.cc\n  provider: anthropic\n  apiBase: ${anthropicUrl}/v1\n`,
      'project/.env': 'CONTINUE_GLOBAL_DIR=x\n',
    },
    env: { QCODE_API_KEY: gatewayKey },
    programs: { cn: undefined },
    unless: { files: { 'project/.env': 'CONTINUE_GLOBAL_DIR=\n' } },
  },
  ...['CLINE_DIR', 'CLINE_DATA_DIR', 'CLINE_PROVIDER_SETTINGS_PATH'].map((name) => ({
    id: 'cline-folder-of-project',
    level: 'error' as const,
    hint: `Remove ${name} from`,
    files: { ...clineReady(), 'project/.env': `${name}=x\n` },
    programs: { cline: { package: 'cline', version: '3.0.65' } },
    unless: { files: { 'project/.env': 'OTHER=x\n' } },
  })),
  ...['project/.vibe/config.toml', 'project/work/.vibe/config.toml'].map((path) => ({
    id: 'vibe-key-of-project',
    level: 'error' as const,
    hint: path,
    files: {
      ...vibe('qcode'),
      [path]:
        '[[providers]]\nname = "other"\napi_base = "https://x.example.com"\napi_key_env_var = "QCODE_API_KEY"\n',
    },
    cwd: 'project/work',
    programs: { vibe: undefined },
    unless: { files: { [path]: undefined } },
  })),
  {
    id: 'vibe-list-variable',
    level: 'warning',
    hint: 'unset VIBE_MODELS',
    files: vibe('qcode'),
    env: { VIBE_MODELS: '[{"alias":"qcode","name":"m","provider":"mistral"}]' },
    programs: { vibe: undefined },
    // Entries of other names stand beside those of the file.
    unless: { env: { VIBE_MODELS: '[{"alias":"o","name":"m","provider":"mistral"}]' } },
  },
  {
    id: 'openclaw-stored-key',
    level: 'error',
    hint: 'qcode-setup --tool openclaw',
    files: { '.openclaw/openclaw.json': withStored(openclaw(gatewayKey)) },
    programs: { openclaw: undefined },
    unless: {
      files: {
        '.openclaw/openclaw.json': withStored(
          openclaw(gatewayKey).replace('"api":', '"auth":"api-key","api":'),
        ),
      },
    },
  },
  {
    id: 'openclaw-api-missing',
    level: 'warning',
    hint: 'qcode-setup --tool openclaw',
    files: {
      '.openclaw/openclaw.json': openclaw(gatewayKey).replace('"api":"anthropic-messages",', ''),
    },
    programs: { openclaw: undefined },
    unless: { files: { '.openclaw/openclaw.json': openclaw(gatewayKey) } },
  },
  {
    id: 'openclaw-other-provider',
    level: 'warning',
    hint: 'qcode-setup --tool openclaw',
    files: { '.openclaw/openclaw.json': openclaw(gatewayKey, 'openai/gpt-6') },
    programs: { openclaw: undefined },
    unless: { files: { '.openclaw/openclaw.json': openclaw(gatewayKey, 'anthropic/claude-opus-5') } },
  },
  {
    id: 'openclaw-model-elsewhere',
    level: 'error',
    hint: 'Remove models.providers.anthropic.models.0.baseUrl',
    files: {
      '.openclaw/openclaw.json': openclaw(gatewayKey).replace(
        '"anthropic":{',
        '"anthropic":{"models":[{"id":"m","baseUrl":"https://x.example.com"}],',
      ),
    },
    programs: { openclaw: undefined },
    unless: { files: { '.openclaw/openclaw.json': openclaw(gatewayKey) } },
  },
  {
    id: 'openclaw-agent-model',
    level: 'warning',
    hint: 'Remove agents.list.0.model',
    files: { '.openclaw/openclaw.json': withAgent('openai/gpt-6') },
    programs: { openclaw: undefined },
    unless: { files: { '.openclaw/openclaw.json': withAgent({ primary: 'anthropic/claude-a' }) } },
  },
  {
    id: 'continue-other-model-first',
    level: 'warning',
    hint: 'Move QCode.cc to the top',
    files: {
      '.continue/config.yaml': `models:\n  - { name: Mine, provider: openai, model: m }\n${continueEntry}`,
      '.continue/.env': `QCODE_API_KEY=${gatewayKey}\n`,
    },
    programs: { cn: undefined },
    unless: {
      files: {
        '.continue/config.yaml': `models:\n${continueEntry}  - { name: Mine, provider: openai, model: m }\n`,
      },
    },
  },
  {
    id: 'qwen-code-enforced-type',
    level: 'error',
    hint: 'Remove security.auth.enforcedType',
    files: {
      ...qwen('anthropic'),
      '.qwen/settings.json': JSON.stringify({
        security: { auth: { selectedType: 'anthropic', enforcedType: 'openai' } },
      }),
    },
    programs: { qwen: undefined },
    unless: { files: qwen('anthropic') },
  },
  {
    id: 'openclaw-variable-missing',
    level: 'error',
    hint: 'qcode-setup --tool openclaw',
    files: { '.openclaw/openclaw.json': openclaw(['$', '{QCODE_API_KEY}'].join('')) },
    programs: { openclaw: undefined },
    unless: { env: { QCODE_API_KEY: gatewayKey } },
  },
  {
    id: 'copilot-other-type',
    level: 'error',
    hint: '.bashrc:1, then run: export COPILOT_PROVIDER_TYPE=anthropic',
    files: { '.bashrc': 'export COPILOT_PROVIDER_TYPE=openai\n' },
    env: { SHELL: '/bin/bash', COPILOT_PROVIDER_BASE_URL: anthropicUrl, COPILOT_PROVIDER_TYPE: 'openai' },
    programs: { copilot: undefined },
    unless: {
      files: { '.bashrc': 'export COPILOT_PROVIDER_TYPE=anthropic\n' },
      env: { COPILOT_PROVIDER_TYPE: 'anthropic' },
    },
  },
  {
    id: 'copilot-other-type',
    level: 'error',
    hint: 'export COPILOT_PROVIDER_TYPE=anthropic',
    env: { COPILOT_PROVIDER_BASE_URL: anthropicUrl, COPILOT_PROVIDER_TYPE: 'openai' },
    programs: { copilot: undefined },
    unless: { env: { COPILOT_PROVIDER_TYPE: 'anthropic' } },
  },
  {
    id: 'editor-without-variables',
    level: 'info',
    hint: '--method file',
    env: { OPENAI_BASE_URL: 'https://api.qcode.cc/openai/v1' },
    programs: { cursor: undefined },
    unless: { env: { OPENAI_BASE_URL: 'https://api.example.com/v1' } },
  },
  {
    id: 'anthropic-key-without-address',
    level: 'error',
    hint: 'unset ANTHROPIC_API_KEY',
    env: { ANTHROPIC_API_KEY: gatewayKey, ANTHROPIC_API_URL: anthropicUrl },
    unless: { env: { ANTHROPIC_BASE_URL: anthropicUrl } },
  },
  {
    id: 'anthropic-key-without-address',
    level: 'error',
    hint: 'Remove ANTHROPIC_AUTH_TOKEN from',
    files: { '.zshrc': `export ANTHROPIC_AUTH_TOKEN=${gatewayKey}\n` },
    env: { ANTHROPIC_BASE_URL: 'https://other.example/api' },
    unless: { files: { '.zshrc': `export ANTHROPIC_AUTH_TOKEN=${vendorKey}\n` } },
  },
  {
    id: 'openai-key-without-address',
    level: 'error',
    hint: 'unset OPENAI_API_KEY',
    env: { OPENAI_API_KEY: gatewayKey },
    unless: { env: { OPENAI_BASE_URL: 'https://api.qcode.cc/openai/v1' } },
  },
  {
    id: 'openai-key-without-older-address',
    level: 'warning',
    hint: 'export OPENAI_API_BASE=',
    env: { OPENAI_API_KEY: gatewayKey, OPENAI_BASE_URL: 'https://api.qcode.cc/openai/v1' },
    unless: { env: { OPENAI_API_BASE: 'https://api.qcode.cc/openai/v1' } },
  },
  {
    id: 'variable-clash',
    level: 'warning',
    hint: 'Set both to the same value',
    env: { OPENAI_API_BASE: 'https://one.example/v1', OPENAI_BASE_URL: 'https://two.example/v1' },
    unless: { env: { OPENAI_API_BASE: 'https://two.example/v1' } },
  },
]
