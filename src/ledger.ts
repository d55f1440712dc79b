import { isDeepStrictEqual } from 'node:util'
import type { BlankTrace } from './documents/blank-line.ts'
import type { KeyPath } from './documents/document.ts'
import type { FormatId } from './documents/formats.ts'
import type { Hunk } from './documents/put-back.ts'

/**
 * What we own, written down: what is set up, every value that stands in a user's file because we wrote it, and what each
 * file was before us. Removal reads nothing else: no template, no backup.
 */
export interface Ledger {
  readonly version: 2
  readonly setups: readonly Setup[]
  readonly entries: readonly LedgerEntry[]
  /** One for each file with an entry. */
  readonly files: readonly OwnedFile[]
  /** Folders that we made, parents first: each goes with the last thing in it. */
  readonly folders: readonly OwnedFolder[]
}

/** A ledger in which nothing is written down yet. */
export const emptyLedger: Ledger = { version: 2, setups: [], entries: [], files: [], folders: [] }

/** One value of ours in one file: ours as long as the file still holds what we wrote last. */
export interface LedgerEntry {
  /** The target path as the plan named it (not resolved). */
  readonly path: string
  readonly format: FormatId
  readonly keyPath: KeyPath
  /** The tool that it was written for last. */
  readonly tool: string
  /** Hash of the value that we wrote last. */
  readonly hash: string
  /** The run that wrote it last. */
  readonly run: string
  /** Ids of the setups that want it (`setupId`): it goes with the last of them. */
  readonly setups: readonly string[]
  readonly replaced: Replaced
  /** Of a line in a `.gitignore`: the file with a key that it hides. The line goes with our last value there. */
  readonly hides?: string
  /** The user's own value, taken out of a client's way or emptied of one entry; `replaced` has it. */
  readonly silenced?: true
}

/** What stood at a key before us. */
export type Replaced =
  /**
   * Nothing; `parents` counts the leading segments of the key path that were there. `trace`: where a blank line came along
   * with the value, for `Document.unset`.
   */
  | { readonly kind: 'absent'; readonly parents: number; readonly trace?: BlankTrace }
  /**
   * A document of the entry's format that holds nothing but the value, spelled as it was, and where it stood, if that
   * cannot be known from what we wrote. Both may hold a key.
   */
  | { readonly kind: 'value'; readonly text: string; readonly hunk?: Hunk }
  /** Written by version 0.1.0: the backup of the file in this run's folder has it. */
  | { readonly kind: 'backup'; readonly run: string }

/** What a file was before our first value in it. */
export interface OwnedFile {
  readonly path: string
  readonly before:
    | { readonly kind: 'absent' }
    /** `blank`: the white space at its end, where it held nothing else but comments: all of it, where there were none. */
    | { readonly kind: 'file'; readonly mode: number; readonly blank?: string }
    /** Written by version 0.1.0: see `Replaced`. */
    | { readonly kind: 'backup'; readonly run: string }
}

/** A folder that a run made, with its permission bits. */
export interface OwnedFolder {
  readonly path: string
  readonly mode: number
}

/**
 * What was chosen for one tool in one place; enough to plan it again for another region. Tool, scope and place are its
 * identity: two projects, two configuration folders of a client, two shells are two setups.
 */
export interface Setup {
  readonly tool: string
  readonly region: string
  /** The origin that stands in the files, such as `https://eu.qcode.cc`. */
  readonly gateway: string
  /** The user's name for the gateway and the key that are in effect here; several places may have the same. */
  readonly name?: string
  readonly scope: string
  readonly method: string
  /**
   * The project's folder, the client's own configuration folder, or the id of the shell whose profile carries the
   * variables. Undefined only in what version 0.1.0 wrote, until it is completed.
   */
  readonly place?: string
  /** The folders that it was written with, by name, whatever the environment says later. */
  readonly folders?: Readonly<Record<string, string>>
  /** Folder of a project-scope setup. */
  readonly project?: string
  readonly shell?: string
  /** Where the key is: `file`, `env` or `keychain`. Setups made before this could be chosen have none. */
  readonly keyStore?: string
  readonly variant: string
  /** Id of the way in which the client's files let it get the key out of the keychain. */
  readonly keyDelivery?: string
  readonly model?: string
  /** A setup file said so: once none does, it goes with `apply --prune`. */
  readonly declared?: true
  /** Models for roles of the tool's folder, and its options, by name. */
  readonly models?: Readonly<Record<string, string>>
  readonly options?: Readonly<Record<string, string>>
  /** When the user agreed to send everything to `gateway` unencrypted, in ISO 8601; only for one without TLS. */
  readonly agreedAt?: string
}

/** The identity of a setup as one text. */
export function setupId({ tool, scope, place, project, shell }: Setup): string {
  return JSON.stringify([tool, scope, place ?? project ?? shell ?? ''])
}

const completionMark = 'qcode-setup completion'

const nameMark = 'qcode-setup name'

const agentMark = 'qcode-setup launch agent'

/** As the id of a setup, for the completion of our commands in a shell: it wants values, and is no tool that is set up. */
export function completionId(shell: string): string {
  return JSON.stringify([completionMark, shell])
}

