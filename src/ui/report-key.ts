import type { Host } from '../host/host.ts'
import type { Plan } from '../plan/plan.ts'
import type { Secret } from '../secrets/secret.ts'
import { keyTextsFor } from './key-texts.ts'
import { isChinese } from './locale.ts'
import { shortenHome } from './render-table.ts'
import { renderPlan, reportTextsFor } from './report-setup.ts'

interface Report {
  readonly report: string
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
  const texts = keyTextsFor(host)
  const { dryRun: nothingWritten, undo } = reportTextsFor(host)
  if (!changed) return { report: texts.storedAlready(String(key)), next: [] }
  const result = dryRun ? texts.wouldStore(String(key)) : texts.stored(String(key))
  return { report: [...(diff ? [diff] : []), result].join('\n'), next: [dryRun ? nothingWritten : undo] }
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
  const texts = keyTextsFor(host)
  const done = dryRun ? texts.wouldForget(copies) : texts.forgotten(copies)
  const lines = files.map(
    ({ path, tools }) => `  ${shortenHome(path, host)}: qcode-setup remove --tool ${tools.join(',')}`,
  )
  return {
    report: found ? done : texts.nothingToForget,
    next: [
      ...(dryRun ? [reportTextsFor(host).dryRun] : []),
      ...(readers.length > 0 ? [texts.readers(readers.join(','))] : []),
      ...(files.length > 0 ? [texts.files(files.length), ...lines] : []),
    ],
  }
}

/** The result of a rotation, as far as it is reported. */
export interface RotationReport {
  readonly plan: Plan & { readonly places: number; readonly tools: readonly string[] }
  readonly run: string | undefined
  readonly diff: string | undefined
  readonly dryRun: boolean
}

/** The result of `key rotate`: how much got the new key, and what the user has to do about the old one. */
export function reportRotation({ plan, run, diff, dryRun }: RotationReport, key: Secret, host: Host): Report {
  const texts = keyTextsFor(host)
  const counts = [String(key), plan.places, plan.tools.length] as const
  // Where no old key was found anywhere, this is a run like any other.
  const gone = plan.renewal === undefined ? [] : [texts.oldKeyIsGone]
  const variables = plan.edits.some(({ path }) => isVariables(path, plan))
  return {
    report: [
      ...(diff ? [diff] : []),
      ...(plan.rows.length > 0 ? [renderPlan(plan.rows, host), ''] : []),
      dryRun
        ? texts.wouldRotate(...counts)
        : [texts.rotated(...counts), ...gone].join(isChinese(host) ? '' : ' '),
    ].join('\n'),
    next: dryRun
      ? [reportTextsFor(host).dryRun]
      : [
          ...(variables ? [reportTextsFor(host).newShell] : []),
          ...(run !== undefined && plan.renewal === undefined ? [reportTextsFor(host).undo] : []),
          texts.revoke,
        ],
  }
}

/** Said where no key was ever written on this machine. */
export function reportNothingSetUp(host: Host): Report {
  return { report: reportTextsFor(host).nothingSetUp, next: [] }
}

/** Why nothing was changed: it is this key already, or the gateway does not take it. */
export function reportNotRotated(why: 'same' | 'refused', key: Secret, host: Host): Report {
  const texts = keyTextsFor(host)
  if (why === 'same') return { report: texts.rotatedAlready(String(key)), next: [] }
  return { report: texts.keyRefused(String(key)), next: [texts.rotateUnchecked] }
}

function isVariables(path: string, { rows }: Plan): boolean {
  return rows.some((row) => row.path === path && row.format.endsWith('-env'))
}
