import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { clineProviders } from '../../support/cline-providers.ts'
import { examine, makeSituation, type Situation } from './doctor-home.ts'

const key = (letter: string) => `cr_${letter.repeat(61)}tail`
const shown = (letter: string) => `cr_…${key(letter).slice(-4)}`

/** Origins that tell the places apart; every one is right. */
const urls = {
  global: 'https://api.qcode.cc',
  us: 'https://us.qcode.cc',
  eu: 'https://eu.qcode.cc',
  asia: 'https://asia.qcode.cc',
}

interface Row extends Situation {
  readonly name: string
  readonly tool: string
  /** The base URL in effect, where it stands below the home (or `$NAME`), and what it requests. */
  readonly baseUrl: readonly [value: string, place: string, requests: string]
  /** Where the key in effect stands. */
  readonly key?: string
  /** Where base URLs and keys stand that are not gone by, the strongest first. */
  readonly overridden?: readonly string[]
}

const claude = (origin: string, letter: string) =>
  JSON.stringify({ env: { ANTHROPIC_BASE_URL: `${origin}/api`, ANTHROPIC_AUTH_TOKEN: key(letter) } })
const codex = (origin: string, provider = 'qcode') =>
  `model_provider = "${provider}"\n[model_providers.${provider}]\nname = "Q"\nbase_url = "${origin}/openai"\nwire_api = "responses"\nenv_key = "QCODE_API_KEY"\n`
const aider = (origin: string, letter: string) =>
  `ANTHROPIC_API_BASE=${origin}/api\nANTHROPIC_API_KEY=${key(letter)}\n`
const cline = (origin: string, letter: string) =>
  JSON.stringify(clineProviders({ apiKey: key(letter), baseUrl: `${origin}/api/v1` }))
const codexVersion = (version: string) => ({ codex: { package: '@openai/codex', version } })
const shellClaude = { ANTHROPIC_BASE_URL: `${urls.asia}/api`, ANTHROPIC_AUTH_TOKEN: key('s') }

const managed = 'system/etc/claude-code/managed-settings.json'
const local = 'project/.claude/settings.local.json'
const project = 'project/.claude/settings.json'
const user = '.claude/settings.json'

const macPolicies = 'system/Library/Managed Preferences'
const macFile = 'system/Library/Application Support/ClaudeCode/managed-settings.json'
const windowsFile = 'system/Program Files/ClaudeCode/managed-settings.json'
const policy = (root: string) => `${root}\\SOFTWARE\\Policies\\ClaudeCode`
const policyText = (text: string, type = 'REG_SZ') =>
  `\r\nHKEY_LOCAL_MACHINE\\SOFTWARE\\Policies\\ClaudeCode\r\n    Settings    ${type}    ${text}\r\n\r\n`

const opencode = (origin: string, letter: string) =>
  JSON.stringify({
    provider: { anthropic: { options: { baseURL: `${origin}/api/v1`, apiKey: key(letter) } } },
  })
const openclaw = (origin: string, letter: string) =>
  JSON.stringify({
    models: {
      providers: { anthropic: { baseUrl: `${origin}/api`, apiKey: key(letter), api: 'anthropic-messages' } },
    },
  })
const vibe = (origin: string) =>
  `active_model = "qcode"\n[[providers]]\nname = "qcode"\napi_base = "${origin}/api"\napi_key_env_var = "QCODE_API_KEY"\n`
const qwen = (origin: string, letter: string) =>
  `ANTHROPIC_BASE_URL=${origin}/api\nANTHROPIC_API_KEY=${key(letter)}\n`

