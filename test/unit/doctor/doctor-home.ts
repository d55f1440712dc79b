import { createHash } from 'node:crypto'
import { chmodSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { onTestFinished } from 'vitest'
import type { Catalog } from '../../../src/catalog/tool.ts'
import type { ToolData } from '../../../src/checks/doctor/tool-data.ts'
import { runDoctor } from '../../../src/commands/doctor.ts'
import type { Finding } from '../../../src/finding.ts'
import type { Host, RunResult } from '../../../src/host/host.ts'
import { testCatalog } from '../../support/test-catalog.ts'
import { createTestHost } from '../../support/test-host.ts'

/** A home to be examined: files by path below it (written with mode 0600), and the environment. */
export interface Situation {
  readonly files?: Readonly<Record<string, string | undefined>>
  /** Of folders below the home; `''` is the home. Others are private. */
  readonly modes?: Readonly<Record<string, number>>
  /** `{home}` is filled in. */
  readonly env?: Readonly<Record<string, string | undefined>>
  /** Programs in PATH by name; a version makes it an npm package of that name. */
  readonly programs?: Readonly<Record<string, { package: string; version: string } | undefined>>
  readonly platform?: NodeJS.Platform
  /** Folder below the home in which doctor is started; `project` unless told. */
  readonly cwd?: string
  /** Exit code of git, when it is asked whether it ignores a file. */
  readonly git?: number
  /** What other programs print, by a part of their command line; `{hash PATH}` is how the hash of a path below the home begins. */
  readonly says?: Readonly<Record<string, string>>
}

export interface Examined {
  readonly home: string
  readonly exit: number
  readonly findings: readonly Finding[]
  readonly tools: readonly ToolData[]
  readonly summary: Readonly<Record<string, number>>
  /** Everything that doctor gave back, as one text. */
  readonly everything: string
}

/** A home of its own, gone when the test is over. */
export function makeSituation(situation: Situation): Host {
  const home = mkdtempSync(join(tmpdir(), 'qcode-doctor-'))
  onTestFinished(() => rmSync(home, { recursive: true, force: true }))
  mkdirSync(join(home, situation.cwd ?? 'project'), { recursive: true })
  for (const [path, text] of Object.entries(situation.files ?? {})) {
    if (text !== undefined) write(join(home, path), text.replaceAll(/\bHOME\b/g, home))
  }
  for (const [path, mode] of Object.entries(situation.modes ?? {})) chmodSync(join(home, path), mode)
  const folders = Object.entries(situation.programs ?? {}).map(([name, client]) => {
    const folder = join(home, 'programs', name)
    if (client) write(join(folder, 'package.json'), JSON.stringify({ ...client, name: client.package }))
    write(join(folder, name), '#!/bin/sh\nexit 9\n')
    chmodSync(join(folder, name), 0o755)
    return folder
  })
  const base = createTestHost(home)
  const env = Object.entries(situation.env ?? {}).map(([name, value]) => [
    name,
    value?.replaceAll('{home}', home),
  ])
  const hash = (path: string) => createHash('sha256').update(join(home, path)).digest('hex').slice(0, 8)
  const says = Object.fromEntries(
    Object.entries(situation.says ?? {}).map(([part, said]) => [
      part.replace(/\{hash (.*?)\}/, (_, path: string) => hash(path)),
      said,
    ]),
  )
  return createTestHost(home, {
    cwd: join(home, situation.cwd ?? 'project'),
    env: { ...base.env, PATH: folders.join(':'), ...Object.fromEntries(env) },
    platform: situation.platform ?? 'linux',
    systemFolder: join(home, 'system'),
    run: async (command, args) => runNothing(command, args, { ...situation, says }),
  })
}

/** No program but those that say something, and a git that knows its folder and tracks nothing, unless it fails as a whole. */
function runNothing(command: string, args: readonly string[], { git = 0, says = {} }: Situation): RunResult {
  const line = [command, ...args].join(' ')
  const said = Object.entries(says).find(([part]) => line.includes(part))
  if (said) return { exit: 0, stdout: said[1], stderr: '' }
  if (command !== 'git') return { exit: 1, stdout: '', stderr: '' }
  const [, folder = ''] = args
  const knows = git <= 1 && !args.includes('check-ignore')
  return { exit: knows ? 0 : git, stdout: knows && args.includes('rev-parse') ? folder : '', stderr: '' }
}

/** Runs doctor without the network. */
export async function examine(host: Host, catalog: Catalog = testCatalog): Promise<Examined> {
  const input = { values: {}, switches: new Set(['noCheck']), positionals: [] }
  const outcome = await runDoctor(input, { host, catalog })
  const { findings, tools, summary } = outcome.data as unknown as Examined
  return {
    home: host.home,
    exit: outcome.exit,
    findings,
    tools,
    summary,
    everything: JSON.stringify(outcome),
  }
}

function write(path: string, text: string): void {
  mkdirSync(dirname(path), { recursive: true })
  writeFileSync(path, text, { mode: 0o600 })
}
