import { chmodSync, existsSync, mkdirSync, readFileSync, statSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { execa } from 'execa'
import { describe, expect, onTestFinished, test } from 'vitest'
import { makeHome, noKeychain, programPath, sampleKey, setUp } from '../../support/run-program.ts'

function newHome(): string {
  const { home, drop } = makeHome()
  onTestFinished(drop)
  return home
}

const modeOf = (path: string) => statSync(path).mode & 0o7777

describe('given a umask', () => {
  test.each(['022', '002', '077', '027', '000'])(
    '%s: new files take it, and one with a key is private',
    async (umask) => {
      const home = newHome()
      const script = `umask ${umask}; exec "$0" "$@"`
      const args = [programPath, '--tool', 'codex,openai-sdk', '--yes', '--no-check']
      const env = { HOME: home, PATH: '', SHELL: '/bin/bash', QCODE_API_KEY: sampleKey, ...noKeychain }
      const ran = await execa('/bin/sh', ['-c', script, process.execPath, ...args], {
        env,
        extendEnv: false,
        cwd: home,
        reject: false,
      })
      expect(ran.exitCode, ran.stderr).toBe(0)
      const open = 0o666 & ~Number.parseInt(umask, 8)
      expect(modeOf(join(home, '.codex/config.toml')).toString(8)).toBe(open.toString(8))
      expect(modeOf(join(home, '.bashrc')).toString(8)).toBe(open.toString(8))
      for (const file of ['.codex/.env', '.config/qcode-setup/env.sh'])
        expect(modeOf(join(home, file))).toBe(0o600)
    },
  )
})

describe('given a file with special mode bits', () => {
  test.each([0o4755, 0o2660, 0o1644])('%o: they stay, with a key in it as well', async (mode) => {
    const home = newHome()
    const [settings, config] = [join(home, '.claude/settings.json'), join(home, '.codex/config.toml')]
    for (const [path, text] of [
      [settings, '{ "a": 1 }\n'],
      [config, 'a = 1\n'],
    ] as const) {
      mkdirSync(dirname(path))
      writeFileSync(path, text)
      chmodSync(path, mode)
    }
    expect((await setUp(['claude-code', 'codex'], { home })).exit).toBe(0)
    expect(modeOf(settings).toString(8)).toBe((0o600 | (mode & 0o7000)).toString(8))
    expect(modeOf(config).toString(8)).toBe(mode.toString(8))
  })
})

describe('given a file near the largest size that is read', () => {
  const largest = 10 * 1024 * 1024

  test.each([
    [0, 'too-large'],
    [20, 'too-large'],
    [2000, undefined],
  ])('with %i bytes left: it is not made larger than undo and remove accept', async (room, code) => {
    const home = newHome()
    const config = join(home, '.codex/config.toml')
    mkdirSync(dirname(config))
    const text = `a = 1\n#${'x'.repeat(largest - room - 8)}\n`
    writeFileSync(config, text)
    expect(text.length).toBe(largest - room)
    const ran = await setUp(['codex'], { home }, '--json')
    expect(JSON.parse(ran.stdout).error?.code).toBe(code)
    if (code === undefined) {
      expect(ran.exit).toBe(0)
      const back = await setUp(['codex'], { home }, '--region', 'eu')
      expect(back.exit).toBe(0)
      return
    }
    expect(ran.exit).toBe(1)
    expect(readFileSync(config, 'utf8') === text).toBe(true)
    expect(existsSync(join(home, '.codex/.env'))).toBe(false)
  })
})
