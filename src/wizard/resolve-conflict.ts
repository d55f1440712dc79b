import type { RunRecord } from '../apply/state-schemas.ts'
import { type GatewayCheck, isRight, probesOf } from '../checks/check-gateway.ts'
import { cancelled } from '../errors.ts'
import type { Host } from '../host/host.ts'
import type { Conflict } from '../plan/plan.ts'
import type { KeyIgnore } from '../plan/plan-work.ts'
import type { Secret } from '../secrets/secret.ts'
import { type Message, say } from '../texts/message.ts'
import { wrapText } from '../ui/render-table.ts'
import { styleFor } from '../ui/style.ts'
import { escapeControls } from '../ui/write-text.ts'
import { askConfirm, askSelect, tell, warn } from './ask.ts'
import { holdTerminal } from './hold-terminal.ts'

/** What to do with a value that is not ours to replace. Errors: UserError `cancelled` when the user stops here. */
export async function resolveConflict(
  conflict: Conflict,
  host: Host,
  canGoBack = false,
): Promise<'overwrite' | 'skip'> {
  const { path, keyPath, why, actual, wanted, again } = conflict
  warn(
    host,
    say(`ask.conflict.${why}`, { path, key: keyPath.join('.') }),
    say('ask.conflict.now', { value: actual }),
    ...(wanted === undefined ? [] : [say('ask.conflict.wanted', { value: wanted })]),
    ...(again === undefined ? [] : [say('ask.conflict.again', { command: again })]),
  )
  const choices = [
    { value: 'overwrite', name: say('ask.conflict.overwrite') },
    { value: 'skip', name: say('ask.conflict.skip') },
    { value: 'quit', name: say('ask.quit') },
  ] as const
  const open = wanted === undefined ? choices.slice(1) : choices
  const decision = await askSelect(host, say('ask.conflict'), open, { canGoBack })
  if (decision === 'quit') throw cancelled()
  return decision
}

/** What to do with keys that git would take; the answer is the name of the switch that says the same. */
export async function askGitignore(
  ignores: readonly KeyIgnore[],
  host: Host,
  canGoBack = false,
): Promise<'gitignore' | 'allowTracked'> {
  warn(
    host,
    ...ignores.map(({ hides, pattern, gitignore }) =>
      say('ask.git.exposed', { path: hides, pattern, gitignore }),
    ),
  )
  const choices = [
    { value: 'gitignore', name: say('ask.git.ignore', { lines: ignores.length }) },
    { value: 'quit', name: say('ask.quit') },
    { value: 'allowTracked', name: say('ask.git.anyway') },
  ] as const
  const answer = await askSelect(host, say('ask.git'), choices, { canGoBack })
  if (answer === 'quit') throw cancelled()
  return answer
}

/** What to do with a run that was killed half-way, before anything else is written. */
export function askRecovery(
  run: Pick<RunRecord, 'id' | 'command' | 'files' | 'keychain'>,
  host: Host,
): Promise<'finish' | 'undo'> {
  warn(
    host,
    say('ask.recovery.stopped', { run: run.id, command: run.command }),
    ...run.files.map(({ path }) => path),
    ...(run.keychain ? [say('target.keychain')] : []),
  )
  return askSelect<'finish' | 'undo'>(host, say('ask.recovery'), [
    { value: 'undo', name: say('ask.recovery.undo') },
    { value: 'finish', name: say('ask.recovery.finish') },
  ])
}

/** Shows the command that a file gets the key from, and asks whether to run it; Enter means no. */
export function askCommand(command: string, host: Host): Promise<boolean> {
  warn(host, say('setup-file.command', { command }))
  return askConfirm(host, say('setup-file.command.ask'), false)
}

/** Names files that cannot be edited, and asks whether to go on without their tools. Errors: UserError `cancelled`. */
export async function askToLeaveOut(
  problems: readonly string[],
  tools: readonly string[],
  host: Host,
  canGoBack = false,
): Promise<void> {
  warn(host, say('ask.broken.found'), ...problems)
  if (!(await askConfirm(host, say('ask.broken', { tools }), true, canGoBack))) throw cancelled()
}

/** What is set up on this machine. */
export interface PresentState {
  readonly places: readonly {
    readonly tools: readonly string[]
    readonly region: Message
    /** Undefined where the gateway was not asked. */
    readonly check: GatewayCheck | undefined
  }[]
  /** The one key of all of them. */
  readonly key?: Secret
}

const nextSteps = ['setup', 'region', 'key', 'check', 'undo', 'remove', 'quit'] as const

/** What to do where something is set up. */
export type NextStep = (typeof nextSteps)[number]

/** Shows what is set up, a line for each place of the gateway, and asks what to do. */
export function askNextStep({ places, key }: PresentState, host: Host): Promise<NextStep> {
  holdTerminal(host)
  const style = styleFor(host, 'stderr')
  for (const { tools, region, check } of places) {
    const works = check === undefined ? undefined : isRight(check)
    const mark = works === undefined ? style.dim('-') : works ? style.green('✔') : style.red('✗')
    const fault = check && probesOf(check).find(({ level }) => level === 'error')?.message
    const state = works === undefined ? [] : [fault ?? say('ask.next.works')]
    const place = [region, ...(key ? [String(key)] : []), ...state]
    const line = escapeControls(say('ask.next.present', { tools, place }).in(host.texts))
    tell(host, `${mark} ${wrapText(line, host.terminal.columns - 2).join('\n  ')}`)
  }
  const choices = nextSteps.map((value) => ({ value, name: say(`ask.next.${value}`) }))
  return askSelect(host, say('ask.next'), choices)
}
