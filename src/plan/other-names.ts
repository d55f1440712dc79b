import type { Finding } from '../finding.ts'
import type { PresentFile } from '../host/file-state.ts'
import type { Host } from '../host/host.ts'
import { holdsSecret } from '../secrets/mask-text.ts'
import { findKeys } from '../secrets/read-key.ts'
import type { Secret } from '../secrets/secret.ts'
import type { FileEdit } from './edit.ts'

/**
 * A warning for each file that has other names (hard links). A write puts a new file in the place of one name, so the
 * others keep the old bytes, and with them a key that is replaced or taken out: one of `secrets`, or one by its look.
 */
export function otherNames(
  edits: readonly FileEdit[],
  secrets: readonly Secret[],
  { platform }: Pick<Host, 'platform'>,
): Finding[] {
  return edits.flatMap((edit) => {
    const { path, before } = edit
    if (before.kind === 'absent' || before.names < 2) return []
    const keepsKey = losesSecret(before, edit.after, secrets)
    return {
      id: 'hard-link',
      level: 'warning',
      message: `${path} is one of ${before.names} names of the same file (hard links). What is written is a file of its own: any other name keeps what stood there before, with its permissions.${keepsKey ? ' The OLD KEY stays there.' : ''}`,
      messageZh: `${path} 是同一文件的 ${before.names} 个名称之一（硬链接）。写入的是独立的新文件，其余名称仍保留原有内容与权限。${keepsKey ? '旧密钥仍留在那里。' : ''}`,
      where: { file: path },
      ...(platform !== 'win32' && {
        hint: `To find the other names: find ~ -xdev -inum ${before.inode}`,
      }),
    }
  })
}

function losesSecret(before: PresentFile, after: FileEdit['after'], secrets: readonly Secret[]): boolean {
  const old = textOf(before.bytes)
  const next = after.kind === 'file' ? textOf(after.bytes) : ''
  return [...secrets, ...findKeys(old)].some(
    (secret) => holdsSecret(old, [secret]) && !holdsSecret(next, [secret]),
  )
}

function textOf(bytes: Uint8Array): string {
  return new TextDecoder().decode(bytes)
}
