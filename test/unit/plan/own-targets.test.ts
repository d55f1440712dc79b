import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { loadOwnTools } from '../../../src/catalog/load-own-tools.ts'
import { runRemove } from '../../../src/commands/remove.ts'
import { runSetup } from '../../../src/commands/setup.ts'
import type { Host } from '../../../src/host/host.ts'
import type { Input } from '../../../src/request/request.ts'
import { ownManifest, ownTools, writeOwnTool } from '../../support/own-tool.ts'
import { testCatalog } from '../../support/test-catalog.ts'
import { createTestContext } from '../../support/test-context.ts'
import { createTestHost, testKey } from '../../support/test-host.ts'

let root: string
let home: string
let outside: string
beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), 'qcode-own-target-'))
  home = join(root, 'home')
  outside = join(root, 'outside')
  for (const folder of [home, outside, join(home, 'project')]) mkdirSync(folder)
})
afterEach(() => rmSync(root, { recursive: true, force: true }))

const target = (path: string) => ownManifest.replace('{{ home }}/.mine/settings.json', path)

interface Wish {
  readonly manifest: string
  readonly content?: string
  readonly tool?: string
  readonly values?: Input['values']
  readonly env?: Host['env']
}

async function context(manifest: string, content: string | undefined, env: Host['env'] = {}) {
  const tools = ownTools(home)
  writeOwnTool(tools, { 'tool.toml': manifest, ...(content && { 'settings.json': content }) })
  const own = await loadOwnTools(tools, testCatalog.gateway, { ids: [], flags: [] })
  expect(own.unusable).toEqual([])
  const host = createTestHost(home, {
    cwd: join(home, 'project'),
    systemFolder: outside,
    env: { HOME: home, PATH: '', SHELL: '/bin/bash', QCODE_API_KEY: testKey, ...env },
  })
  return createTestContext(host, { catalog: { ...testCatalog, tools: [...testCatalog.tools, ...own.tools] } })
}

async function setUp({ manifest, content, tool = 'mine', values = {}, env }: Wish) {
  const prepared = await context(manifest, content, env)
  const input = {
    values: { tool: [tool], ...values },
    switches: new Set(['yes', 'noCheck']),
    positionals: [],
  }
  return { ...(await runSetup(input, prepared)), prepared }
}

/** The error with which the setup ends; nothing of its own is written then. */
async function refusal(wish: Wish): Promise<{ code: string; message: string }> {
  const error = await setUp(wish).then(
    () => ({ code: 'written', message: '' }),
    (reason) => reason,
  )
  expect(existsSync(join(home, '.local/state'))).toBe(false)
  return error
}

const link = (from: string, to: string) => {
  mkdirSync(dirname(from), { recursive: true })
  symlinkSync(to, from)
}

describe('a tool of the user’s own writes nothing outside', () => {
  it.each([
    ['the file is a link', '.mine/settings.json', 'settings.json'],
    ['its folder is a link', '.mine', ''],
  ])('where %s', async (_, from, tail) => {
    writeFileSync(join(outside, 'settings.json'), '{}')
    link(join(home, from), join(outside, tail))
    const { code, message } = await refusal({ manifest: ownManifest })
    expect(code).toBe('own-target')
    expect(String(message)).toContain(join(outside, 'settings.json'))
    expect(readFileSync(join(outside, 'settings.json'), 'utf8')).toBe('{}')
  })

  it('where the folder behind a link is still to be made', async () => {
    link(join(home, '.mine'), outside)
    const manifest = target('{{ home }}/.mine/deep/settings.json')
    expect(await refusal({ manifest })).toMatchObject({ code: 'own-target' })
    expect(existsSync(join(outside, 'deep'))).toBe(false)
  })

  it.each([
    ['a variable leads elsewhere', '[{ env = "ELSEWHERE" }]'],
    ['a variable with a tail does', '[{ env = "ELSEWHERE", join = "x" }]'],
  ])('where %s', async (_, place) => {
    const manifest = `${target('{{ there }}/settings.json')}[places]\nthere = ${place}\n`
    const error = await refusal({ manifest, env: { ELSEWHERE: outside } })
    expect(error).toMatchObject({ code: 'own-target', message: expect.stringContaining(outside) })
  })

  it('where a place leads there through another one', async () => {
    const places = '[places]\none = [{ env = "ELSEWHERE" }]\ntwo = [{ path = "{{ one }}/x" }]\n'
    const manifest = target('{{ two }}/settings.json') + places
    expect(await refusal({ manifest, env: { ELSEWHERE: outside } })).toMatchObject({ code: 'own-target' })
  })

  it('where the system’s own folder is meant', async () => {
    const manifest = target('{{ system }}/etc/settings.json')
    expect(await refusal({ manifest })).toMatchObject({ code: 'own-target' })
  })

  it('where the whole disk is the project', async () => {
    const manifest = target('{{ project }}/etc/qcode-test.json').replace('"user"', '"project"')
    const { host, catalog } = await context(manifest, undefined)
    const input = {
      values: { tool: ['mine'], scope: ['project'] },
      switches: new Set(['yes', 'noCheck']),
      positionals: [],
    }
    const setup = runSetup(input, createTestContext({ ...host, cwd: '/' }, { catalog }))
    await expect(setup).rejects.toMatchObject({ code: 'own-target' })
  })

  it('at user scope, where the project lies outside the home', async () => {
    const manifest = `${target('{{ there }}/settings.json')}[places]\nthere = [{ path = "{{ project }}/x" }]\n`
    const { host, catalog } = await context(manifest, undefined)
    const input = { values: { tool: ['mine'] }, switches: new Set(['yes', 'noCheck']), positionals: [] }
    const setup = runSetup(input, createTestContext({ ...host, cwd: outside }, { catalog }))
    await expect(setup).rejects.toMatchObject({ code: 'own-target' })
  })
})

