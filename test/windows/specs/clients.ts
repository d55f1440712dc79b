import type { Spec } from '../spec.ts'

/** A client as npm installs it, that keeps its files where its variable says, else in the user's true home, as programs in Rust do. */
function fakeCodex(home: string, variable = 'CODEX_HOME'): Record<string, string> {
  const folder = `${home}\\AppData\\Roaming\\npm`
  return {
    [`${folder}\\codex.cmd`]:
      '@"C:\\Program Files\\nodejs\\node.exe" "%~dp0\\node_modules\\@openai\\codex\\codex.js" %*\r\n',
    [`${folder}\\node_modules\\@openai\\codex\\package.json`]: '{"name":"@openai/codex","version":"0.80.0"}',
    [`${folder}\\node_modules\\@openai\\codex\\codex.js`]: `
      const fs = require('node:fs')
      const home = process.env.${variable} || ${JSON.stringify(`${home}\\.codex`)}
      fs.writeFileSync(home + '\\\\sessions.jsonl', 'ran ' + process.argv.slice(2).join(' '))
      const text = fs.readFileSync(home + '\\\\config.toml', 'utf8')
      const url = /model_providers.qcode\\][^[]*base_url = "(.*)"/.exec(text)[1]
      const env = fs.existsSync(home + '\\\\.env') ? fs.readFileSync(home + '\\\\.env', 'utf8') : ''
      const key = /QCODE_API_KEY=['"]?([^'"\\r\\n]*)/.exec(env)?.[1] ?? process.env.QCODE_API_KEY ?? 'none'
      fetch(url + '/responses', { method: 'POST', headers: { authorization: 'Bearer ' + key }, body: '{"model":"m","input":"hi"}' })
        .then((reply) => reply.text()).then((reply) => console.log(reply))
    `,
  }
}

const withCodex = { Path: 'C:\\windows\\system32;C:\\Program Files\\nodejs;%HOME%\\AppData\\Roaming\\npm' }

/** Programs that are found, and run by prove. */
export const clients: Spec[] = [
  {
    title: 'prove runs a client that asks Windows for the home, and nothing of the user’s is read or written',
    env: withCodex,
    files: {
      ...fakeCodex('C:\\users\\ada'),
      '.codex\\config.toml':
        'model_provider = "mine"\n[model_providers.mine]\nname = "my own relay"\nbase_url = "http://127.0.0.1:1/openai"\nexperimental_bearer_token = "sk-mine-0123456789abcdef"\n',
    },
    steps: [
      {
        args: ['prove', '--tool', 'codex'],
        out: ['bearer', 'works'],
        after: { '.codex\\sessions.jsonl': 'absent', '.codex\\config.toml': 'as before' },
      },
    ],
  },
  {
    title: 'prove tells of a client that wrote into the user’s own folder all the same',
    env: withCodex,
    files: {
      ...fakeCodex('C:\\users\\ada', 'NO_SUCH_VARIABLE'),
      '.codex\\config.toml': '[model_providers.qcode]\nbase_url = "http://127.0.0.1:1/openai"\n',
    },
    steps: [
      {
        args: ['prove', '--tool', 'codex'],
        exit: 4,
        err: ['.codex\\sessions.jsonl'],
        never: ['Your own files were not changed'],
      },
    ],
  },
  {
    title: 'prove leaves out a client that would use the user’s own settings',
    env: withCodex,
    files: { 'AppData\\Roaming\\npm\\aider.cmd': '@echo ran > "%~dp0ran"\r\n' },
    steps: [
      {
        args: ['prove', '--tool', 'aider'],
        exit: 1,
        out: ['skipped', 'would use your own settings'],
        after: { 'AppData\\Roaming\\npm\\ran': 'absent' },
      },
    ],
  },
  {
    title: 'the version of a client behind npm’s shim is found without running it',
    env: withCodex,
    files: fakeCodex('C:\\users\\ada'),
    steps: [
      {
        args: ['doctor', '--no-check', '--json'],
        exit: null,
        out: ['"version": "0.80.0"'],
        after: { '.codex\\sessions.jsonl': 'absent' },
      },
    ],
  },
  {
    title: 'a key in the Credential Manager is set, got, rotated and forgotten',
    files: { 'new.txt': `cr_${'0'.repeat(64)}` },
    steps: [
      { args: ['key', 'set', '--key-file', '%KEY%'] },
      { args: ['key', 'get'], out: [/^cr_89abcdef/], showsKey: true },
      {
        args: [
          '--tool',
          'claude-code',
          '--key-store',
          'keychain',
          '--key-file',
          '%KEY%',
          '--yes',
          '--no-check',
        ],
        after: { '.claude\\settings.json': ['apiKeyHelper', 'key get'] },
      },
      { args: ['key', 'rotate', '--key-file', '%HOME%\\new.txt', '--yes', '--no-check'] },
      { args: ['key', 'get'], out: [/^cr_00000000/], showsKey: true },
      { args: ['remove', '--yes'] },
      { args: ['key', 'forget', '--yes'] },
      { args: ['key', 'get'], exit: 1 },
    ],
  },
]
