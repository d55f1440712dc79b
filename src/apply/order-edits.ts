import { basename } from 'node:path'
import type { FileEdit } from '../plan/edit.ts'

/**
 * The order in which edits are put in place: a `.gitignore` that gains a line comes before the key that the line hides, and
 * one that only loses lines after the key is gone. A rollback goes through them backwards.
 */
export function orderEdits(edits: readonly FileEdit[]): FileEdit[] {
  const rank = new Map(edits.map((edit) => [edit, rankOf(edit)]))
  return [...edits].sort((one, other) => (rank.get(one) ?? 0) - (rank.get(other) ?? 0))
}

function rankOf(edit: FileEdit): number {
  if (basename(edit.path) !== '.gitignore') return 0
  const before = edit.before.kind === 'absent' ? [] : linesOf(edit.before.bytes)
  const after = edit.after.kind === 'absent' ? [] : linesOf(edit.after.bytes)
  return after.some((line) => !before.includes(line)) ? -1 : 1
}

function linesOf(bytes: Uint8Array): string[] {
  return Buffer.from(bytes).toString('latin1').split(/\r?\n/)
}
