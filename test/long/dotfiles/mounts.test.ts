import { spawnSync } from 'node:child_process'
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { describe, expect, it, onTestFinished } from 'vitest'
import { readTree, usersPart } from '../../support/home-tree.ts'
import { makeHome, noKeychain, programPath, sampleKey } from '../../support/run-program.ts'

const isPossible = spawnSync('unshare', ['--mount', 'true']).status === 0
if (!isPossible) console.warn('No private mounts can be made here, so mounted files are not tried')

interface Computer {
  readonly home: string
  /** Runs lines of a shell with the program as `qcode-setup`, in mounts of their own that are gone with them. */
  run(lines: string): { exit: number | null; said: string }
}

/** A home with settings of Claude Code, which the program set up where `isSetUp`, and a setup file. */
function makeComputer(isSetUp: boolean): Computer {
  // The system writes a blank in a path of a mount as \\040.
  const { home, drop } = makeHome('a home')
  onTestFinished(drop)
  const bin = join(dirname(home), 'bin')
  for (const folder of [bin, join(home, '.claude')]) mkdirSync(folder)
  writeFileSync(join(bin, 'qcode-setup'), `#!/bin/sh\nexec ${process.execPath} ${programPath} "$@"\n`, {
    mode: 0o755,
  })
  writeFileSync(join(home, '.claude/settings.json'), '{"model": "mine"}\n')
  writeFileSync(
    join(dirname(home), 'qcode.toml'),
    'region = "eu"\nkey = "env:QCODE_API_KEY"\ntools = ["claude-code"]\n',
  )
  const env = {
    HOME: home,
    PATH: `${bin}:/usr/sbin:/usr/bin:/sbin:/bin`,
    SHELL: '/bin/bash',
    QCODE_API_KEY: sampleKey,
    ...noKeychain,
  }
  const run = (lines: string) => {
    const args = ['--mount', 'sh', '-c', lines]
    const {
      status: exit,
      stdout,
      stderr,
    } = spawnSync('unshare', args, { cwd: dirname(home), env, encoding: 'utf8' })
    return { exit, said: stdout + stderr }
  }
  if (isSetUp) expect(run('qcode-setup apply qcode.toml --yes --no-check')).toMatchObject({ exit: 0 })
  return { home, run }
}

/** What keeps the settings from being replaced, and what is said of it. */
const obstacles: Readonly<Record<string, readonly [mounts: string, said: string]>> = {
  'a file that is mounted by itself': [
    'cp ~/.claude/settings.json mine && mount --bind mine ~/.claude/settings.json',
    ': it is mounted as a single file',
  ],
  'a file that is mounted read-only': [
    'cp ~/.claude/settings.json mine && mount --bind mine ~/.claude/settings.json && mount -o remount,bind,ro ~/.claude/settings.json',
    ': it is mounted as a single file',
  ],
  'a folder on a read-only disk': [
    'mount --bind ~/.claude ~/.claude && mount -o remount,bind,ro ~/.claude',
    ': it is on a read-only disk',
  ],
}

/** What would change the settings: of a home that is not set up yet, and of one that is. */
const commands: readonly [line: string, isSetUp: boolean][] = [
  ['--tool claude-code --key-file - --yes --no-check', false],
  ['apply qcode.toml --yes --no-check', false],
  ['switch us --yes --no-check', true],
  ['remove --yes', true],
  ['undo --yes', true],
  ['key rotate --key-file - --yes --no-check', true],
]

describe.skipIf(!isPossible).each(Object.entries(obstacles))('given %s', (_, [mounts, said]) => {
  it.each(commands)('when %s, then it is said in a sentence, and nothing is changed', (line, isSetUp) => {
    const { home, run } = makeComputer(isSetUp)
    // The mounts are seen by their own process only, so a copy of what stands there is made from within.
    const before = run(`${mounts} && cp -a ~/. before`)
    expect(before).toEqual({ exit: 0, said: '' })
    const key = sampleKey.replaceAll('8', '0')
    const ran = run(`${mounts} && echo ${key} | qcode-setup ${line}; code=$?; cp -a ~/. after; exit $code`)
    expect(ran.exit, ran.said).toBe(1)
    expect(ran.said).toContain(said)
    expect(ran.said).not.toMatch(/chmod|chown|EBUSY|EROFS/)
    expect(usersPart(readTree(join(home, '../after')))).toEqual(usersPart(readTree(join(home, '../before'))))
    const left = Object.keys(readTree(join(home, '..'))).filter((path) => path.endsWith('.tmp'))
    expect(left).toEqual([])
  })

  it('when it is only checked, then that writes nothing and says it', () => {
    const { run } = makeComputer(false)
    const checked = run(`${mounts} && qcode-setup apply qcode.toml --check --no-check`)
    expect(checked).toMatchObject({ exit: 3, said: expect.stringContaining(said) })
  })

  it('when all there is right already, then nothing stands in the way', () => {
    const { run } = makeComputer(true)
    expect(run(`${mounts} && qcode-setup apply qcode.toml --yes --no-check`)).toMatchObject({ exit: 0 })
    expect(run('qcode-setup apply qcode.toml --check --no-check')).toMatchObject({ exit: 0 })
  })
})

it.skipIf(!isPossible)(
  'given a link to a file that is mounted by itself, then it is said where it leads',
  () => {
    const { run } = makeComputer(false)
    const link =
      'mkdir away && mv ~/.claude/settings.json away/it && ln -s "$PWD/away/it" ~/.claude/settings.json'
    const mount = 'cp away/it mine && mount --bind mine away/it'
    const ran = run(
      `${link} && ${mount} && qcode-setup apply qcode.toml --yes --no-check; code=$?; cat away/it; exit $code`,
    )
    expect(ran.exit, ran.said).toBe(1)
    expect(ran.said).toContain('away/it, which is mounted as a single file')
    expect(ran.said).toContain('{"model": "mine"}\n')
  },
)

describe.skipIf(!isPossible)('given a folder that is an overlay', () => {
  it('when it is set up and that is undone, then each is in the upper layer, and the lower one is as it was', () => {
    const { home, run } = makeComputer(false)
    // An overlay cannot lie on one, as the root of a container is.
    const layers =
      'mkdir disk && mount -t tmpfs disk disk && mkdir disk/lower disk/upper disk/work && cp -a ~/.claude/. disk/lower'
    const mount =
      'mount -t overlay overlay -o lowerdir=disk/lower,upperdir=disk/upper,workdir=disk/work ~/.claude'
    const setUp = 'qcode-setup apply qcode.toml --yes --no-check && cp ~/.claude/settings.json written'
    const undo =
      'qcode-setup undo --yes && cp ~/.claude/settings.json undone && cp disk/lower/settings.json lower'
    const ran = run([layers, mount, setUp, undo].join(' && '))
    expect(ran.exit, ran.said).toBe(0)
    const text = (name: string) => readFileSync(join(home, '..', name), 'utf8')
    expect(text('written')).toContain('https://eu.qcode.cc/api')
    expect([text('undone'), text('lower')]).toEqual(Array(2).fill('{"model": "mine"}\n'))
  })
})
