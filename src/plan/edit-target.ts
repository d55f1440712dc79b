import { isDeepStrictEqual } from 'node:util'
import { isSomethingAt } from '../catalog/places.ts'
import type { Condition, Note } from '../catalog/tool.ts'
import type { Document, KeyPath, Value } from '../documents/document.ts'
import { hunkBetween, putBack } from '../documents/put-back.ts'
import { sameValue, valueAt } from '../documents/value.ts'
import type { Finding } from '../finding.ts'
import type { Replaced } from '../ledger.ts'
import type { ToolChoice } from '../request/request.ts'
import { Secret } from '../secrets/secret.ts'
import { escapeNewlines, say, written } from '../texts/message.ts'
import { compareLeaf, type DocumentSet, hashValue, type OpenFile } from './document-set.ts'
import { madeParents } from './drop-entry.ts'
import { displayValue, fillText, type Leaf, type Lookup, revealValue } from './placeholders.ts'
import { type Conflict, pathId } from './plan.ts'
import { type FileWork, type PlanContext, type PlanWork, workOn } from './plan-work.ts'
import { isSameInProfile } from './profile-path.ts'
import { refuseLeadingOut, refuseOwnTarget } from './refuse-own-target.ts'
import { deliveryOf, lookupFor, type WantedTarget } from './wanted.ts'

/** The target's file, where it may be written at all. Errors: UserErrors of where it leads, of reading and of parsing. */
export function openTarget(
  target: WantedTarget,
  documents: DocumentSet,
  { host, machine }: Pick<PlanContext, 'host' | 'machine'>,
): OpenFile {
  const resolved = () => machine.read(target.path).resolvedPath
  if (target.roots) refuseOwnTarget(target, resolved(), target.roots)
  if (target.within !== undefined)
    refuseLeadingOut(target.path, resolved(), target.within, host, say('plan.leads-out.scope'))
  return documents.open(target.path, target.format)
}

/** Brings one file to what the target wants. False when the target's condition does not hold here. */
export function editTarget(target: WantedTarget, work: PlanWork): boolean {
  const file = openTarget(target, work.documents, work.context)
  if (target.when && !holdsAny(target.when, work.context, [file.document])) return false
  const fileWork = workOn(file, work)
  fileWork.tools.add(target.tool)
  const timestamps = target.leaves.filter((leaf) => includesPath(target.timestamps, leaf))
  const values = target.leaves.filter((leaf) => !timestamps.includes(leaf))
  const written = values.map((leaf) => editLeaf(leaf, target, fileWork, work))
  for (const stamp of timestamps) {
    const due = written.includes(true) || file.document.get(stamp.keyPath) === undefined
    if (due) writeLeaf(stamp, target, fileWork, work)
  }
  fileWork.holdsKey ||= target.leaves.some((leaf) => holdsKey(leaf, file.document))
  return true
}

/** Whether the gateway's key stands there now: a value that the user keeps is not ours to hide. */
function holdsKey({ keyPath, value }: Leaf, document: Document): boolean {
  return value instanceof Secret && document.get(keyPath) === revealValue(value)
}

/** Compares one value and writes it where that is right. True when it was written. */
function editLeaf(leaf: Leaf, target: WantedTarget, fileWork: FileWork, work: PlanWork): boolean {
  const actual = fileWork.file.document.get(leaf.keyPath)
  if (actual !== undefined && includesPath(target.defaults ?? [], leaf)) return false
  const id = pathId(fileWork.file.path, leaf.keyPath)
  const entry = work.entries.get(id)
  const wanted = revealValue(leaf.value)
  const isSame =
    actual !== undefined && isSameInProfile(actual, wanted, fileWork.file.formatId, work.context.host)
  const comparison =
    isSame && !sameValue(actual, wanted)
      ? ({ action: 'write', owner: 'ours' } as const)
      : compareLeaf(actual, wanted, entry, includesPath(target.protected, leaf))
  if (comparison.action === 'keep') {
    // Whoever wrote what we want made it ours as well, where it was ours before.
    if (entry && actual !== undefined && sameValue(actual, wanted))
      work.entries.set(id, { ...entry, hash: hashValue(actual) })
    return false
  }
  if (comparison.action === 'write') {
    if (comparison.owner === 'user') work.findings.push(replacedFinding(leaf, actual, target))
    writeLeaf(leaf, target, fileWork, work, isSame ? { kind: 'absent', parents: 0 } : undefined)
    return true
  }
  const conflict = describeConflict(leaf, actual, target, comparison.why)
  const decision = work.context.decide(conflict)
  if (decision === 'stop') work.conflicts.push(conflict)
  if (decision !== 'overwrite') return false
  // From here on the user's value is what a removal has to give back.
  work.entries.delete(id)
  writeLeaf(leaf, target, fileWork, work)
  return true
}

