import { absent, asBefore, type Spec } from '../spec.ts'

const keyed = ['--key-file', '%KEY%', '--yes', '--no-check']

const odd = ['张伟', "O'Neil", 'R&D (50%) [x] $y', 'with  two blanks', 'Виктор Ñandú']

/** Homes, drives and folders as people have them. */
export const places: Spec[] = [
  ...odd.map(
    (user): Spec => ({
      title: `the home of ${user} is set up, moved and given back`,
      user,
      files: { '.claude\\settings.json': '{}\r\n' },
      steps: [
        {
          args: ['--tool', 'claude-code,codex,aider', ...keyed],
          after: {
            '.codex\\config.toml': ['https://api.qcode.cc/openai'],
            '.aider.conf.yml': ['AppData\\\\Roaming\\\\qcode-setup\\\\aider.env', user],
          },
        },
        {
          args: ['switch', 'asia', '--yes', '--no-check'],
          after: { '.codex\\config.toml': ['https://asia.qcode.cc/openai'] },
        },
        { args: ['lint'] },
        {
          args: ['remove', '--yes'],
          after: { '.claude\\settings.json': asBefore, '.aider.conf.yml': absent },
        },
      ],
    }),
  ),
  {
    title: 'a client whose folder lies on another drive is set up there',
    env: { CODEX_HOME: 'D:\\codex home', CLAUDE_CONFIG_DIR: 'd:/claude' },
    steps: [
      {
        args: ['--tool', 'claude-code,codex', ...keyed],
        after: {
          'D:\\codex home\\config.toml': ['/openai'],
          'D:\\claude\\settings.json': ['/api'],
          '.codex': absent,
        },
      },
      { args: ['remove', '--yes'], after: { 'D:\\codex home\\config.toml': absent } },
    ],
  },
  {
    title: 'a project on another drive is set up in a path of 300 characters',
    files: { [`D:\\${'deep-folder-of-a-project\\'.repeat(12)}readme`]: '' },
    steps: [
      {
        args: ['--tool', 'claude-code', '--scope', 'project', ...keyed],
        cwd: `D:\\${'deep-folder-of-a-project\\'.repeat(8)}`,
        after: { [`D:\\${'deep-folder-of-a-project\\'.repeat(8)}.claude\\settings.local.json`]: ['/api'] },
      },
      { args: ['lint', `D:\\${'deep-folder-of-a-project\\'.repeat(12)}`] },
    ],
  },
  {
    title: 'the same project in other capitals is the same project',
    files: { 'D:\\Work\\My Proj\\readme': '' },
    steps: [
      {
        args: ['--tool', 'claude-code', '--scope', 'project', '--region', 'eu', ...keyed],
        cwd: 'D:\\Work\\My Proj',
      },
      {
        args: ['--tool', 'claude-code', '--scope', 'project', '--region', 'us', ...keyed],
        cwd: 'd:\\work\\my proj',
        after: { 'D:\\Work\\My Proj\\.claude\\settings.local.json': ['https://us.qcode.cc/api'] },
      },
      { args: ['status', '--json'], cwd: 'd:\\WORK\\my proj', never: ['eu.qcode.cc', 'my proj'] },
      { args: ['switch', 'asia', '--yes', '--no-check'], cwd: 'd:\\work\\My proj' },
      {
        args: ['remove', '--tool', 'claude-code', '--scope', 'project', '--yes'],
        cwd: 'D:\\WORK\\MY PROJ',
        after: { 'D:\\Work\\My Proj\\.claude\\settings.local.json': absent },
      },
    ],
  },
  ...[
    ['a drive', 'CODEX_HOME', 'Q:\\codex', 'codex'],
    ['a share', 'CLAUDE_CONFIG_DIR', '\\\\server\\share\\claude', 'claude-code'],
  ].map(
    ([what, variable = '', path = '', tool = '']): Spec => ({
      title: `${what} that is not there is a sentence with its path`,
      env: { [variable]: path },
      steps: [
        { args: ['--tool', tool, ...keyed], exit: 1, err: [path], never: ['call stack'] },
        { args: ['doctor', '--no-check'], exit: null, never: ['call stack'] },
        { args: ['status'] },
      ],
    }),
  ),
  {
    title: 'a state folder on a drive that is not there is a sentence with its path',
    env: { LOCALAPPDATA: 'Q:\\local' },
    steps: [
      {
        args: ['--tool', 'codex', ...keyed],
        exit: 1,
        err: ['Q:\\'],
        after: { '.codex\\config.toml': absent },
      },
    ],
  },
  {
    title: 'the HOME of Git Bash is not taken for the home',
    env: { HOME: '/c/users/other', MSYSTEM: 'MINGW64' },
    steps: [{ args: ['--tool', 'codex', ...keyed], after: { '.codex\\config.toml': ['/openai'] } }],
  },
  {
    title: 'Chinese Windows, which sets no LANG, is answered in Chinese',
    locale: 'zh_CN.UTF-8',
    env: { LANG: '' },
    steps: [
      { args: ['status'], out: [/[\u4e00-\u9fff]/] },
      { args: ['status'], env: { LANG: 'en_US.UTF-8' }, never: [/[\u4e00-\u9fff]/] },
      { args: ['status', '--lang', 'en'], never: [/[\u4e00-\u9fff]/] },
    ],
  },
  {
    title: 'English Windows is answered in English, and in the language of LANG where there is one',
    steps: [
      { args: ['status'], env: { LANG: '' }, never: [/[\u4e00-\u9fff]/] },
      { args: ['status'], env: { LANG: 'zh_CN.UTF-8' }, out: [/[\u4e00-\u9fff]/] },
    ],
  },
]
