import { describe, expect, it } from 'vitest'
import { commandNames } from '../../../src/commands/command-table.ts'
import { nearest } from '../../../src/errors.ts'
import { fields, fieldsOf } from '../../../src/request/fields.ts'
import { verbs as verbsOf } from '../../../src/request/request.ts'
import { synonymsOf } from '../../../src/request/synonyms.ts'
import { testCatalog } from '../../support/test-catalog.ts'

const verbs = Object.keys(verbsOf.key)
const flagsOf = (command: string) => fieldsOf(command, testCatalog).map(([, { flag }]) => `--${flag}`)
const valuesOf = (field: keyof typeof fields) => {
  const found = Object.entries(fields).find(([name]) => name === field)?.[1]
  return found && 'choices' in found ? found.choices(testCatalog) : []
}
const isCommand = (word: string) => (commandNames as readonly string[]).includes(word)
/** For whoever adds a command whose name was a synonym of another one. */
const whatToDo = (word: string) =>
  isCommand(word)
    ? `${word} is a command now: take the word out of src/request/synonyms.ts, and its row out of this test`
    : ''
const meant = (what: string, valid: readonly string[], word: string) =>
  nearest(word, valid, synonymsOf(what, testCatalog))

describe('what is suggested for a command that is not there', () => {
  it.each([
    ['uninstall', 'remove'],
    ['unistall', 'remove'],
    ['list', 'status'],
    ['ls', 'status'],
    ['install', 'setup'],
    ['init', 'setup'],
    ['config', 'setup'],
    ['configure', 'setup'],
    ['rollback', 'undo'],
    ['revert', 'undo'],
    ['history', 'undo --list'],
    ['diagnose', 'doctor'],
    ['test', 'check'],
    ['ping', 'check'],
    ['regions', 'check --all'],
    ['rotate', 'key rotate'],
    ['fix', 'lint --fix'],
    ['Status', 'status'],
    ['stauts', 'status'],
    ['swich', 'switch'],
    ['udno', 'undo'],
    ['chek', 'check'],
    ['remvoe', 'remove'],
    ['claude', 'setup claude-code'],
    ['codex', 'setup codex'],
    ['europe', 'switch eu'],
    ['欧洲', 'switch eu'],
    ['cn', 'switch china'],
    ['qwen', 'setup qwen-code'],
    ['cursor', 'print cursor'],
    ['kimi', 'print kimi-code'],
    ['plan', 'setup --dry-run'],
    ['balance', 'status --limits'],
    ['usage', 'status --limits'],
    ['whoami', 'status'],
    ['migrate', 'switch'],
    ['restore', 'undo'],
    ['reset', undefined],
    ['delete', 'remove'],
    ['clean', 'remove'],
    ['validate', 'lint'],
    ['repair', 'lint --fix'],
    ['token', 'key'],
    ['env', 'print'],
    ['launch', 'run'],
    ['start', undefined],
    ['update', undefined],
    ['use', undefined],
    ['share', 'invite'],
    ['autocomplete', 'completion'],
    ['models-list', undefined],
    ['troubleshoot', 'doctor'],
    ['login', 'setup'],
    ['logs', 'undo --list'],
    ['compare', 'check --all'],
  ])('given %s, it is %s', (word, name) => {
    expect(meant('command', commandNames, word), whatToDo(word)).toBe(name)
  })

  it.each(['', 'foo', 'improve', 'stop', 'approve', 'removing', 'keen', 'de', 'x'.repeat(1e6)])(
    'given %.20s, it is nothing',
    (word) => {
      expect(meant('command', commandNames, word)).toBeUndefined()
    },
  )
})

describe('what is suggested for a flag that is not there', () => {
  it.each([
    ['setup', '--key', '--key-file'],
    ['setup', '--api-key', '--key-file'],
    ['setup', '--keyfile', '--key-file'],
    ['setup', '--tol', '--tool'],
    ['setup', '--tools', '--tool'],
    ['setup', '--all', '--tool all'],
    ['check', '--every', '--all'],
    ['setup', '--y', '--yes'],
    ['remove', '--force', '--on-conflict overwrite'],
    ['undo', '--force', '--yes'],
    ['setup', '--non-interactive', '--yes'],
    ['setup', '--dryrun', '--dry-run'],
    ['setup', '--preview', '--dry-run'],
    ['setup', '--global', '--scope user'],
    ['setup', '--local', '--scope project'],
    ['setup', '--keychain', '--key-store keychain'],
    ['setup', '--url', '--gateway'],
    ['setup', '--base-url', '--gateway'],
    ['setup', '--offline', '--no-check'],
    ['undo', '--history', '--list'],
    ['key rotate', '--dif', '--diff'],
    ['status', '--jsno', '--json'],
    ['doctor', '--silent', '--quiet'],
    ['setup', '--token', '--key-file'],
    ['setup', '--client', '--tool'],
    ['setup', '--location', '--region'],
    ['setup', '--insecure', '--allow-http'],
    ['setup', '--language', '--lang'],
    ['remove', '--plan', '--dry-run'],
    ['lint', '--repair', '--fix'],
  ])('given %s %s, it is %s', (command, flag, name) => {
    expect(meant('flag', flagsOf(command), flag)).toBe(name)
  })

  it.each([
    ['status', '--key'],
    ['status', '--yes'],
    ['doctor', '--region'],
    ['setup', '--frobnicate'],
    ['setup', '--x'],
    ['setup', '--no'],
    ['setup', '--verbose'],
    ['setup', '--debug'],
    ['setup', '--config'],
    ['setup', '--provider'],
    ['undo', '--all'],
  ])('given %s %s, it is nothing', (command, flag) => {
    expect(meant('flag', flagsOf(command), flag)).toBeUndefined()
  })
})

