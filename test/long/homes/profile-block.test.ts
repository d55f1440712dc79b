import { spawnSync } from 'node:child_process'
import { createHash } from 'node:crypto'
import { existsSync, mkdirSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { beforeEach, describe, expect, it } from 'vitest'
import { findShell, readVariables, wanted } from '../../support/real-shells.ts'
import { makeHome, runProgram, setUp } from '../../support/run-program.ts'

/** The file in which each shell's block is looked at here. */
const profiles = { bash: '.bashrc', zsh: '.zshenv', fish: '.config/fish/config.fish' } as const

/** How a shell reads its profile without a terminal. */
const flagsOf = { bash: ['-i', '-c'], zsh: ['-c'], fish: ['-c'] } as const

describe.each(['bash', 'zsh', 'fish'] as const)('the block in a profile of %s', (shell) => {
  const path = findShell(shell) ?? ''
  beforeEach((context) => context.skip(path === '', `${shell} is not installed here`))
  const profile = profiles[shell]
  const read = (home: string, file = profile as string) => readFileSync(join(home, file), 'utf8')
  const seenBy = (home: string, env: Readonly<Record<string, string>> = {}) =>
    readVariables(path, flagsOf[shell], home, {
      PATH: process.env.PATH ?? '',
      HOME: home,
      TERM: 'dumb',
      // In the C locale fish finds no home with other letters, and its own files as little.
      LC_ALL: 'C.UTF-8',
      ...env,
    })
  const withTools = (home: string, env: Readonly<Record<string, string>> = {}) =>
    setUp(['openai-sdk', 'claude-agent-sdk'], { home, env: { SHELL: path, ...env } }, '--shell', shell)
  const run = (home: string, args: readonly string[], env: Readonly<Record<string, string>> = {}) =>
    runProgram(args, { home, env: { SHELL: path, ...env } })

  it.each(['张三', 'a $USER home', `it's "mine"`, 'back\\slash', '`id`', '-r'])(
    'given a home named %s, it names no user and works from any home',
    async (name) => {
      const { home, drop } = makeHome(name)
      try {
        expect((await withTools(home)).exit).toBe(0)
        expect(read(home)).not.toContain(home)
        expect(seenBy(home)).toEqual(wanted)
        const text = read(home)
        expect((await withTools(home)).exit).toBe(0)
        expect(read(home)).toBe(text)
        expect((await run(home, ['status', '--json'])).stdout).not.toContain('"asWritten": false')
      } finally {
        drop()
      }
    },
  )

  it('given a home that is a link, with a slash behind it, it is found, checked and taken out by either name', async () => {
    const { home, drop } = makeHome('real')
    try {
      const link = join(home, '..', 'link')
      symlinkSync('real', link)
      const env = { HOME: `${link}/` }
      expect((await withTools(link, { ...env, XDG_CONFIG_HOME: join(home, '.config') })).exit).toBe(0)
      expect(read(home)).toContain('"$HOME/.config/qcode-setup/env.')
      for (const each of [home, link, `${link}/`]) expect(seenBy(each)).toEqual(wanted)
      const { stdout } = await run(link, ['doctor', '--json'], env)
      const { findings } = JSON.parse(stdout) as { findings: { id: string }[] }
      expect(findings.map(({ id }) => id)).not.toContain('block-not-reached')
      expect((await run(link, ['remove', '--yes'], env)).exit).toBe(0)
      expect(existsSync(join(home, profile))).toBe(false)
    } finally {
      drop()
    }
  })

  it('given settings that are not below the home, it has their whole path', async () => {
    const { home, drop } = makeHome()
    try {
      const env = { XDG_CONFIG_HOME: join(home, '..', "it's elsewhere") }
      const file = shell === 'fish' ? join(env.XDG_CONFIG_HOME, 'fish/config.fish') : join(home, profile)
      expect((await withTools(home, env)).exit).toBe(0)
      expect(readFileSync(file, 'utf8')).not.toContain('$HOME')
      expect(seenBy(home, env)).toEqual(wanted)
    } finally {
      drop()
    }
  })

  it('given no HOME, nothing is read and nothing is said, also where an unset variable is an error', async () => {
    const { home, drop } = makeHome()
    try {
      expect((await withTools(home)).exit).toBe(0)
      const strict = shell === 'fish' ? 'set -e HOME' : 'unset HOME; set -eu'
      const plain = { bash: ['--norc'], zsh: ['-f'], fish: ['--no-config'] }[shell]
      const readers = shell === 'bash' ? [path, findShell('dash') ?? path] : [path]
      for (const reader of readers) {
        const flags = reader.endsWith('dash') ? [] : plain
        const script = `${strict}\n${read(home)}\necho went on`
        const ran = spawnSync(reader, [...flags, '-c', script], {
          encoding: 'utf8',
          env: { PATH: process.env.PATH },
        })
        expect([ran.status, ran.stdout, ran.stderr]).toEqual([0, 'went on\n', ''])
      }
    } finally {
      drop()
    }
  })

  describe('given the block of version 0.1.0, with its absolute path', () => {
    /** Profile and ledger as that version left them, or the profile alone. */
    async function oldHome(
      ledger: 'known' | 'lost' | 'newer',
    ): Promise<{ home: string; drop: () => void; old: string }> {
      const { home, drop } = makeHome("it's old")
      writeFileSync(join(home, '.zshenv'), '# mine\n')
      writeFileSync(join(home, '.bashrc'), '# mine\n')
      mkdirSync(join(home, '.config/fish'), { recursive: true })
      writeFileSync(join(home, '.config/fish/config.fish'), '# mine\n')
      expect((await withTools(home)).exit).toBe(0)
      const envFile = join(home, '.config/qcode-setup', shell === 'fish' ? 'env.fish' : 'env.sh')
      const files = shell === 'bash' ? [profile, '.profile'] : [profile]
      for (const file of files)
        writeFileSync(join(home, file), read(home, file).replace(/^if .*$/m, absoluteLine(shell, envFile)))
      const path = join(home, '.local/state/qcode-setup/ledger.json')
      const hash = (value: string) => createHash('sha256').update(JSON.stringify(value)).digest('hex')
      const known = readFileSync(path, 'utf8')
      const now = hash(`$HOME/.config/qcode-setup/${shell === 'fish' ? 'env.fish' : 'env.sh'}`)
      expect(known).toContain(now)
      if (ledger === 'known') writeFileSync(path, known.replaceAll(now, hash(envFile)))
      if (ledger === 'lost')
        writeFileSync(
          path,
          JSON.stringify({ ...JSON.parse(known), setups: [], entries: [], files: [], folders: [] }),
        )
      return { home, drop, old: read(home) }
    }

    it.each(['known', 'newer'] as const)(
      'with a ledger that is %s, status and doctor take it as ours, and remove takes it out',
      async (ledger) => {
        const { home, drop } = await oldHome(ledger)
        try {
          expect(seenBy(home)).toEqual(wanted)
          expect((await run(home, ['status', '--json'])).stdout).not.toContain('"asWritten": false')
          expect((await run(home, ['doctor', '--json'])).stdout).not.toMatch(/block-not-reached|drift/)
          const { exit, stderr } = await run(home, ['remove', '--yes'])
          expect([exit, stderr]).toEqual([0, expect.not.stringContaining('you changed')])
          expect(read(home)).toBe('# mine\n')
        } finally {
          drop()
        }
      },
    )

    it.each(['known', 'lost', 'newer'] as const)(
      'with a ledger that is %s, setup renews it without a question, once; undo and remove are as ever',
      async (ledger) => {
        const { home, drop, old } = await oldHome(ledger)
        try {
          const { exit, stderr } = await withTools(home)
          expect([exit, stderr]).toEqual([0, expect.not.stringMatching(/conflict|replaced source/)])
          const renewed = read(home)
          expect(renewed).not.toContain(home)
          expect(renewed).not.toContain("it's old")
          expect(seenBy(home)).toEqual(wanted)
          expect((await run(home, ['undo', '--yes'])).exit).toBe(0)
          expect(read(home)).toBe(old)
          await withTools(home)
          const again = await withTools(home)
          expect([again.exit, read(home)]).toEqual([0, renewed])
          expect((await run(home, ['remove', '--yes'])).exit).toBe(0)
          expect(read(home)).toBe('# mine\n')
        } finally {
          drop()
        }
      },
    )
  })
})

/** The line that version 0.1.0 wrote. */
function absoluteLine(shell: string, file: string): string {
  if (shell !== 'fish') {
    const word = `'${file.replaceAll("'", "'\\''")}'`
    return `if [ -r ${word} ]; then . ${word}; fi`
  }
  const word = `'${file.replace(/[\\']/g, '\\$&')}'`
  return `if test -r ${word}; source ${word}; end`
}
