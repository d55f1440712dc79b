import {
  chmodSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, describe, expect, it } from 'vitest'
import { takesModel } from '../../../src/catalog/steps.ts'
import { runPrint } from '../../../src/commands/print.ts'
import { runRemove } from '../../../src/commands/remove.ts'
import { runSetup } from '../../../src/commands/setup.ts'
import { runStatus } from '../../../src/commands/status.ts'
import { runSwitch } from '../../../src/commands/switch.ts'
import { runUndo } from '../../../src/commands/undo.ts'
import type { Host } from '../../../src/host/host.ts'
import type { Input } from '../../../src/request/request.ts'
import { takesKeychain } from '../../support/every-tool.ts'
import { testCatalog } from '../../support/test-catalog.ts'
import { createTestContext } from '../../support/test-context.ts'
import { createTestHost, testKey } from '../../support/test-host.ts'

const otherKey = `cr_${'76543210fedcba98'.repeat(4)}`
const homes: string[] = []
afterEach(() => {
  for (const home of homes.splice(0)) rmSync(home, { recursive: true, force: true })
})

/** A machine on which `qcode-setup` is installed, with what a case adds to its environment. */
function makeHost(env: Readonly<Record<string, string>> = {}, changes: Partial<Host> = {}): Host {
  const home = mkdtempSync(join(tmpdir(), 'qcode-key-store-'))
  homes.push(home)
  const commands = join(home, '.commands')
  mkdirSync(commands)
  writeFileSync(join(commands, 'qcode-setup'), '', { mode: 0o755 })
  const base = createTestHost(home)
  return createTestHost(home, {
    env: { ...base.env, PATH: commands, QCODE_API_KEY: testKey, ...env },
    ...changes,
  })
}

function inputOf(values: Input['values'], positionals: readonly string[] = []): Input {
  return { values, switches: new Set(['yes', 'noCheck']), positionals }
}

function setUp(host: Host, keyStore: string, tools: readonly string[], values: Input['values'] = {}) {
  const input = inputOf({ tool: tools, keyStore: [keyStore], ...values })
  return runSetup(input, createTestContext(host))
}

/** Every file but our own state and the commands, by its path. */
function filesOf({ home }: Host): Record<string, string> {
  const names = readdirSync(home, { recursive: true, encoding: 'utf8' })
    .filter((name) => !/^\.(local|commands)/.test(name) && statSync(join(home, name)).isFile())
    .sort()
  return Object.fromEntries(names.map((name) => [name, readFileSync(join(home, name), 'utf8')]))
}

/** Their lines in any order: a value that is put back comes behind its neighbours. */
function linesOf(files: Readonly<Record<string, string>>): Record<string, string[]> {
  const lines = (text: string) => text.split('\n').map((line) => line.replace(/,$/, ''))
  return Object.fromEntries(Object.entries(files).map(([name, text]) => [name, lines(text).sort()]))
}

const stored = async (host: Host) => (await host.keychain()).get('default')
const everyTool = testCatalog.tools.filter(takesKeychain).map(({ id }) => id)

