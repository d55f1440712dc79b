import type { Tool } from '../catalog/tool.ts'
import type { LedgerEntry } from '../ledger.ts'
import { Secret } from '../secrets/secret.ts'
import { fillTemplate } from './placeholders.ts'

/** Tells whether an entry of a ledger is about the key: its tool's templates put the key there, in whichever file. */
export function keyEntryTest(tools: readonly Tool[]): (entry: LedgerEntry) => boolean {
  const places = new Set(tools.flatMap(keyPlacesOf))
  return ({ tool, keyPath }) => places.has(JSON.stringify([tool, ...keyPath]))
}

function keyPlacesOf({ id, targets, env }: Tool): string[] {
  const any = new Secret('')
  return [...targets.map(({ content }) => content), env?.variables ?? {}]
    .flatMap((content) => fillTemplate(content, (name) => (name === 'key' ? any : name)))
    .filter(({ value }) => value === any)
    .map(({ keyPath }) => JSON.stringify([id, ...keyPath]))
}
