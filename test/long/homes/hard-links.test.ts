import { linkSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, it } from 'vitest'
import { makeHome, type Ran, runProgram, sampleKey, setUp } from '../../support/run-program.ts'

const newKey = `cr_${'fedcba98'.repeat(8)}`
const said = 'is one of 2 names of the same file (hard links)'

interface Scene {
  readonly home: string
  readonly run: (args: string, more?: Partial<Parameters<typeof runProgram>[1]>) => Promise<Ran>
  /** Gives a file below the home a second name, in the place of the one before. */
  readonly link: (path: string) => void
  readonly linked: () => string
}

async function inHome(work: (scene: Scene) => Promise<void>): Promise<void> {
  const { home, drop } = makeHome()
  const other = join(home, 'other-name')
  const link = (path: string) => {
    rmSync(other, { force: true })
    linkSync(join(home, path), other)
  }
  const run: Scene['run'] = (args, more) => runProgram(args.split(' '), { home, ...more })
  await work({ home, run, link, linked: () => readFileSync(other, 'utf8') }).finally(drop)
}

const onOneLine = (text: string) => text.replace(/\s+/g, ' ')

function expectSaid({ exit, stderr }: Ran, file: string, oldKey: boolean): void {
  expect([exit, onOneLine(stderr)]).toEqual([0, expect.stringContaining(`${file} ${said}`)])
  expect(onOneLine(stderr).includes('The OLD KEY stays there.')).toBe(oldKey)
}

it('every plan warns of a file with another name, which keeps what stood there', () =>
  inHome(async ({ home, run, link, linked }) => {
    const file = join(home, '.codex/config.toml')
    const line = '--tool codex --yes --no-check --key-file -'
    expect((await setUp(['codex'], { home })).stderr).not.toContain('hard link')
    link('.codex/config.toml')
    const before = linked()
    const { ino } = statSync(file)
    const planned = await run('switch eu --yes --no-check --dry-run')
    expectSaid(planned, file, false)
    expect(onOneLine(planned.stderr)).toContain(`find ~ -xdev -inum ${ino}`)
    expect(onOneLine(planned.stdout)).toContain('config.toml (other names of it keep the old content)')
    expect(linked()).toBe(readFileSync(file, 'utf8'))
    expectSaid(await run('switch eu --yes --no-check'), file, false)
    expect([linked(), statSync(file).nlink]).toEqual([before, 1])
    expect((await run('switch us --yes --no-check')).stderr).not.toContain('hard link')
    link('.codex/config.toml')
    expectSaid(await run('undo --yes'), file, false)
    link('.codex/config.toml')
    expectSaid(await run(`${line} --region asia`, { input: sampleKey }), file, false)
    link('.codex/config.toml')
    const { stdout } = await run('remove --yes --dry-run --json')
    expect(JSON.parse(stdout).warnings).toMatchObject([{ id: 'hard-link' }])
    expectSaid(await run('remove --yes'), file, false)
    expect(linked()).toContain('asia.qcode.cc')
  }))

it('a key that is replaced or taken out stays under the other name, and that is said', () =>
  inHome(async ({ home, run, link, linked }) => {
    const file = join(home, '.codex/.env')
    expect((await setUp(['codex'], { home })).exit).toBe(0)
    link('.codex/.env')
    const rotate = 'key rotate --key-file - --yes --no-check'
    expectSaid(await run(`${rotate} --dry-run`, { input: newKey }), file, true)
    expectSaid(await run(rotate, { input: newKey }), file, true)
    expect(readFileSync(file, 'utf8')).toContain(newKey)
    expect(linked()).toContain(sampleKey)
    link('.codex/.env')
    const { stderr } = await run('remove --yes --dry-run', { env: { LANG: 'zh_CN.UTF-8' } })
    expect(onOneLine(stderr).replaceAll(' ', '')).toContain('旧密钥仍留在那里')
    expectSaid(await run('remove --yes'), file, true)
  }))

it('lint --fix warns as well', () =>
  inHome(async ({ home, run, link, linked }) => {
    const text = 'ANTHROPIC_BASE_URL=https://api.qcode.cc/api/\n'
    writeFileSync(join(home, 'my.env'), text)
    link('my.env')
    expectSaid(await run('lint --fix --yes my.env'), join(home, 'my.env'), false)
    expect([readFileSync(join(home, 'my.env'), 'utf8') === text, linked()]).toEqual([false, text])
  }))
