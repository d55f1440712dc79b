import { existsSync } from 'node:fs'
import { resolve } from 'node:path'
import { resolvePath, resolvePlaces } from '../catalog/places.ts'
import type { Catalog } from '../catalog/tool.ts'
import { formatWhere, type Where } from '../errors.ts'
import type { Finding } from '../finding.ts'
import { readText } from '../host/files-at.ts'
import type { Host } from '../host/host.ts'
import type { Ledger } from '../ledger.ts'
import { findKeyLines, holdsSecret } from '../secrets/mask-text.ts'
import type { Secret } from '../secrets/secret.ts'
import { quoteWord } from '../texts/commands.ts'
import { say } from '../texts/message.ts'
import { machineFiles } from './lint/url-readers.ts'

/**
 * One warning for each line with one of these keys in the settings files of this machine and of its projects, and for each
 * variable of the environment that holds one. No key is in them.
 */
export function findKeysElsewhere(
  keys: readonly Secret[],
  { catalog, ledger }: { readonly catalog: Catalog; readonly ledger: Ledger },
  host: Host,
): Finding[] {
  const projects = [host.cwd, ...ledger.setups.flatMap(({ project }) => project ?? [])].filter(existsSync)
  const files = [...new Set(projects)].flatMap((cwd) => [
    ...machineFiles(catalog, { ...host, cwd }, ledger),
    ...sourceFiles(catalog, { ...host, cwd }),
  ])
  const variables = Object.entries(host.env).filter(([, value]) => holdsSecret(value ?? '', keys))
  return [...findLines(files, keys).map(elsewhere), ...variables.map(([name]) => inEnvironment(name))]
}

/** The same for copies that this program keeps: a key that no place of ours held, and that is no plain text, is left there. */
export function findKeysInCopies(keys: readonly Secret[], files: readonly string[]): Finding[] {
  return findLines(files, keys).map((where) => ({
    id: 'key-in-backup',
    level: 'warning',
    message: say('old-key.backup', { where: formatWhere(where) }),
    hint: say('old-key.backup.hint', { path: quoteWord(where.file) }),
    where,
  }))
}

function findLines(files: readonly string[], keys: readonly Secret[]): Where[] {
  return [...new Set(files)].flatMap((file) =>
    findKeyLines(readText(file) ?? '', keys).map((line) => ({ file, line })),
  )
}

/** Every file in which a client looks for its settings; those that another setting names are not among them. */
function sourceFiles({ tools }: Catalog, host: Host): string[] {
  return tools.flatMap((tool) => {
    const places = resolvePlaces(tool.places, host)
    const isKnown = (path: string) => (/^\{\{ (\w+) \}\}/.exec(path)?.[1] ?? 'home') in places
    return tool.diagnosis.sources
      .flatMap(({ path }) => (path !== undefined && isKnown(path) ? [path] : []))
      .map((path) => resolve(host.cwd, resolvePath(path, places)))
  })
}

function elsewhere(where: Where): Finding {
  return {
    id: 'key-elsewhere',
    level: 'warning',
    message: say('old-key.file', { where: formatWhere(where) }),
    where,
  }
}

function inEnvironment(name: string): Finding {
  return { id: 'key-elsewhere', level: 'warning', message: say('old-key.variable', { name }) }
}
