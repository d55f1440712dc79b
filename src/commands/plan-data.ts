import type { Finding } from '../finding.ts'
import type { Plan } from '../plan/plan.ts'

/** The part of a JSON document that tells of a plan's files and of what the user should know. */
export function planData(
  plan: Pick<Plan, 'edits' | 'keychain' | 'rows'>,
  findings: readonly Finding[],
): Record<string, unknown> {
  return {
    changed: isChange(plan),
    edits: plan.rows.map(({ tool, path, action, baseUrl, keyStore, changes }) => ({
      tool,
      path,
      action,
      baseUrl,
      ...(keyStore && { keyStore }),
      changes: changes.map(({ keyPath, kind, from, to }) => ({
        keyPath,
        kind,
        ...(from !== undefined && { from }),
        ...(to !== undefined && { to }),
      })),
    })),
    keychain: keychainAction(plan),
    warnings: messages(findings, 'warning'),
    notes: messages(findings, 'info'),
  }
}

/** Whether applying the plan changes anything of the user's. */
export function isChange({ edits, keychain }: Pick<Plan, 'edits' | 'keychain'>): boolean {
  return edits.length > 0 || keychain !== undefined
}

/** What happens to the key in the keychain. */
function keychainAction({ keychain }: Pick<Plan, 'keychain'>): 'create' | 'update' | 'remove' | 'unchanged' {
  if (!keychain) return 'unchanged'
  if (keychain.after.kind === 'absent') return 'remove'
  return keychain.before.kind === 'absent' ? 'create' : 'update'
}

function messages(findings: readonly Finding[], level: Finding['level']): { id: string; message: string }[] {
  return findings.filter((finding) => finding.level === level).map(({ id, message }) => ({ id, message }))
}