describe('--key-store keychain', () => {
  it('puts the key into the keychain and into no file, for every tool at once', async () => {
    const host = makeHost()
    const { data } = await setUp(host, 'keychain', everyTool)
    expect(data).toMatchObject({ changed: true, keychain: 'create' })
    expect(await stored(host)).toBe(testKey)
    const files = filesOf(host)
    expect(JSON.stringify(files)).not.toContain(testKey)
    expect(files['.claude/settings.json']).toContain('"apiKeyHelper": "qcode-setup key get"')
    expect(files['.codex/config.toml']).toContain('command = "qcode-setup"\nargs = ["key", "get"]')
    expect(files['.config/qcode-setup/env.sh']).toContain(
      `export OPENAI_API_KEY="$('qcode-setup' 'key' 'get')"`,
    )
  })

  it.each(everyTool)('%s: from files and back, with nothing of the other store left', async (tool) => {
    const host = makeHost()
    const own = testCatalog.tools.find(({ id }) => id === tool)
    const model = own && takesModel(own) ? { model: ['some-model'] } : {}
    await setUp(host, 'file', [tool], model)
    const inFiles = filesOf(host)
    await setUp(host, 'keychain', [tool], model)
    expect(JSON.stringify(filesOf(host))).not.toContain(testKey)
    const inKeychain = filesOf(host)
    await setUp(host, 'file', [tool], model)
    expect(linesOf(filesOf(host))).toEqual(linesOf(inFiles))
    await setUp(host, 'keychain', [tool], model)
    expect(filesOf(host)).toEqual(inKeychain)
    await runRemove(inputOf({}), createTestContext(host))
    expect(filesOf(host)).toEqual({})
  })

  it('leaves no key in the files of its place where the tool is set up in another place as well', async () => {
    const host = makeHost()
    await setUp(host, 'file', ['claude-code', 'aider'])
    await setUp(host, 'file', ['claude-code', 'aider'], { scope: ['project'] })
    await setUp(host, 'keychain', ['claude-code', 'aider'])
    const files = filesOf(host)
    expect(files['.claude/settings.json']).not.toContain(testKey)
    expect(files['.claude/settings.local.json']).toContain(testKey)
    expect(files['.config/qcode-setup/aider.env']).toContain(testKey)
  })

  it('is undone with its files: the keychain is as it was', async () => {
    const host = makeHost()
    await (await host.keychain()).set('default', otherKey)
    expect((await setUp(host, 'keychain', ['codex'])).data).toMatchObject({ keychain: 'update' })
    expect(await stored(host)).toBe(testKey)
    await runUndo(inputOf({}), createTestContext(host))
    expect(await stored(host)).toBe(otherKey)
    expect(filesOf(host)).toEqual({})
  })

  it('needs no key where the keychain holds one, and leaves that as it is', async () => {
    const host = makeHost({ QCODE_API_KEY: '' })
    const { QCODE_API_KEY: _, ...env } = host.env
    const bare = { ...host, env }
    await expect(setUp(bare, 'keychain', ['codex'])).rejects.toMatchObject({ code: 'key-missing', exit: 2 })
    await (await host.keychain()).set('default', otherKey)
    expect((await setUp(bare, 'keychain', ['codex'])).data).toMatchObject({
      changed: true,
      keychain: 'unchanged',
    })
    expect(await stored(host)).toBe(otherKey)
  })

  it('changes nothing where the keychain does not answer', async () => {
    const host = makeHost({}, { keychain: () => Promise.reject(new Error('not here')) })
    await expect(setUp(host, 'keychain', ['codex'])).rejects.toMatchObject({
      code: 'keychain-unavailable',
      hint: expect.stringContaining('--key-store file'),
    })
    expect(filesOf(host)).toEqual({})
  })

  it('writes what an older Codex knows: a variable that a line of the profile reads', async () => {
    const host = makeHost({}, { run: async () => ({ exit: 0, stdout: 'codex-cli 0.98.0', stderr: '' }) })
    const program = join(host.home, '.commands', 'codex')
    writeFileSync(program, '', { mode: 0o755 })
    await setUp(host, 'keychain', ['codex'])
    const files = filesOf(host)
    expect(files['.codex/config.toml']).toContain('env_key = "QCODE_API_KEY"')
    expect(files['.codex/config.toml']).not.toContain('auth')
    expect(files['.config/qcode-setup/env.sh']).toBe(`export QCODE_API_KEY="$('qcode-setup' 'key' 'get')"\n`)
    chmodSync(program, 0o644)
    await setUp(host, 'keychain', ['codex'])
    expect(filesOf(host)['.codex/config.toml']).not.toContain('env_key')
    expect(existsSync(join(host.home, '.config/qcode-setup/env.sh'))).toBe(false)
  })

  it('names the tools that it cannot reach and the rest of the list, and writes nothing', async () => {
    const host = makeHost()
    const tools = ['cline', 'codex', 'claude-code']
    const refused = setUp(host, 'keychain', tools, { 'pin:cline': ['extension-next'] })
    await expect(refused).rejects.toMatchObject({
      code: 'keychain-not-possible',
      exit: 2,
      message: expect.stringContaining('cline'),
      hint: expect.stringContaining('--tool claude-code --tool codex --key-store keychain'),
    })
    await expect(setUp(host, 'keychain', ['openai-sdk'], { scope: ['project'] })).rejects.toMatchObject({
      code: 'keychain-not-possible',
    })
    expect([filesOf(host), await stored(host)]).toEqual([{}, undefined])
  })

  it('is kept by a switch, shown by status, and remove says that the key is still there', async () => {
    const host = makeHost()
    const context = createTestContext(host)
    await setUp(host, 'keychain', ['codex', 'openai-sdk'])
    await runSwitch(inputOf({}, ['eu']), context)
    const files = filesOf(host)
    expect(files['.codex/config.toml']).toContain('https://eu.qcode.cc/openai"')
    expect(files['.codex/config.toml']).toContain('args = ["key", "get"]')
    expect(files['.config/qcode-setup/env.sh']).toContain('https://eu.qcode.cc')
    expect((await runStatus(inputOf({}), context)).data).toMatchObject({
      tools: [
        { tool: 'codex', keyStore: 'keychain', asWritten: true },
        { tool: 'openai-sdk', keyStore: 'keychain', asWritten: true },
      ],
    })
    const some = await runRemove(inputOf({ setUpTool: ['codex'] }), context)
    expect(some.findings.map(({ id }) => id)).not.toContain('key-in-keychain')
    const rest = await runRemove(inputOf({}), context)
    expect(rest.findings).toContainEqual(
      expect.objectContaining({ id: 'key-in-keychain', hint: expect.stringContaining('key forget') }),
    )
    expect(await stored(host)).toBe(testKey)
  })

  it.each([
    ['claude-code', 'json', '"apiKeyHelper": "qcode-setup key get"'],
    ['codex', 'toml', 'command = "qcode-setup"'],
    ['openai-sdk', 'sh', `export OPENAI_API_KEY="$('qcode-setup' 'key' 'get')"`],
    ['openai-sdk', 'fish', "set -gx OPENAI_API_KEY ('qcode-setup' 'key' 'get')"],
    ['openai-sdk', 'powershell', "$env:OPENAI_API_KEY = & 'qcode-setup' 'key' 'get'"],
    ['cline', 'sh', `export ANTHROPIC_API_KEY="$('qcode-setup' 'key' 'get')"`],
  ])('is printed: %s as %s', async (tool, format, line) => {
    const input = inputOf({ keyStore: ['keychain'], format: [format] }, [tool])
    const { report } = await runPrint(input, createTestContext(makeHost()))
    expect(report).toContain(line)
    expect(report).not.toContain('YOUR_KEY')
  })

  it('is refused for clients that cannot run a command', async () => {
    for (const format of ['dotenv', 'cmd', 'python']) {
      const input = inputOf({ keyStore: ['keychain'], format: [format] }, ['openai-sdk'])
      await expect(runPrint(input, createTestContext(makeHost()))).rejects.toMatchObject({
        exit: 2,
      })
    }
  })
})
