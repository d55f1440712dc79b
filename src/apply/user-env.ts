import { existsSync, readFileSync } from 'node:fs'
import { dirname, join, win32 } from 'node:path'
import { importFile, textOfExport } from '../documents/shell/user-env.ts'
import { namesIn } from '../host/files-at.ts'
import type { Host, RunResult } from '../host/host.ts'
import {
  isInRegistry,
  isVariable,
  readState,
  registryKeys,
  registryUnavailable,
  userVariables,
  variableAt,
} from '../host/read-file-state.ts'
import { createFileSystem, discardFile, type FileSystem, removeIfThere } from './file-system.ts'
import { writeBeside } from './replace-file.ts'
import { makePrivateFolder, stateFolder } from './state-folder.ts'

/**
 * Reads the registry of Windows, for all that asks `readState` from here on. A key that cannot be read is told by whoever needs
 * it. What a program that was killed had exported, or was about to import, is deleted.
 */
export async function readRegistry(host: Host, keys: readonly string[] = registryKeys): Promise<void> {
  const fileSystem = createFileSystem(host.platform)
  const { registry } = host
  if (!registry) return
  const made = missingFolders(stateFolder(host))
  await makePrivateFolder(stateFolder(host), fileSystem).catch(() => {})
  await sweep(host, fileSystem)
  await Promise.all(keys.map(async (key) => registry.set(key, await exportKey(key, host, fileSystem))))
  // A command that only looks leaves nothing behind.
  for (const path of made) await fileSystem.removeFolder(path).catch(() => {})
}

/**
 * The same verbs, by which a variable of the registry is a file: a whole new content is renamed into its place, and it is
 * removed. What Windows did not take is an error of the system, as of any file.
 */
export function withRegistry(fileSystem: FileSystem, host: Host): FileSystem {
  if (!host.registry) return fileSystem
  return {
    ...fileSystem,
    rename: async (from, to) => {
      if (!isInRegistry(to)) return fileSystem.rename(from, to)
      await importVariable(to, readFileSync(from, 'utf8'), host, fileSystem)
      await fileSystem.removeFile(from)
    },
    removeFile: (path) =>
      isInRegistry(path) ? importVariable(path, '', host, fileSystem) : fileSystem.removeFile(path),
  }
}

/**
 * Tells Windows that variables have changed, so that what is started from now on has them. setx.exe does that when it sets
 * one, which is done once more to a base URL that stands there; where there is none PowerShell does, with nothing to set. Only
 * a courtesy: where neither is there or may run, it takes until the user logs on again.
 */
export async function announceVariables(paths: readonly string[], host: Host): Promise<void> {
  const names = paths.filter(isInRegistry).map((path) => variableAt(path).name)
  if (names.length === 0) return
  const lines = String(host.registry?.get(userVariables)).split('\n')
  const own = lines.filter((line) => names.some((name) => isVariable(line, name)))
  // No key, nothing that another kind of value would lose, and nothing that Windows would put something else for.
  const [address] = own.flatMap((line) => {
    const [, name, value] = /^(\w+)="(https?:\/\/[\w.:/-]+)"$/.exec(line) ?? []
    return name === undefined || value === undefined ? [] : [[name, value] as const]
  })
  const told = address ? await runSystem('setx.exe', address, host) : undefined
  if (told?.exit === 0) return
  const line = "[Environment]::SetEnvironmentVariable('QCODE_SETUP', $null, 'User')"
  const args = ['-NoProfile', '-NonInteractive', '-Command', line]
  await runSystem('WindowsPowerShell\\v1.0\\powershell.exe', args, host)
}

async function importVariable(path: string, text: string, host: Host, fileSystem: FileSystem): Promise<void> {
  const { key, name } = variableAt(path)
  const file = ownFile('import', host)
  await removeIfThere(file, fileSystem)
  let exit: number | null = null
  try {
    await writeBeside(file, file, { bytes: importFile(key, name, text), mode: 0o600 }, fileSystem)
    exit = (await runSystem('reg.exe', ['import', file], host)).exit
  } finally {
    await discardFile(file, fileSystem)
  }
  host.registry?.set(key, await exportKey(key, host, fileSystem))
  const now = readState(path, host)
  const stands = now.kind === 'absent' ? '' : Buffer.from(now.bytes).toString()
  if (exit === 0 && stands === text) return
  // As the system tells of a file.
  const code = exit === null ? 'ENOREG' : 'EREG'
  throw Object.assign(new Error(`reg.exe ended with ${exit}`), { code, syscall: 'reg import' })
}

async function exportKey(key: string, host: Host, fileSystem: FileSystem): Promise<string | Error> {
  const file = ownFile(`export-${key.replace(/\W+/g, '-')}`, host)
  try {
    const { exit } = await runSystem('reg.exe', ['export', key, file, '/y'], host)
    return exit === 0 ? textOfExport(readFileSync(file)) : registryUnavailable(key)
  } catch {
    return registryUnavailable(key)
  } finally {
    await discardFile(file, fileSystem).catch(() => {})
  }
}

/** Deepest first. A drive that is not there is no folder that could be made. */
function missingFolders(folder: string): string[] {
  return existsSync(folder) || dirname(folder) === folder ? [] : [folder, ...missingFolders(dirname(folder))]
}

/** One for each running program: it may hold keys, and its name tells whether anybody still needs it. */
function ownFile(kind: string, host: Host): string {
  return join(stateFolder(host), `${kind}-${host.processes.self().pid}.reg`)
}

async function sweep(host: Host, fileSystem: FileSystem): Promise<void> {
  const self = host.processes.self().pid
  for (const name of namesIn(stateFolder(host))) {
    const pid = Number(/^(?:export|import)[\w-]*-(\d+)\.reg$/.exec(name)?.[1] ?? self)
    if (pid !== self && !host.isAlive(pid))
      await discardFile(join(stateFolder(host), name), fileSystem).catch(() => {})
  }
}

/** A program of Windows by its full path: what lies in PATH or in this folder under that name is somebody else's. */
function runSystem(program: string, args: readonly string[], host: Host): Promise<RunResult> {
  const folder = win32.join(host.env.SystemRoot ?? 'C:\\Windows', 'System32')
  return host.run(win32.join(folder, program), args, { timeoutMs: 30_000 })
}
