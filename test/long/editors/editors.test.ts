import { execFile } from 'node:child_process'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { projectPath } from '../../support/run-program.ts'
import { testCatalog } from '../../support/test-catalog.ts'
import { installServers, LanguageServer } from './language-server.ts'

const schema = pathToFileURL(join(projectPath, 'schema/qcode.schema.json')).href
const programs = installServers()

/** Text with `¦` where the cursor is, or where something is to be marked. */
function cursorIn(marked: string): { text: string; position: { line: number; character: number } } {
  const before = marked.slice(0, marked.indexOf('¦')).split('\n')
  return {
    text: marked.replace('¦', ''),
    position: { line: before.length - 1, character: before.at(-1)?.length ?? 0 },
  }
}

describe.skipIf(programs === undefined)('an editor with yaml-language-server', () => {
  let server: LanguageServer
  let documents = 0

  beforeAll(async () => {
    server = new LanguageServer(join(programs ?? '', 'yaml-language-server'), ['--stdio'])
    const capabilities = { textDocument: { hover: { contentFormat: ['plaintext'] } } }
    await server.request('initialize', { processId: process.pid, rootUri: null, capabilities })
    server.notify('initialized', {})
  })
  afterAll(() => server?.stop())

  async function open(marked: string) {
    // As the first line of an exported file, which names the schema of the newest version.
    const { text, position } = cursorIn(`# yaml-language-server: $schema=${schema}\n${marked}`)
    const uri = `file:///qcode-${++documents}.yaml`
    const found = await server.open(uri, 'yaml', text)
    return { found, at: { textDocument: { uri }, position } }
  }

  interface Completion {
    readonly items: readonly { readonly label: string; readonly documentation?: unknown }[]
  }

  it.each<[where: string, marked: string, labels: readonly string[]]>([
    [
      'settings',
      '¦',
      ['tools', 'region', 'gateway', 'key', 'key_store', 'scope', 'project', 'method', 'shell'],
    ],
    ['regions', 'region: ¦', testCatalog.gateway.regions.map(({ id }) => id)],
    ['tools', 'tools:\n  - ¦', testCatalog.tools.map(({ id }) => id)],
    ['settings of a tool', 'tools:\n  - id: codex\n    ¦', ['model', 'variant', 'folders', 'region']],
    ['stores', 'key_store: ¦', ['file', 'env', 'keychain']],
    ['methods in JSON', '{ "method": "¦" }', ['file', 'env']],
  ])('completes %s', async (_, marked, labels) => {
    const { at } = await open(marked)
    const { items } = await server.request<Completion>('textDocument/completion', at)
    const names = items.map(({ label }) => label.replaceAll('"', ''))
    expect(names).toEqual(expect.arrayContaining([...labels]))
  })

  it.each([
    ['re¦gion: eu', 'Region'],
    ['key_¦store: keychain', 'keychain'],
    ['k¦ey: keychain', 'env:'],
    ['tools:\n  - id: codex\n    mod¦el: m', 'model'],
  ])('says what a setting is: %s', async (marked, says) => {
    const { at } = await open(marked)
    const hover = await server.request<{ contents: unknown } | null>('textDocument/hover', at)
    expect(JSON.stringify(hover?.contents)).toContain(says)
  })

  it.each([
    ['region: ¦mars'],
    ['tools: [codex]\n¦regoin: eu'],
    ['tools: ¦codex'],
    ['key: ¦hunter2'],
    ['tools:\n  - id: codex\n    key_store: ¦vault'],
    ['tools:\n  - id: codex\n    ¦modle: m'],
    ['version: ¦2'],
    ['{ "tools": ["codex"],\n  "method": ¦"variables" }'],
  ])('marks what is wrong where it stands: %s', async (marked) => {
    const { found, at } = await open(marked)
    expect(found.map(({ range }) => range.start)).toContainEqual(at.position)
  })

  it('marks nothing in a file that is right', async () => {
    const { found } = await open(
      'region: eu\nkey: env:QCODE_API_KEY\ntools:\n  - codex\n  - id: claude-code\n    model: m¦\n',
    )
    expect(found).toEqual([])
  })
})

describe.skipIf(programs === undefined)('an editor with taplo', () => {
  const folder = mkdtempSync(join(tmpdir(), 'qcode-taplo-'))
  afterAll(() => rmSync(folder, { recursive: true }))

  function lint(text: string): Promise<{ exit: number; said: string }> {
    writeFileSync(join(folder, 'qcode.toml'), text)
    const args = [
      join(programs ?? '', 'taplo'),
      'lint',
      '--colors',
      'never',
      '--schema',
      schema,
      'qcode.toml',
    ]
    return new Promise((done) =>
      execFile(process.execPath, args, { cwd: folder }, (error, stdout, stderr) =>
        done({ exit: error ? Number(error.code) : 0, said: stdout + stderr }),
      ),
    )
  }

  it.each([
    ['region = ¦"mars"\n'],
    ['tools = ¦"codex"\n'],
    ['key = ¦"hunter2"\n'],
    ['version = ¦2\n'],
    ['[[tools]]\nid = "codex"\nkey_store = ¦"vault"\n'],
  ])('marks what is wrong where it stands: %s', async (marked) => {
    const { text, position } = cursorIn(marked)
    const { exit, said } = await lint(text)
    expect(exit, said).not.toBe(0)
    expect(said).toContain(`qcode.toml:${position.line + 1}:`)
  })

  it('marks nothing in a file that is right', async () => {
    const { exit, said } = await lint(
      'region = "eu"\nkey = "env:QCODE_API_KEY"\ntools = ["codex", { id = "claude-code", model = "m" }]\n',
    )
    expect(exit, said).toBe(0)
  })
})
