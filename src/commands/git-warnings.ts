import { stateFolder } from '../apply/state-folder.ts'
import { keyInGitFindings } from '../checks/doctor/key-file-findings.ts'
import { stateInGit } from '../checks/state-in-git.ts'
import type { Finding } from '../finding.ts'
import type { FileEdit } from '../plan/edit.ts'
import { holdsKey } from '../secrets/read-key.ts'
import type { CommandContext } from './command.ts'

/**
 * For commands that give back what was there before, once they have: backups, and files with a key in them, that git takes.
 * Warnings only, since nobody is to be kept from that. A dry run speaks of the backups alone: a line in a `.gitignore` may
 * come back together with the key.
 */
export async function gitWarnings(
  edits: readonly FileEdit[],
  dryRun: boolean,
  context: CommandContext,
): Promise<Finding[]> {
  if (edits.length === 0) return []
  const state = await stateInGit(stateFolder(context.host), context)
  const files = edits.filter(leavesKey).map(({ path, before: { resolvedPath } }) => ({ path, resolvedPath }))
  const keys = dryRun ? [] : await keyInGitFindings(files, context)
  const findings = state ? [state, ...keys] : keys
  return findings.map((finding) => (finding.level === 'error' ? { ...finding, level: 'warning' } : finding))
}

function leavesKey({ after }: FileEdit): boolean {
  return after.kind === 'file' && holdsKey(Buffer.from(after.bytes).toString('latin1'))
}
