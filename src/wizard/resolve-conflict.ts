import type { RunRecord } from '../apply/run-record.ts'
import type { RegionTime } from '../checks/check-regions.ts'
import type { RunningDaemon } from '../checks/running-clients.ts'
import { cancelled, UserError } from '../errors.ts'
import type { Finding } from '../finding.ts'
import type { Host } from '../host/host.ts'
import type { Conflict } from '../plan/plan.ts'
import type { KeyIgnore } from '../plan/plan-work.ts'
import { keychainTitle } from '../secrets/keychain.ts'
import { messagesFor } from '../ui/locale.ts'
import { plainHttpTextsFor, renderRegionTimes } from '../ui/plain-http-texts.ts'
import { styleFor } from '../ui/style.ts'
import { renderFindings } from '../ui/write-text.ts'
import { askConfirm, askSelect, say, warn } from './ask.ts'

/** What to do with a value that is not ours to replace. Errors: UserError `cancelled` when the user stops here. */
export async function resolveConflict(conflict: Conflict, host: Host): Promise<'overwrite' | 'skip'> {
  const texts = messagesFor(host).conflict
  const { path, keyPath, why, actual, wanted } = conflict
  warn(host, texts[why](path, keyPath.join('.')), texts.now(actual), texts.wanted(wanted))
  const decision = await askSelect(host, texts.question, [
    { value: 'overwrite', name: texts.overwrite },
    { value: 'skip', name: texts.skip },
    { value: 'quit', name: texts.quit },
  ] as const)
  if (decision === 'quit') throw cancelled()
  return decision
}

/**
 * Shows the changes and asks whether to write them; where they would not do what was asked for, Enter means no. `diffText`
 * comes from `renderDiff`, with the style of standard error.
 */
export function confirmPlan(
  diffText: string,
  host: Host,
  problems: readonly Finding[] = [],
): Promise<boolean> {
  say(host, `\n${diffText}\n`)
  if (problems.length > 0) say(host, `${renderFindings(problems, host)}\n`)
  const isWrong = problems.some(({ level }) => level === 'error')
  return askConfirm(host, messagesFor(host).confirm, !isWrong)
}

/** What to do with keys that git would take; the answer is the name of the switch that says the same. */
export async function askGitignore(
  ignores: readonly KeyIgnore[],
  host: Host,
): Promise<'gitignore' | 'allowTracked'> {
  const texts = messagesFor(host).inGit
  warn(host, ...ignores.map(({ hides, pattern, gitignore }) => texts.exposed(hides, pattern, gitignore)))
  const answer = await askSelect<'gitignore' | 'allowTracked' | 'quit'>(host, texts.question, [
    { value: 'gitignore', name: texts.ignore(ignores.length) },
    { value: 'quit', name: texts.quit },
    { value: 'allowTracked', name: texts.anyway },
  ])
  if (answer === 'quit') throw cancelled()
  return answer
}

/** What to do with a run that was killed half-way, before anything else is written. */
export function askRecovery(
  run: Pick<RunRecord, 'id' | 'command' | 'files' | 'keychain'>,
  host: Host,
): Promise<'finish' | 'undo'> {
  const texts = messagesFor(host).recovery
  warn(
    host,
    texts.stopped(run.id, run.command),
    ...run.files.map(({ path }) => path),
    ...(run.keychain ? [keychainTitle] : []),
  )
  return askSelect<'finish' | 'undo'>(host, texts.question, [
    { value: 'undo', name: texts.undo },
    { value: 'finish', name: texts.finish },
  ])
}

/**
 * Whether to restart a client's background process, which keeps its old settings until then. Asked after the files are
 * written, so leaving the question is a no and not a cancellation.
 */
export async function askRestart(
  { title, pid, restart }: Pick<RunningDaemon, 'title' | 'pid' | 'restart'>,
  host: Host,
): Promise<boolean> {
  const texts = messagesFor(host).restart
  warn(host, texts.running(title, pid))
  try {
    return await askConfirm(host, texts.question(restart.join(' ')), true)
  } catch (error) {
    if (error instanceof UserError && error.code === 'cancelled') return false
    throw error
  }
}

/** Says what an origin without TLS means, with the safer choices beside it, and asks whether to use it; Enter means no. */
export function askConsent(origin: string, times: readonly RegionTime[], host: Host): Promise<boolean> {
  const texts = plainHttpTextsFor(host)
  warn(host, texts.title(origin), ...texts.points)
  say(host, `\n${renderRegionTimes(times, texts, styleFor(host, 'stderr'), host.terminal.columns)}\n`)
  return askConfirm(host, messagesFor(host).region.useAnyway, false)
}

/** Names files that cannot be edited, and asks whether to go on without their tools. Errors: UserError `cancelled`. */
export async function askToLeaveOut(
  problems: readonly string[],
  tools: readonly string[],
  host: Host,
): Promise<void> {
  const texts = messagesFor(host).broken
  warn(host, texts.found, ...problems)
  if (!(await askConfirm(host, texts.question(tools.join(', ')), true))) throw cancelled()
}
