import { userFolders as folders } from '../../../src/host/read-file-state.ts'
import { nodeExe } from '../machine.ts'
import { absent, asBefore, type Spec, type Step } from '../spec.ts'

const keyed = ['--key-file', '%KEY%', '--yes', '--no-check']
const setup: Step['args'] = ['--tool', 'openai-sdk', ...keyed]
const ours = ['"OPENAI_BASE_URL"="https://api.qcode.cc/openai/v1"', '"OPENAI_API_KEY"="cr_']

/** `%USERPROFILE%\bin` and `https://%HOST%/v1`, as a text in which variables count. */
const expanding = (text: string) =>
  `hex(2):${(Buffer.from(`${text}\0`, 'utf16le').toString('hex').match(/../g) ?? []).join(',')}`

/** What a user has there already. */
const usual = [
  `"Path"=${expanding('%USERPROFILE%\\bin')}`,
  '"MINE"="a\\\\b\\"c %PATH% 张伟 Виктор"',
  '"EMPTY"=""',
  '"NUMBER"=dword:00000007',
]

/** From before anything is written to after all of it, on a quiet machine and on a busy one. */
const killTimes = [500, 800, 1100, 1500, 2000, 2700, 3500, 4500]

/** Variables in the registry, which is where programs on Windows find them. */
export const variables: Spec[] = [
  {
    title:
      'variables are set in the registry, as they should be the second time, moved, undone and taken out',
    variables: usual,
    steps: [
      { args: [...setup, '--dry-run', '--diff'], out: ['OPENAI_API_KEY'], variables: asBefore },
      {
        args: setup,
        err: ['only newly started programs'],
        variables: [...ours, '张伟 Виктор', 'hex(2):25,00'],
      },
      { args: [...setup, '--json'], out: ['"changed": false'] },
      { args: ['status'], out: ['openai-sdk'] },
      { args: ['switch', 'eu', '--yes', '--no-check'], variables: ['https://eu.qcode.cc/openai/v1'] },
      { args: ['undo', '--yes'], variables: ours },
      { args: ['doctor', '--no-check'], exit: null, never: ['Error'], variables: ours },
      { args: ['remove', '--yes'], variables: asBefore },
    ],
  },
  {
    title: 'what the user had set comes back in its own spelling and kind',
    variables: [
      ...usual,
      `"Openai_Base_Url"=${expanding('https://%HOST%/v1')}`,
      '"OPENAI_API_KEY"="sk-mine"',
    ],
    steps: [
      { args: setup, exit: null, variables: [/"Openai_Base_Url"=hex\(2\):68,00/, '"OPENAI_API_KEY"="cr_'] },
      { args: ['undo', '--yes'], variables: asBefore },
      { args: setup, exit: null, variables: ['"OPENAI_API_KEY"="cr_'] },
      { args: ['remove', '--yes'], exit: null, variables: asBefore },
    ],
  },
  {
    title: 'a variable that was changed since is a conflict, and other programs may change theirs',
    variables: usual,
    steps: [
      { args: setup },
      { command: ['reg', 'add', 'HKCU\\Environment', '/v', 'MINE', '/d', 'other', '/f'] },
      {
        command: [
          'reg',
          'add',
          'HKCU\\Environment',
          '/v',
          'OPENAI_BASE_URL',
          '/d',
          'https://a.example',
          '/f',
        ],
      },
      { args: ['switch', 'eu', '--yes', '--no-check'], exit: 3, variables: ['https://a.example'] },
      { args: ['undo', '--yes'], exit: 3, variables: ['https://a.example', '"MINE"="other"'] },
    ],
  },
  {
    title: 'a variable that was changed by hand is written again by the command that doctor and status give',
    variables: usual,
    steps: [
      { args: setup },
      ...[
        ['/d', 'https://a.example/v1'],
        ['/t', 'REG_DWORD', '/d', '7'],
        ['/d', ''],
      ].flatMap((data): Step[] => [
        { command: ['reg', 'add', 'HKCU\\Environment', '/v', 'OPENAI_BASE_URL', ...data, '/f'] },
        {
          args: ['doctor', '--no-check'],
          exit: 3,
          out: ['--shell windows --on-conflict overwrite'],
          never: ['Remove OPENAI_BASE_URL'],
        },
        {
          args: ['status', '--exit-code'],
          exit: 3,
          err: ['--shell windows --on-conflict overwrite'],
          never: ['Remove OPENAI_BASE_URL'],
        },
        {
          args: [...setup, '--shell', 'windows', '--on-conflict', 'overwrite'],
          variables: ours,
        },
        { args: ['doctor', '--no-check'], exit: null, variables: ours, never: ['on-conflict'] },
      ]),
      // What was overwritten is what the user had there last.
      {
        args: ['remove', '--yes'],
        variables: [/^(?!.*OPENAI_API_KEY).*"OPENAI_BASE_URL"="".*$/s, '"MINE"='],
      },
    ],
  },
  {
    title: 'a key is replaced in the registry, and in no argument',
    variables: usual,
    files: { 'new.txt': `cr_${'0'.repeat(64)}\r\n` },
    steps: [
      { args: setup },
      {
        args: ['key', 'rotate', '--key-file', '%HOME%\\new.txt', '--yes', '--no-check'],
        err: ['only newly started programs'],
        variables: ['"OPENAI_API_KEY"="cr_0000000', '"MINE"='],
      },
      { args: ['remove', '--yes'], variables: asBefore },
    ],
  },
  {
    title: 'a home with signs of all kinds, and a profile by name in place of the registry',
    user: 'R&D 张伟 (50%)',
    variables: usual,
    steps: [
      { args: setup, variables: ours },
      { args: ['remove', '--yes'], variables: asBefore },
      {
        args: [...(setup ?? []), '--shell', 'powershell'],
        variables: asBefore,
        after: { 'AppData\\Roaming\\qcode-setup\\env.ps1': ['OPENAI_BASE_URL'] },
      },
    ],
  },
  {
    title: 'a profile that OneDrive has moved and that is in UTF-16 is found, and edited in its own encoding',
    variables: usual,
    files: { 'OneDrive\\文档\\WindowsPowerShell\\profile.ps1': Buffer.from('\uFEFF# Мой\r\n', 'utf16le') },
    steps: [
      { command: ['reg', 'add', folders, '/v', 'Personal', '/d', '%HOME%\\OneDrive\\文档', '/f'] },
      {
        args: [...(setup ?? []), '--shell', 'powershell'],
        err: ['execution policy'],
        variables: asBefore,
        after: {
          'OneDrive\\文档\\PowerShell\\profile.ps1': ['env.ps1'],
          'OneDrive\\文档\\WindowsPowerShell\\profile.ps1': [/e\0n\0v\0\.\0p\0s\x001\0/],
        },
      },
      {
        args: ['remove', '--yes'],
        after: {
          'OneDrive\\文档\\PowerShell': absent,
          'OneDrive\\文档\\WindowsPowerShell\\profile.ps1': asBefore,
        },
      },
    ],
  },
  {
    title: 'a profile is in ASCII alone where the home is not, and finds its file by a variable',
    user: '张伟 Виктор',
    variables: usual,
    steps: [
      {
        args: [...(setup ?? []), '--shell', 'powershell'],
        variables: asBefore,
        after: {
          'Documents\\WindowsPowerShell\\profile.ps1': [/^[\t\r\n -~]+$/, 'env.ps1'],
          'Documents\\PowerShell\\profile.ps1': [/^[\t\r\n -~]+$/, 'env.ps1'],
        },
      },
    ],
  },
  {
    title: 'a profile of PowerShell 5.1 in UTF-16 keeps no tool from being set up',
    files: { 'Documents\\WindowsPowerShell\\profile.ps1': Buffer.from('\uFEFF# Мой\r\n', 'utf16le') },
    steps: [
      {
        args: ['--tool', 'claude-code,openai-sdk', '--shell', 'powershell', ...keyed],
        after: {
          '.claude\\settings.json': ['https://api.qcode.cc/api'],
          'Documents\\WindowsPowerShell\\profile.ps1': [
            /^\xFF\xFE|^\uFFFD\uFFFD/,
            /e\0n\0v\0\.\0p\0s\x001\0/,
          ],
        },
      },
      {
        args: ['remove', '--yes'],
        after: { 'Documents\\WindowsPowerShell\\profile.ps1': asBefore },
      },
    ],
  },
  ...['PowerShell\\Microsoft.PowerShell_profile.ps1', 'PowerShell\\Microsoft.VSCode_profile.ps1'].map(
    (name): Spec => ({
      title: `doctor names a line of ${name}, which is read after the profile that is written`,
      steps: [
        { args: [...(setup ?? []), '--shell', 'powershell'] },
        {
          command: [
            nodeExe,
            '-e',
            "require('node:fs').writeFileSync(process.argv[1], process.argv[2])",
            `%HOME%\\Documents\\${name}`,
            "$env:OPENAI_BASE_URL = 'https://api.openai.com/v1'\r\n",
          ],
        },
        {
          args: ['doctor', '--no-check'],
          exit: null,
          out: [name, 'https://api.openai.com/v1'],
          never: ['Nothing is wrong'],
        },
      ],
    }),
  ),
  {
    title: 'doctor names an address that a user had set in the registry before',
    variables: ['"OPENAI_BASE_URL"="https://relay.example.com/v1"'],
    steps: [
      { args: [...(setup ?? []), '--shell', 'powershell'], exit: null },
      {
        args: ['doctor', '--no-check'],
        exit: null,
        out: ['HKCU\\Environment', 'https://relay.example.com/v1'],
      },
    ],
  },
  ...killTimes.map(
    (killAfter): Spec => ({
      title: `killed after ${killAfter} ms, the registry is old or new, and the next command ends it`,
      variables: usual,
      steps: [
        { args: setup, killAfter, exit: null },
        { args: setup, exit: 0, variables: ours },
        { args: ['remove', '--yes'], variables: asBefore },
      ],
    }),
  ),
]