/** `original`: what stood there before us, where that is not what stands there now. */
function writeLeaf(
  { keyPath, value }: Leaf,
  target: WantedTarget,
  fileWork: FileWork,
  work: PlanWork,
  original?: Replaced,
): void {
  const { document, path, formatId: format } = fileWork.file
  const actual = document.get(keyPath)
  const revealed = revealValue(value)
  const id = pathId(path, keyPath)
  const known = work.entries.get(id)
  const replaced = known?.replaced ?? original ?? replacedBy(keyPath, fileWork.file, work)
  const text = document.toText()
  document.set(keyPath, revealed)
  fileWork.meant.push({ keyPath, value: revealed })
  fileWork.changes.push({
    kind: actual === undefined ? 'created' : 'modified',
    keyPath,
    ...(actual !== undefined && { from: displayValue(actual, keyPath, value instanceof Secret) }),
    to: displayValue(value, keyPath),
  })
  const { tool, hides } = target
  work.entries.set(id, {
    path,
    format,
    keyPath,
    tool,
    hash: hashValue(revealed),
    run: work.context.run,
    setups: known?.setups ?? [],
    replaced:
      actual === undefined
        ? traced(replaced, document)
        : known || value instanceof Secret
          ? replaced
          : withPlace(replaced, keyPath, text, fileWork.file),
    ...(hides !== undefined && { hides }),
  })
}

/** With the blank line that came along with a value where nothing stood. */
function traced(replaced: Replaced, document: Document): Replaced {
  if (replaced.kind !== 'absent') return replaced
  const trace = document.trace?.()
  const { kind, parents } = replaced
  return { kind, parents, ...(trace !== undefined && { trace }) }
}

/**
 * With the place of a value that was taken out or changed just now, where the value alone would not come back with every
 * byte: `text` is what the document was before.
 */
export function withPlace(
  replaced: Replaced,
  keyPath: KeyPath,
  text: string,
  { document, format, path }: OpenFile,
): Replaced {
  if (replaced.kind !== 'value') return replaced
  const edited = document.toText()
  const trial = format.open(edited, path)
  putBack(trial, keyPath, format.open(replaced.text, path))
  const hunk = trial.toText() === text ? undefined : hunkBetween(text, edited)
  return { ...replaced, ...(hunk && { hunk }) }
}

/** What stands at a key that is about to become ours, for the ledger. */
export function replacedBy(
  keyPath: KeyPath,
  { document, format, path, beforeData }: OpenFile,
  work: PlanWork,
): Replaced {
  const actual = document.get(keyPath)
  if (actual === undefined) {
    const isMade = madeParents(path, format, work)
    const lengths = keyPath.slice(0, -1).map((_, index) => index + 1)
    const isThere = (length: number) => {
      const parent = keyPath.slice(0, length)
      return valueAt(beforeData, parent) !== undefined && !isMade(parent)
    }
    return { kind: 'absent', parents: lengths.findLast(isThere) ?? 0 }
  }
  const excerpt = document.excerpt?.(keyPath)
  if (excerpt !== undefined) return { kind: 'value', text: excerpt }
  const alone = format.open('', path)
  putBack(alone, keyPath, document)
  return { kind: 'value', text: alone.toText() }
}

function includesPath(paths: readonly (readonly string[])[], leaf: Leaf): boolean {
  const wanted = JSON.stringify(leaf.keyPath)
  return paths.some((path) => JSON.stringify(path) === wanted)
}

function describeConflict(
  leaf: Leaf,
  actual: Value | undefined,
  { tool, path }: WantedTarget,
  why: Conflict['why'],
): Conflict {
  const { keyPath } = leaf
  return {
    tool,
    path,
    keyPath,
    why,
    actual: displayValue(actual, keyPath, leaf.value instanceof Secret),
    wanted: displayValue(leaf.value, keyPath),
  }
}

function replacedFinding(leaf: Leaf, actual: Value | undefined, target: WantedTarget): Finding {
  const value = displayValue(actual, leaf.keyPath, leaf.value instanceof Secret)
  return {
    id: 'value-replaced',
    level: 'warning',
    message: say('plan.value-replaced', { path: target.path, key: leaf.keyPath.join('.'), value }),
  }
}