const rows: readonly Row[] = [
  ...(
    [
      ['opencode', 'named/opencode.json', '.opencode/opencode.jsonc'],
      ['opencode', '.opencode/opencode.jsonc', '.opencode/opencode.json'],
      ['opencode', '.opencode/opencode.json', 'work/x/.opencode/opencode.jsonc'],
      ['opencode', 'work/.opencode/opencode.json', 'work/x/.opencode/opencode.jsonc'],
      ['opencode', 'work/x/.opencode/opencode.jsonc', 'work/x/.opencode/opencode.json'],
      ['opencode', 'work/.opencode/opencode.json', 'work/x/opencode.jsonc'],
      ['opencode', 'work/x/opencode.jsonc', 'work/x/opencode.json'],
      ['opencode', 'work/x/opencode.json', 'work/opencode.jsonc'],
      ['opencode', 'work/opencode.json', '.config/opencode/opencode.jsonc'],
      ['kilo', 'named/kilo.json', '.kilo/kilo.json'],
      ['kilo', '.kilo/kilo.json', '.kilocode/opencode.json'],
      ['kilo', '.kilocode/kilo.json', 'work/.kilo/kilo.json'],
      ['kilo', 'work/.kilocode/kilo.json', 'work/x/.kilo/kilo.json'],
      ['kilo', 'work/x/.kilo/opencode.json', 'work/x/.kilo/opencode.jsonc'],
      ['kilo', 'work/x/.kilo/opencode.jsonc', 'work/x/.kilo/kilo.json'],
      ['kilo', 'work/x/.kilo/kilo.json', 'work/x/.kilo/kilo.jsonc'],
      ['kilo', 'work/x/.kilo/kilo.jsonc', 'work/x/opencode.jsonc'],
      ['kilo', 'work/x/opencode.jsonc', 'work/x/opencode.json'],
      ['kilo', 'work/x/opencode.json', 'work/x/kilo.jsonc'],
      ['kilo', 'work/x/kilo.jsonc', 'work/x/kilo.json'],
      ['kilo', 'work/opencode.json', 'work/x/kilo.jsonc'],
      ['kilo', 'opencode.json', 'work/x/kilo.jsonc'],
      ['kilo', 'work/x/kilo.json', 'work/kilo.jsonc'],
      ['kilo', 'work/kilo.json', '.config/kilo/opencode.jsonc'],
      ['kilo', '.config/kilo/opencode.jsonc', '.config/kilo/opencode.json'],
      ['kilo', '.config/kilo/opencode.json', '.config/kilo/kilo.jsonc'],
    ] as const
  ).map(([tool, strong, weak]) => ({
    name: `${tool} in a folder of a folder: ${strong} beats ${weak}`,
    tool,
    cwd: 'work/x',
    env: { [`${tool.toUpperCase()}_CONFIG_DIR`]: '{home}/named' },
    programs: { [tool]: undefined },
    files: { [strong]: opencode(urls.eu, 's'), [weak]: opencode(urls.us, 'w') },
    baseUrl: [`${urls.eu}/api/v1`, strong, '/api/v1/messages'] as const,
    key: strong,
    overridden: [weak, weak],
  })),
  ...(
    [
      ['linux', 'opencode', 'system/etc/opencode/opencode.json', 'work/x/.opencode/opencode.jsonc'],
      ['linux', 'opencode', 'system/etc/opencode/opencode.jsonc', 'system/etc/opencode/opencode.json'],
      ['win32', 'opencode', 'data/opencode/opencode.json', '.config/opencode/opencode.json'],
      ['linux', 'kilo', 'system/etc/kilo/kilo.jsonc', 'work/x/.kilo/opencode.json'],
      ['linux', 'kilo', 'system/etc/kilo/opencode.json', 'system/etc/kilo/opencode.jsonc'],
      ['linux', 'kilo', 'system/etc/kilo/opencode.jsonc', 'system/etc/kilo/kilo.json'],
      ['linux', 'kilo', 'system/etc/kilo/kilo.json', 'system/etc/kilo/kilo.jsonc'],
      ['darwin', 'kilo', 'system/Library/Application Support/kilo/kilo.json', '.config/kilo/kilo.json'],
    ] as const
  ).map(([platform, tool, strong, weak]) => ({
    name: `${tool} on ${platform}: ${strong} beats ${weak}`,
    tool,
    platform,
    cwd: 'work/x',
    env: { ProgramData: '{home}/data' },
    programs: { [tool]: undefined },
    files: {
      [strong]: opencode(urls.eu, 's'),
      [weak]: opencode(urls.us, 'w'),
      [`.config/${tool}/used`]: '',
    },
    baseUrl: [`${urls.eu}/api/v1`, strong, '/api/v1/messages'] as const,
    key: strong,
    overridden: [weak, weak],
  })),
  {
    name: 'what the management of a Mac sets for OpenCode beats the files of an administrator',
    tool: 'opencode',
    platform: 'darwin',
    files: {
      [`${macPolicies}/ai.opencode.managed.plist`]: 'bplist00',
      'system/Library/Application Support/opencode/opencode.jsonc': opencode(urls.us, 'f'),
      '.config/opencode/opencode.json': '{}',
    },
    says: { 'plutil -convert json -o -': opencode(urls.eu, 'm') },
    baseUrl: [`${urls.eu}/api/v1`, `${macPolicies}/ai.opencode.managed.plist`, '/api/v1/messages'],
    key: `${macPolicies}/ai.opencode.managed.plist`,
    overridden: Array(2).fill('system/Library/Application Support/opencode/opencode.jsonc'),
  },
  ...['opencode', 'kilo'].map((tool) => ({
    name: `${tool} reads nothing above the root of a repository`,
    tool,
    cwd: 'work/x',
    programs: { [tool]: undefined },
    files: {
      'work/x/.git/HEAD': '',
      [`work/${tool}.json`]: opencode(urls.eu, 's'),
      [`work/.${tool}/${tool}.json`]: opencode(urls.eu, 's'),
      [`.config/${tool}/${tool}.jsonc`]: opencode(urls.us, 'w'),
    },
    baseUrl: [`${urls.us}/api/v1`, `.config/${tool}/${tool}.jsonc`, '/api/v1/messages'] as const,
    key: `.config/${tool}/${tool}.jsonc`,
    overridden: [],
  })),
  ...(
    [
      ['above a repository', 'work/.env', { 'work/x/.git/HEAD': '' }],
      ['and not another file that is nearer', 'work/x/.env', { 'work/.qwen/.env': 'ANTHROPIC_BASE_URL=x\n' }],
    ] as const
  ).map(([which, strong, more]) => ({
    name: `Qwen Code reads the first .env that it finds, ${which}`,
    tool: 'qwen-code',
    cwd: 'work/x',
    programs: { qwen: undefined },
    files: { ...more, [strong]: qwen(urls.eu, 's'), '.qwen/.env': qwen(urls.us, 'w') },
    baseUrl: [`${urls.eu}/api`, strong, '/api/v1/messages'] as const,
    key: strong,
    overridden: ['.qwen/.env', '.qwen/.env'],
  })),
  ...(
    [
      ['a .env beats the variables of the computer', 'user/.env', 'system/etc/qwen-code/settings.json', {}],
      [
        'those of the computer beat the settings',
        'system/etc/qwen-code/settings.json',
        'user/settings.json',
        {},
      ],
      [
        'a variable names them',
        'named.json',
        'user/settings.json',
        { QWEN_CODE_SYSTEM_SETTINGS_PATH: '{home}/named.json' },
      ],
      ['its defaults are the last', 'user/settings.json', 'system/etc/qwen-code/system-defaults.json', {}],
    ] as const
  ).map(([which, strong, weak, env]) => {
    const content = (path: string, origin: string, letter: string) => {
      const variables = { ANTHROPIC_BASE_URL: `${origin}/api`, ANTHROPIC_API_KEY: key(letter) }
      return path.endsWith('.env') ? qwen(origin, letter) : JSON.stringify({ env: variables })
    }
    return {
      name: `Qwen Code in a folder that a variable names: ${which}`,
      tool: 'qwen-code',
      env: { QWEN_HOME: '{home}/user', ...env },
      programs: { qwen: undefined },
      files: {
        [strong]: content(strong, urls.eu, 's'),
        [weak]: content(weak, urls.us, 'w'),
        '.qwen/settings.json': content('', urls.asia, 'h'),
      },
      baseUrl: [`${urls.eu}/api`, strong, '/api/v1/messages'] as const,
      key: strong,
      overridden: [weak, weak],
    }
  }),
  ...([false, true] as const).map((isOwn) => ({
    name: `OpenClaw ${isOwn ? 'sends the key of its file before' : 'sends, before that of its file,'} the vendor's variable`,
    tool: 'openclaw',
    env: { ANTHROPIC_API_KEY: key('v') },
    programs: { openclaw: undefined },
    files: {
      '.openclaw/openclaw.json': isOwn
        ? openclaw(urls.eu, 'f').replace('"api":', '"auth":"api-key","api":')
        : openclaw(urls.eu, 'f'),
    },
    baseUrl: [`${urls.eu}/api`, '.openclaw/openclaw.json', '/api/v1/messages'] as const,
    key: isOwn ? '.openclaw/openclaw.json' : '$ANTHROPIC_API_KEY',
    overridden: isOwn ? [] : ['.openclaw/openclaw.json'],
  })),
  ...(
    [
      ['0.171.0', 'system/etc/codex/requirements.toml', '.codex/config.toml'],
      ['0.120.0', '.codex/config.toml', undefined],
    ] as const
  ).map(([version, strong, weak]) => ({
    name: `the requirements of a computer ${weak ? 'name the provider' : 'say nothing of providers'} for Codex ${version}`,
    tool: 'codex',
    env: { QCODE_API_KEY: key('s') },
    programs: codexVersion(version),
    files: {
      'system/etc/codex/requirements.toml': codex(urls.eu, 'corp'),
      '.codex/config.toml': codex(urls.us, weak ? 'corp' : 'qcode'),
    },
    baseUrl: [`${weak ? urls.eu : urls.us}/openai`, strong, '/openai/responses'] as const,
    key: '$QCODE_API_KEY',
    overridden: weak ? [weak] : [],
  })),
  {
    name: 'OpenClaw in a home of its own',
    tool: 'openclaw',
    env: { OPENCLAW_HOME: '{home}/own' },
    programs: { openclaw: undefined },
    files: {
      'own/.openclaw/openclaw.json': openclaw(urls.eu, 's'),
      '.openclaw/openclaw.json': openclaw(urls.us, 'w'),
    },
    baseUrl: [`${urls.eu}/api`, 'own/.openclaw/openclaw.json', '/api/v1/messages'],
    key: 'own/.openclaw/openclaw.json',
    overridden: [],
  },
  ...(
    [
      ['in a project that is trusted', 'work/x', ['work/x'], []],
      ['in a folder of a trusted one', 'work/x', ['work'], []],
      ['of no project that nobody trusts', '', [], []],
      ['of no project that is not trusted, in a folder that is', '', ['work'], ['work/x']],
      ['above a project, past a repository', 'work', ['work'], [], { 'work/x/.vibe/config.toml': undefined }],
      ['and none behind a nearer one that is not trusted', '', ['work'], ['work/x/.vibe']],
    ] as const
  ).map(([which, strong, trusted, untrusted, more = {}]) => {
    const listed = (folders: readonly string[]) => JSON.stringify(folders.map((one) => `HOME/${one}`))
    const origins = { '': urls.us, work: urls.asia, 'work/x': urls.eu }
    const files = Object.entries(origins).map(([at, origin]) => [join(at, '.vibe/config.toml'), vibe(origin)])
    return {
      name: `Vibe reads the file ${which}`,
      tool: 'vibe',
      cwd: 'work/x/y',
      env: { QCODE_API_KEY: key('s') },
      programs: { vibe: undefined },
      files: {
        'work/x/.git/HEAD': '',
        '.vibe/trusted_folders.toml': `trusted = ${listed(trusted)}\nuntrusted = ${listed(untrusted)}\n`,
        ...Object.fromEntries(files),
        ...more,
      },
      baseUrl: [`${origins[strong]}/api`, join(strong, '.vibe/config.toml'), '/api/v1/messages'] as const,
      overridden: strong === '' ? [] : ['.vibe/config.toml'],
    }
  }),
  {
    name: 'what the management of a Mac sets is stronger than the files of an administrator, value by value',
    tool: 'claude-code',
    platform: 'darwin',
    files: {
      [`${macPolicies}/com.anthropic.claudecode.plist`]: 'bplist00',
      [macFile]: claude(urls.us, 'f'),
      [user]: claude(urls.asia, 'u'),
    },
    says: { 'plutil -convert json -o -': JSON.stringify({ env: { ANTHROPIC_BASE_URL: `${urls.eu}/api` } }) },
    baseUrl: [`${urls.eu}/api`, `${macPolicies}/com.anthropic.claudecode.plist`, '/api/v1/messages'],
    key: macFile,
    overridden: [macFile, user, user],
  },
  {
    name: 'what the management of a Mac sets for one user counts before that',
    tool: 'claude-code',
    platform: 'darwin',
    env: { USER: 'ada' },
    files: {
      [`${macPolicies}/com.anthropic.claudecode.plist`]: 'bplist00',
      [`${macPolicies}/ada/com.anthropic.claudecode.plist`]: 'bplist00',
      [user]: '{}',
    },
    says: {
      'ada/com.anthropic.claudecode.plist': claude(urls.eu, 'a'),
      'com.anthropic.claudecode.plist': claude(urls.us, 'm'),
    },
    baseUrl: [`${urls.eu}/api`, `${macPolicies}/ada/com.anthropic.claudecode.plist`, '/api/v1/messages'],
    key: `${macPolicies}/ada/com.anthropic.claudecode.plist`,
    overridden: [],
  },
  {
    name: 'where no management set anything, the files of an administrator count on macOS',
    tool: 'claude-code',
    platform: 'darwin',
    files: { [macFile]: claude(urls.us, 'f'), [user]: '{}' },
    says: { plutil: claude(urls.eu, 'x') },
    baseUrl: [`${urls.us}/api`, macFile, '/api/v1/messages'],
    key: macFile,
    overridden: [],
  },
  {
    name: 'a policy of Windows is stronger than the files of an administrator, value by value, and the user has none beside it',
    tool: 'claude-code',
    platform: 'win32',
    files: { [windowsFile]: claude(urls.us, 'f'), [user]: claude(urls.asia, 'u') },
    says: {
      [`query ${policy('HKLM')} /v Settings`]: policyText(
        JSON.stringify({ env: { ANTHROPIC_BASE_URL: `${urls.eu}/api` } }),
      ),
      [`query ${policy('HKCU')} /v Settings`]: policyText(claude(urls.global, 'p')),
    },
    baseUrl: [`${urls.eu}/api`, `${policy('HKLM')}\\Settings`, '/api/v1/messages'],
    key: windowsFile,
    overridden: [windowsFile, user, user],
  },
  {
    name: 'a policy of the user on Windows counts where an administrator has set nothing, its variables filled in',
    tool: 'claude-code',
    platform: 'win32',
    env: { GATEWAY_HOST: 'eu.qcode.cc' },
    files: { [user]: claude(urls.asia, 'u') },
    says: {
      [`query ${policy('HKCU')} /v Settings`]: policyText(
        claude('https://%GATEWAY_HOST%', 'p'),
        'REG_EXPAND_SZ',
      ),
    },
    baseUrl: [`${urls.eu}/api`, `${policy('HKCU')}\\Settings`, '/api/v1/messages'],
    key: `${policy('HKCU')}\\Settings`,
    overridden: [user, user],
  },
  {
    name: 'a policy of the user on Windows counts for nothing beside a file of an administrator',
    tool: 'claude-code',
    platform: 'win32',
    files: { [windowsFile]: claude(urls.us, 'f'), [user]: '{}' },
    says: { [`query ${policy('HKCU')} /v Settings`]: policyText(claude(urls.global, 'p')) },
    baseUrl: [`${urls.us}/api`, windowsFile, '/api/v1/messages'],
    key: windowsFile,
    overridden: [],
  },
  {
    name: 'on macOS, where terminals ask for a login shell, a line of .zprofile wins over ours in .zshenv',
    tool: 'claude-code',
    platform: 'darwin',
    env: { SHELL: '/bin/zsh' },
    programs: { claude: undefined },
    files: {
      '.zshenv': `export ANTHROPIC_BASE_URL=${urls.us}/api\nexport ANTHROPIC_AUTH_TOKEN=${key('z')}\n`,
      '.zprofile': `export ANTHROPIC_BASE_URL=${urls.eu}/api\n`,
    },
    baseUrl: [`${urls.eu}/api`, '.zprofile', '/api/v1/messages'],
    key: '.zshenv',
    overridden: ['.zshenv'],
  },
  {
    name: 'managed settings beat all',
    tool: 'claude-code',
    files: {
      [managed]: claude(urls.global, 'm'),
      [local]: claude(urls.us, 'l'),
      [project]: claude(urls.eu, 'p'),
      [user]: claude(urls.asia, 'u'),
    },
    env: shellClaude,
    baseUrl: [`${urls.global}/api`, managed, '/api/v1/messages'],
    key: managed,
    overridden: [local, project, user, '$ANTHROPIC_BASE_URL', local, project, user, '$ANTHROPIC_AUTH_TOKEN'],
  },
  {
    name: 'files of managed-settings.d beat managed-settings.json, the last by name first',
    tool: 'claude-code',
    files: {
      [user]: '{}',
      [managed]: claude(urls.global, 'm'),
      'system/etc/claude-code/managed-settings.d/10-a.json': claude(urls.us, 'a'),
      'system/etc/claude-code/managed-settings.d/20-b.json': JSON.stringify({
        env: { ANTHROPIC_BASE_URL: `${urls.eu}/api` },
      }),
      'system/etc/claude-code/managed-settings.d/.30-hidden.json': claude(urls.asia, 'h'),
    },
    baseUrl: [`${urls.eu}/api`, 'system/etc/claude-code/managed-settings.d/20-b.json', '/api/v1/messages'],
    key: 'system/etc/claude-code/managed-settings.d/10-a.json',
    overridden: ['system/etc/claude-code/managed-settings.d/10-a.json', managed, managed],
  },
  {
    name: 'managed-settings.d on macOS',
    tool: 'claude-code',
    platform: 'darwin',
    files: {
      [user]: '{}',
      'system/Library/Application Support/ClaudeCode/managed-settings.d/a.json': claude(urls.us, 'a'),
    },
    baseUrl: [
      `${urls.us}/api`,
      'system/Library/Application Support/ClaudeCode/managed-settings.d/a.json',
      '/api/v1/messages',
    ],
    key: 'system/Library/Application Support/ClaudeCode/managed-settings.d/a.json',
    overridden: [],
  },
  ...(['2.1.332', '2.1.197'] as const).map((version) => {
    const root = 'work/.claude/settings.local.json'
    const [strong, weak] = version === '2.1.332' ? [root, [user, user]] : [user, []]
    return {
      name: `local settings of the root of a repository are ${weak.length > 0 ? 'read' : 'not read'} below it by ${version}`,
      tool: 'claude-code',
      cwd: 'work/x',
      programs: { claude: { package: '@anthropic-ai/claude-code', version } },
      files: { 'work/.git/HEAD': '', [root]: claude(urls.eu, 'r'), [user]: claude(urls.us, 'u') },
      baseUrl: [`${strong === root ? urls.eu : urls.us}/api`, strong, '/api/v1/messages'] as const,
      key: strong,
      overridden: weak,
    }
  }),
  {
    name: 'local settings beat the project',
    tool: 'claude-code',
    files: { [local]: claude(urls.us, 'l'), [project]: claude(urls.eu, 'p'), [user]: claude(urls.asia, 'u') },
    baseUrl: [`${urls.us}/api`, local, '/api/v1/messages'],
    key: local,
    overridden: [project, user, project, user],
  },
  {
    name: 'settings beat the shell, variable by variable',
    tool: 'claude-code',
    files: { [user]: JSON.stringify({ env: { ANTHROPIC_BASE_URL: `${urls.eu}/api` } }) },
    env: shellClaude,
    baseUrl: [`${urls.eu}/api`, user, '/api/v1/messages'],
    key: '$ANTHROPIC_AUTH_TOKEN',
    overridden: ['$ANTHROPIC_BASE_URL'],
  },
  {
    name: 'CLAUDE_CONFIG_DIR moves the settings',
    tool: 'claude-code',
    files: { 'moved/settings.json': claude(urls.eu, 'u'), [user]: claude(urls.us, 'x') },
    env: { CLAUDE_CONFIG_DIR: '../moved' },
    baseUrl: [`${urls.eu}/api`, 'moved/settings.json', '/api/v1/messages'],
    key: 'moved/settings.json',
    overridden: [],
  },
  {
    name: "started in the home, the one file is the user's",
    tool: 'claude-code',
    cwd: '.',
    files: { [user]: claude(urls.eu, 'u') },
    baseUrl: [`${urls.eu}/api`, user, '/api/v1/messages'],
    key: user,
    overridden: [],
  },
  {
    name: 'an administrator of macOS is heard there',
    tool: 'claude-code',
    platform: 'darwin',
    files: {
      [user]: '{}',
      'system/Library/Application Support/ClaudeCode/managed-settings.json': claude(urls.us, 'm'),
      [managed]: claude(urls.eu, 'x'),
    },
    programs: { claude: undefined },
    baseUrl: [
      `${urls.us}/api`,
      'system/Library/Application Support/ClaudeCode/managed-settings.json',
      '/api/v1/messages',
    ],
    key: 'system/Library/Application Support/ClaudeCode/managed-settings.json',
    overridden: [],
  },
  {
    name: 'managed_config beats config.toml, and .env beats the shell',
    tool: 'codex',
    files: {
      'system/etc/codex/managed_config.toml': codex(urls.us),
      '.codex/config.toml': codex(urls.eu),
      'system/etc/codex/config.toml': codex(urls.asia),
      '.codex/.env': `QCODE_API_KEY=${key('f')}\n`,
    },
    env: { QCODE_API_KEY: key('s') },
    baseUrl: [`${urls.us}/openai`, 'system/etc/codex/managed_config.toml', '/openai/responses'],
    key: '.codex/.env',
    overridden: ['.codex/config.toml', 'system/etc/codex/config.toml', '$QCODE_API_KEY'],
  },
  {
    name: 'the provider may be named in one file and defined in another',
    tool: 'codex',
    files: {
      'system/etc/codex/config.toml': codex(urls.us, 'shared'),
      '.codex/config.toml': 'model_provider = "shared"\n',
    },
    env: { QCODE_API_KEY: key('s') },
    baseUrl: [`${urls.us}/openai`, 'system/etc/codex/config.toml', '/openai/responses'],
    key: '$QCODE_API_KEY',
    overridden: [],
  },
  {
    name: 'a project is obeyed by 0.120',
    tool: 'codex',
    files: { '.codex/config.toml': codex(urls.eu), 'project/.codex/config.toml': codex(urls.us) },
    programs: codexVersion('0.120.0'),
    baseUrl: [`${urls.us}/openai`, 'project/.codex/config.toml', '/openai/responses'],
    overridden: ['.codex/config.toml'],
  },
  {
    name: 'a project is not obeyed by 0.169',
    tool: 'codex',
    files: { '.codex/config.toml': codex(urls.eu), 'project/.codex/config.toml': codex(urls.us) },
    programs: codexVersion('0.169.0'),
    baseUrl: [`${urls.eu}/openai`, '.codex/config.toml', '/openai/responses'],
    overridden: [],
  },
  {
    name: 'providers.json counts for 3.x, and no variable',
    tool: 'cline',
    files: {
      '.cline/data/settings/providers.json': cline(urls.eu, 'p'),
      '.cline/data/globalState.json': `{"anthropicBaseUrl":"${urls.us}/api"}`,
    },
    env: { ANTHROPIC_BASE_URL: `${urls.us}/api` },
    baseUrl: [`${urls.eu}/api/v1`, '.cline/data/settings/providers.json', '/api/v1/messages'],
    key: '.cline/data/settings/providers.json',
    overridden: [],
  },
  {
    name: 'globalState.json counts for 2.x, before the variable',
    tool: 'cline',
    programs: { cline: { package: 'cline', version: '2.18.0' } },
    files: {
      '.cline/data/settings/providers.json': cline(urls.eu, 'p'),
      '.cline/data/globalState.json': `{"anthropicBaseUrl":"${urls.us}/api"}`,
      '.cline/data/secrets.json': `{"apiKey":"${key('g')}"}`,
    },
    env: { ANTHROPIC_BASE_URL: `${urls.asia}/api` },
    baseUrl: [`${urls.us}/api`, '.cline/data/globalState.json', '/api/v1/messages'],
    key: '.cline/data/secrets.json',
    overridden: ['$ANTHROPIC_BASE_URL'],
  },
  {
    name: 'env-file beats every .env, and those beat the shell',
    tool: 'aider',
    programs: { aider: undefined },
    files: {
      '.aider.conf.yml': 'env-file: HOME/own/aider.env\n',
      'own/aider.env': aider(urls.us, 'o'),
      'project/.env': aider(urls.eu, 'p'),
      '.env': aider(urls.asia, 'h'),
    },
    env: { ANTHROPIC_API_BASE: `${urls.global}/api` },
    baseUrl: [`${urls.us}/api`, 'own/aider.env', '/api/v1/messages'],
    key: 'own/aider.env',
    overridden: ['project/.env', '.env', '$ANTHROPIC_API_BASE', 'project/.env', '.env'],
  },
  {
    name: 'the .env of the git root beats the one of the folder',
    tool: 'aider',
    programs: { aider: undefined },
    cwd: 'project/deep',
    files: {
      'project/.git/HEAD': 'ref: refs/heads/main\n',
      'project/.env': aider(urls.us, 'r'),
      'project/deep/.env': aider(urls.eu, 'd'),
    },
    baseUrl: [`${urls.us}/api`, 'project/.env', '/api/v1/messages'],
    key: 'project/.env',
    overridden: ['project/deep/.env', 'project/deep/.env'],
  },
  {
    name: 'set-env beats env files, AIDER_ENV_FILE the one that is configured',
    tool: 'aider',
    programs: { aider: undefined },
    files: {
      'project/.aider.conf.yml': `set-env:\n  - ANTHROPIC_API_BASE=${urls.us}/api\nenv-file: HOME/never.env\n`,
      'never.env': aider(urls.asia, 'n'),
      'named.env': aider(urls.eu, 'a'),
    },
    env: { AIDER_ENV_FILE: '../named.env' },
    baseUrl: [`${urls.us}/api`, 'project/.aider.conf.yml', '/api/v1/messages'],
    key: 'named.env',
    overridden: ['named.env'],
  },
  {
    name: 'ANTHROPIC_API_BASE beats ANTHROPIC_BASE_URL from wherever',
    tool: 'aider',
    programs: { aider: undefined },
    files: { 'project/.env': `ANTHROPIC_BASE_URL=${urls.us}/api\nANTHROPIC_API_KEY=${key('p')}\n` },
    env: { ANTHROPIC_API_BASE: `${urls.eu}/api` },
    baseUrl: [`${urls.eu}/api`, '$ANTHROPIC_API_BASE', '/api/v1/messages'],
    key: 'project/.env',
    overridden: ['project/.env'],
  },
  {
    name: 'an empty ANTHROPIC_API_BASE gives way to ANTHROPIC_BASE_URL',
    tool: 'aider',
    programs: { aider: undefined },
    env: { ANTHROPIC_API_BASE: '', ANTHROPIC_BASE_URL: `${urls.eu}/api`, ANTHROPIC_API_KEY: key('s') },
    baseUrl: [`${urls.eu}/api`, '$ANTHROPIC_BASE_URL', '/api/v1/messages'],
    key: '$ANTHROPIC_API_KEY',
    overridden: [],
  },
  {
    name: 'the environment beats the .env of a project',
    tool: 'openai-sdk',
    files: {
      'project/requirements.txt': 'openai\n',
      'project/.env': `OPENAI_BASE_URL=${urls.us}/openai/v1\nOPENAI_API_KEY=${key('p')}\n`,
    },
    env: { OPENAI_BASE_URL: `${urls.eu}/openai/v1` },
    baseUrl: [`${urls.eu}/openai/v1`, '$OPENAI_BASE_URL', '/openai/v1/chat/completions'],
    key: 'project/.env',
    overridden: ['project/.env'],
  },
  {
    name: 'OPENAI_API_BASE beats OPENAI_BASE_URL',
    tool: 'langchain',
    files: { 'project/requirements.txt': 'langchain\n' },
    env: {
      OPENAI_BASE_URL: `${urls.eu}/openai/v1`,
      OPENAI_API_BASE: `${urls.us}/openai/v1`,
      OPENAI_API_KEY: key('s'),
    },
    baseUrl: [`${urls.us}/openai/v1`, '$OPENAI_API_BASE', '/openai/v1/chat/completions'],
    key: '$OPENAI_API_KEY',
    overridden: ['$OPENAI_BASE_URL'],
  },
  {
    name: 'settings of Claude Code beat the environment',
    tool: 'claude-agent-sdk',
    files: { 'project/requirements.txt': 'claude-agent-sdk\n', [user]: claude(urls.us, 'u') },
    env: shellClaude,
    baseUrl: [`${urls.us}/api`, user, '/api/v1/messages'],
    key: user,
    overridden: ['$ANTHROPIC_BASE_URL', '$ANTHROPIC_AUTH_TOKEN'],
  },
]

