import type { Situation } from './doctor-home.ts'
import { gatewayKey, vendorKey } from './trap-table.ts'

export const settings = '.claude/settings.json'
export const claude = (env: object) => JSON.stringify({ env })
export const ready = { ANTHROPIC_BASE_URL: 'https://api.qcode.cc/api', ANTHROPIC_AUTH_TOKEN: gatewayKey }

/** Homes with a wrong base URL or key: the finding, its level, and a part of its hint. */
export const baseUrlTable: readonly (readonly [string, string, string, Situation])[] = [
  [
    'base-url-doubled-v1',
    'error',
    'qcode-setup',
    { files: { [settings]: claude({ ...ready, ANTHROPIC_BASE_URL: 'https://api.qcode.cc/api/v1' }) } },
  ],
  [
    'base-url-missing-prefix',
    'error',
    'qcode-setup',
    { files: { [settings]: claude({ ...ready, ANTHROPIC_BASE_URL: 'https://eu.qcode.cc' }) } },
  ],
  [
    'base-url-unknown-host',
    'error',
    'qcode-setup',
    { files: { [settings]: claude({ ...ready, ANTHROPIC_BASE_URL: 'https://api.qcode.com/api' }) } },
  ],
  [
    'base-url-trailing-slash',
    'warning',
    'qcode-setup',
    { files: { [settings]: claude({ ...ready, ANTHROPIC_BASE_URL: 'https://api.qcode.cc/api/' }) } },
  ],
  [
    'base-url-scheme',
    'error',
    "export ANTHROPIC_BASE_URL='https://api.qcode.cc/api'",
    { programs: { claude: undefined }, env: { ...ready, ANTHROPIC_BASE_URL: 'api.qcode.cc/api' } },
  ],
  [
    'base-url-missing-v1',
    'error',
    'qcode-setup lint --fix',
    {
      files: {
        '.cline/data/settings/providers.json': `{"providers":{"anthropic":{"settings":{"baseUrl":"https://api.qcode.cc/api","apiKey":"${gatewayKey}"},"updatedAt":"2026-01-02T03:04:05Z"}},"lastUsedProvider":"anthropic"}`,
      },
    },
  ],
  [
    'base-url-empty',
    'error',
    'qcode-setup',
    { files: { [settings]: claude({ ...ready, ANTHROPIC_BASE_URL: '' }) } },
  ],
  [
    'key-to-vendor',
    'error',
    'qcode-setup --tool claude-code',
    { programs: { claude: undefined }, env: { ANTHROPIC_API_KEY: gatewayKey } },
  ],
  [
    'key-to-stranger',
    'error',
    'Remove ANTHROPIC_BASE_URL from',
    {
      files: {
        [settings]: claude(ready),
        'project/.claude/settings.json': claude({ ANTHROPIC_BASE_URL: 'https://other.example/api' }),
      },
    },
  ],
  [
    'base-url-elsewhere',
    'info',
    'qcode-setup',
    {
      files: {
        [settings]: claude({
          ANTHROPIC_BASE_URL: 'https://other.example/api',
          ANTHROPIC_AUTH_TOKEN: vendorKey,
        }),
      },
    },
  ],
  ['base-url-missing', 'info', 'qcode-setup --tool claude-code', { programs: { claude: undefined } }],
  [
    'base-url-overridden',
    'warning',
    'Remove ANTHROPIC_BASE_URL from',
    {
      files: {
        [settings]: claude(ready),
        'project/.claude/settings.json': claude({ ANTHROPIC_BASE_URL: 'https://eu.qcode.cc/api' }),
      },
    },
  ],
  [
    'no-key',
    'error',
    'qcode-setup --tool claude-code',
    { files: { [settings]: claude({ ANTHROPIC_BASE_URL: 'https://api.qcode.cc/api' }) } },
  ],
  [
    'proxy-sees-key',
    'warning',
    'NO_PROXY="$NO_PROXY,$no_proxy,103.236.53.153"; export no_proxy="$NO_PROXY"',
    {
      files: { [settings]: claude({ ...ready, ANTHROPIC_BASE_URL: 'http://103.236.53.153/api' }) },
      env: { https_proxy: 'http://proxy.example:3128' },
    },
  ],
]
