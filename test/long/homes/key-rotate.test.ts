import { mkdirSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterEach, describe, expect, it } from 'vitest'
import { toolsWithoutModel } from '../../support/every-tool.ts'
import { readTree, stateBelowHome, usersPart } from '../../support/home-tree.ts'
import { makeHome, type Ran, runProgram, sampleKey, setUp } from '../../support/run-program.ts'

const [oldKey, newKey, thirdKey] = [sampleKey, `cr_${'fedcba98'.repeat(8)}`, `cr_${'00112233'.repeat(8)}`]
const drops: (() => void)[] = []
afterEach(() => {
  for (const drop of drops.splice(0)) drop()
})

function newHome(): string {
  const { home, drop } = makeHome()
  drops.push(drop)
  return home
}

async function ended(ran: Promise<Ran>): Promise<Ran> {
  const { exit, stderr } = await ran
  expect(exit, stderr).toBe(0)
  return ran
}

const run = (home: string, ...args: readonly string[]) => ended(runProgram(args, { home }))

async function rotate(home: string, key: string, ...more: readonly string[]) {
  const args = ['key', 'rotate', '--key-file', '-', '--yes', '--no-check', '--json', ...more]
  const { exit, stdout, stderr } = await runProgram(args, { home, input: `${key}\n` })
  for (const each of [oldKey, newKey, thirdKey]) expect(stdout + stderr).not.toContain(each.slice(3))
  return { exit, stderr, data: JSON.parse(stdout) }
}

/** Every file, link and name below the home that holds a key in one of its usual forms. */
function holders(home: string, key: string): string[] {
  const bytes = Buffer.from(key)
  const plain = [key, key.slice(3), encodeURIComponent(key), bytes.toString('hex')]
  // Base64 spells the same bytes in three ways, as they lie in the bytes around them.
  const base64 = [0, 1, 2].map((shift) =>
    Buffer.concat([Buffer.alloc(shift), bytes])
      .toString('base64')
      .slice(4, -4),
  )
  const holds = (text: string) => [...plain, ...base64].some((form) => text.includes(form))
  return Object.entries(readTree(home)).flatMap(([path, { bytes: text = '', target = '' }]) =>
    holds(text + target + path) ? [path] : [],
  )
}

const ofUser = (paths: readonly string[]) => paths.filter((path) => !path.startsWith(stateBelowHome))

/** All tools for the user and two in a project, in files and in variables, with several runs behind them. */
async function livedIn(home: string): Promise<void> {
  writeFileSync(join(home, '.bashrc'), '# mine\nexport GITHUB_TOKEN=ghp_of_the_user_and_nobody_else\n')
  mkdirSync(join(home, '.claude'))
  writeFileSync(
    join(home, '.claude/settings.json'),
    '{ "env": { "MY_OWN": "sk-of-the-user-and-nobody-else" } }\n',
  )
  const cwd = join(home, 'project')
  mkdirSync(cwd)
  await ended(setUp(['all'], { home }))
  await run(home, 'switch', 'eu', '--yes', '--no-check')
  await ended(setUp(['claude-code', 'openai-sdk'], { home }, '--method', 'env'))
  await run(home, 'undo', '--yes')
  await ended(setUp(['openai-sdk', 'langchain'], { home }, '--method', 'env', '--shell', 'fish'))
  await ended(setUp(['claude-code'], { home }, '--method', 'env', '--region', 'eu'))
  await ended(setUp(['openai-sdk', 'claude-code'], { home, cwd }, '--scope', 'project'))
  await ended(setUp(['codex'], { home }, '--region', 'asia'))
}

interface Status {
  readonly tools: readonly { readonly tool: string; readonly asWritten: boolean }[]
}

async function status(home: string): Promise<Status['tools']> {
  return (JSON.parse((await run(home, 'status', '--json')).stdout) as Status).tools
}

/** The runs that can be undone, the last one first. */
function runsOf(home: string): { id: string; command: string }[] {
  return Object.entries(readTree(home))
    .filter(([path]) => path.endsWith('journal.json'))
    .map(([, { bytes = '' }]) => JSON.parse(bytes))
    .sort((one, other) => other.sequence - one.sequence)
}

