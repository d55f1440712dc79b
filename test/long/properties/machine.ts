import {
  chmodSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  realpathSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join, relative } from 'node:path'
import type { Outcome, Run, WritingContext } from '../../../src/command.ts'
import { runApply } from '../../../src/commands/apply.ts'
import { runExport } from '../../../src/commands/export.ts'
import { runRemove } from '../../../src/commands/remove.ts'
import { runSetup } from '../../../src/commands/setup.ts'
import { runStatus } from '../../../src/commands/status.ts'
import { runSwitch } from '../../../src/commands/switch.ts'
import { runUndo } from '../../../src/commands/undo.ts'
import { UserError } from '../../../src/errors.ts'
import type { Host } from '../../../src/host/host.ts'
import { emptyLedger, type Ledger } from '../../../src/ledger.ts'
import { type HomeTree, readTree, stateBelowHome, usersPart } from '../../support/home-tree.ts'
import { createTestContext } from '../../support/test-context.ts'
import { createTestHost } from '../../support/test-host.ts'
import type { HomeSpec } from './arbitrary-home.ts'
import { inputOf, type Wish } from './arbitrary-wish.ts'

/** What a command came to: an outcome, or the error that a user would see. Anything else that is thrown fails the test. */
export type Result =
  | { readonly outcome: Outcome; readonly error?: never }
  | { readonly error: UserError; readonly outcome?: never }

export interface Flags {
  readonly switches?: readonly string[]
  readonly values?: Readonly<Record<string, readonly string[]>>
}

/** A home on the disk with the commands that work on it. */
export interface Machine {
  readonly home: string
  readonly env: Readonly<Record<string, string>>
  setup(wish: Wish, flags?: Flags): Promise<Result>
  switchTo(region: string, flags?: Flags): Promise<Result>
  remove(flags?: Flags): Promise<Result>
  undo(): Promise<Result>
  status(): Promise<Result>
  /** The key is in the user's environment. */
  exportAs(format: string, key: string): Promise<Result>
  /** With a setup file on standard input. */
  apply(text: string, key: string, flags?: Flags): Promise<Result>
  /** Everything below the home, times and our own state too. */
  all(): HomeTree
  /** What the user has: no times, and nothing of our own state. */
  users(): HomeTree
  ledger(): unknown
}

const movedTo: Readonly<Record<string, string>> = {
  CLAUDE_CONFIG_DIR: 'elsewhere/claude',
  CODEX_HOME: 'elsewhere/codex home',
  XDG_CONFIG_HOME: 'elsewhere/config',
  ZDOTDIR: 'elsewhere/zsh',
}

/** Makes the home of a spec below the temporary folder, lets the work have it, and removes it. */
export async function onMachine(spec: HomeSpec, work: (machine: Machine) => Promise<void>): Promise<void> {
  const root = mkdtempSync(join(tmpdir(), 'qcode-property-'))
  try {
    const home = join(root, spec.name)
    const env = environment(spec, home)
    fill(home, spec, env)
    await work(machineIn(home, env))
  } finally {
    rmSync(root, { recursive: true, force: true })
  }
}

/** The path of a template such as `{codex}/config.toml`, absolute. */
export function pathIn(template: string, home: string, env: Readonly<Record<string, string>>): string {
  const places: Readonly<Record<string, string>> = {
    claude: env.CLAUDE_CONFIG_DIR ?? join(home, '.claude'),
    codex: env.CODEX_HOME ?? join(home, '.codex'),
    config: env.XDG_CONFIG_HOME ?? join(home, '.config'),
    zdotdir: env.ZDOTDIR ?? home,
  }
  const [first = '', ...rest] = template.split('/')
  const place = places[first.slice(1, -1)]
  return place === undefined || !first.startsWith('{') ? join(home, template) : join(place, ...rest)
}

function environment({ moved, apiKey }: HomeSpec, home: string): Record<string, string> {
  return {
    HOME: home,
    PATH: '',
    SHELL: '/bin/bash',
    ...Object.fromEntries(moved.map((name) => [name, join(home, movedTo[name] ?? '')])),
    ...(apiKey && { ANTHROPIC_API_KEY: 'sk-ant-of-the-environment' }),
  }
}

