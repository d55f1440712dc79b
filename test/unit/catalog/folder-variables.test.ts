import { mkdtempSync, readdirSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { describe, expect, it, onTestFinished } from 'vitest'
import { oddFoldersOf, oddHomes } from '../../../src/catalog/folder-variables.ts'
import { runInProcess } from '../../support/run-in-process.ts'
import { makeHome, runProgram, setUp } from '../../support/run-program.ts'
import { testCatalog } from '../../support/test-catalog.ts'
import { examine, makeSituation } from '../doctor/doctor-home.ts'

const odd = ['~/own', '~', '~somebody/own', 'own', './own', '../own', 'own folder/x']
const variables = [
  { variable: 'CODEX_HOME', tool: 'codex', shell: 'bash' },
  { variable: 'CLAUDE_CONFIG_DIR', tool: 'claude-code', shell: 'bash' },
  { variable: 'CLINE_DIR', tool: 'cline', shell: 'bash' },
  { variable: 'CLINE_DATA_DIR', tool: 'cline', shell: 'bash' },
  { variable: 'ZDOTDIR', tool: 'openai-sdk', shell: 'zsh' },
  { variable: 'XDG_CONFIG_HOME', tool: 'codex', shell: 'bash' },
  { variable: 'XDG_STATE_HOME', tool: 'codex', shell: 'bash' },
  { variable: 'XDG_CONFIG_HOME', tool: 'opencode', shell: 'bash' },
  { variable: 'XDG_DATA_HOME', tool: 'kilo', shell: 'bash' },
]
/** Clients that take such a path as it is, from the folder in which they are started. */
const takesRelative = ['opencode', 'kilo']

describe.each(variables)('$variable', ({ variable, tool, shell: id }) => {
  const shell = testCatalog.shells.find((one) => one.id === id)
  const found = testCatalog.tools.find((one) => one.id === tool)
  const look = (value: string | undefined) => {
    const host = { env: { [variable]: value }, home: '/home/you', platform: 'linux' as const }
    return [...oddHomes(host), ...(found ? oddFoldersOf(found, shell, host) : [])].map((one) => one.variable)
  }

  // By its own specification an XDG path that is not absolute counts as not set; one with a ~ was meant.
  const refused = (value: string) =>
    !variable.startsWith('XDG_') || value.startsWith('~') || takesRelative.includes(tool)
  it.each(odd)('%s names no folder that every program finds', (value) => {
    expect(look(value)).toEqual(refused(value) ? [variable] : [])
  })

  it.each([undefined, '', '/home/you/own', '/home/you/a ~ b', '/'])('%s is none or a folder', (value) => {
    expect(look(value)).toEqual([])
  })
})

describe('on Windows', () => {
  it.each([
    ['C:\\Users\\you\\.codex', []],
    ['C:/Users/you/.codex', []],
    ['\\\\server\\share', []],
    ['.codex', ['CODEX_HOME']],
    ['~\\.codex', ['CODEX_HOME']],
  ])('CODEX_HOME=%s', (value, wanted) => {
    const codex = testCatalog.tools.find(({ id }) => id === 'codex')
    const host = { env: { CODEX_HOME: value }, home: 'C:\\Users\\you', platform: 'win32' as const }
    expect(codex && oddFoldersOf(codex, undefined, host).map(({ variable }) => variable)).toEqual(wanted)
  })
})

it.each([
  ['opencode', ['odd-folder']],
  ['codex', []],
])('of a relative XDG_CONFIG_HOME, doctor tells where %s is set up: %j', async (tool, wanted) => {
  const host = makeSituation({})
  const ended = await runInProcess(`setup --tool ${tool} --key-file - --yes --no-check`, host)
  expect(ended.exit, ended.text).toBe(0)
  const { findings } = await examine({ ...host, env: { ...host.env, XDG_CONFIG_HOME: 'own' } })
  expect(findings.map(({ id }) => id).filter((id) => id === 'odd-folder')).toEqual(wanted)
})

describe('a command that writes', () => {
  it.each([
    { env: { CODEX_HOME: '~/.cx' }, tool: 'codex', hint: '"$HOME/.cx"' },
    { env: { CODEX_HOME: 'rel/cx' }, tool: 'codex', hint: 'unset CODEX_HOME' },
    { env: { XDG_STATE_HOME: '~/state' }, tool: 'codex', hint: '"$HOME/state"' },
    { env: { HOME: 'home' }, tool: 'openai-sdk', hint: '/home/you' },
  ])(
    'given $env, is refused by name and writes nothing; doctor calls it an error',
    async ({ env, tool, hint }) => {
      const { home, drop } = makeHome('home')
      onTestFinished(drop)
      const [name = '', value = ''] = Object.entries(env)[0] ?? []
      const before = readdirSync(home)
      const ran = await setUp([tool], { home, env })
      expect(ran.exit, ran.stderr).toBe(2)
      expect(ran.stderr).toContain(`${name} is ${value}: `)
      expect(ran.stderr).toContain(hint)
      expect(readdirSync(home)).toEqual(before)
      const doctor = await runProgram(['doctor', '--no-check'], { home, env })
      expect(doctor.exit).toBe(3)
      expect(doctor.stdout.replace(/\s+/g, ' ')).toContain(`${name} is ${value}: `)
    },
  )

  it('given an empty variable, goes on as without it', async () => {
    const { home, drop } = makeHome('home')
    onTestFinished(drop)
    const env = {
      CODEX_HOME: '',
      XDG_STATE_HOME: '',
      XDG_CONFIG_HOME: '',
      ZDOTDIR: '',
      SHELL: '',
      QCODE_API_KEY: '',
    }
    const ran = await setUp(['codex', 'openai-sdk'], { home, env })
    expect(ran.exit, ran.stderr).toBe(0)
    expect(readdirSync(home)).toEqual(expect.arrayContaining(['.codex', '.bashrc', '.local', '.config']))
  })

  it('given a home whose name is no UTF-8, is refused', () => {
    const folder = mkdtempSync(join(tmpdir(), 'qcode-odd-'))
    onTestFinished(() => rmSync(folder, { recursive: true, force: true }))
    const home = join(folder, 'a\uFFFDb')
    expect(oddHomes({ env: { HOME: home }, home, platform: 'linux' })).toEqual([
      { variable: 'HOME', value: home, why: 'not-utf8' },
    ])
  })
})