describe('key rotate over all tools', () => {
  it('leaves the old key nowhere, and everything as written', async () => {
    const home = newHome()
    await livedIn(home)
    const before = holders(home, oldKey)
    expect(before.length - ofUser(before).length).toBeGreaterThanOrEqual(8)
    expect(ofUser(before)).toEqual(
      expect.arrayContaining(['.config/qcode-setup/env.sh', '.config/qcode-setup/env.fish', 'project/.env']),
    )
    const { exit, data, stderr } = await rotate(home, newKey)
    expect([exit, data.changed, data.tools.length, data.elsewhere], stderr).toEqual([
      0,
      true,
      toolsWithoutModel.length,
      [],
    ])
    expect(holders(home, oldKey)).toEqual([])
    expect(ofUser(holders(home, newKey))).toEqual(ofUser(before))
    const modes = Object.entries(readTree(home)).filter(([, { bytes }]) => bytes?.includes(newKey))
    expect(new Set(modes.map(([, { mode }]) => mode))).toEqual(new Set([0o600]))
    const tools = await status(home)
    // Besides all of them for the user: two in variables, two in a project.
    expect([tools.length, tools.filter(({ asWritten }) => !asWritten)]).toEqual([
      toolsWithoutModel.length + 4,
      [],
    ])
  })

  it('keeps what belongs to the user, in files and in backups', async () => {
    const home = newHome()
    await livedIn(home)
    const mine = (word: string) =>
      Object.entries(readTree(home)).flatMap(([path, { bytes }]) => (bytes?.includes(word) ? [path] : []))
    const words = ['ghp_of_the_user_and_nobody_else', 'sk-of-the-user-and-nobody-else']
    const before = words.map(mine)
    expect(before.every((paths) => paths.length > 1)).toBe(true)
    await rotate(home, newKey)
    expect(
      words.map(mine).every((paths, index) => before[index]?.every((path) => paths.includes(path))),
    ).toBe(true)
  })

  it('lets every earlier run be undone, down to the home before the first one', async () => {
    const home = newHome()
    writeFileSync(join(home, '.bashrc'), '# mine\n')
    const start = usersPart(readTree(home))
    await ended(setUp(['all'], { home }))
    await run(home, 'switch', 'eu', '--yes', '--no-check')
    await ended(setUp(['codex'], { home }, '--region', 'asia'))
    await rotate(home, newKey)
    const refused = await runProgram(['undo', '--yes'], { home })
    const earlier = runsOf(home).filter(({ command }) => command !== 'key')
    expect([refused.exit, refused.stderr]).toEqual([
      2,
      expect.stringContaining(`qcode-setup undo ${earlier[0]?.id}`),
    ])
    for (const { id } of earlier) await run(home, 'undo', id, '--yes')
    expect(usersPart(readTree(home))).toEqual(start)
    expect(holders(home, oldKey)).toEqual([])
  })

  it('lets remove give everything back', async () => {
    const home = newHome()
    const start = usersPart(readTree(home))
    await ended(setUp(['all'], { home }))
    await rotate(home, newKey)
    await run(home, 'remove', '--yes')
    expect(usersPart(readTree(home))).toEqual(start)
  })

  it('does it again, and finds nothing to do the third time', async () => {
    const home = newHome()
    await livedIn(home)
    await rotate(home, newKey)
    const second = await rotate(home, thirdKey)
    expect([second.exit, holders(home, oldKey), holders(home, newKey)]).toEqual([0, [], []])
    const before = readTree(home)
    const { exit, data } = await rotate(home, thirdKey)
    expect([exit, data.changed, data.run]).toEqual([0, false, null])
    expect(readTree(home)).toEqual(before)
  })

  it('replaces several old keys at once, those that only backups hold as well', async () => {
    const home = newHome()
    await ended(setUp(['codex', 'aider'], { home }))
    const args = ['--tool', 'codex', '--key-file', '-', '--yes', '--no-check']
    await ended(runProgram(args, { home, input: `${newKey}\n` }))
    await ended(runProgram(['--tool', 'aider', ...args.slice(2)], { home, input: `${newKey}\n` }))
    expect(ofUser(holders(home, oldKey))).toEqual([])
    const { data } = await rotate(home, thirdKey)
    expect([data.replacedKeys, holders(home, oldKey), holders(home, newKey)]).toEqual([2, [], []])
  })

  it('skips a project that no longer exists, and says so', async () => {
    const home = newHome()
    await livedIn(home)
    rmSync(join(home, 'project'), { recursive: true })
    const { exit, data } = await rotate(home, newKey)
    expect([exit, holders(home, oldKey)]).toEqual([0, []])
    expect(data.warnings.map(({ id }: { id: string }) => id)).toContain('place-gone')
    expect(Object.keys(readTree(home))).not.toContain('project')
  })

  it('stops at a value that the user changed, and goes on as it is told', async () => {
    const home = newHome()
    await ended(setUp(['codex', 'aider'], { home }))
    writeFileSync(join(home, '.codex/.env'), 'QCODE_API_KEY=of-the-user-and-long\n', { mode: 0o600 })
    const before = readTree(home)
    const stopped = await rotate(home, newKey)
    expect([stopped.exit, stopped.data.error.code]).toEqual([3, 'conflict'])
    expect(readTree(home)).toEqual(before)
    await rotate(home, newKey, '--on-conflict', 'skip')
    expect(readTree(home)['.codex/.env']?.bytes).toBe('QCODE_API_KEY=of-the-user-and-long\n')
    expect([holders(home, oldKey), ofUser(holders(home, newKey))]).toEqual([
      [],
      ['.config/qcode-setup/aider.env'],
    ])
    await rotate(home, thirdKey, '--on-conflict', 'overwrite')
    expect(readTree(home)['.codex/.env']?.bytes).toBe(`QCODE_API_KEY=${thirdKey}\n`)
    await run(home, 'remove', '--yes')
    expect(readTree(home)['.codex/.env']?.bytes).toBe('QCODE_API_KEY=of-the-user-and-long\n')
  })

  it('changes nothing but the key, where tools share a base URL, or a value is gone', async () => {
    const home = newHome()
    await ended(setUp(['claude-agent-sdk', 'codex', 'aider'], { home }, '--region', 'eu'))
    await ended(setUp(['claude-code'], { home }, '--method', 'env', '--region', 'asia'))
    rmSync(join(home, '.codex'), { recursive: true })
    const before = usersPart(readTree(home))
    await rotate(home, newKey)
    const renewed = Object.entries(before).map(([path, { bytes, ...leaf }]) => [
      path,
      { ...leaf, ...(bytes !== undefined && { bytes: bytes.replaceAll(oldKey, newKey) }) },
    ])
    expect(usersPart(readTree(home))).toEqual(Object.fromEntries(renewed))
  })

  it('replaces a key with quotes, backslashes and dollars in it, in files and in backups', async () => {
    const home = newHome()
    const odd = `cr_"q'b\\s$(x)\`y\`#${'0123456789'.repeat(3)}`
    const other = `cr_'"\\\\$HOME%41${'9876543210'.repeat(3)}`
    const args = ['--tool', 'claude-code,cline,claude-agent-sdk', '--key-file', '-', '--yes', '--no-check']
    await ended(runProgram(args, { home, input: `${odd}\n` }))
    await run(home, 'switch', 'eu', '--yes', '--no-check')
    const tail = (key: string) =>
      Object.values(readTree(home)).filter(({ bytes }) => bytes?.includes(key.slice(-30))).length
    expect(tail(odd)).toBeGreaterThan(4)
    const { exit, data, stderr } = await rotate(home, other)
    expect([exit, data.elsewhere, tail(odd)], stderr).toEqual([0, [], 0])
    expect((await status(home)).every(({ asWritten }) => asWritten)).toBe(true)
    const [first, second] = runsOf(home).filter(({ command }) => command !== 'key')
    await run(home, 'undo', first?.id ?? '', '--yes')
    expect((await status(home)).every(({ asWritten }) => asWritten)).toBe(true)
    await run(home, 'undo', second?.id ?? '', '--yes')
    expect(usersPart(readTree(home))).toEqual({})
  })
})