describe('what is suggested for a value that is not there', () => {
  it.each([
    ['region', 'europe', 'eu'],
    ['region', 'Europe', 'eu'],
    ['region', '欧洲', 'eu'],
    ['region', 'uk', 'eu'],
    ['region', 'usa', 'us'],
    ['region', 'america', 'us'],
    ['region', 'United States', 'us'],
    ['region', 'singapore', 'asia'],
    ['region', 'hk', 'asia'],
    ['region', 'mainland', 'china'],
    ['region', '中国大陆', 'china'],
    ['region', 'chinaa', 'china'],
    ['region', 'ue', 'eu'],
    ['region', 'fastest', 'auto'],
    ['tool', 'claude', 'claude-code'],
    ['tool', 'claud', 'claude-code'],
    ['tool', 'claude-cdoe', 'claude-code'],
    ['tool', 'codex-cli', 'codex'],
    ['tool', 'codx', 'codex'],
    ['tool', 'clin', 'cline'],
    ['tool', 'opnai-sdk', 'openai-sdk'],
    ['tool', 'everything', 'all'],
    ['scope', 'usr', 'user'],
    ['scope', 'global', 'user'],
    ['scope', 'local', 'project'],
    ['method', 'fil', 'file'],
    ['method', 'environment', 'env'],
    ['keyStore', 'keyring', 'keychain'],
    ['onConflict', 'replace', 'overwrite'],
    ['recover', 'continue', 'finish'],
    ['lang', 'zh', 'zh-CN'],
    ['lang', '中文', 'zh-CN'],
    ['lang', 'English', 'en'],
  ] as const)('given --%s %s, it is %s', (field, word, name) => {
    expect(meant(fields[field].flag, valuesOf(field), word)).toBe(name)
  })

  it.each([
    ['region', 'au'],
    ['region', 'de'],
    ['region', 'africa'],
    ['region', 'eus'],
    ['region', 'g'],
    ['tool', 'cursor'],
    ['tool', 'gemini'],
    ['tool', 'cod'],
    ['scope', 'use it'],
    ['lang', 'de'],
  ] as const)('given --%s %s, it is nothing', (field, word) => {
    expect(meant(fields[field].flag, valuesOf(field), word)).toBeUndefined()
  })

  it.each([
    ['save', 'set'],
    ['show', 'get'],
    ['gett', 'get'],
    ['renew', 'rotate'],
    ['delete', 'forget'],
    ['net', undefined],
  ])('given key %s, it is %s', (word, verb) => {
    expect(meant('verb', verbs, word)).toBe(verb)
  })
})

describe('the synonyms', () => {
  const every = [
    ...synonymsOf('command'),
    ...synonymsOf('verb'),
    ...synonymsOf('flag'),
    ...[...new Set(Object.values(fields).map(({ flag }) => flag))].flatMap((flag) =>
      synonymsOf(flag, testCatalog),
    ),
  ]

  it('stand for names that exist', () => {
    const commands = synonymsOf('command').map(([, name]) => name.split(' ')[0] ?? '')
    const flags = synonymsOf('flag').map(([, name]) => name.split(' ')[0] ?? '')
    expect(commands.filter((name) => !(commandNames as readonly string[]).includes(name))).toEqual([])
    expect(synonymsOf('verb').filter(([, name]) => !verbs.includes(name))).toEqual([])
    const all = Object.values(fields).map(({ flag }) => `--${flag}`) as string[]
    expect(flags.filter((name) => !all.includes(name))).toEqual([])
  })

  it('are no names themselves', () => {
    const commands = synonymsOf('command').filter(([word]) => isCommand(word))
    expect(commands, commands.map(([word]) => whatToDo(word)).join('\n')).toEqual([])
    expect(every.filter(([word, name]) => word === name)).toEqual([])
  })
})
