import { type Document, decodeText, encodeText } from '../documents/document.ts'
import { type FormatId, loadFormats, whyNotParsed } from '../documents/formats.ts'
import { applySplices } from '../documents/lines.ts'
import { UserError } from '../errors.ts'
import { isBelow } from '../host/files-at.ts'
import { assertSize } from '../host/read-file-state.ts'
import type { LedgerEntry } from '../ledger.ts'
import { quoteWord } from '../texts/commands.ts'
import { say } from '../texts/message.ts'
import { hashValue } from './document-set.ts'
import type { FileEdit, Plan } from './plan.ts'
import type { PlanContext } from './plan-work.ts'
import { refuseLeadingOut } from './refuse-own-target.ts'
import { findTextSecrets } from './written-keys.ts'

/** One text in a file that another one takes the place of. Offsets are those of the file's text, its byte order mark counted. */
export interface TextFix {
  readonly path: string
  readonly start: number
  readonly end: number
  /** What the file must hold now, and what it will hold. */
  readonly from: string
  readonly to: string
  /** What the file has to parse as, where that is known. */
  readonly format?: FormatId
}

/**
 * Texts replaced in files of any kind, every other byte kept. A value of ours that changes by this stays ours.
 * Errors: UserError `changed-since-plan` (exit 3) when something else stands at one of the places, the one of
 * parsing when a file would not parse with its fixes, and those of reading.
 */
export async function planFixes(fixes: readonly TextFix[], context: PlanContext): Promise<Plan> {
  const paths = [...new Set(fixes.map(({ path }) => path))]
  const files = await Promise.all(paths.map((path) => fixFile(path, fixes, context)))
  const entries = await Promise.all(context.ledger.entries.map((entry) => keepInStep(entry, files, context)))
  return {
    edits: files.map(({ edit }) => edit),
    keyFiles: [],
    rows: [],
    conflicts: [],
    findings: [],
    ledger: { ...context.ledger, entries },
    secrets: files.flatMap(({ before, after }) => [...findTextSecrets(before), ...findTextSecrets(after)]),
  }
}

interface FixedFile {
  readonly edit: FileEdit
  readonly before: string
  readonly after: string
}

async function fixFile(path: string, fixes: readonly TextFix[], context: PlanContext): Promise<FixedFile> {
  const state = context.machine.read(path)
  if (state.kind === 'absent') throw changed(path)
  const { cwd, home } = context.host
  // The home is no project that somebody else made: its links are the user's own.
  if (cwd !== home && !isBelow(home, cwd))
    refuseLeadingOut(
      path,
      state.resolvedPath,
      cwd,
      context.host,
      say('plan.leads-out.fix', { path: quoteWord(state.resolvedPath) }),
    )
  const before = decodeText(state.bytes, path)
  const own = fixes.filter((fix) => fix.path === path)
  if (own.some(({ start, end, from }) => before.slice(start, end) !== from)) throw changed(path)
  const after = applySplices(
    before,
    own.map(({ start, end, to }) => ({ start, end, text: to })),
  )
  const format = own.find((fix) => fix.format !== undefined)?.format
  const broken = format && (await whyNotParsed(after, path, format))
  if (broken) throw broken
  const bytes = encodeText(after, state.bytes)
  assertSize(path, bytes.length)
  const edit: FileEdit = {
    path,
    before: state,
    after: { kind: 'file', bytes, mode: state.mode },
    tools: [],
  }
  return { edit, before, after }
}

/** A value that stood as we wrote it and that the fix changes is the fix's, so ours. */
async function keepInStep(
  entry: LedgerEntry,
  files: readonly FixedFile[],
  { run }: PlanContext,
): Promise<LedgerEntry> {
  const file = files.find(({ edit }) => edit.path === entry.path)
  const format = file && (await loadFormats([entry.format])).get(entry.format)
  if (!format) return entry
  const valueIn = (text: string) => openDocument(() => format.open(text, entry.path))?.get(entry.keyPath)
  const [before, after] = [valueIn(file.before), valueIn(file.after)]
  if (before === undefined || after === undefined || hashValue(before) !== entry.hash) return entry
  const hash = hashValue(after)
  return hash === entry.hash ? entry : { ...entry, hash, run }
}

/** In a file that does not parse no value can be recognised as ours. */
function openDocument(open: () => Document): Document | undefined {
  try {
    return open()
  } catch {
    return undefined
  }
}

function changed(path: string): UserError {
  return new UserError({
    code: 'changed-since-plan',
    message: say('error.changed-meanwhile', { what: path }),
    hint: say('error.again'),
    exit: 3,
    where: { file: path },
  })
}