/** What the tool's folder tells the user about this choice. */
export function notesFor(
  choice: ToolChoice,
  on: Note['on'],
  work: PlanWork,
  touched: readonly WantedTarget[] = [],
): Finding[] {
  const lookup = lookupFor(choice, work.context)
  const documents = [...work.files.values()]
    .filter((file) => file.tools.has(choice.tool.id))
    .map(({ file }) => file.document)
  return choice.tool.notes
    .filter((note) => note.on === on)
    .filter((note) => note.variants === undefined || note.variants.includes(choice.variant.id))
    .filter((note) => note.keyDelivery === undefined || note.keyDelivery.includes(deliveryOf(choice)))
    .filter(({ needsOption }) => needsOption === undefined || isWritten(needsOption, choice, touched))
    .filter((note) => note.when === undefined || holdsAny(note.when, work.context, documents))
    .map((note) => ({
      id: `${choice.tool.id}-note`,
      level: note.level,
      ...(note.level === 'info' && on === 'setup' && { isNote: true as const }),
      message: written(
        fillLines(note.text, lookup),
        note.textZh === undefined ? undefined : fillLines(note.textZh, lookup),
      ),
    }))
}

function isWritten(option: string, { tool }: ToolChoice, touched: readonly WantedTarget[]): boolean {
  return touched.some((target) => target.tool === tool.id && target.needsOption === option)
}

/** Of the options that were asked for, those with files of their own none of which has a place here. */
export function unplacedOptions(
  choice: ToolChoice,
  touched: readonly WantedTarget[],
  wanted: readonly WantedTarget[],
): Finding[] {
  const { tool, options = {}, declared } = choice
  const leave = declared ? 'option.no-place.declared' : 'option.no-place.hint'
  return Object.keys(options)
    .filter((option) => tool.targets.some(({ needsOption }) => needsOption === option))
    .filter((option) => !isWritten(option, choice, touched))
    .map((option) => {
      const own = wanted.filter(({ tool: id, needsOption }) => id === tool.id && needsOption === option)
      const places = own.flatMap(({ when = [] }) => when.flatMap(({ exists }) => exists ?? []))
      const missing = { flag: option, places: places.map((path) => path.replace(/^\{\{ home \}\}/, '~')) }
      const [message, hint] =
        own.length > 0
          ? [say('option.no-place', missing), say(leave, { tool: tool.id, flag: option })]
          : [say('option.other-way', missing), say('option.other-way.hint')]
      return { id: 'option-without-place', level: 'warning', message, hint }
    })
}

function fillLines(text: string, lookup: Lookup): string {
  const lines = text.trim().split('\n')
  return lines.map((line) => escapeNewlines(fillText(line, lookup))).join('\n')
}

/**
 * Whether one of the conditions holds: a variable that is set here, or that has to be silenced; something on the disk; or a
 * key with a text in one of the documents.
 */
export function holdsAny(
  conditions: readonly Condition[],
  { host, emptied }: Pick<PlanContext, 'host' | 'emptied'>,
  documents: readonly Document[],
): boolean {
  return conditions.some(({ env, exists, key }) => {
    if (env !== undefined) return Boolean(host.env[env]) || (emptied?.has(env) ?? false)
    if (exists !== undefined) return isSomethingAt(exists, host)
    return key !== undefined && documents.some((document) => Boolean(document.get(key)))
  })
}

interface Settled {
  readonly targets: readonly WantedTarget[]
  readonly findings: readonly Finding[]
}

/**
 * Where tools want different values at one place, as two models in one variable, the last one's is wanted alone: a plan
 * that wrote all of them in turn would find something to do every time. What is up to a document is left as it is.
 */
export function dedupeShared(targets: readonly WantedTarget[], context: PlanContext): Settled {
  const isSure = ({ when }: WantedTarget) => when === undefined || holdsAny(when, context, [])
  const owners = new Map(
    targets
      .filter(isSure)
      .flatMap((target) =>
        target.leaves.map((leaf) => [pathId(target.path, leaf.keyPath), { leaf, target }]),
      ),
  )
  const findings: Finding[] = []
  const isWanted = (target: WantedTarget, leaf: Leaf) => {
    const owner = owners.get(pathId(target.path, leaf.keyPath))
    if (
      !isSure(target) ||
      !owner ||
      isDeepStrictEqual(revealValue(owner.leaf.value), revealValue(leaf.value))
    )
      return true
    findings.push(sharedFinding(target, owner.leaf, owner.target.tool))
    return false
  }
  const settled = targets.map((target) => ({
    ...target,
    leaves: target.leaves.filter((leaf) => isWanted(target, leaf)),
  }))
  return { targets: settled, findings }
}

function sharedFinding({ tool, path }: WantedTarget, { keyPath, value }: Leaf, owner: string): Finding {
  const values = { path, tool, owner, key: keyPath.join('.'), value: displayValue(value, keyPath) }
  const message = say(tool === owner ? 'plan.value-last' : 'plan.value-shared', values)
  return { id: 'value-shared', level: 'warning', message }
}
