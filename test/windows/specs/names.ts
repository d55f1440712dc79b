import { absent, asBefore, type Spec, type Step } from '../spec.ts'

const now = ['--yes', '--no-check']
const keyed = ['--key-file', '%KEY%', ...now]
const atWork = `cr_${'5a'.repeat(32)}`
const later = `cr_${'7b'.repeat(32)}`
const keys = { 'work.txt': `${atWork}\r\n`, 'later.txt': `${later}\r\n` }
const relay = 'https://relay.example.com'
const nameFile = 'AppData\\Roaming\\qcode-setup\\names\\work.json'

/** Saves a gateway and a key by the name `work`. */
const remember = (...options: string[]): Step => ({
  args: ['key', 'set', '--name', 'work', '--gateway', relay, '--key-file', 'work.txt', '--yes', ...options],
  never: [atWork],
})
const readKey = (name: string[], key: string): Step => ({
  args: ['key', 'get', ...name],
  out: [new RegExp(`^${key}`)],
  showsKey: true,
})

/** Two gateways with a key each: the one without a name, and the one called work. */
export const names: Spec[] = [
  {
    title: 'a name with its key in a file is put into effect for one tool, rotated, undone and removed',
    files: { ...keys, '.claude\\settings.json': '{ "model": "opus" }\r\n' },
    steps: [
      { args: ['--tool', 'codex,claude-code', '--region', 'eu', ...keyed] },
      { ...remember(), after: { [nameFile]: [relay, atWork] } },
      {
        args: ['switch', 'work', 'codex', ...now],
        after: {
          '.codex\\config.toml': [`${relay}/openai`],
          '.codex\\.env': [atWork],
          '.claude\\settings.json': ['https://eu.qcode.cc/api', 'cr_89abcdef'],
        },
      },
      { args: ['status'], out: [relay, 'cr_…5a5a', 'eu'], never: [atWork] },
      { args: ['status', '--name', 'work'], out: ['codex'], never: ['claude-code'] },
      {
        args: ['key', 'rotate', '--name', 'work', '--key-file', 'later.txt', ...now],
        never: [later],
        after: {
          '.codex\\.env': [later],
          [nameFile]: [later],
          '.claude\\settings.json': ['cr_89abcdef'],
        },
      },
      {
        args: ['remove', '--name', 'work', '--yes'],
        after: {
          '.codex\\config.toml': absent,
          [nameFile]: absent,
          '.claude\\settings.json': ['https://eu.qcode.cc/api', 'cr_89abcdef'],
        },
      },
      { args: ['remove', '--yes'], after: { '.claude\\settings.json': asBefore } },
    ],
  },
  {
    title: 'setup with a new name saves it, and undo takes back the name and the tool together',
    files: keys,
    steps: [
      {
        args: ['--tool', 'codex', '--name', 'work', '--gateway', relay, '--key-file', 'work.txt', ...now],
        after: { [nameFile]: [atWork], '.codex\\config.toml': [`${relay}/openai`] },
      },
      { args: ['undo', '--yes'], after: { [nameFile]: absent, '.codex\\config.toml': absent } },
    ],
  },
  {
    title: 'a name with its key in the Credential Manager stands beside the key without one',
    files: keys,
    steps: [
      { args: ['--tool', 'claude-code', '--key-store', 'keychain', ...keyed] },
      { ...remember('--key-store', 'keychain'), after: { [nameFile]: [/^(?![\s\S]*cr_)/] } },
      readKey([], 'cr_89abcdef'),
      readKey(['--name', 'work'], atWork),
      {
        args: ['switch', 'work', ...now],
        after: { '.claude\\settings.json': [`${relay}/api`, 'apiKeyHelper', '--name work'] },
      },
      { args: ['key', 'rotate', '--name', 'work', '--key-file', 'later.txt', ...now] },
      readKey(['--name', 'work'], later),
      readKey([], 'cr_89abcdef'),
      { args: ['remove', '--yes'], after: { '.claude\\settings.json': absent } },
      { args: ['key', 'forget', '--name', 'work', '--yes'], exit: null },
      { args: ['key', 'get', '--name', 'work'], exit: null, never: ['cr_'] },
      { args: ['key', 'forget', '--yes'], exit: null },
    ],
  },
  {
    title: 'variables in the registry go by a name, and back',
    variables: ['"MINE"="1"'],
    files: keys,
    steps: [
      { args: ['--tool', 'openai-sdk', ...keyed] },
      remember(),
      {
        args: ['switch', 'work', ...now],
        variables: [`"OPENAI_BASE_URL"="${relay}/openai/v1"`, `"OPENAI_API_KEY"="${atWork}"`],
      },
      { args: ['undo', '--yes'], variables: ['https://api.qcode.cc/openai/v1', '"OPENAI_API_KEY"="cr_89ab'] },
      { args: ['remove', '--yes'], variables: asBefore },
    ],
  },
]
