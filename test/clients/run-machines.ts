import { join } from 'node:path'
import { execa } from 'execa'
import { outputFile, outputJson } from 'fs-extra/esm'
import { clineProviders, clineProvidersFile } from '../support/cline-providers.ts'
import { pinned, pins } from './client-packages.ts'
import type { ClientRunner } from './runners/client-runner.ts'

const foreign = 'sk-ant-api03-someone-elses-key-0000000000000000'
const nowhere = 'http://127.0.0.1:9/v1'
/** Signed by nobody, and good for years. */
const jwt = `${[{ alg: 'none' }, { exp: 4e9, email: 'a@example.com' }].map(encode).join('.')}.x`

function encode(part: object): string {
  return Buffer.from(JSON.stringify(part)).toString('base64url')
}

/** A machine on which a client is run once: what its user has there. */
export interface Machine {
  readonly id: string
  readonly title: string
  readonly put: (home: string) => Promise<unknown>
  readonly env?: Readonly<Record<string, string>>
  /** In front of the client's own arguments. */
  readonly args?: readonly string[]
}

/** What a user's own settings may hold, as the clients were seen to obey it where they are started by hand. */
export const machines: readonly Machine[] = [
  ...pins('claude-code').flatMap((id) => [
    { id, title: 'an empty home', put: async () => {} },
    {
      id,
      title: 'Bedrock, another base URL and another key in its settings',
      put: (home: string) =>
        outputJson(join(home, '.claude/settings.json'), {
          env: {
            CLAUDE_CODE_USE_BEDROCK: '1',
            ANTHROPIC_BASE_URL: nowhere,
            ANTHROPIC_AUTH_TOKEN: foreign,
            ANTHROPIC_API_KEY: foreign,
          },
        }),
      env: { CLAUDE_CODE_USE_VERTEX: '1', ANTHROPIC_API_KEY: foreign },
    },
    {
      id,
      title: 'a login at its vendor',
      put: async (home: string) => {
        const claudeAiOauth = {
          accessToken: foreign,
          refreshToken: foreign,
          expiresAt: 4e12,
          scopes: ['user:inference'],
        }
        await outputJson(join(home, '.claude/.credentials.json'), { claudeAiOauth })
      },
    },
    {
      id,
      title: 'a helper and a header with another key',
      put: (home: string) =>
        outputJson(join(home, '.claude/settings.json'), {
          apiKeyHelper: `echo ${foreign}`,
          env: { ANTHROPIC_CUSTOM_HEADERS: `x-api-key: ${foreign}` },
        }),
    },
  ]),
  ...pins('codex').flatMap((id) => [
    { id, title: 'an empty home', put: async () => {} },
    {
      id,
      title: 'another provider, its key and a login',
      put: async (home: string) => {
        await outputFile(
          join(home, '.codex/config.toml'),
          `model_provider = "other"\n[model_providers.other]\nname = "o"\nbase_url = "${nowhere}"\nenv_key = "QCODE_API_KEY"\n`,
        )
        await outputFile(join(home, '.codex/.env'), `QCODE_API_KEY=${foreign}\n`)
        await outputJson(join(home, '.codex/auth.json'), { OPENAI_API_KEY: foreign })
      },
    },
    {
      id,
      title: 'a ChatGPT login',
      put: (home: string) =>
        outputJson(join(home, '.codex/auth.json'), {
          OPENAI_API_KEY: null,
          tokens: { id_token: jwt, access_token: jwt, refresh_token: foreign, account_id: 'a' },
          last_refresh: new Date().toISOString(),
        }),
    },
    {
      id,
      title: 'a table of our name with a header of its own',
      put: (home: string) =>
        outputFile(
          join(home, '.codex/config.toml'),
          `[model_providers.qcode]\nname = "mine"\nhttp_headers = { "x-api-key" = "${foreign}" }\n`,
        ),
    },
  ]),
  ...pins('cline').map((id) => ({ id, title: 'an empty home', put: async () => {} })),
  {
    id: 'cline-2.18.0',
    title: 'another base URL and key',
    put: async (home) => {
      await outputJson(join(home, '.cline/data/globalState.json'), {
        actModeApiProvider: 'openai',
        planModeApiProvider: 'openai',
        anthropicBaseUrl: nowhere,
      })
      await outputJson(join(home, '.cline/data/secrets.json'), { apiKey: foreign, clineAccountId: foreign })
    },
    env: { ANTHROPIC_API_KEY: foreign },
  },
  {
    id: pinned('cline'),
    title: 'another base URL, key and header',
    put: (home) =>
      outputJson(
        join(home, clineProvidersFile),
        clineProviders({ apiKey: foreign, baseUrl: nowhere, headers: { 'x-api-key': foreign } }),
      ),
    env: { ANTHROPIC_API_KEY: foreign },
  },
  ...(['opencode', 'kilo'] as const).flatMap((tool) => {
    const id = { opencode: pinned('opencode'), kilo: pinned('kilo') }[tool]
    const options = { baseURL: nowhere, apiKey: foreign }
    // What they add by themselves at any start.
    const own = {
      opencode: { $schema: 'https://opencode.ai/config.json' },
      kilo: { $schema: 'https://app.kilo.ai/config.json', permission: { bash: 'allow' } },
    }[tool]
    return [
      { id, title: 'an empty home', put: async () => {} },
      {
        id,
        title: 'another base URL and key',
        put: (home: string) =>
          outputJson(join(home, `.config/${tool}/${tool}.jsonc`), {
            ...own,
            provider: { anthropic: { options } },
          }),
        env: { ANTHROPIC_API_KEY: foreign },
      },
      {
        id,
        title: 'a login at the vendor',
        put: (home: string) =>
          outputJson(join(home, `.local/share/${tool}/auth.json`), {
            anthropic: { type: 'api', key: foreign },
          }),
      },
    ]
  }),
  { id: pinned('pi'), title: 'an empty home', put: async () => {} },
  {
    id: pinned('pi'),
    title: 'another base URL and key, and a token in the shell',
    put: async (home) => {
      await outputJson(join(home, '.pi/agent/models.json'), {
        providers: { anthropic: { baseUrl: nowhere } },
      })
      await outputJson(join(home, '.pi/agent/auth.json'), { anthropic: { type: 'api_key', key: foreign } })
    },
    env: { ANTHROPIC_API_KEY: foreign },
  },
  { id: pinned('openclaw'), title: 'an empty home', put: async () => {} },
  {
    id: pinned('openclaw'),
    title: 'another base URL and key, and one in the shell',
    put: (home) =>
      outputJson(join(home, '.openclaw/openclaw.json'), {
        models: { providers: { anthropic: { baseUrl: nowhere, apiKey: foreign, models: [] } } },
      }),
    env: { ANTHROPIC_API_KEY: foreign },
  },
  { id: pinned('continue'), title: 'an empty home', put: async () => {} },
  {
    id: pinned('continue'),
    title: 'another base URL and a key for our variable',
    put: async (home) => {
      await outputFile(
        join(home, '.continue/config.yaml'),
        `name: mine\nversion: 1.0.0\nschema: v1\nmodels:\n  - name: QCode.cc\n    provider: anthropic\n    model: m\n    apiBase: ${nowhere}\n    apiKey: ${foreign}\n`,
      )
      await outputFile(join(home, '.continue/.env'), `QCODE_API_KEY=${foreign}\n`)
    },
  },
  { id: pinned('aider'), title: 'an empty home', put: async () => {} },
  {
    id: pinned('aider'),
    title: 'another key in its options, and an env file of the project',
    put: async (home) => {
      await outputFile(join(home, '.aider.conf.yml'), `anthropic-api-key: ${foreign}\n`)
      await outputFile(
        join(home, '.env'),
        `ANTHROPIC_API_BASE=${nowhere}\nAIDER_API_KEY=anthropic=${foreign}\n`,
      )
    },
  },
  {
    id: pinned('aider'),
    title: 'a set-env list with another base URL and key',
    put: (home) =>
      outputFile(
        join(home, '.aider.conf.yml'),
        `set-env:\n  - ANTHROPIC_API_BASE=${nowhere}\n  - ANTHROPIC_API_KEY=${foreign}\n`,
      ),
  },
  { id: pinned('qwen-code'), title: 'an empty home', put: async () => {} },
  {
    id: pinned('qwen-code'),
    title: 'another provider, base URL and key in its files and in the shell',
    put: async (home) => {
      await outputJson(join(home, '.qwen/settings.json'), {
        $version: 4,
        security: { auth: { selectedType: 'openai', apiKey: foreign, baseUrl: nowhere } },
        env: { ANTHROPIC_API_KEY: foreign, ANTHROPIC_BASE_URL: nowhere },
      })
      await outputFile(
        join(home, '.qwen/.env'),
        `ANTHROPIC_API_KEY=${foreign}\nANTHROPIC_BASE_URL=${nowhere}\n`,
      )
      await outputJson(join(home, '.qwen/oauth_creds.json'), { access_token: foreign, expiry_date: 4e12 })
    },
    env: { ANTHROPIC_API_KEY: foreign, OPENAI_API_KEY: foreign, OPENAI_BASE_URL: nowhere },
  },
  { id: pinned('vibe'), title: 'an empty home', put: async () => {} },
  {
    id: pinned('vibe'),
    title: 'another provider of our name, and keys in its files and in the shell',
    put: async (home) => {
      await outputFile(
        join(home, '.vibe/config.toml'),
        `active_model = "other"\n[[providers]]\nname = "qcode"\napi_base = "${nowhere}"\napi_key_env_var = "OTHER"\n`,
      )
      await outputFile(join(home, '.vibe/.env'), `QCODE_API_KEY=${foreign}\nMISTRAL_API_KEY=${foreign}\n`)
    },
    env: { MISTRAL_API_KEY: foreign, VIBE_ACTIVE_MODEL: 'other' },
  },
  {
    id: pinned('vibe'),
    title: 'a folder that is trusted for this run, with a provider and a model of our names',
    put: (home) =>
      outputFile(
        join(home, '.vibe/config.toml'),
        `[[providers]]\nname = "qcode"\napi_base = "${nowhere}"\napi_key_env_var = "QCODE_API_KEY"\n[[models]]\nname = "m"\nalias = "qcode"\nprovider = "other"\n`,
      ),
    args: ['--trust'],
  },
  { id: pinned('aichat'), title: 'an empty home', put: async () => {} },
  {
    id: pinned('aichat'),
    title: 'another client of our name, and keys in its files and in the shell',
    put: async (home) => {
      await outputFile(
        join(home, '.config/aichat/config.yaml'),
        `model: qcode:m\nclients:\n  - type: claude\n    name: qcode\n    api_base: ${nowhere}\n    api_key: ${foreign}\n`,
      )
      await outputFile(
        join(home, '.config/aichat/.env'),
        `QCODE_API_KEY=${foreign}\nCLAUDE_API_KEY=${foreign}\n`,
      )
    },
    env: { CLAUDE_API_KEY: foreign, AICHAT_MODEL: 'claude:m', AICHAT_PLATFORM: 'claude' },
  },
  { id: pinned('copilot'), title: 'an empty home', put: async () => {} },
  {
    id: pinned('copilot'),
    title: 'another provider and a login in the shell',
    put: async () => {},
    env: {
      COPILOT_PROVIDER_TYPE: 'openai',
      COPILOT_PROVIDER_BASE_URL: nowhere,
      COPILOT_PROVIDER_BEARER_TOKEN: foreign,
      COPILOT_GITHUB_TOKEN: foreign,
    },
  },
  { id: pinned('llm'), title: 'an empty home', put: async () => {} },
  {
    id: pinned('llm'),
    title: 'another base URL and key in the shell',
    put: async () => {},
    env: { OPENAI_BASE_URL: nowhere, OPENAI_API_KEY: foreign },
  },
]

/** What a run of a client that has no model of its own is given. */
export function modelFlags({ tool }: ClientRunner): string[] {
  const needing = ['aider', 'openclaw', 'continue', 'vibe', 'aichat']
  return needing.includes(tool) ? ['--model', 'claude-sonnet-4-5'] : []
}

/** The client's arguments without those of the login shell that starts some of them. */
export function ownArguments({ command, args }: ClientRunner): readonly string[] {
  return command === '/bin/bash' ? args.slice(3) : args
}

/** The files below a folder that hold a text. Some clients unpack so much that no tree of it fits into one string. */
export async function filesWith(text: string, folder: string): Promise<string> {
  return (await execa('grep', ['-rlF', '-f', '-', folder], { input: text, reject: false })).stdout
}