describe('a tool of the user’s own writes settings files alone', () => {
  it.each([
    ['keys for a login', '{{ home }}/.ssh/rc.json', 'json'],
    ['the same under another case', '{{ home }}/.SSH/rc.json', 'json'],
    ['ssh’s environment', '{{ home }}/.ssh/environment', 'dotenv'],
    ['gpg’s settings', '{{ home }}/.gnupg/x.json', 'json'],
    ['a hook of git', '{{ project }}/.git/hooks/pre-commit', 'dotenv'],
    ['a file below .git', '{{ project }}/.git/x.json', 'json'],
    ['what a shell reads', '{{ home }}/.bashrc', 'dotenv'],
    ['what a login reads', '{{ home }}/.profile', 'dotenv'],
    ['the settings of git', '{{ home }}/.gitconfig', 'toml'],
    ['what starts with the desktop', '{{ xdgConfig }}/autostart/x.desktop', 'dotenv'],
    ['what starts with the system', '{{ xdgConfig }}/systemd/user/x.service', 'toml'],
    ['variables of every login', '{{ xdgConfig }}/environment.d/x.conf', 'dotenv'],
    ['registries of npm', '{{ home }}/.npmrc', 'dotenv'],
    ['a file of another format', '{{ home }}/.mine/settings.json', 'yaml'],
    ['variables that our profile block reads', '{{ config }}/env.sh', 'dotenv'],
    ['another tool folder', '{{ config }}/tools/other/tool.toml', 'toml'],
    ['the list of what was written', '{{ home }}/.local/state/qcode-setup/ledger.json', 'json'],
  ])('not %s', async (_, path, format) => {
    const scope = path.includes('project') ? 'project' : 'user'
    const manifest = target(path).replace('"json"', `"${format}"`).replace('"user"', `"${scope}"`)
    const contents = {
      toml: 'a = "{{ baseUrl }}"\n',
      yaml: 'a: "{{ baseUrl }}"\n',
      dotenv: 'A={{ baseUrl }}\n',
    }
    const content = contents[format as keyof typeof contents]
    const error = await refusal({ manifest, ...(content && { content }), values: { scope: [scope] } })
    expect(error).toMatchObject({ code: 'own-target' })
  })

  it('and not what a link with the right ending leads to', async () => {
    writeFileSync(join(home, '.bashrc'), '# mine\n')
    link(join(home, '.mine/settings.json'), join(home, '.bashrc'))
    expect(await refusal({ manifest: ownManifest })).toMatchObject({ code: 'own-target' })
  })

  it.each([
    ['{{ home }}/.mine/settings.json', {}],
    ['{{ xdgConfig }}/mine/settings.json', {}],
    ['{{ there }}/settings.json', { MINE_HOME: '.mine' }],
  ])('so it writes %s, and takes it out again', async (path, variables) => {
    const env = Object.fromEntries(Object.entries(variables).map(([name, tail]) => [name, join(home, tail)]))
    const manifest = `${target(path)}[places]\nthere = [{ env = "MINE_HOME" }]\n`
    const result = await setUp({ manifest, env })
    const [edit] = result.data.edits as { path: string }[]
    expect(readFileSync(edit?.path ?? '', 'utf8')).toContain(testKey)
    const all = { values: {}, switches: new Set(['yes']), positionals: [] }
    await runRemove(all, result.prepared)
    expect(existsSync(edit?.path ?? '')).toBe(false)
  })

  it('also where the home itself is reached by a link', async () => {
    const real = join(root, 'real-home')
    mkdirSync(join(real, 'project'), { recursive: true })
    rmSync(home, { recursive: true })
    symlinkSync(real, home)
    await setUp({ manifest: ownManifest })
    expect(readFileSync(join(real, '.mine/settings.json'), 'utf8')).toContain(testKey)
  })
})

it('the tools of the program follow a user’s links to wherever they lead', async () => {
  link(join(home, '.codex'), outside)
  await setUp({ manifest: ownManifest, tool: 'codex' })
  expect(readFileSync(join(outside, 'config.toml'), 'utf8')).toContain('model_provider')
})

it('names of Object.prototype in its content are written as names', async () => {
  const content =
    '{ "__proto__": { "polluted": "{{ baseUrl }}" }, "constructor": { "prototype": "{{ key }}" } }'
  await setUp({ manifest: ownManifest, content })
  const written = readFileSync(join(home, '.mine/settings.json'), 'utf8')
  expect(Object.keys(JSON.parse(written))).toEqual(['__proto__', 'constructor'])
  expect(({} as Record<string, unknown>).polluted).toBeUndefined()
})

it.each(['constructor', 'toString', '__proto__'])(
  'given {{ %s }}, a name of Object.prototype, then there is no such placeholder',
  async (name) => {
    const content = `{ "a": "x {{ ${name} }}", "url": "{{ baseUrl }}" }`
    writeOwnTool(ownTools(home), { 'settings.json': content })
    const { unusable } = await loadOwnTools(ownTools(home), testCatalog.gateway, { ids: [], flags: [] })
    expect(unusable.map(String)).toEqual([expect.stringContaining(`there is no placeholder {{ ${name} }}`)])
  },
)
