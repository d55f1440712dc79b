import { type KeptBackup, listBackups, readHistory } from '../apply/kept-backups.ts'
import { readLedger } from '../apply/ledger-store.ts'
import { runsFolder } from '../apply/state-folder.ts'
import { type CommandContext, isInteractive, type WritingContext } from '../command.ts'
import { cancelled, UserError } from '../errors.ts'
import type { Finding } from '../finding.ts'
import type { Host } from '../host/host.ts'
import { readFileState } from '../host/read-file-state.ts'
import type { Setup } from '../ledger.ts'
import { findWrittenKeys, type Past } from '../plan/written-keys.ts'
import { type Input, isOn } from '../request/request.ts'
import { holdsSecret } from '../secrets/mask-text.ts'
import { holdsKey } from '../secrets/read-key.ts'
import { Secret } from '../secrets/secret.ts'
import { say } from '../texts/message.ts'
import { shortenHome } from '../ui/render-table.ts'

/** What became of the backups with the key in them, for JSON and for people. */
export interface BackupsWithKey {
  readonly findings: readonly Finding[]
  /** Full paths: those that still hold a key, and those that were deleted, or would be. */
  readonly data: { readonly kept: readonly string[]; readonly purged: readonly string[] }
}

/**
 * For commands that take the key out of the user's files: with `--purge` the backups that still hold it are deleted, else
 * they are reported once nothing is set up with a key in a file any more. Errors: UserError `cancelled`, those of `purgeBackups`.
 */
export async function settleBackups(
  setups: readonly Setup[],
  input: Input,
  context: WritingContext,
): Promise<BackupsWithKey> {
  const { host, committer } = context
  const found = await backupsWithKey(context)
  const free = found.filter(({ isNeeded }) => !isNeeded).map(({ path }) => path)
  const kept = found.filter(({ isNeeded }) => isNeeded).map(({ path }) => path)
  if (!isOn(input, 'purge')) {
    const isOver = !committer.dryRun && !setups.some(({ keyStore }) => keyStore === 'file')
    const paths = found.map(({ path }) => path)
    return {
      findings: isOver && paths.length > 0 ? [stillThere(paths, host)] : [],
      data: { kept: paths, purged: [] },
    }
  }
  if (free.length > 0) {
    await agree(free.length, input, context)
    await committer.purge(free)
  }
  const told = committer.dryRun ? wouldGo(free, host) : gone(free, host)
  return {
    findings: [...told, ...(kept.length > 0 ? [needed(kept, host)] : [])],
    data: { kept, purged: free },
  }
}

async function backupsWithKey({ host, catalog }: CommandContext): Promise<KeptBackup[]> {
  const past = readPast(host)
  const { keys } = await findWrittenKeys(past, catalog.tools, [], { read: readFileState })
  const secrets = [...keys].map((key) => new Secret(key))
  return listBackups(host).filter(({ bytes }) => {
    const text = Buffer.from(bytes).toString()
    return holdsKey(text) || holdsSecret(text, secrets)
  })
}

/** The removal itself is done by now: a backup that cannot be trusted is skipped, and status reports it. */
function readPast(host: Host): Pick<Past, 'ledgers' | 'copies'> {
  try {
    const { ledgers, copies } = readHistory(host)
    return { ledgers, copies: copies.map(({ file, bytes }) => ({ path: file.path, bytes })) }
  } catch (error) {
    if (!(error instanceof UserError)) throw error
    return { ledgers: [readLedger(host)], copies: [] }
  }
}

/** What no undo gives back is not deleted without a word, where somebody can be asked. */
async function agree(count: number, input: Input, { host, committer }: WritingContext): Promise<void> {
  if (committer.dryRun || !isInteractive(input, host)) return
  const { askConfirm } = await import('../wizard/ask.ts')
  if (!(await askConfirm(host, say('ask.key.purge', { backups: count }), false))) throw cancelled()
}

function stillThere(paths: readonly string[], host: Host): Finding {
  const folder = shortenHome(runsFolder(host), host)
  const [backups, hold] = paths.length === 1 ? ['backup', 'holds'] : ['backups', 'hold']
  return {
    id: 'key-in-backups',
    level: 'info',
    message: `${paths.length} ${backups} in ${folder} still ${hold} the key, so that undo can give it back.`,
    messageZh: `${folder} 中仍有 ${paths.length} 个备份含有密钥，供撤销时恢复。`,
    hint: 'To delete them, and with them the way back: qcode-setup remove --purge',
  }
}

function gone(paths: readonly string[], host: Host): Finding[] {
  if (paths.length === 0) return [nothingToPurge]
  const folder = shortenHome(runsFolder(host), host)
  return [
    {
      id: 'backups-purged',
      level: 'info',
      message: `${paths.length} ${paths.length === 1 ? 'backup' : 'backups'} with the key ${paths.length === 1 ? 'was' : 'were'} deleted from ${folder}: the runs that they belong to can no longer be undone.`,
      messageZh: `已从 ${folder} 删除 ${paths.length} 个含有密钥的备份：相应的操作无法再撤销。`,
    },
  ]
}

function wouldGo(paths: readonly string[], host: Host): Finding[] {
  if (paths.length === 0) return [nothingToPurge]
  const list = paths.map((path) => `\n  ${shortenHome(path, host)}`).join('')
  return [
    {
      id: 'backups-to-purge',
      level: 'info',
      message: `These backups hold the key and would be deleted, with those that the removal makes:${list}`,
      messageZh: `以下备份含有密钥，将被删除，移除时产生的备份也将一并删除：${list}`,
    },
  ]
}

const nothingToPurge: Finding = {
  id: 'no-backups-to-purge',
  level: 'info',
  message: 'No backup holds the key.',
  messageZh: '没有含有密钥的备份。',
}

function needed(paths: readonly string[], host: Host): Finding {
  return {
    id: 'backups-needed',
    level: 'warning',
    message: `${paths.length} ${paths.length === 1 ? 'backup' : 'backups'} in ${shortenHome(runsFolder(host), host)} with the key had to stay: what is still set up needs them to give back what it replaced.`,
    messageZh: `${shortenHome(runsFolder(host), host)} 中有 ${paths.length} 个含有密钥的备份须保留：仍在使用的设置需要它们来恢复被替换的内容。`,
  }
}
