import { absent, asBefore, type Spec } from '../spec.ts'

const keyed = ['--key-file', '%KEY%', '--yes', '--no-check']
const key = `cr_${'89abcdef01234567'.repeat(4)}`

function keyFile(title: string, content: string | Uint8Array): Spec {
  return {
    title: `a key file ${title} is read`,
    files: { 'key file.txt': content },
    steps: [
      {
        args: ['--tool', 'claude-code', '--key-file', 'key file.txt', '--yes', '--no-check'],
        after: { '.claude\\settings.json': [`"${key}"`] },
      },
    ],
  }
}

/** Files as editors and shells of Windows leave them. */
export const files: Spec[] = [
  {
    title: 'CRLF, BOM and a missing last newline are kept by an edit, and undone to the byte',
    files: {
      '.claude\\settings.json': '\uFEFF{\r\n  "model": "opus"\r\n}',
      '.codex\\config.toml': '\uFEFF# mine\r\nmodel = "gpt-5.2"',
      '.aider.conf.yml': '# mine\r\ndark-mode: true\r\n',
    },
    steps: [
      {
        args: ['--tool', 'claude-code,codex,aider', ...keyed],
        after: {
          '.claude\\settings.json': [/^\uFEFF\{\r\n/, '"ANTHROPIC_BASE_URL"'],
          '.codex\\config.toml': [/^\uFEFF# mine\r\n/, /\r\nbase_url = /],
          '.aider.conf.yml': [/^# mine\r\ndark-mode: true\r\n/],
        },
      },
      {
        args: ['undo', '--yes'],
        after: {
          '.claude\\settings.json': asBefore,
          '.codex\\config.toml': asBefore,
          '.aider.conf.yml': asBefore,
        },
      },
    ],
  },
  keyFile('of PowerShell 5.1, in UTF-16 with a BOM', Buffer.from(`\uFEFF${key}\r\n`, 'utf16le')),
  keyFile('of Notepad, in UTF-8 with a BOM', `\uFEFF${key}`),
  keyFile('with empty lines around the key', `\r\n${key}\r\n\r\n`),
  {
    title: 'a key with a BOM comes in on standard input',
    steps: [
      {
        args: ['--tool', 'codex', '--key-file', '-', '--yes', '--no-check'],
        input: `\uFEFF${key}\r\n`,
        after: { '.codex\\.env': [key] },
      },
    ],
  },
  {
    title: 'a read-only file is refused with a command of Windows, and nothing is written',
    files: { '.claude\\settings.json': '{}\r\n' },
    steps: [
      { command: ['C:\\windows\\system32\\attrib.exe', '+R', '%HOME%\\.claude\\settings.json'] },
      {
        args: ['--tool', 'codex,claude-code', ...keyed],
        exit: 1,
        err: ['settings.json'],
        never: ['chmod'],
        after: { '.claude\\settings.json': asBefore, '.codex\\config.toml': absent },
      },
    ],
  },
  {
    title: 'what stands in the way is looked at by a command of PowerShell',
    files: { '.claude\\settings.json\\readme': '' },
    steps: [
      {
        args: ['--tool', 'claude-code', ...keyed],
        exit: 1,
        err: ['Get-Item -Force'],
        never: ['ls -ld'],
      },
    ],
  },
  {
    title: 'six at once: each waits or is told, and every file is whole',
    steps: [
      {
        command: [
          'C:\\Program Files\\nodejs\\node.exe',
          '-e',
          "const {spawn}=require('node:child_process');const p=process.env.APPDATA_NPM;" +
            "const one=(r)=>new Promise((d)=>{const c=spawn(process.execPath,[p,'--tool','claude-code,codex','--region',r,'--key-file','C:/keys/key.txt','--yes','--no-check']);c.on('close',d)});" +
            "Promise.all(['eu','us','asia','global','eu','us'].map(one)).then((e)=>console.log('exits',e.sort().join()))",
        ],
        env: {
          APPDATA_NPM:
            'C:\\users\\root\\AppData\\Roaming\\npm\\node_modules\\qcode-setup\\bin\\qcode-setup.js',
        },
        out: [/^exits 0/],
        after: {
          '.claude\\settings.json': [/^\{[\s\S]*\}\s*$/, /https:\/\/(api|eu|us|asia)\.qcode\.cc\/api"/],
          '.codex\\config.toml': [/qcode\.cc\/openai"/],
        },
      },
      { args: ['status'] },
      {
        args: ['remove', '--yes'],
        after: { '.claude\\settings.json': absent, '.codex\\config.toml': absent },
      },
    ],
  },
  ...[200, 400, 600, 800, 1000].map(
    (killAfter): Spec => ({
      title: `a run that is killed after ${killAfter} ms is put right by the next`,
      files: { '.claude\\settings.json': '{ "model": "opus" }\r\n' },
      steps: [
        { args: ['--tool', 'claude-code,codex,cline,aider', ...keyed], killAfter, exit: null },
        { args: ['--tool', 'claude-code,codex,cline,aider', '--region', 'eu', ...keyed] },
        {
          args: ['remove', '--yes'],
          after: {
            '.claude\\settings.json': asBefore,
            '.codex\\config.toml': absent,
            '.aider.conf.yml': absent,
          },
        },
      ],
    }),
  ),
]