/** The ids of the completions that want a value in this ledger. */
export function completionIds({ entries }: Pick<Ledger, 'entries'>): string[] {
  return [...new Set(entries.flatMap(({ setups }) => setups.filter(isCompletionId)))]
}

function isCompletionId(id: string): boolean {
  return id.startsWith(`["${completionMark}",`)
}

/** The same for what is remembered under a name: its file stays while no tool is set up with it. */
export function nameId(name: string): string {
  return JSON.stringify([nameMark, name])
}

/** The names that are remembered in this ledger, each with its file, in the order of the alphabet. */
export function namesIn({ entries }: Pick<Ledger, 'entries'>): Map<string, string> {
  const names = entries.flatMap(({ path, setups }) =>
    setups.filter(isNameId).map((id) => [String(JSON.parse(id)[1]), path] as const),
  )
  return new Map(names.toSorted(([one], [other]) => (one < other ? -1 : 1)))
}

export function isNameId(id: string): boolean {
  return id.startsWith(`["${nameMark}",`)
}

/** The same for the file by which launchd starts an application, which stands at a path. */
export function launchAgentId(application: string): string {
  return JSON.stringify([agentMark, application])
}

/** The applications that launchd starts by files of ours, each with the text of its file; of one that was moved, its last place. */
export function launchAgentsIn({ entries }: Pick<Ledger, 'entries'>): Map<string, LedgerEntry> {
  const agents = entries.flatMap((entry) => {
    const id = entry.setups.findLast(isLaunchAgentId)
    return id === undefined ? [] : [[String(JSON.parse(id)[1]), entry] as const]
  })
  return new Map(agents)
}

function isLaunchAgentId(id: string): boolean {
  return id.startsWith(`["${agentMark}",`)
}

/** Whether a run has changed what goes by a name, or what has none: what is set up with it, and what is remembered under it. */
export function isAboutName(
  { before, after }: { readonly before: Ledger; readonly after: Ledger },
  name: string | undefined,
): boolean {
  const partOf = ({ setups, entries }: Ledger) => {
    const own = setups.filter((setup) => setup.name === name)
    const ids = new Set([...own.map(setupId), ...(name === undefined ? [] : [nameId(name)])])
    return { own, entries: entries.filter((entry) => entry.setups.some((id) => ids.has(id))) }
  }
  return !isDeepStrictEqual(partOf(before), partOf(after))
}

/** Whether an id that wants values is that of no tool. */
export function isNoSetup(id: string): boolean {
  return isCompletionId(id) || isNameId(id) || isLaunchAgentId(id)
}

/** What the user agreed to on this machine: to send everything to this origin unencrypted. */
export interface Consent {
  /** Scheme, host and port, such as `http://103.236.53.153`. */
  readonly origin: string
  readonly agreedAt: string
}

/** What was agreed to for these setups, one consent for each setup that has one. */
export function consentsOf(setups: readonly Setup[]): Consent[] {
  return setups.flatMap(({ gateway, agreedAt }) =>
    agreedAt === undefined ? [] : [{ origin: gateway, agreedAt }],
  )
}

/** The earliest consent to an origin. */
export function earliestConsent(consents: readonly Consent[], origin: string): Consent | undefined {
  const own = consents.filter((consent) => consent.origin === origin)
  return own.toSorted((one, other) => Date.parse(one.agreedAt) - Date.parse(other.agreedAt))[0]
}

/**
 * Setups with these consents, where they have none of their own. All setups of an origin share one, so that it stays until
 * the last of them goes, whichever that is.
 */
export function shareConsents(setups: readonly Setup[], consents: readonly Consent[]): Setup[] {
  return setups.map((setup) => {
    const consent = setup.agreedAt === undefined ? earliestConsent(consents, setup.gateway) : undefined
    return consent ? { ...setup, agreedAt: consent.agreedAt } : setup
  })
}

/**
 * A ledger in which no value that we replaced, and would give back, holds an old key: `replaceIn` gives the content of a
 * file at a path with the new key in place of every old one, or the same bytes.
 */
export function renewReplaced(
  ledger: Ledger,
  replaceIn: (path: string, bytes: Uint8Array) => Uint8Array,
): Ledger {
  const renew = (entry: LedgerEntry): LedgerEntry => {
    if (entry.replaced.kind !== 'value') return entry
    const renewText = (text: string) => {
      const bytes = new TextEncoder().encode(text)
      const renewed = replaceIn(entry.path, bytes)
      return renewed === bytes ? text : new TextDecoder('utf-8', { ignoreBOM: true }).decode(renewed)
    }
    const { text, hunk } = entry.replaced
    const renewed = {
      kind: 'value' as const,
      text: renewText(text),
      ...(hunk && { hunk: { ...hunk, from: renewText(hunk.from), to: renewText(hunk.to) } }),
    }
    return isDeepStrictEqual(renewed, entry.replaced) ? entry : { ...entry, replaced: renewed }
  }
  return { ...ledger, entries: ledger.entries.map(renew) }
}
