import type { Condition, Note } from '../catalog/tool.ts'
import type { Document } from '../documents/document.ts'
import { writeOutBreaks } from '../errors.ts'
import type { Finding } from '../finding.ts'
import type { ToolChoice } from '../request/request.ts'
import { fillText, type Lookup } from './placeholders.ts'
import type { PlanContext, PlanWork } from './plan-work.ts'
import { lookupFor } from './wanted.ts'

/** What the tool's folder tells the user about this choice. */
export function notesFor(choice: ToolChoice, on: Note['on'], work: PlanWork): Finding[] {
  const lookup = lookupFor(choice, work.context)
  const documents = [...work.files.values()]
    .filter((file) => file.tools.has(choice.tool.id))
    .map(({ file }) => file.document)
  return choice.tool.notes
    .filter((note) => note.on === on)
    .filter((note) => note.variants === undefined || note.variants.includes(choice.variant.id))
    .filter((note) => note.keyWays === undefined || note.keyWays.includes(choice.keyWay?.id ?? 'file'))
    .filter((note) => note.when === undefined || holdsAny(note.when, work.context, documents))
    .map((note) => ({
      id: `${choice.tool.id}-note`,
      level: note.level,
      message: fillLines(note.text, lookup),
      ...(note.textZh !== undefined && { messageZh: fillLines(note.textZh, lookup) }),
      ownLines: true,
    }))
}

function fillLines(text: string, lookup: Lookup): string {
  const lines = text.trim().split('\n')
  return lines.map((line) => writeOutBreaks(fillText(line, lookup))).join('\n')
}

/**
 * Whether one of the conditions holds: a variable that is set here, or that has to be silenced; or a key with a text in one
 * of the documents.
 */
export function holdsAny(
  conditions: readonly Condition[],
  { host, emptied }: Pick<PlanContext, 'host' | 'emptied'>,
  documents: readonly Document[],
): boolean {
  return conditions.some(({ env, key }) => {
    if (env !== undefined) return Boolean(host.env[env]) || (emptied?.has(env) ?? false)
    return key !== undefined && documents.some((document) => Boolean(document.get(key)))
  })
}
