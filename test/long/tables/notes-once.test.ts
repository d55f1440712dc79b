import { chmodSync, existsSync, mkdirSync, readFileSync, statSync, symlinkSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { getuid } from 'node:process'
import { describe, expect, it } from 'vitest'
import { createCommitter } from '../../../src/apply/committer.ts'
import { createFileSystem } from '../../../src/apply/file-system.ts'
import { withStateLock } from '../../../src/apply/state-lock.ts'
import { readTree, stateBelowHome } from '../../support/home-tree.ts'
import { runInProcess } from '../../support/run-in-process.ts'
import { createHome } from '../../support/terminal-home.ts'
import { createTestHost, testKey } from '../../support/test-host.ts'

const note = 'Use full model names'
const otherNote = '`codex resume` lists only chats'

/** Each command that ends with notes, as it is typed where nothing is asked. */
const commands: Readonly<Record<string, string>> = {
  setup: 'setup --tool aider --region eu --key-file key.txt --yes --no-check',
  apply: 'apply qcode.toml --yes --no-check',
  switch: 'switch us --yes --no-check',
}

const record = join(stateBelowHome, 'shown-notes.json')

/** What a person reads besides the report: the document has its own list, which is always whole. */
function told(text: string): string {
  return JSON.stringify(JSON.parse(text).findings)
}

function prepare(command: string) {
  const home = createHome({
    'key.txt': testKey,
    'qcode.toml': 'key = "file:key.txt"\nregion = "eu"\ntools = ["aider"]\n',
  })
  const host = createTestHost(home)
  const run = async (line: string) => {
    const ended = await runInProcess(line, host)
    expect(ended.exit, ended.text).toBe(0)
    return told(ended.text)
  }
  const first = async () => {
    if (command === 'setup' || command === 'apply') return
    // What is set up with --quiet has told nothing.
    expect(await run(`${commands.setup} --quiet`)).toContain(note)
  }
  return { home, host, run, first, line: commands[command] ?? '' }
}

describe.each(Object.keys(commands))('the notes after %s', (command) => {
  it('are told the first time, and never again on this machine', async () => {
    const { home, run, first, line } = prepare(command)
    await first()
    expect(await run(line)).toContain(note)
    expect(statSync(join(home, record)).mode & 0o777).toBe(0o600)
    expect(await run(line)).not.toContain(note)
    expect(await run('switch asia --yes --no-check')).not.toContain(note)
    expect(await run('switch global --yes --no-check')).not.toContain(note)
  })

  it('are told again after a dry run, which writes nothing', async () => {
    const { home, run, first, line } = prepare(command)
    await first()
    for (const _ of [1, 2]) expect(await run(`${line} --dry-run`)).toContain(note)
    expect(existsSync(join(home, record))).toBe(false)
    expect(await run(line)).toContain(note)
    expect(await run(`${line} --dry-run`)).not.toContain(note)
  })

  it('of another tool are new', async () => {
    const { run, first, line } = prepare(command)
    await first()
    await run(line)
    const text = await run('setup --tool codex --region eu --key-file key.txt --yes --no-check')
    expect(text).toContain(otherNote)
    expect(text).not.toContain(note)
  })

  it('are all in the document of --json, each time', async () => {
    const { home, host, first, line } = prepare(command)
    await first()
    for (const _ of [1, 2]) {
      const { text } = await runInProcess(`${line} --json`, host)
      expect(JSON.stringify(JSON.parse(text).data.notes)).toContain(note)
    }
    expect(existsSync(join(home, record))).toBe(false)
  })

  it.each([
    ['is no file', (path: string) => mkdirSync(path)],
    ['is broken', (path: string) => writeFileSync(path, '{')],
    [
      'can be written by others',
      (path: string) => {
        writeFileSync(path, '{"version":1,"shown":[]}')
        chmodSync(path, 0o666)
      },
    ],
  ])('are told, and it is no error, where the record %s', async (_, spoil) => {
    const { home, run, first, line } = prepare(command)
    await first()
    await run('setup --tool codex --region eu --key-file key.txt --yes --no-check --quiet')
    spoil(join(home, record))
    expect(await run(line)).toContain(note)
  })
})

it('is no error where another run holds the lock', async () => {
  const home = createHome({ 'key.txt': testKey })
  const host = createTestHost(home)
  const { exit } = await runInProcess(
    'setup --tool codex --region eu --key-file key.txt --yes --no-check',
    host,
  )
  expect(exit).toBe(0)
  const before = readFileSync(join(home, record), 'utf8')
  await withStateLock(host, createFileSystem(host.platform), async () => {
    expect(await createCommitter(host, false).newNotes(['one'], true)).toEqual(['one'])
  })
  expect(readFileSync(join(home, record), 'utf8')).toBe(before)
})

describe('the state folder', () => {
  const folder = dirname(record)
  const asRoot = getuid?.() === 0

  it.each([
    ['is absent', (path: string) => expect(existsSync(path)).toBe(false)],
    ['is a file', (path: string) => writeFileSync(path, '')],
    ['is a link to nowhere', (path: string) => symlinkSync('/nowhere/at/all', path)],
    ...(asRoot
      ? []
      : [
          [
            'cannot be written to',
            (path: string) => {
              mkdirSync(path)
              chmodSync(path, 0o500)
            },
          ] as const,
        ]),
  ] as const)('%s: the notes are told, it is no error, and nothing is left there', async (_, spoil) => {
    const home = createHome()
    mkdirSync(dirname(join(home, folder)), { recursive: true })
    spoil(join(home, folder))
    const before = readTree(home)
    const committer = createCommitter(createTestHost(home), false)
    for (const _again of [1, 2]) expect(await committer.newNotes(['one'], true)).toEqual(['one'])
    expect(readTree(home)).toEqual(before)
  })
})

it('is remembered only by what writes: where nothing is left to do, nothing is', async () => {
  const { home, run } = prepare('setup')
  await run(`${commands.setup} --quiet`)
  for (const _ of [1, 2]) expect(await run(commands.setup ?? '')).toContain(note)
  expect(existsSync(join(home, record))).toBe(false)
})

describe('what is not a note', () => {
  it('is told each time: a danger', async () => {
    const home = createHome({ 'key.txt': testKey })
    const env = { HOME: home, PATH: '', SHELL: '/bin/bash', ANTHROPIC_API_KEY: 'mine' }
    const host = createTestHost(home, { env })
    const line = 'setup --tool claude-code --region eu --key-file key.txt --yes --no-check'
    for (const _ of [1, 2])
      expect(told((await runInProcess(line, host)).text)).toContain('ANTHROPIC_API_KEY is set elsewhere')
  })

  it('is told each time: what a command has chosen for the user', async () => {
    const { run, first, line } = prepare('switch')
    await first()
    await run(line)
    await run('setup --tool codex --region eu --key-file key.txt --yes --no-check')
    for (const region of ['asia', 'global', 'asia']) {
      expect(await run(`switch ${region} --tool codex --yes --no-check`)).toContain('others-stay')
    }
  })
})
