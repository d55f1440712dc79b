import {
  chmodSync,
  existsSync,
  lstatSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  readlinkSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs'
import { dirname, join } from 'node:path'
import { applyEdits } from '../../../src/apply/apply-edits.ts'
import type { FileSystem } from '../../../src/apply/file-system.ts'
import { readLedger } from '../../../src/apply/ledger-store.ts'
import { type ApplyRequest, newRunId } from '../../../src/apply/run-record.ts'
import type { Host } from '../../../src/host/host.ts'
import { Interruption } from '../../../src/host/interruption.ts'
import { readFileState } from '../../../src/host/read-file-state.ts'
import type { Ledger, LedgerEntry, Setup } from '../../../src/ledger.ts'
import type { FileEdit } from '../../../src/plan/plan.ts'
import { thisProcess } from '../../support/test-processes.ts'

/** As much of a host as the writer uses. The clock stands still and chance is a counter. */
export function makeHost(
  home: string,
  env: Record<string, string> = {},
  platform: Host['platform'] = 'linux',
): Host {
  let count = 0
  const host: Pick<Host, 'env' | 'home' | 'platform' | 'now' | 'randomId' | 'processes' | 'interruption'> = {
    env,
    home,
    platform,
    processes: thisProcess,
    interruption: new Interruption(),
    now: () => new Date('2026-11-23T12:13:14.156Z'),
    randomId: () => (0xab0000 + count++).toString(16),
  }
  return host as Host
}

/** Writes a file with its parents. */
export function put(path: string, text: string, mode = 0o644): void {
  mkdirSync(dirname(path), { recursive: true })
  writeFileSync(path, text)
  chmodSync(path, mode)
}

/** An edit of what stands at the path now; no text means that the file is to go. */
export function edit(path: string, text?: string, mode?: number): FileEdit {
  const before = readFileState(path)
  const kept = before.kind === 'absent' ? 0o600 : before.mode
  const after: FileEdit['after'] =
    text === undefined ? { kind: 'absent' } : { kind: 'file', bytes: Buffer.from(text), mode: mode ?? kept }
  return { path, before, after, tools: ['codex'] }
}

/** The same machine, its clock at another time. */
export const atTime = (host: Host, time: string): Host => ({ ...host, now: () => new Date(time) })

/** One run that gives a file of the home another content; its id. */
export async function runOnce(host: Host, text: string, fileSystem?: FileSystem): Promise<string> {
  const wanted = request(host, [edit(join(host.home, 'file'), text)])
  await applyEdits(wanted, host, fileSystem)
  return wanted.runId
}

export function entry(path: string, run: string): LedgerEntry {
  return {
    path,
    format: 'json',
    keyPath: ['env', 'KEY'],
    tool: 'codex',
    hash: 'c0ffee',
    run,
    setups: [],
    replaced: { kind: 'absent', parents: 0 },
  }
}

/** A request as a command makes it: one entry of the ledger for each file that stays. */
export function request(host: Host, edits: readonly FileEdit[], setups?: readonly Setup[]): ApplyRequest {
  const runId = newRunId(host)
  const before = readLedger(host)
  const paths = new Set(edits.map((each) => each.path))
  const written = edits.filter((each) => each.after.kind === 'file').map((each) => entry(each.path, runId))
  const after: Ledger = {
    version: 2,
    setups: setups ?? before.setups,
    entries: [...before.entries.filter((each) => !paths.has(each.path)), ...written],
    files: before.files,
    folders: before.folders,
  }
  return { runId, command: 'setup', edits, ledger: { before, after } }
}

/** A home with one file of each kind of edit: modified, created in new folders, modified through a link, removed. */
export function seedFourFiles(home: string): readonly FileEdit[] {
  put(join(home, 'codex/config.toml'), 'model = "one"\n', 0o600)
  put(join(home, 'dotfiles/bashrc'), '# mine\n', 0o644)
  symlinkSync('dotfiles/bashrc', join(home, '.bashrc'))
  put(join(home, 'old.env'), 'KEY=1\n', 0o640)
  return [
    edit(join(home, 'codex/config.toml'), 'model = "two"\nmore = true\n'),
    edit(join(home, 'claude/deep/settings.json'), '{"a":1}\n', 0o600),
    edit(join(home, '.bashrc'), '# mine\nexport A=1\n'),
    edit(join(home, 'old.env')),
  ]
}

/** Every path below the home but the state folder: kind, mode, and content or where a link leads. */
export function snapshot(home: string): Record<string, string> {
  const entries = listTree(home).filter((path) => path !== '.local' && !path.startsWith('.local/'))
  return Object.fromEntries(entries.map((path) => [path, describe(join(home, path))]))
}

/** Temporary files anywhere, the state folder included. */
export function temporaryFiles(home: string): string[] {
  return listTree(home).filter((path) => /\.tmp$|\.qcode-setup-/.test(path))
}

function listTree(folder: string): string[] {
  if (!existsSync(folder)) return []
  return readdirSync(folder, { recursive: true, encoding: 'utf8' }).sort()
}

function describe(path: string): string {
  const stat = lstatSync(path)
  if (stat.isSymbolicLink()) return `link ${readlinkSync(path)}`
  const mode = (stat.mode & 0o7777).toString(8)
  return stat.isDirectory() ? `folder ${mode}` : `file ${mode} ${stat.uid}:${stat.gid} ${readFileSync(path)}`
}
