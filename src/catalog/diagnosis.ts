import type { KeyPath } from '../documents/document.ts'
import type { FormatId } from '../documents/formats.ts'
import type { ProtocolId } from '../gateway/gateway.ts'
import { asMessage, type Message, say } from '../texts/message.ts'

/** What a tool's folder knows of how its client finds its settings, and of what goes wrong with them. */
export interface Diagnosis {
  /** Range of client versions (semver) whose behaviour was measured. */
  readonly measured?: string
  /** Every place where the client looks for its settings, the strongest first. */
  readonly sources: readonly Source[]
  /** Values that name other keys or files, in an order in which each uses earlier ones only. */
  readonly lookups: readonly Lookup[]
  readonly connections: readonly Connection[]
  /** The client's own short names for models of its vendor. */
  readonly modelAliases: readonly string[]
  readonly traps: readonly Trap[]
  /** What a client of these versions (semver) shows a person for a reply of this HTTP status; an unknown version is the newest. */
  readonly shows: readonly { readonly status: number; readonly text: string; readonly versions?: string }[]
}

/** Who has set what stands there; `local` is a user’s own part of a project, `run` what one run of a client is started with. */
export type SourceLevel = 'managed' | 'run' | 'local' | 'project' | 'user' | 'environment' | 'system'

/** A file, or the environment where there is neither a path nor a store. */
export interface Source {
  readonly level: SourceLevel
  readonly path?: string
  /**
   * Of what is no file: `HKLM\\SOFTWARE\\Policies\\…\\NAME`, a text in the registry of Windows, or the domain of preferences that
   * the management of a Mac sets.
   */
  readonly stored?: string
  /** Of the sources with a rank that are there only those with the lowest one count. */
  readonly rank?: number
  /**
   * Read in the folders above the project as well, up to the root of its repository or, without one, of the file system, and
   * which of these comes first; sources with the same word and family stand together in each folder. `first`: past a repository too, and
   * of all of them only the nearest that is there counts.
   */
  readonly above?: 'nearest' | 'farthest' | 'first'
  readonly family?: string
  /** Read only where the nearest folder around the file that one of these two lists names is in the first of them. */
  readonly trust?: Trust
  readonly format: FormatId
  /** Where in the file variables of the environment stand: the whole file when empty, nowhere when undefined. */
  readonly variables?: KeyPath
  readonly platforms?: readonly string[]
  /** Range of client versions that read it. */
  readonly versions?: string
  readonly variants?: readonly string[]
}

/** A file, in the format of the source, in which a client lists the folders that its user trusts, and those that they do not. */
export interface Trust {
  readonly file: string
  readonly trusted: KeyPath
  readonly untrusted: KeyPath
}

/** One setting: a variable, or a key of a file. Names may hold `{{ LOOKUP }}`. */
export interface Setting {
  readonly variable?: string
  readonly key?: KeyPath
  /** Where the setting is looked for, if not in the sources. */
  readonly file?: string
  readonly format?: FormatId
  /**
   * The value holds several, by name: a table, a list of `NAME=value`, a text of them (in brackets, by commas or by
   * lines), or header lines `Name: value`. This is the name, in whatever case.
   */
  readonly entry?: string
  /** Its value is a command that prints the setting. */
  readonly command?: boolean
  /**
   * Header in which a key is sent; by default the tool's. Of one header the first key that is not empty is sent, and of
   * several headers each. They are named in the order in which the gateway looks at them.
   */
  readonly header?: string
  readonly variants?: readonly string[]
  /** Range of client versions that read it. */
  readonly versions?: string
  /** It is read only where all of these hold. */
  readonly when?: readonly TrapCondition[]
  /** The command that keeps the client from reading it here, if that is not to take it out. */
  readonly fix?: string
}

/** A value that stands for `{{ name }}` in the names of settings: the first setting that has one, else the default. */
export interface Lookup {
  readonly name: string
  readonly from: readonly Setting[]
  readonly default?: string
}

/** One protocol that the client speaks: the settings for its base URL and key, the first that has a value counts. */
export interface Connection {
  readonly protocol: ProtocolId
  readonly baseUrl: readonly Setting[]
  readonly keys: readonly Setting[]
  /** Every choice of a model, each with the settings that make it; the first that has a value counts. */
  readonly models: readonly (readonly Setting[])[]
}

/** Something that breaks a setup, or leaks the key, when all of its conditions hold. */
export interface Trap {
  /** Id of the finding. */
  readonly id: string
  readonly level: 'error' | 'warning' | 'info'
  readonly when: readonly TrapCondition[]
  /** Range of client versions that it applies to; an unknown version counts as the newest. */
  readonly versions?: string
  readonly variants?: readonly string[]
  /** May hold `{{ found }}`, the name of the setting by which the first condition holds, `{{ place }}`, its file, and places. */
  readonly text: string
  readonly textZh: string
  /** The command that fixes it, or what to do; only words have a Chinese twin. */
  readonly fix: string
  readonly fixZh?: string
  /** The same command in PowerShell, where more than `unset` and `export` is different there. */
  readonly fixPowershell?: string
  /** A setup tells of it as well, though it is no error. */
  readonly toldAtSetup?: true
}

/**
 * Holds for any of the `variables` and `keys` whose value is as asked. They are looked up in the sources by precedence
 * (of one `level` only, where it is named), or in one `file`. In keys `*` is any one segment or entry, `0` the first. Without variables and keys
 * it is about the file or the client.
 */
export interface TrapCondition {
  readonly variables?: readonly string[]
  readonly keys?: readonly KeyPath[]
  readonly level?: SourceLevel
  readonly file?: string
  /** The file of the project is looked for in the folders above it too. */
  readonly above?: true
  readonly format?: FormatId
  readonly is?: ValueState
  readonly equals?: string
  /** A regular expression. */
  readonly matches?: string
  /** Has another value than this, which is not empty. */
  readonly differsFrom?: TrapCondition
  /**
   * Also holds for a login that the keychain of macOS has under this name; where the variable `loginOf` names a folder, `-`
   * and eight digits of that folder's SHA-256 follow.
   */
  readonly login?: string
  readonly loginOf?: string
  /** A file of this format among the sources begins with a byte order mark. */
  readonly bom?: FormatId
  /** Any of these is in PATH. */
  readonly programs?: readonly string[]
  /** Other users of the computer may enter this folder. */
  readonly openFolder?: string
  /** Whether the client's base URL in effect is one for the gateway. */
  readonly gateway?: boolean
}

/**
 * `on`: not empty, `0` or `false`. `set`: not empty. `gateway`: a URL of the gateway; `not-gateway`: anything else, or
 * nothing. `key`: a key of the gateway. `not-off`: anything but `0` and `false`, or nothing.
 */
export type ValueState = 'on' | 'not-off' | 'set' | 'empty' | 'absent' | 'gateway' | 'not-gateway' | 'key'

/** A range such as `>=1.0.10 <=3.0.65` for a person; of one version just that. */
export function testedVersions(range: string): Message {
  const [, from = '', to = ''] = /^>=(\S+) <=(\S+)$/.exec(range) ?? []
  if (from === '' || from === to) return asMessage(from || range)
  return say('tools.range', { from, to })
}
