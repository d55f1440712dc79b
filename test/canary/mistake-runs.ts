import { canaryKey as key, oddKey } from './canary-keys.ts'
import type { Step } from './walk.ts'

/** Command lines on which the key stands by mistake. */
const lines: readonly (readonly string[])[] = [
  [key],
  ['--key', key],
  [`--key=${key}`],
  ['--key-file', key],
  [`--key-file${key}`],
  [`-k${key}`],
  [`--${key}`],
  ['--tool', key],
  ['--tool', `codex,${key}`],
  ['--region', key],
  ['--gateway', key],
  ['--gateway', `https://${key}@relay.invalid`],
  ['--gateway', `http://127.0.0.1/?key=${key}`],
  ['--model', key],
  ['--model', `codex=${key}`],
  ['--scope', key],
  ['--method', key],
  ['--shell', key],
  ['--key-store', key],
  ['--on-conflict', key],
  ['--timeout', key],
  ['print', key],
  ['print', 'codex', '--format', key],
  ['print', 'codex', key],
  ['check', '--model', key],
  ['switch', key],
  ['undo', key],
  ['lint', key, `dir/${key}/file`],
  ['key', key],
  ['key', 'set', key],
  ['prove', '--tool', key],
  ['doctor', key],
  ['setup', 'set', 'QCODE_API_KEY', key],
]

const spoilt = ` ${key.slice(0, 40)} ${key.slice(40)}\n`

/** What a user may do wrong with the key, and with variables. */
export const mistakeRuns: Readonly<Record<string, readonly Step[]>> = {
  'on the command line': lines.flatMap((args) => [
    { args: [...args, '--yes', '--no-check'], exit: 2, env: { QCODE_API_KEY: '' } },
    { args: [...args, '--json'], exit: 2 },
  ]),
  // A key of no known look is hidden where it is the one of this run.
  'on the command line, of another look': lines.map((args) => ({
    args: [...args.map((word) => word.replaceAll(key, oddKey)), '--yes', '--no-check', '--dry-run', '--json'],
    env: { QCODE_API_KEY: oddKey },
  })),
  'in a key file that is none': [
    ...['two-words.txt', 'two-lines.txt', 'wide.txt', 'folder', 'quoted.txt', 'missing'].map((file) => ({
      args: ['--tool', 'codex', '--key-file', file, '--yes', '--no-check', '--dry-run', '--json'],
      env: { QCODE_API_KEY: '' },
    })),
    { args: ['--tool', 'codex', '--key-file', '-', '--yes'], input: spoilt, exit: 2 },
    { args: ['check', '--key-file', '-', '--json'], input: `${key}\n${key}\n`, exit: 2 },
    { args: ['key', 'set', '--key-file', '-'], input: `${key}\u0000`, exit: 2 },
    { args: ['--tool', 'codex', '--yes'], env: { QCODE_API_KEY: `${key}\u00e9` }, exit: 2 },
  ],
  'in other variables': [
    { HTTPS_PROXY: `http://user:${key}@127.0.0.1:9`, HTTP_PROXY: `http://user:${key}@127.0.0.1:9` },
    { HTTPS_PROXY: `socks5://${key}`, HTTP_PROXY: key },
    { NO_PROXY: key, CODEX_HOME: `/nowhere/${key}`, CLAUDE_CONFIG_DIR: key, CLINE_DIR: `./${key}` },
    { SHELL: key, LANG: key, TERM: key, XDG_CONFIG_HOME: `/nowhere/${key}`, ZDOTDIR: key },
    { ANTHROPIC_BASE_URL: `https://${key}@api.qcode.cc/api`, OPENAI_API_KEY: key, OPENAI_BASE_URL: key },
  ].flatMap((env) => [
    { args: ['check', '--gateway', 'http://127.0.0.1:9', '--json'], env },
    { args: ['doctor', '--no-check'], env },
    { args: ['doctor', '--no-check', '--json'], env },
    { args: ['lint'], env },
    { args: ['--tool', 'all', '--dry-run', '--diff', '--yes', '--no-check'], env },
  ]),
}

export const mistakeFiles = {
  'two-words.txt': spoilt,
  'two-lines.txt': `${key}\n${key}\n`,
  'wide.txt': Buffer.from(key, 'utf16le').toString('latin1'),
  'quoted.txt': `export QCODE_API_KEY="${key}"\n`,
  'folder/key.txt': key,
}
