import { structuredPatch } from 'diff'
import type { FileEdit, KeychainEdit } from '../plan/plan.ts'
import { maskFileText } from '../secrets/mask-file-text.ts'
import type { Secret } from '../secrets/secret.ts'
import { say, type Texts } from '../texts/message.ts'
import type { Paint, Style } from './style.ts'
import { escapeControls } from './write-text.ts'

/**
 * The edits as a unified diff for people, the keychain's at the end. Every secret is masked, before and after, and control characters are written
 * out. A new file, a deleted one and a new mode are named in the head of the file; modes not on Windows, where they say nothing.
 */
export function renderDiff(
  edits: readonly FileEdit[],
  secrets: readonly Secret[],
  style: Style,
  texts: Texts,
  { keychain, showsModes = true }: { readonly keychain?: KeychainEdit; readonly showsModes?: boolean } = {},
): string {
  const files = edits.map((edit) => renderEdit(edit, secrets, style, texts, showsModes))
  return [...files, ...(keychain ? [renderKeychain(keychain, style, texts)] : [])].join('\n')
}

/** Of the key before only a hash is known. */
function renderKeychain({ account, before, after }: KeychainEdit, style: Style, texts: Texts): string {
  const name = say('diff.keychain', { account }).in(texts)
  const written = (note: string) => say('diff.keychain.key', { note }).in(texts)
  return [
    ...[`--- ${name}`, `+++ ${name}`].map(style.bold),
    style.red(`-${written(texts[before.kind === 'absent' ? 'diff.no-key' : 'diff.another-key'])}`),
    style.green(`+${after.kind === 'absent' ? written(texts['diff.no-key']) : after.key}`),
  ].join('\n')
}

function renderEdit(
  edit: FileEdit,
  secrets: readonly Secret[],
  style: Style,
  texts: Texts,
  showsModes: boolean,
): string {
  const before = edit.before.kind === 'absent' ? '' : readable(edit.before.bytes, secrets)
  const after = edit.after.kind === 'absent' ? '' : readable(edit.after.bytes, secrets)
  const { hunks } = structuredPatch('', '', before, after, '', '', { context: 3 })
  const body = hunks.flatMap(({ oldStart, oldLines, newStart, newLines, lines }) => [
    style.cyan(`@@ -${range(oldStart, oldLines)} +${range(newStart, newLines)} @@`),
    ...lines.map((line) => renderLine(line, style)),
  ])
  if (body.length === 0 && bytesDiffer(edit)) body.push(style.dim(` ${notes([texts['diff.masked']], texts)}`))
  return [...headOf(edit, texts, showsModes).map(style.bold), ...body].join('\n')
}

/** A range without lines names the line before it, as every unified diff does. */
function range(start: number, lines: number): string {
  return `${lines === 0 ? start - 1 : start},${lines}`
}

/** The two lines that name the file; what is unusual about the edit stands behind the name. */
function headOf({ path, before, after }: FileEdit, texts: Texts, showsModes: boolean): [string, string] {
  const name = escapeControls(path)
  const others = otherNamesOf(before, texts)
  if (after.kind === 'absent')
    return [`--- ${name}`, `+++ /dev/null${notes([texts['diff.deleted'], ...others], texts)}`]
  if (before.kind === 'absent') {
    const isNew = showsModes ? say('diff.new-file', { mode: octal(after.mode) }).in(texts) : texts['diff.new']
    return ['--- /dev/null', `+++ ${name}${notes([isNew], texts)}`]
  }
  const mode =
    before.mode === after.mode || !showsModes
      ? []
      : [say('diff.mode', { before: octal(before.mode), after: octal(after.mode) }).in(texts)]
  return [`--- ${name}`, `+++ ${name}${notes([...mode, ...others], texts)}`]
}

/** A write leaves the other names of a file as they are. */
function otherNamesOf(before: FileEdit['before'], texts: Texts): string[] {
  return before.kind === 'absent' || before.names < 2 ? [] : [texts['diff.other-names']]
}

function notes(notes: readonly string[], texts: Texts): string {
  return notes.length === 0 ? '' : say('diff.notes', { notes }).in(texts)
}

function octal(mode: number): string {
  return mode.toString(8).padStart(4, '0')
}

function readable(bytes: Uint8Array, secrets: readonly Secret[]): string {
  // As PowerShell takes it; no UTF-8 begins so.
  const encoding = bytes[0] === 0xff && bytes[1] === 0xfe ? 'utf-16le' : 'utf-8'
  return maskFileText(new TextDecoder(encoding, { ignoreBOM: true }).decode(bytes), secrets)
}

/** A CR before the end of the line is left out: an edit never changes the kind of line ends. */
function renderLine(line: string, style: Style): string {
  const paints: Record<string, Paint> = { '+': style.green, '-': style.red, '\\': style.dim }
  const text = escapeControls(line.replace(/\r$/, ''))
  return (paints[line[0] ?? ''] ?? String)(text)
}

function bytesDiffer({ before, after }: FileEdit): boolean {
  return before.kind !== 'absent' && after.kind === 'file' && Buffer.compare(before.bytes, after.bytes) !== 0
}
