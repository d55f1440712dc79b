import type { Host } from '../host/host.ts'
import type { Secret } from '../secrets/secret.ts'
import { keyTextsFor } from './key-texts.ts'
import { reportTextsFor } from './report-texts.ts'
import { shortenHome } from './shorten-home.ts'

interface Told {
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
): Told {
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
): Told {
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
