import {
  chmodSync,
  chownSync,
  lchownSync,
  lstatSync,
  mkdirSync,
  readFileSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs'
import { dirname, join } from 'node:path'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { makeHome, runProgram } from '../../support/run-program.ts'

let home = ''
let drop = () => {}
beforeEach(() => ({ home, drop } = makeHome()))
afterEach(() => drop())

const stranger = 65_533
const isRoot = process.getuid?.() === 0

/** Takes the place of Node's own function, also where Node has none, and notes with what it was called. */
const recorder = `
require('node:module').enableCompileCache = (folder) =>
  require('node:fs').writeFileSync(process.env.CACHE_NOTE, JSON.stringify(folder ?? null))
`

/** The folder that Node was told to take code from, null for the one it chooses itself, undefined when it was not told to. */
async function cacheOf(env: Record<string, string> = {}, ...args: readonly string[]): Promise<unknown> {
  const note = join(dirname(home), 'note')
  writeFileSync(join(dirname(home), 'recorder.cjs'), recorder)
  const options = { NODE_OPTIONS: `--require=${join(dirname(home), 'recorder.cjs')}`, CACHE_NOTE: note }
  const { exit } = await runProgram(args.length > 0 ? args : ['status'], {
    home,
    env: { ...options, ...env },
  })
  expect(exit).toBe(0)
  return JSON.parse(attempt(() => readFileSync(note, 'utf8')) ?? '"none"')
}

function attempt<T>(work: () => T): T | undefined {
  try {
    return work()
  } catch {
    return undefined
  }
}

const own = () => join(home, '.cache', 'qcode-setup')

function makeOwn(mode = 0o700): void {
  mkdirSync(join(home, '.cache'))
  mkdirSync(own())
  chmodSync(own(), mode)
}

describe('compiled code is taken', () => {
  test('from a private folder below the caches of the user, which is made', async () => {
    mkdirSync(join(home, '.cache'))
    expect(await cacheOf()).toBe(own())
    expect(lstatSync(own()).mode & 0o7777).toBe(0o700)
    expect(await cacheOf()).toBe(own())
  })

  test('from below $XDG_CACHE_HOME, unless that is relative or empty', async () => {
    mkdirSync(join(home, '.cache'))
    mkdirSync(join(home, 'caches'))
    expect(await cacheOf({ XDG_CACHE_HOME: join(home, 'caches') })).toBe(join(home, 'caches', 'qcode-setup'))
    for (const odd of ['', 'caches']) expect(await cacheOf({ XDG_CACHE_HOME: odd })).toBe(own())
  })

  test('through links of the user’s own', async () => {
    mkdirSync(join(home, 'elsewhere'))
    symlinkSync('elsewhere', join(home, '.cache'))
    expect(await cacheOf()).toBe(own())
  })
})

const refused: readonly [string, () => void][] = [
  ['the user has no folder for caches', () => {}],
  ['others may write to it', () => makeOwn(0o722)],
  ['others may look into it', () => makeOwn(0o755)],
  [
    'it is a link',
    () => {
      mkdirSync(join(home, '.cache'))
      mkdirSync(join(home, 'other'), { mode: 0o700 })
      symlinkSync(join(home, 'other'), own())
    },
  ],
  [
    'it is a file',
    () => {
      mkdirSync(join(home, '.cache'))
      writeFileSync(own(), '')
    },
  ],
  [
    'others may put another one in its place',
    () => {
      makeOwn()
      chmodSync(dirname(own()), 0o777)
    },
  ],
  [
    'others may put another folder in the place of one above it',
    () => {
      makeOwn()
      chmodSync(home, 0o777)
    },
  ],
]

const strangers: readonly [string, () => void][] = [
  [
    'it belongs to another user',
    () => {
      makeOwn()
      chownSync(own(), stranger, stranger)
    },
  ],
  [
    'a folder above it belongs to another user',
    () => {
      makeOwn()
      chownSync(dirname(own()), stranger, stranger)
    },
  ],
  [
    'a link of another user leads to it',
    () => {
      mkdirSync(join(home, 'elsewhere'))
      symlinkSync('elsewhere', join(home, '.cache'))
      lchownSync(join(home, '.cache'), stranger, stranger)
    },
  ],
]

describe('no compiled code is taken, from nowhere', () => {
  test.each([...refused, ...(isRoot ? strangers : [])])('where %s', async (_, prepare) => {
    prepare()
    expect(await cacheOf()).toBe('none')
  })

  test('where the user has told Node otherwise', async () => {
    makeOwn()
    for (const name of ['NODE_COMPILE_CACHE', 'NODE_DISABLE_COMPILE_CACHE']) {
      expect(await cacheOf({ [name]: join(home, 'mine') })).toBe('none')
    }
  })

  test.each([['--help'], ['status', '-h'], ['setup', '--tool', 'codex', '--key-store', 'env', '--dry-run']])(
    'by a run that is to leave no trace: %s',
    async (...args) => {
      mkdirSync(join(home, '.cache'))
      expect(await cacheOf({}, ...args)).toBe('none')
      expect(attempt(() => lstatSync(own()))).toBeUndefined()
    },
  )
})
