import { fieldsOf } from '../../src/request/fields.ts'
import { commandTable } from '../support/command-table.ts'
import { takesKeychain } from '../support/every-tool.ts'
import { testCatalog } from '../support/test-catalog.ts'
import { canaryKey, oddKey } from './canary-keys.ts'
import { plantedHome } from './user-files.ts'
import type { Journey, Step } from './walk.ts'

const spec = commandTable.find(({ name }) => name === 'key')
const verbs = Object.keys(spec?.positional?.choices ?? {})
const locked = { CANARY_KEYCHAIN_FAULT: '1' }
const none = { QCODE_API_KEY: '' }

/** Every verb of `key`, where the keychain is empty, full and locked with an error that names the key. */
export const keychainRuns: readonly Journey[] = [canaryKey, oddKey].map((key) => ({
  name: key === canaryKey ? 'a key of the known look' : 'a key full of signs',
  files: plantedHome,
  steps: [
    ...everyVerb(none),
    { args: ['key', 'set', '--key-file', '-', '--yes'], input: `${key}\n`, env: none, exit: 0 },
    { args: ['key', 'get'], env: none, exit: 0, says: key },
    ...everyVerb({ QCODE_API_KEY: key }),
    ...everyVerb({ QCODE_API_KEY: key, ...locked }),
    {
      args: ['key', 'set', '--key-file', '-', '--yes'],
      input: `${key}\n`,
      env: { ...none, ...locked },
      exit: 1,
    },
    ...setUpFromKeychain(key),
  ],
}))

function everyVerb(env: Readonly<Record<string, string>>): Step[] {
  return verbs.flatMap((verb) => [
    { args: ['key', verb, ...taken(verb, 'yes', 'dry-run', 'diff', 'json')], env },
    { args: ['key', verb, ...taken(verb, 'yes', 'json')], env: { ...env, NODE_DEBUG: '*' } },
    { args: ['key', verb], env: { ...env, LANG: 'zh_CN.UTF-8' } },
  ])
}

/** Of these flags the ones that the verb has. */
function taken(verb: string, ...wanted: readonly string[]): string[] {
  const flags = fieldsOf(`key ${verb}`, testCatalog).map(([, { flag }]) => flag)
  return wanted.filter((flag) => flags.includes(flag)).map((flag) => `--${flag}`)
}

function setUpFromKeychain(key: string): Step[] {
  const line = [
    ...testCatalog.tools.filter(takesKeychain).flatMap(({ id }) => ['--tool', id]),
    '--key-store',
    'keychain',
    '--yes',
    '--no-check',
    '--on-conflict',
    'overwrite',
  ]
  const env = { QCODE_API_KEY: key }
  return [
    { args: [...line, '--dry-run', '--diff', '--json'], env },
    { args: [...line, '--json'], env: { ...env, ...locked }, exit: 1 },
    { args: line, env },
    { args: ['status', '--json'], env: none },
    { args: ['doctor', '--no-check'], env: none },
    { args: ['key', 'rotate', '--key-file', '-', '--yes', '--no-check'], env: none, input: `${oddKey}2\n` },
    { args: ['undo', '--yes'], env: none },
    { args: ['remove', '--yes', '--json'], env: { ...none, ...locked } },
    { args: ['remove', '--yes'], env: none },
  ]
}
