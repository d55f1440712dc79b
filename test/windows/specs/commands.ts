import { absent, asBefore, type Spec } from '../spec.ts'

const keyed = ['--key-file', '%KEY%', '--yes', '--no-check']
const ownClaude = '{\r\n  "model": "opus",\r\n  "env": { "MINE": "1" }\r\n}\r\n'
const ownCodex = '# mine\r\nmodel = "gpt-5.2"\r\n'

/** A whole life of a set-up, through npm's shim and without it. */
export const commands: Spec[] = [
  {
    title: 'npm’s own shim starts the program, with words that cmd.exe would read otherwise',
    steps: [
      { command: ['qcode-setup.cmd', '--version'], out: [/^\d+\.\d+\.\d+/] },
      {
        command: ['qcode-setup.cmd', '--help'],
        out: ['qcode-setup'],
        after: { 'AppData\\Local\\qcode-setup': absent },
      },
      { command: ['qcode-setup.cmd', 'lint', 'R&D (50%) [x]'], exit: 2, err: ['R&D (50%) [x]'] },
    ],
  },
  {
    title: 'demo does the whole job in a throw-away home',
    steps: [{ args: ['demo'], out: ['api/v1/messages'] }],
  },
  ...['global', 'us', 'eu', 'asia', 'china'].map(
    (region): Spec => ({
      title: `given the region ${region}, four tools are set up, and taken out again`,
      files: { '.claude\\settings.json': ownClaude, '.codex\\config.toml': ownCodex },
      steps: [
        {
          args: ['--tool', 'claude-code,codex,cline,aider', '--region', region, ...keyed, '--allow-http'],
          after: {
            '.claude\\settings.json': [/"ANTHROPIC_BASE_URL": "https?:..[^/]+\/api"/, '"MINE": "1"'],
            '.codex\\config.toml': ['# mine\r\n', /base_url = "https?:..[^/]+\/openai"/],
            '.cline\\data\\settings\\providers.json': ['/api'],
            '.aider.conf.yml': ['aider.env'],
          },
        },
        { args: ['status'], out: [`(${region}`, 'codex', 'claude-code', 'cline', 'aider'] },
        {
          args: ['remove', '--yes'],
          after: {
            '.claude\\settings.json': asBefore,
            '.codex\\config.toml': asBefore,
            '.cline\\data\\settings\\providers.json': absent,
            '.aider.conf.yml': absent,
            'AppData\\Roaming\\qcode-setup\\aider.env': absent,
          },
        },
      ],
    }),
  ),
  {
    title: 'switch moves all to another region, and undo gives back every byte of the run before',
    files: { '.claude\\settings.json': ownClaude },
    steps: [
      { args: ['--tool', 'claude-code,codex', '--region', 'eu', ...keyed] },
      {
        args: ['switch', 'us', '--yes', '--no-check'],
        after: {
          '.claude\\settings.json': ['https://us.qcode.cc/api'],
          '.codex\\config.toml': ['https://us.qcode.cc/openai'],
        },
      },
      { args: ['undo', '--yes'], after: { '.claude\\settings.json': ['https://eu.qcode.cc/api'] } },
      {
        args: ['undo', '--yes'],
        after: { '.claude\\settings.json': asBefore, '.codex\\config.toml': absent },
      },
    ],
  },
  {
    title: 'the same setup a second time changes nothing and says so',
    steps: [
      { args: ['--tool', 'codex,claude-code', ...keyed, '--json'], out: ['"changed": true'] },
      { args: ['--tool', 'codex,claude-code', ...keyed, '--json'], out: ['"changed": false', '"run": null'] },
      { args: ['--tool', 'codex,claude-code', ...keyed], never: [/\b0[67]\d\d\b/] },
    ],
  },
  {
    title: 'no plan speaks of modes, which Windows has not',
    files: { '.claude\\settings.json': ownClaude },
    steps: [
      {
        args: ['--tool', 'codex,claude-code', ...keyed, '--dry-run', '--diff'],
        never: [/\bmode\b/, /\b0[67]\d\d\b/],
      },
    ],
  },
  {
    title: 'a dry run leaves no trace',
    files: { '.claude\\settings.json': ownClaude },
    steps: [
      {
        args: ['--tool', 'all', ...keyed, '--dry-run'],
        after: {
          '.claude\\settings.json': asBefore,
          '.codex': absent,
          'AppData\\Local\\qcode-setup': absent,
        },
      },
    ],
  },
  {
    title: 'key rotate replaces the key wherever it stands',
    files: { 'new.txt': `cr_${'0'.repeat(64)}\r\n` },
    steps: [
      { args: ['--tool', 'claude-code,codex,aider', ...keyed] },
      {
        args: ['key', 'rotate', '--key-file', '%HOME%\\new.txt', '--yes', '--no-check'],
        never: ['cr_0000000000000'],
        after: { '.claude\\settings.json': ['cr_00000'], '.codex\\.env': ['cr_00000'] },
      },
    ],
  },
  {
    title: 'the gateway on this machine is asked, and a wrong key is told',
    files: { 'wrong.txt': `cr_${'1'.repeat(64)}` },
    steps: [
      {
        args: ['--tool', 'claude-code', '--gateway', '%GATEWAY%', '--key-file', '%KEY%', '--yes'],
        after: { '.claude\\settings.json': ['%GATEWAY%/api'.slice(9)] },
      },
      { args: ['check', '--key-file', '%HOME%\\wrong.txt'], exit: 4, out: ['401'] },
      { args: ['doctor'], exit: null, out: ['Claude Code'] },
    ],
  },
  {
    title: 'print writes for PowerShell where nothing says otherwise, and for the format that is named',
    steps: [
      {
        args: ['print', 'openai-sdk'],
        out: ["$env:OPENAI_BASE_URL = 'https://api.qcode.cc/openai/v1'"],
        never: ['export '],
      },
      {
        args: ['print', 'openai-sdk', '--format', 'cmd'],
        out: ['OPENAI_BASE_URL=https://api.qcode.cc/openai/v1'],
      },
      {
        args: ['print', 'openai-sdk', '--format', 'sh'],
        out: ["export OPENAI_BASE_URL='https://api.qcode.cc/openai/v1'"],
      },
    ],
  },
  {
    title: 'lines of sh ask for the key by a plain command, of which Git Bash makes no path',
    steps: [
      {
        args: ['print', 'openai-sdk', '--key-store', 'keychain', '--format', 'sh'],
        out: ["'qcode-setup' 'key' 'get'"],
        never: ['cmd.exe'],
      },
    ],
  },
  {
    title: 'in Git Bash its own profile is written, with a plain command for the key',
    env: { MSYSTEM: 'MINGW64' },
    steps: [
      { args: ['print', 'openai-sdk'], out: ["export OPENAI_BASE_URL='https://api.qcode.cc/openai/v1'"] },
      {
        args: [
          '--tool',
          'openai-sdk',
          '--key-store',
          'keychain',
          '--key-file',
          '%KEY%',
          '--yes',
          '--no-check',
        ],
        after: {
          '.bashrc': ['qcode-setup'],
          'AppData\\Roaming\\qcode-setup\\env.sh': [/OPENAI_API_KEY="\$\('qcode-setup' 'key' 'get'\)"/],
        },
      },
      { args: ['remove', '--yes'], after: { '.bashrc': absent } },
      { args: ['key', 'forget', '--yes'] },
    ],
  },
  ...[
    { shell: 'PowerShell', env: {}, typed: 'Remove-Item Env:CLAUDE_CODE_USE_BEDROCK', never: 'unset CLAUDE' },
    {
      shell: 'Git Bash',
      env: { MSYSTEM: 'MINGW64' },
      typed: 'unset CLAUDE_CODE_USE_BEDROCK',
      never: 'Remove-Item',
    },
  ].map(
    ({ shell, env, typed, never }): Spec => ({
      title: `in ${shell}, hints are typed as that shell takes them, for people and for programs`,
      env,
      files: { '.claude\\settings.json': ownClaude },
      steps: [
        { args: ['--tool', 'claude-code', ...keyed] },
        ...[[], ['--json']].map((also) => ({
          args: ['doctor', '--no-check', ...also],
          env: { CLAUDE_CODE_USE_BEDROCK: '1' },
          exit: 3,
          out: [typed],
          never: [never],
        })),
      ],
    }),
  ),
  {
    title: 'reports write ~ for the home',
    steps: [
      { args: ['--tool', 'codex', ...keyed], out: ['~\\.codex\\config.toml'] },
      { args: ['status', '--json'], out: ['C:\\\\users\\\\ada\\\\.codex'] },
      {
        args: ['remove', '--yes'],
        out: ['~\\.codex\\config.toml'],
        never: ['C:\\users\\ada'],
      },
    ],
  },
  ...(['SIGINT', 'SIGBREAK', 'SIGHUP'] as const).map(
    (signal): Spec => ({
      title: `${signal} while a gateway is waited for ends with 130, and nothing is written`,
      steps: [
        {
          args: ['--tool', 'codex', '--gateway', '%GATEWAY%', '--key-file', '%KEY%', '--yes'],
          env: { LANE_SIGNAL: signal },
          exit: 130,
          after: { '.codex\\config.toml': absent },
        },
      ],
    }),
  ),
  {
    title: 'a policy of the user in the registry wins over the settings, and doctor names it',
    files: { '.claude\\settings.json': ownClaude },
    steps: [
      { args: ['--tool', 'claude-code', '--region', 'us', ...keyed] },
      {
        command: [
          'C:\\windows\\system32\\reg.exe',
          'add',
          'HKCU\\SOFTWARE\\Policies\\ClaudeCode',
          '/v',
          'Settings',
          '/d',
          '{"env":{"ANTHROPIC_BASE_URL":"https://eu.qcode.cc/api"}}',
          '/f',
        ],
      },
      {
        args: ['doctor', '--no-check'],
        exit: null,
        out: ['HKCU\\SOFTWARE\\Policies\\ClaudeCode\\Settings', 'https://eu.qcode.cc/api'],
      },
      {
        command: ['C:\\windows\\system32\\reg.exe', 'delete', 'HKCU\\SOFTWARE\\Policies\\ClaudeCode', '/f'],
      },
      { args: ['doctor', '--no-check'], never: ['Policies', 'eu.qcode.cc'] },
    ],
  },
  {
    title: 'lint finds a wrong base URL below a folder spelled with backslashes',
    files: {
      'D:\\dotfiles\\.cline\\data\\settings\\providers.json':
        '{"version":1,"providers":{"anthropic":{"settings":{"provider":"anthropic","baseUrl":"https://api.qcode.cc/api"}}}}',
      'D:\\dotfiles\\.claude\\settings.json': '{"env":{"ANTHROPIC_BASE_URL":"https://api.qcode.cc/api/v1"}}',
    },
    steps: [
      { args: ['lint', 'D:\\dotfiles'], exit: 3, out: ['missing-v1', 'doubled-v1'] },
      { args: ['lint', 'D:/dotfiles/.cline/data/settings/providers.json'], exit: 3, out: ['missing-v1'] },
      { args: ['lint', '.'], cwd: 'D:\\dotfiles', exit: 3, out: ['missing-v1', 'doubled-v1'] },
    ],
  },
]
