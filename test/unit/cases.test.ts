import {
  cpSync,
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
import { dirname, join, relative } from 'node:path'
import { env } from 'node:process'
import { afterEach, describe, expect, it } from 'vitest'
import { runRemove } from '../../src/commands/remove.ts'
import { runSetup } from '../../src/commands/setup.ts'
import { runUndo } from '../../src/commands/undo.ts'
import type { Host } from '../../src/host/host.ts'
import type { Input } from '../../src/request/request.ts'
import { projectFolder, testCatalog } from '../support/test-catalog.ts'
import { createTestContext } from '../support/test-context.ts'
import { createTestHost, testKey } from '../support/test-host.ts'

// UPDATE_CASES=1 writes each `after` anew.

/** What a case asks for: flags by field name, and variables of the environment, in which {home} stands for the home. */
interface CaseRequest {
  readonly values?: Readonly<Record<string, readonly string[]>>
  readonly switches?: readonly string[]
  readonly env?: Readonly<Record<string, string>>
}

const templates = join(projectFolder, 'templates')
const cases = readdirSync(templates).flatMap((tool) => {
  const folder = join(templates, tool, 'cases')
  return existsSync(folder)
    ? readdirSync(folder).map((name) => ({ tool, name, folder: join(folder, name) }))
    : []
})

const homes: string[] = []
afterEach(() => {
  for (const home of homes.splice(0)) rmSync(home, { recursive: true, force: true })
})

function startCase(folder: string, tool: string): { home: string; host: Host; input: Input } {
  const home = mkdtempSync(join(tmpdir(), 'qcode-case-'))
  homes.push(home)
  if (existsSync(join(folder, 'before'))) cpSync(join(folder, 'before'), home, { recursive: true })
  const written = readFileSync(join(folder, 'request.json'), 'utf8').replaceAll('{home}', home)
  const request: CaseRequest = JSON.parse(written)
  const base = createTestHost(home)
  const host = createTestHost(home, { env: { ...base.env, QCODE_API_KEY: testKey, ...request.env } })
  const input = {
    values: { tool: [tool], ...request.values },
    switches: new Set(['yes', 'noCheck', ...(request.switches ?? [])]),
    positionals: [],
  }
  return { home, host, input }
}

const { version, devDependencies } = JSON.parse(readFileSync(join(projectFolder, 'package.json'), 'utf8'))
const keyring = '@napi-rs/keyring'

/** Every file below a folder but our own state; the home's path is written as /HOME, versions of packages as VERSION. */
function snapshot(folder: string, home: string): Record<string, string> {
  if (!existsSync(folder)) return {}
  const files = readdirSync(folder, { recursive: true, encoding: 'utf8' })
    .filter((name) => statSync(join(folder, name)).isFile() && !name.startsWith('.local/state'))
    .sort()
  return Object.fromEntries(files.map((name) => [name, textOf(join(folder, name), home)]))
}

function textOf(file: string, home: string): string {
  const text = readFileSync(file, 'latin1').replaceAll(home, '/HOME')
  return text
    .replaceAll(`qcode-setup@${version}`, 'qcode-setup@VERSION')
    .replaceAll(`${keyring}@${devDependencies[keyring]}`, `${keyring}@VERSION`)
}

function writeAfter(folder: string, files: Readonly<Record<string, string>>): void {
  const after = join(folder, 'after')
  rmSync(after, { recursive: true, force: true })
  for (const [name, text] of Object.entries(files)) {
    mkdirSync(dirname(join(after, name)), { recursive: true })
    writeFileSync(join(after, name), text, 'latin1')
  }
}

function modesOf(home: string): Record<string, number> {
  return Object.fromEntries(
    Object.keys(snapshot(home, home)).map((name) => [name, statSync(join(home, name)).mode]),
  )
}

describe.each(cases)('templates/$tool/cases/$name', ({ tool, folder }) => {
  it('turns before into after, and changes nothing the second time', async () => {
    const { home, host, input } = startCase(folder, tool)
    const first = await runSetup(input, createTestContext(host))
    if (env.UPDATE_CASES) writeAfter(folder, snapshot(home, home))
    const renew = 'UPDATE_CASES=1 with the same command writes `after` anew'
    expect(snapshot(home, home), renew).toEqual(snapshot(join(folder, 'after'), home))
    expect(first.data.changed).toBe(true)
    const again = await runSetup(input, createTestContext(host))
    expect(again.data.changed).toBe(false)
    for (const [name, text] of Object.entries(snapshot(home, home))) {
      if (text.includes(testKey)) expect(statSync(join(home, name)).mode & 0o777).toBe(0o600)
    }
    expect(JSON.stringify([first, again])).not.toContain(testKey)
  })

  it.each([
    ['undo', runUndo],
    ['remove', runRemove],
  ] as const)('comes back to before by %s', async (_, run) => {
    const { home, host, input } = startCase(folder, tool)
    const before = snapshot(home, home)
    const modes = modesOf(home)
    await runSetup(input, createTestContext(host))
    await run({ values: {}, switches: new Set(['yes']), positionals: [] }, createTestContext(host))
    expect(snapshot(home, home)).toEqual(before)
    expect(modesOf(home)).toEqual(modes)
    expect(
      readdirSync(home)
        .filter((name) => name !== '.local')
        .sort(),
    ).toEqual(existsSync(join(folder, 'before')) ? readdirSync(join(folder, 'before')).sort() : [])
  })
})

describe('the cases', () => {
  it('cover every tool', () => {
    const tools = new Set(cases.map(({ tool }) => tool))
    const without = testCatalog.tools.map(({ id }) => id).filter((id) => !tools.has(id))
    const add =
      'no cases: add templates/ID/cases/fresh/request.json, and one with a `before/` (CONTRIBUTING.md)'
    expect(without, add).toEqual([])
    const gone = [...tools].filter((tool) => !testCatalog.tools.some(({ id }) => id === tool))
    expect(gone, 'cases of no tool').toEqual([])
  })

  it('lie below their tool', () => {
    expect(cases.every(({ folder }) => !relative(templates, folder).startsWith('..'))).toBe(true)
  })
})