describe('who wins', () => {
  it.each(rows.map((row) => [row.tool, row.name, row] as const))('%s: %s', async (tool, _, row) => {
    const { home, tools, everything } = await examine(makeSituation(row))
    const found = tools.find((candidate) => candidate.tool === tool)
    const placeOf = ({ file, name }: { file: string | null; name: string }) =>
      file?.replace(join(home, '/'), '') ?? `$${name}`
    const [value, place, requests] = row.baseUrl
    expect(found?.baseUrl).toMatchObject({ value, requests })
    expect(found?.baseUrl && placeOf(found.baseUrl.source)).toBe(place)
    if (row.key !== undefined) expect(found?.key && placeOf(found.key.source)).toBe(row.key)
    expect(found?.overridden.map(({ source }) => placeOf(source))).toEqual(row.overridden)
    expect(everything).not.toMatch(/cr_[a-z]{20}/)
  })

  it('shows keys masked, and says which one is another', async () => {
    const { tools, findings } = await examine(
      makeSituation({ files: { [user]: claude(urls.eu, 'u') }, env: { ANTHROPIC_AUTH_TOKEN: key('s') } }),
    )
    expect(tools[0]?.key?.masked).toBe(shown('u'))
    expect(findings).toContainEqual(
      expect.objectContaining({ id: 'different-keys', level: 'warning', tool: 'claude-code' }),
    )
  })

  it('names the line of the profile that sets a variable', async () => {
    const { home, tools } = await examine(
      makeSituation({
        programs: { claude: undefined },
        files: { '.zshrc': `# mine\nexport ANTHROPIC_BASE_URL=${urls.eu}/api\n` },
        env: { ANTHROPIC_BASE_URL: `${urls.eu}/api`, ANTHROPIC_AUTH_TOKEN: key('s') },
      }),
    )
    expect(tools[0]?.baseUrl?.source).toEqual({
      level: 'environment',
      name: 'ANTHROPIC_BASE_URL',
      file: join(home, '.zshrc'),
      line: 2,
    })
    expect(tools[0]?.overridden).toEqual([])
  })

  it.each([
    ['linux', '.bashrc', 'Open a new terminal.'],
    ['darwin', '.bash_profile', 'Open a new terminal. Quit editors and start them again.'],
  ] as const)(
    'says on %s that %s was changed since the shell was started',
    async (platform, profile, hint) => {
      const { findings, tools } = await examine(
        makeSituation({
          platform,
          programs: { claude: undefined },
          files: {
            [profile]: `export ANTHROPIC_BASE_URL='${urls.eu}/api'\nexport ANTHROPIC_AUTH_TOKEN='${key('s')}'\n`,
          },
        }),
      )
      expect(tools[0]?.baseUrl?.source).toMatchObject({ level: 'profile', line: 1 })
      const found = findings.filter(({ id }) => id === 'new-shell-needed')
      expect(found.map((one) => String(one.hint))).toEqual([hint])
    },
  )
})
