import { execFileSync } from 'node:child_process'
import { chmodSync, existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import type { Value } from '../../../src/documents/document.ts'
import { type FormatId, loadFormats } from '../../../src/documents/formats.ts'
import type { Finding } from '../../../src/finding.ts'
import type { Host } from '../../../src/host/host.ts'
import { clineProvidersFile } from '../../support/cline-providers.ts'
import { toolsWithoutModel } from '../../support/every-tool.ts'
import { type Leaf, readTree } from '../../support/home-tree.ts'
import { runInProcess } from '../../support/run-in-process.ts'
import { createTestHost, testKey } from '../../support/test-host.ts'
import { baseUrlTable } from '../../unit/doctor/base-url-table.ts'
import { examine, makeSituation, type Situation } from '../../unit/doctor/doctor-home.ts'
import { gatewayKey, trapTable } from '../../unit/doctor/trap-table.ts'
import {
  aiderHome,
  claudeHome,
  claudeSettings,
  clineHome,
  codexHome,
} from '../../unit/effect/client-homes.ts'
import { foreignKeyTable } from '../../unit/effect/foreign-key-table.ts'
import { foreignModelTable } from '../../unit/effect/left-over-table.ts'

const formats = await loadFormats(['json', 'jsonc', 'toml', 'yaml'])
const formatOf = (file: string): FormatId | undefined =>
  ({ toml: 'toml', json: 'json', yml: 'yaml' })[file.split('.').at(-1) ?? ''] as FormatId | undefined

type Act = (found: RegExpExecArray, host: Host, finding: Finding) => Promise<Host> | Host

/** The first key path of a value that ends with these names. */
function pathTo(data: Value, end: string, at: readonly string[] = []): string[] | undefined {
  if (at.length > 0 && at.join('.').endsWith(end)) return [...at]
  if (data === null || typeof data !== 'object') return undefined
  const paths = Object.entries(data).map(([key, value]) => pathTo(value as Value, end, [...at, key]))
  return paths.find((path) => path !== undefined)
}

/** Takes a setting, or one entry of it, out of a file, as somebody who reads its name and line would. */
function takeOut(name: string, entry: string | undefined, file: string, line?: string): void {
  const format = formats.get(formatOf(file) ?? 'json')
  const text = readFileSync(file, 'utf8')
  const [, list, pair] = /^(.+)\.(\[\w+=\w+\])\.value$/.exec(name) ?? []
  if (list !== undefined && pair !== undefined) {
    const document = formats.get('jsonc')?.open(text, file)
    document?.unset([list, pair])
    writeFileSync(file, document?.toText() ?? '')
    return
  }
  const path = formatOf(file) && pathTo(format?.parseStrict(text) ?? {}, name)
  if (!path || !format) {
    takeLineOut(file, Number(line))
    return
  }
  if (formatOf(file) === 'json') {
    change(file, path, entry)
    return
  }
  const document = format.open(text, file)
  const value = document.get(path)
  const left = withoutEntry(value, entry)
  if (left === undefined) document.unset(path)
  else document.set(path, left)
  writeFileSync(file, document.toText())
}

/** The same in JSON, items of lists too. */
function change(file: string, path: readonly string[], entry: string | undefined): void {
  const data = JSON.parse(readFileSync(file, 'utf8'))
  const last = path.at(-1) ?? ''
  const holder = holderOf(data, path.slice(0, -1))
  const left = withoutEntry(holder[last], entry)
  if (left !== undefined) holder[last] = left
  else if (Array.isArray(holder)) holder.splice(Number(last), 1)
  else delete holder[last]
  writeFileSync(file, JSON.stringify(data, null, 2))
}

function withoutEntry(value: Value | undefined, entry: string | undefined): Value | undefined {
  if (entry === undefined) return undefined
  const isOther = (text: unknown) => !new RegExp(`^["']?${entry}\\s*[:=]`, 'i').test(String(text).trim())
  if (Array.isArray(value)) return value.filter(isOther)
  return typeof value === 'string' ? value.split('\n').filter(isOther).join('\n') : undefined
}

function takeLineOut(file: string, line: number): void {
  const lines = readFileSync(file, 'utf8').split('\n')
  expect(line, file).toBeGreaterThan(0)
  writeFileSync(file, lines.filter((_, index) => index + 1 !== line).join('\n'))
}

/** What a shell has in its environment after these words. */
function inShell(command: string, host: Host): Host {
  const environment = { ...host.env, PATH: '/usr/bin:/bin' }
  const text = execFileSync('sh', ['-c', `${command}\nenv -0`], {
    env: environment,
    cwd: host.cwd,
  }).toString()
  const env = Object.fromEntries(
    text.split('\0').flatMap((line) => {
      const [, name, value] = /^(\w+)=(.*)$/s.exec(line) ?? []
      return name === undefined || /^(PWD|_|SHLVL|OLDPWD)$/.test(name) ? [] : [[name, value ?? '']]
    }),
  )
  return { ...host, env: { ...env, PATH: host.env.PATH } }
}

// biome-ignore lint/suspicious/noExplicitAny: JSON of any form.
const holderOf = (data: any, path: readonly string[]) => path.reduce((at, key) => at[key], data)

const fieldValues: Readonly<Record<string, unknown>> = {
  version: 1,
  hooks: [],
  updatedAt: '2026-01-02T03:04:05.000Z',
  provider: 'anthropic',
}

/** A field with a value that its client takes, in what stands under a name or in the file itself. */
function addField(file: string, name: string | undefined, field: string): void {
  const format = formats.get(formatOf(file) ?? 'json')
  const text = readFileSync(file, 'utf8')
  const at = name === undefined ? [] : (pathTo(format?.parseStrict(text) ?? {}, name) ?? [])
  if (formatOf(file) === 'json') {
    const data = JSON.parse(text)
    holderOf(data, at)[field] = fieldValues[field] ?? 'command'
    writeFileSync(file, JSON.stringify(data, null, 2))
    return
  }
  const document = format?.open(text, file)
  document?.set([...at, field], 'x')
  writeFileSync(file, document?.toText() ?? '')
}

/** Each way out that a remedy names, as what a user would do on this host; gives the host as it is then. */
const actions: readonly (readonly [RegExp, Act])[] = [
  [
    /Correct ([^ ]+) in (\/\S+?):(\d+)(\.?)$/,
    ([, name = '', file = '', line, isAll], host) => {
      const names = name.split('.')
      if (isAll) addField(file, names.slice(0, -1).join('.') || undefined, names.at(-1) ?? '')
      else takeOut(name, undefined, file, line)
      return host
    },
  ],
  [
    /Add (\w+) to (?:([^ ]+) in )?(\/\S+?)(?::\d+)?[.,]?(?=\s|$)/,
    ([, field = '', name, file = ''], host) => {
      addField(file, name, field)
      return host
    },
  ],
  [
    /Remove ([\w.[\]=-]+)(?:: ([\w-]+))? from (\/\S+?)(?::(\d+))?[.,]?(?=\s|$)/,
    ([, name = '', entry, file = '', line], host) => {
      takeOut(name, entry, file, line)
      return host
    },
  ],
  [
    /Remove ([\w-]+) from (~\/\S+?),/,
    ([, name = '', file = ''], host) => {
      takeOut(name, undefined, file.replace('~', host.home))
      return host
    },
  ],
  [
    /^Set \S+ to (\S+) in \/\S+\.$/,
    ([, fix = ''], host, { where }) => {
      const lines = readFileSync(where?.file ?? '', 'utf8').split('\n')
      const at = (where?.line ?? 0) - 1
      lines[at] = (lines[at] ?? '').replace(/=.*/, `=${fix}`)
      writeFileSync(where?.file ?? '', lines.join('\n'))
      return host
    },
  ],
  [
    /(?<!line )(?:\bexport|\bunset|^chmod|mv|codex logout)\b.*|^(?:sed|perl) .*/,
    ([command], host) =>
      inShell(
        command.replace(
          /, or (?:run|set).*|, then run:.*| where it is set now.*|; (?:for|if|then|to) .*|\.$/,
          '',
        ),
        host,
      ),
  ],
  [
    /qcode-setup (undo [\w-]+|switch \w+|lint --fix|--tool [\w-]+(?: --(?:allow-http|(?:key-store|on-conflict|region|model|scope|method|shell|gateway) [^\s;]+))*)/,
    async ([, words = ''], host) => {
      const isSetup = words.startsWith('--tool')
      const keyed = !isSetup || /key-store (?!file)/.test(words) ? '' : ' --key-file -'
      if (keyed === '') await (await host.keychain()).set('default', `cr_${'7'.repeat(64)}`)
      const flags = /^(undo|lint)/.test(words) ? ' --yes' : ' --yes --no-check'
      const line = `${isSetup ? 'setup ' : ''}${words.replace('--model ID', words.includes('codex') ? '--model gpt-5.5' : '--model claude-opus-5-5')}${keyed}${flags}`
      const ended = await runInProcess(line, host)
      // On a terminal it asks.
      const isAsked = ended.text.includes('--on-conflict overwrite')
      const answered = isAsked ? await runInProcess(`${line} --on-conflict overwrite`, host) : ended
      expect(answered.exit, answered.text).toBe(0)
      return host
    },
  ],
]

const hintOf = (finding: Finding | undefined) => String(finding?.hint ?? '')

async function apply(hint: string, host: Host, finding: Finding): Promise<{ host: Host; done: number }> {
  let now = host
  let done = 0
  for (const [pattern, act] of actions) {
    const found = pattern.exec(hint)
    if (!found) continue
    now = await act(found, now, finding)
    done++
  }
  return { host: now, done }
}

/** What only a person can do: none of these names a command that would have to help. */
const forPeople = [
  'codex-forced-login',
  'claude-code-forced-login',
  'codex-profile-tables',
  'codex-managed-config',
  'codex-project-model',
  'cline-base-urls-disagree',
  'aider-list-beside-env-file',
  'editor-without-variables',
]

const findings = async (host: Host, id: string): Promise<Finding[]> =>
  (await examine(host)).findings.filter((finding) => finding.id === id)

/** What was set up, by the ledger. */
function setupsOf({ home }: Host): unknown {
  const file = join(home, '.local/state/qcode-setup/ledger.json')
  return existsSync(file) ? JSON.parse(readFileSync(file, 'utf8')).setups : undefined
}

const errorsOf = async (host: Host): Promise<string[]> =>
  (await examine(host)).findings.filter(({ level }) => level === 'error').map(({ id }) => id)

interface Row {
  readonly id: string
  readonly situation: Situation
  readonly prepare?: (host: Host) => Promise<void> | void
}

const setUp = (words: string) => async (host: Host) => {
  const ended = await runInProcess(`setup ${words} --key-file - --yes --no-check`, host)
  expect(ended.exit, ended.text).toBe(0)
}

/** A set-up with the key in a variable of the user's, which is gone afterwards. */
const withoutVariable = (tool: string, name: string) => async (host: Host) => {
  const line = `setup --tool ${tool} --key-store env --yes --no-check`
  const ended = await runInProcess(line, { ...host, env: { ...host.env, [name]: gatewayKey } })
  expect(ended.exit, ended.text).toBe(0)
}

/** A text of a file replaced after a set-up: what somebody else does to it. */
const changed = (words: string, file: string, from: RegExp | string, to: string) => async (host: Host) => {
  await setUp(words)(host)
  const path = join(host.home, file)
  const text = readFileSync(path, 'utf8')
  expect(text).toMatch(from)
  writeFileSync(path, text.replace(from, to))
}

const other = `cr_${'5'.repeat(64)}`
const shell = { SHELL: '/bin/bash' }
const python = (name: string) => ({ 'project/requirements.txt': `${name}\n` })
const placeholders = ['$ANTHROPIC_KEY', `\${QCODE_API_KEY}`, '<your-key>', 'PROXY_MANAGED']

const keyRows: readonly Row[] = [
  ...placeholders.flatMap((text) => [
    { id: 'placeholder-key', situation: claudeHome({ ANTHROPIC_AUTH_TOKEN: text }) },
    { id: 'placeholder-key', situation: claudeHome({ ANTHROPIC_API_KEY: text }) },
    { id: 'placeholder-key', situation: { ...claudeHome({}), env: { ANTHROPIC_API_KEY: text } } },
    { id: 'placeholder-key', situation: clineHome({ apiKey: text }) },
    { id: 'placeholder-key', situation: aiderHome(`anthropic-api-key: "${text}"\n`) },
    { id: 'placeholder-key', situation: aiderHome(`api-key: ["anthropic=${text}"]\n`) },
  ]),
  { id: 'placeholder-key', situation: codexHome('', '<your-key>') },
  {
    id: 'placeholder-key',
    situation: {
      files: {
        ...python('openai'),
        'project/.env': 'OPENAI_BASE_URL=https://api.qcode.cc/openai/v1\nOPENAI_API_KEY=your-api-key\n',
      },
    },
  },
  {
    id: 'placeholder-key',
    situation: {
      ...claudeHome({}),
      files: { ...claudeHome({}).files, '.bashrc': 'export ANTHROPIC_API_KEY=sk-xxx\n' },
    },
  },
  { id: 'two-keys', situation: claudeHome({ ANTHROPIC_API_KEY: other }) },
  { id: 'two-keys', situation: { ...claudeHome({}), env: { ANTHROPIC_API_KEY: other } } },
  { id: 'two-keys', situation: claudeHome({ ANTHROPIC_CUSTOM_HEADERS: `a: b\nx-api-key: ${other}` }) },
  { id: 'different-keys', situation: { ...claudeHome({}), env: { ANTHROPIC_AUTH_TOKEN: other } } },
  { id: 'different-keys', situation: { ...codexHome(''), env: { QCODE_API_KEY: other } } },
  { id: 'different-keys', situation: clineHome({ headers: { 'x-api-key': other } }) },
  { id: 'different-keys', situation: { ...clineHome({}), env: { ANTHROPIC_API_KEY: other } } },
  {
    id: 'different-keys',
    situation: {
      ...codexHome(''),
      files: { ...codexHome('').files, '.bashrc': `export QCODE_API_KEY=${other}\n` },
    },
  },
  {
    id: 'different-keys',
    situation: {
      ...aiderHome(''),
      files: { ...aiderHome('').files, 'project/.env': `ANTHROPIC_API_KEY=${other}\n` },
    },
  },
  { id: 'no-key', situation: claudeHome({ ANTHROPIC_AUTH_TOKEN: undefined }) },
  { id: 'no-key', situation: clineHome({ apiKey: undefined }) },
  { id: 'no-key', situation: codexHome('', '') },
  { id: 'pi-variable-missing', situation: {}, prepare: withoutVariable('pi', 'QCODE_API_KEY') },
  { id: 'openclaw-variable-missing', situation: {}, prepare: withoutVariable('openclaw', 'QCODE_API_KEY') },
  {
    id: 'claude-code-login-sent',
    situation: { files: { '.claude/.credentials.json': '{"claudeAiOauth":{"accessToken":"a"}}' } },
    prepare: withoutVariable('claude-code', 'ANTHROPIC_AUTH_TOKEN'),
  },
  {
    id: 'claude-code-vscode-no-key',
    situation: { files: { '.config/Code/User/settings.json': '{"claudeCode.disableLoginPrompt":true}' } },
    prepare: withoutVariable('claude-code', 'ANTHROPIC_AUTH_TOKEN'),
  },
  ...toolsWithoutModel.map((tool) => ({
    id: 'key-file-mode',
    situation: {},
    prepare: async (host: Host) => {
      await setUp(`--tool ${tool}`)(host)
      const isKeyFile = ([path, { bytes }]: [string, Leaf]) =>
        bytes?.includes(testKey) && !path.startsWith('.local/state/')
      const [keyFile] = Object.entries(readTree(host.home)).find(isKeyFile) ?? []
      if (keyFile === undefined) throw new Error(`no file with the key of ${tool}`)
      chmodSync(join(host.home, keyFile), 0o644)
    },
  })),
]

const shapeRows: readonly Row[] = [
  { permissions: { allow: 'Bash' } },
  { permissions: { defaultMode: 'yolo' } },
  { permissions: { additionalDirectories: [1] } },
  { statusLine: { command: 'x' } },
  { apiKeyHelper: null },
  { enabledPlugins: { 'a@b': 1 } },
  { hooks: { PreToolUse: ['echo'] } },
  { hooks: { PreToolUse: [{ matcher: 'Bash', command: 'x' }] } },
  { hooks: { PreToolUse: [{ hooks: [{ type: 'command' }] }] } },
].map((more) => ({ id: 'wrong-shape', situation: claudeHome({}, more) }))

const codexShapes = [
  'model = 1\n',
  'approval_policy = "zz"\n',
  'notify = "x"\n',
  '[mcp_servers.a]\nx = 1\n[tui]\n',
  '[mcp_servers."b.c"]\ncommand = "x"\nargs = "y"\n',
  '[projects."/x.y"]\ntrust_level = "zz"\n',
  '[model_providers.mine]\nbase_url = "http://x"\n',
  '[model_providers.mine]\nname = ""\n',
]
const moreShapes: readonly Row[] = [
  ...codexShapes.map((text) => ({ id: 'wrong-shape', situation: { files: { '.codex/config.toml': text } } })),
  { id: 'wrong-shape', situation: clineHome({}, {}, { version: 2 }) },
  { id: 'wrong-shape', situation: clineHome({}, {}, { version: undefined }) },
  { id: 'wrong-shape', situation: clineHome({}, { updatedAt: undefined }) },
  { id: 'wrong-shape', situation: clineHome({ headers: { b: 1 } }) },
  { id: 'wrong-shape', situation: clineHome({ provider: undefined }) },
]

const stateRows: readonly Row[] = [
  {
    id: 'unfinished-run',
    situation: {},
    prepare: async (host) => {
      await setUp('--tool codex')(host)
      const runs = join(host.home, '.local/state/qcode-setup/runs')
      const journal = join(runs, readdirSync(runs)[0] ?? '', 'journal.json')
      writeFileSync(journal, readFileSync(journal, 'utf8').replace('"done"', '"committing"'))
    },
  },
  {
    id: 'state-folder-mode',
    situation: {},
    prepare: async (host) => {
      await setUp('--tool codex')(host)
      chmodSync(join(host.home, '.local/state/qcode-setup'), 0o755)
    },
  },
  ...[
    '--tool claude-code',
    '--tool claude-code --region eu',
    '--tool claude-code --gateway http://127.0.0.1:4000',
    '--tool claude-code --key-store env',
    '--tool claude-code --model claude-opus-5-5',
  ].map((words) => ({
    id: 'drift',
    situation: {},
    prepare: changed(
      words.replace('--key-store env', '--key-store keychain'),
      claudeSettings,
      /"ANTHROPIC_BASE_URL": ".*"/,
      `"ANTHROPIC_BASE_URL": "https://us.qcode.cc/api"`,
    ),
  })),
  {
    id: 'drift',
    situation: {},
    prepare: changed('--tool claude-code', claudeSettings, /cr_\w+/, other),
  },
  {
    id: 'drift',
    situation: {},
    prepare: changed(
      '--tool claude-code --scope project',
      'project/.claude/settings.local.json',
      /"ANTHROPIC_BASE_URL": ".*"/,
      `"ANTHROPIC_BASE_URL": "https://us.qcode.cc/api"`,
    ),
  },
  {
    id: 'drift',
    situation: { env: shell },
    prepare: changed(
      '--tool claude-code --method env',
      '.config/qcode-setup/env.sh',
      'api.qcode.cc',
      'us.qcode.cc',
    ),
  },
  {
    id: 'drift',
    situation: {},
    prepare: changed('--tool codex --region eu', '.codex/config.toml', 'eu.qcode.cc', 'us.qcode.cc'),
  },
  { id: 'drift', situation: {}, prepare: changed('--tool codex', '.codex/.env', /.*/s, '') },
  {
    id: 'drift',
    situation: {},
    prepare: changed('--tool cline', clineProvidersFile, 'api.qcode.cc', 'us.qcode.cc'),
  },
  { id: 'drift', situation: {}, prepare: changed('--tool aider', '.aider.conf.yml', /env-file.*\n/, '') },
]

const proxyRows: readonly Row[] = [
  { http_proxy: 'http://proxy.example:1' },
  { HTTP_PROXY: 'http://proxy.example:1' },
  { https_proxy: 'http://proxy.example:1' },
  { HTTPS_PROXY: 'http://proxy.example:1', NO_PROXY: 'localhost' },
  { ALL_PROXY: 'http://proxy.example:1', no_proxy: 'localhost' },
  { all_proxy: 'http://proxy.example:1', no_proxy: '', NO_PROXY: 'localhost' },
].flatMap((env) => [
  {
    id: 'proxy-sees-key',
    situation: { ...claudeHome({ ANTHROPIC_BASE_URL: 'http://103.236.53.153/api' }), env },
  },
  {
    id: 'proxy-catches-loopback',
    situation: { env },
    prepare: setUp('--tool codex --gateway http://127.0.0.1:4000'),
  },
  {
    id: 'proxy-catches-loopback',
    situation: { env },
    prepare: setUp('--tool codex --gateway http://[::1]:4000'),
  },
])

const urlRows: readonly Row[] = [
  { id: 'plain-http', situation: claudeHome({ ANTHROPIC_BASE_URL: 'http://103.236.53.153/api' }) },
  {
    id: 'plain-http',
    situation: { programs: { claude: undefined }, env: { ANTHROPIC_BASE_URL: 'http://103.236.53.153/api' } },
  },
  { id: 'plain-http', situation: {}, prepare: setUp('--tool codex --region china --allow-http') },
  {
    id: 'base-url-elsewhere',
    situation: { env: { ANTHROPIC_BASE_URL: 'http://other.example' } },
    prepare: setUp('--tool claude-agent-sdk'),
  },
  {
    id: 'base-url-missing',
    situation: {},
    prepare: changed('--tool claude-code', claudeSettings, /.*/s, '{}'),
  },
  {
    id: 'base-url-missing',
    situation: {},
    prepare: changed(
      '--tool claude-code --scope project',
      'project/.claude/settings.local.json',
      /.*/s,
      '{}',
    ),
  },
  {
    id: 'base-url-trailing-slash',
    situation: {
      files: {
        ...python('openai'),
        '.bashrc': `export OPENAI_BASE_URL=https://api.qcode.cc/openai/v1/\nexport OPENAI_API_KEY=${gatewayKey}\n`,
      },
    },
  },
  {
    id: 'base-url-missing-v1',
    situation: {
      files: {
        ...python('openai'),
        'project/.env': `OPENAI_BASE_URL=https://api.qcode.cc/openai\nOPENAI_API_KEY=${gatewayKey}\n`,
      },
    },
  },
  {
    id: 'base-url-missing-v1',
    situation: {
      files: {
        ...python('openai'),
        '.bashrc': `export OPENAI_BASE_URL=https://api.qcode.cc/openai\nexport OPENAI_API_KEY=${gatewayKey}\n`,
      },
      env: { OPENAI_BASE_URL: 'https://api.qcode.cc/openai', OPENAI_API_KEY: gatewayKey },
    },
  },
  {
    id: 'base-url-overridden',
    situation: { ...claudeHome({}), env: { ANTHROPIC_BASE_URL: 'https://eu.qcode.cc/api' } },
  },
  {
    id: 'base-url-overridden',
    situation: {
      ...claudeHome({}),
      files: { ...claudeHome({}).files, '.bashrc': 'export ANTHROPIC_BASE_URL=https://eu.qcode.cc/api\n' },
    },
  },
  {
    id: 'lint-missing-v1',
    situation: { files: { '.zshrc': 'export OPENAI_BASE_URL=https://api.qcode.cc/openai\n' } },
  },
  ...['CODEX_HOME', 'CLAUDE_CONFIG_DIR'].map((name) => ({
    id: 'odd-folder',
    situation: { env: { [name]: '~/other' } },
  })),
]

const rows: readonly Row[] = [
  ...trapTable.filter(({ id }) => !forPeople.includes(id)).map((row) => ({ id: row.id, situation: row })),
  ...baseUrlTable.map(([id, , , situation]) => ({ id, situation })),
  ...foreignKeyTable.map(([, , situation]) => ({ id: 'foreign-key', situation })),
  ...foreignModelTable.map(([, , , situation]) => ({ id: 'foreign-model', situation })),
  ...urlRows,
  ...keyRows,
  ...shapeRows,
  ...moreShapes,
  ...stateRows,
  ...proxyRows,
]

describe('a remedy that doctor prints mends what it is printed for', () => {
  it.each(rows.map((row, index) => [row.id, index + 1, row] as const))(
    '%s, situation %i: each way out ends the finding',
    async (id, _, { situation, prepare }) => {
      const make = async () => {
        const host = makeSituation(situation)
        await prepare?.(host)
        return host
      }
      const [printed] = await findings(await make(), id)
      expect(printed?.hint).toBeDefined()
      const ways = hintOf(printed).split(', or ').length
      for (let way = 0; way < ways; way++) {
        const host = await make()
        const before = await errorsOf(host)
        const [finding] = await findings(host, id)
        if (!finding) continue
        const setups = setupsOf(host)
        const { host: after, done } = await apply(hintOf(finding).split(', or ')[way] ?? '', host, finding)
        if (done === 0 && way > 0) continue
        if (done === 0 && hintOf(finding).includes(', or ')) continue
        expect(done, hintOf(finding)).toBeGreaterThan(0)
        if (id === 'drift') expect(setupsOf(after), hintOf(finding)).toEqual(setups)
        const then = createTestHost(after.home, after)
        expect(await findings(then, id), hintOf(finding)).toEqual([])
        expect(
          (await errorsOf(then)).filter((error) => !before.includes(error)),
          hintOf(finding),
        ).toEqual([])
      }
    },
  )
})
