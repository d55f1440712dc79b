import { existsSync, readFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { importFile, textOfExport } from '../documents/shell/user-env.ts'
import { isBelow, namesIn } from '../host/files-at.ts'
import type { Host } from '../host/host.ts'
import {
  isInRegistry,
  isVariable,
  readState,
  registryKeys,
  registryUnavailable,
  userVariables,
  variableAt,
} from '../host/read-file-state.ts'
import { runSystem } from '../host/run-program.ts'
import { createFileSystem, discardFile, type FileSystem } from './file-system.ts'
import { createOnWindows, keepHidden, type WholeFile } from './replace-file.ts'
import { makePrivateFolder, stateFolder } from './state-folder.ts'

/**
 * Reads the registry of Windows, for all that asks `readState` from here on. A key that cannot be read is told by whoever needs
 * it. What a program that was killed had exported is deleted.
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
 * The same verbs, by which a variable of the registry is a file into whose place another is renamed: what `variableFile` gave,
 * which is gone then. What Windows did not take is an error of the system, as of any file.
 */
export function withRegistry(fileSystem: FileSystem, host: Host): FileSystem {
  if (!host.registry) return fileSystem
  return {
    ...fileSystem,
    createFile: (path, mode) => createOnWindows(path, mode, fileSystem, host),
    rename: async (from, to) => {
      if (!isInRegistry(to)) {
        if (!isBelow(to, stateFolder(host))) await keepHidden(to, from, host)
        return fileSystem.rename(from, to)
      }
      await importVariable(to, from, host, fileSystem)
      await discardFile(from, fileSystem)
    },
  }
}

/**
 * The file by which reg.exe gives a variable its new content, or takes it away. It may hold a key: a run has it in its journal
 * as the temporary file of that variable, and whoever ends a killed run deletes it.
 */
export function variableFile(path: string, content: Uint8Array | 'absent'): WholeFile {
  const { key, name } = variableAt(path)
  return {
    bytes: importFile(key, name, content === 'absent' ? '' : String(Buffer.from(content))),
    mode: 0o600,
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

async function importVariable(path: string, file: string, host: Host, fileSystem: FileSystem): Promise<void> {
  const { key, name } = variableAt(path)
  const wanted = readFileSync(file)
  const { exit } = await runSystem('reg.exe', ['import', file], host)
  host.registry?.set(key, await exportKey(key, host, fileSystem))
  const now = readState(path, host)
  const stands = now.kind === 'absent' ? '' : Buffer.from(now.bytes).toString()
  if (exit === 0 && wanted.equals(importFile(key, name, stands))) return
  // As the system tells of a file.
  const code = exit === null ? 'ENOREG' : 'EREG'
  throw Object.assign(new Error(`reg.exe ended with ${exit}`), { code, syscall: 'reg import' })
}

async function exportKey(key: string, host: Host, fileSystem: FileSystem): Promise<string | Error> {
  // One for each running program: it may hold keys, and its name tells whether anybody still needs it.
  const name = `export-${key.replace(/\W+/g, '-')}-${host.processes.self().pid}.reg`
  const file = join(stateFolder(host), name)
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

async function sweep(host: Host, fileSystem: FileSystem): Promise<void> {
  const self = host.processes.self().pid
  for (const name of namesIn(stateFolder(host))) {
    const pid = Number(/^export[\w-]*-(\d+)\.reg$/.exec(name)?.[1] ?? self)
    if (pid !== self && !host.isAlive(pid))
      await discardFile(join(stateFolder(host), name), fileSystem).catch(() => {})
  }
}