function fill(home: string, { files, linkedFolders }: HomeSpec, env: Record<string, string>): void {
  mkdirSync(join(home, 'work'), { recursive: true })
  for (const folder of linkedFolders) {
    mkdirSync(join(home, 'dotfiles', `folder${folder}`), { recursive: true })
    symlinkSync(join('dotfiles', `folder${folder}`), join(home, folder))
  }
  for (const [index, { path, text, mode, linked }] of files.entries()) {
    const place = pathIn(path, home, env)
    if (existsSync(place)) continue
    mkdirSync(dirname(place), { recursive: true })
    const real = linked ? join(home, 'dotfiles', `file-${index}`) : place
    mkdirSync(dirname(real), { recursive: true })
    writeFileSync(real, text)
    chmodSync(real, mode)
    if (linked) symlinkSync(relative(realpathSync(dirname(place)), realpathSync(real)), place)
  }
}

function machineIn(home: string, env: Record<string, string>): Machine {
  const host = patientHost(home, env)
  const run = (
    command: Run<WritingContext>,
    values: Flags['values'],
    switches: readonly string[],
    positionals: string[] = [],
  ) => attempt(command, { values: values ?? {}, switches: new Set(['yes', ...switches]), positionals }, host)
  return {
    home,
    env,
    setup: (wish, flags = {}) =>
      attempt(runSetup, inputOf(wish, flags), { ...host, env: { ...env, QCODE_API_KEY: wish.key } }),
    switchTo: (region, flags = {}) =>
      run(runSwitch, flags.values, ['noCheck', ...(flags.switches ?? [])], [region]),
    remove: (flags = {}) => run(runRemove, flags.values, flags.switches ?? []),
    undo: () => run(runUndo, {}, []),
    status: () => run(runStatus, {}, []),
    exportAs: (format, key) =>
      attempt(
        runExport,
        { values: { format: [format] }, switches: new Set(), positionals: [] },
        { ...host, env: { ...env, QCODE_API_KEY: key } },
      ),
    apply: (text, key, flags = {}) =>
      attempt(
        runApply,
        {
          values: flags.values ?? {},
          switches: new Set(['yes', 'noCheck', ...(flags.switches ?? [])]),
          positionals: ['-'],
        },
        {
          ...host,
          env: { ...env, QCODE_API_KEY: key },
          readStdin: async () => new TextEncoder().encode(text),
        },
      ),
    all: () => readTree(home),
    users: () => usersPart(readTree(home)),
    ledger: () => readLedger(home),
  }
}

/** A host whose clock goes on. */
function patientHost(home: string, env: Record<string, string>): Host {
  let now = Date.parse('2026-01-02T03:04:05.678Z')
  return createTestHost(home, {
    env,
    cwd: join(home, 'work'),
    now: () => {
      now += 61_001
      return new Date(now)
    },
  })
}

async function attempt(command: Run<WritingContext>, input: Parameters<Run>[0], host: Host): Promise<Result> {
  try {
    return {
      outcome: await command(input, createTestContext(host, { dryRun: input.switches.has('dryRun') })),
    }
  } catch (error) {
    if (error instanceof UserError) return { error }
    throw error
  }
}

/** What the ledger owns, in any order. */
function readLedger(home: string): unknown {
  const file = join(home, stateBelowHome, 'ledger.json')
  const ledger: Ledger = existsSync(file) ? JSON.parse(readFileSync(file, 'utf8')) : emptyLedger
  const sorted = (list: readonly unknown[]) => list.map((item) => JSON.stringify(item, inKeyOrder)).sort()
  const { setups, entries, files, folders } = ledger
  return {
    ...ledger,
    setups: sorted(setups),
    entries: sorted(entries),
    files: sorted(files),
    folders: sorted(folders),
  }
}

/** What is read and stored again may have its fields in another order. */
function inKeyOrder(_: string, value: unknown): unknown {
  if (value === null || typeof value !== 'object' || Array.isArray(value)) return value
  return Object.fromEntries(Object.entries(value).sort(([one], [other]) => (one < other ? -1 : 1)))
}
