import { type KeptBackup, listBackups, readHistory } from '../apply/kept-backups.ts'
import { readLedger } from '../apply/ledger-store.ts'
import { runsFolder } from '../apply/state-folder.ts'
import { type CommandContext, isInteractive, type WritingContext } from '../command.ts'
import { cancelled, UserError } from '../errors.ts'
import type { Finding } from '../finding.ts'
import type { Host } from '../host/host.ts'
import { readState } from '../host/read-file-state.ts'
import type { Setup } from '../ledger.ts'
import { findWrittenKeys, type Past } from '../plan/written-keys.ts'
import { type Input, isOn } from '../request/request.ts'
import { holdsSecret } from '../secrets/mask-text.ts'
import { holdsKey } from '../secrets/read-key.ts'
import { Secret } from '../secrets/secret.ts'
import { joined, say } from '../texts/message.ts'
import { shortenHome } from '../ui/render-table.ts'

/** What became of the backups with the key in them, for JSON and for people. */
export interface BackupsWithKey {
  readonly findings: readonly Finding[]
  /** Full paths: those that still hold a key, and those that were deleted, or would be. */
  readonly data: { readonly kept: readonly string[]; readonly purged: readonly string[] }
}

/**
 * For commands that take the key out of the user's files: with `--purge` the backups that still hold it are deleted, else
 * they are reported once nothing is set up with a key in a file any more. `isListed`: `data` is wanted in any case. Errors: UserError `cancelled`, those of `purgeBackups`.
 */
export async function settleBackups(
  setups: readonly Setup[],
  input: Input,
  context: WritingContext,
  isListed: boolean,
): Promise<BackupsWithKey> {
  const { host, committer } = context
  const isOver = !committer.dryRun && !setups.some(({ keyStore = 'file' }) => keyStore === 'file')
  if (!isOver && !isListed && !isOn(input, 'purge')) return { findings: [], data: { kept: [], purged: [] } }
  const found = await backupsWithKey(context)
  const free = found.filter(({ isNeeded }) => !isNeeded).map(({ path }) => path)
  const kept = found.filter(({ isNeeded }) => isNeeded).map(({ path }) => path)
  if (!isOn(input, 'purge')) {
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
    findings: [told, ...(kept.length > 0 ? [needed(kept, host)] : [])],
    data: { kept, purged: free },
  }
}

async function backupsWithKey({ host, catalog }: CommandContext): Promise<KeptBackup[]> {
  const backups = listBackups(host).map((backup) => ({ backup, text: Buffer.from(backup.bytes).toString() }))
  const looks = new Set(backups.filter(({ text }) => holdsKey(text)))
  if (looks.size === backups.length) return backups.map(({ backup }) => backup)
  // A key of another look is known by the runs that made the backups.
  const past = readPast(host, [...new Set(backups.map(({ backup }) => backup.run))])
  const { keys } = await findWrittenKeys(past, catalog.tools, [], { read: (path) => readState(path, host) })
  const secrets = [...keys].map((key) => new Secret(key))
  return backups
    .filter((each) => looks.has(each) || holdsSecret(each.text, secrets))
    .map(({ backup }) => backup)
}

/** The removal itself is done by now: a backup that cannot be trusted is skipped, and status reports it. */
function readPast(host: Host, runs: readonly string[]): Pick<Past, 'ledgers' | 'copies'> {
  try {
    const { ledgers, copies } = readHistory(host, runs)
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
  return {
    id: 'key-in-backups',
    level: 'info',
    message: say('backups.kept', countIn(paths, host)),
    hint: say('backups.kept.hint'),
  }
}

function gone(paths: readonly string[], host: Host): Finding {
  if (paths.length === 0) return nothingToPurge
  return { id: 'backups-purged', level: 'info', message: say('backups.purged', countIn(paths, host)) }
}

function wouldGo(paths: readonly string[], host: Host): Finding {
  if (paths.length === 0) return nothingToPurge
  const lines = paths.map((path) => `  ${shortenHome(path, host)}`)
  return { id: 'backups-to-purge', level: 'info', message: joined([say('backups.would-purge'), ...lines]) }
}

const nothingToPurge: Finding = { id: 'no-backups-to-purge', level: 'info', message: say('backups.none') }

function needed(paths: readonly string[], host: Host): Finding {
  return { id: 'backups-needed', level: 'warning', message: say('backups.needed', countIn(paths, host)) }
}

function countIn(paths: readonly string[], host: Host): { folder: string; backups: number } {
  return { folder: shortenHome(runsFolder(host), host), backups: paths.length }
}
