import type { Host } from '../host/host.ts'
import type { Plan } from '../plan/plan.ts'
import type { Rotation } from '../plan/plan-rotation.ts'
import type { Secret } from '../secrets/secret.ts'
import { say } from '../texts/message.ts'
import { shortenHome } from './render-table.ts'
import { renderPlan } from './report-setup.ts'
import { newVariables } from './verdicts.ts'

interface Report {
  readonly report: string
  readonly verdict?: string
  readonly next: string[]
}

/** The result of `key set`. */
export function reportKeySet(
  {
    key,
    changed,
    dryRun,
    diff,
  }: {
    readonly key: Secret
    readonly changed: boolean
    readonly dryRun: boolean
    readonly diff: string | undefined
  },
  host: Host,
): Report {
  const { texts } = host
  if (!changed) return { report: say('key.stored-already', { key: String(key) }).in(texts), next: [] }
  const result = say(dryRun ? 'key.would-store' : 'key.stored', { key: String(key) }).in(texts)
  return {
    report: [...(diff ? [diff] : []), result].join('\n'),
    verdict: result,
    next: [texts[dryRun ? 'report.dry-run' : 'report.undo']],
  }
}

/** The result of `key forget`, and what is left to do elsewhere. */
export function reportForgotten(
  {
    found,
    copies,
    readers,
    files,
    dryRun,
  }: {
    readonly found: boolean
    readonly copies: number
    readonly readers: readonly string[]
    readonly files: readonly { readonly path: string; readonly tools: readonly string[] }[]
    readonly dryRun: boolean
  },
  host: Host,
): Report {
  const { texts } = host
  const done = say(dryRun ? 'key.would-forget' : 'key.forgotten', { copies }).in(texts)
  const lines = files.map(({ path, tools }) => {
    const state = `qcode-setup remove --tool ${tools.join(',')}`
    return say('error.listed-with', { what: shortenHome(path, host), state }).in(texts)
  })
  return {
    report: found ? done : texts['key.none'],
    next: [
      ...(dryRun ? [texts['report.dry-run']] : []),
      ...(readers.length > 0 ? [say('key.readers', { tools: readers.join(',') }).in(texts)] : []),
      ...(files.length > 0 ? [say('key.files', { files: files.length }).in(texts), ...lines] : []),
    ],
  }
}

/** The result of a rotation, as far as it is reported. */
export interface RotationReport {
  readonly plan: Pick<Rotation, 'places' | 'tools' | 'isWhole' | 'old'> & Plan
  readonly run: string | undefined
  readonly diff: string | undefined
  readonly dryRun: boolean
  /** The names of the tools that still have the old key. */
  readonly stillOld: readonly string[]
}

/** The result of `key rotate`: how much got the new key, and what the user has to do about the old one. */
export function reportRotation(
  { plan, run, diff, dryRun, stillOld: tools }: RotationReport,
  key: Secret,
  host: Host,
): Report {
  const { texts } = host
  const counts = { key: String(key), places: plan.places, tools: plan.tools.length }
  // Where no old key was found anywhere, this is a run like any other.
  const done = plan.renewal === undefined ? 'key.rotated' : 'key.rotated-for-good'
  const variables = plan.edits.filter(({ path }) => isVariables(path, plan))
  const planned = plan.isWhole ? 'key.would-rotate' : 'key.would-rotate-some'
  const verdict = say(dryRun ? planned : done, counts).in(texts)
  const stillOld = say('key.still-used', { tools }).in(texts)
  const undo = texts[plan.old.length > 0 ? 'key.undo-to-old' : 'report.undo']
  return {
    verdict,
    report: [
      ...(diff ? [diff] : []),
      ...(plan.rows.length > 0 ? [renderPlan(plan.rows, host), ''] : []),
      verdict,
    ].join('\n'),
    next: dryRun
      ? [...(tools.length > 0 ? [stillOld] : []), texts['report.dry-run']]
      : [
          ...newVariables(variables, host),
          ...(run !== undefined && plan.renewal === undefined ? [undo] : []),
          tools.length > 0 ? stillOld : texts['key.revoke'],
        ],
  }
}

/** Said where no key was ever written on this machine. */
export function reportNothingSetUp(host: Host): Report {
  return { report: host.texts['status.none'], next: [] }
}

/** Why nothing was changed: it is this key already, or the gateway does not take it. */
export function reportNotRotated(why: 'same' | 'refused', key: Secret, host: Host): Report {
  const { texts } = host
  if (why === 'same') return { report: say('key.rotated-already', { key: String(key) }).in(texts), next: [] }
  return { report: say('key.refused', { key: String(key) }).in(texts), next: [texts['key.write-anyway']] }
}

function isVariables(path: string, { rows }: Plan): boolean {
  return rows.some((row) => row.path === path && row.format.endsWith('-env'))
}
