import type { Host } from '../host/host.ts'
import type { FileEdit, KeychainEdit } from '../plan/edit.ts'
import type { Secret } from '../secrets/secret.ts'
import { styleFor } from '../ui/style.ts'

/** What a run changes. */
interface Changes {
  readonly edits: readonly FileEdit[]
  readonly keychain?: KeychainEdit
}

/** Changes as a diff for one of the two streams; what draws it is loaded only when a diff is wanted. */
export async function diffText(
  { edits, keychain }: Changes,
  secrets: readonly Secret[],
  host: Host,
  stream: 'stdout' | 'stderr',
): Promise<string> {
  const { renderDiff } = await import('../ui/render-diff.ts')
  return renderDiff(edits, secrets, styleFor(host, stream), keychain)
}
