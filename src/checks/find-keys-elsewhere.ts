import { existsSync } from 'node:fs'
import type { Catalog } from '../catalog/tool.ts'
import { viewMachine } from '../effect/machine-view.ts'
import { storedTexts } from '../effect/open-sources.ts'
import { formatWhere, type Where } from '../errors.ts'
import type { Finding } from '../finding.ts'
import { readText } from '../host/files-at.ts'
import type { Host } from '../host/host.ts'
import type { Ledger } from '../ledger.ts'
import { findKeyLines, holdsSecret } from '../secrets/mask-text.ts'
import type { Secret } from '../secrets/secret.ts'
import { quoteWord } from '../texts/commands.ts'
import { say } from '../texts/message.ts'
import { machineFiles, sourceFiles } from './lint/url-readers.ts'

/**
 * One warning for each line with one of these keys in the settings files of this machine and of its projects, and for each
 * variable of the environment, of Windows or of a policy that holds one. No key is in them.
 */
export async function findKeysElsewhere(
  keys: readonly Secret[],
  { catalog, ledger }: { readonly catalog: Catalog; readonly ledger: Ledger },
  host: Host,
): Promise<Finding[]> {
  const projects = [host.cwd, ...ledger.setups.flatMap(({ project }) => project ?? [])].filter(existsSync)
  const files = [...new Set(projects)].flatMap((cwd) => [
    ...machineFiles(catalog, { ...host, cwd }, ledger),
    ...sourceFiles(catalog, { ...host, cwd }).map(({ path }) => path),
  ])
  const variables = Object.entries(host.env).filter(([, value]) => holdsSecret(value ?? '', keys))
  const diagnoses = catalog.tools.map(({ diagnosis }) => diagnosis)
  const stored = await storedTexts(viewMachine(host), diagnoses)
  const holding = stored.filter(({ text }) => holdsSecret(text, keys)).map(({ path }) => ({ file: path }))
  const places = [...findLines(files, keys), ...holding]
  return [...places.map(elsewhere), ...variables.map(([name]) => inEnvironment(name))]
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
