import type { KeyPath, Value } from '../documents/document.ts'
import type { FormatId } from '../documents/formats.ts'
import type { ScriptLanguage } from '../documents/script/script.ts'
import type { UserError } from '../errors.ts'
import type { Endpoint, Gateway, ProtocolId } from '../gateway/gateway.ts'
import type { Diagnosis, TrapCondition } from './diagnosis.ts'
import type { CodeClient, Installer, LeftOut, Step } from './steps.ts'

/** A client that the program can set up: its manifest (tool.toml) and the files of its folder, already parsed. */
export interface Tool {
  readonly id: string
  /** From a folder of the user's own, which is trusted with less than those of this program. */
  readonly isOwn?: boolean
  readonly title: string
  /** Other names that people type for it: its id is suggested for them. */
  readonly alsoCalled?: readonly string[]
  /** Where the client's own documentation describes these settings. */
  readonly docs: string
  /** Where the wizard lists it, the lowest first; those without one come last, by id. */
  readonly rank?: number
  /** The command line that installs it, as its vendor gives it. */
  readonly install?: string
  /** By the id of a runtime, the versions (semver) that it then needs of that. */
  readonly needs?: Readonly<Record<string, string>>
  /** Of libraries: the packages that were run, with version and registry. */
  readonly measuredPackages?: readonly string[]
  /** The header in which the client sends the key. */
  readonly auth: 'bearer' | 'x-api-key'
  /** The variable that its own files name for the key, where they hold none. */
  readonly keyVariable?: string
  readonly detect: Detection
  readonly places: Readonly<Record<string, readonly PlaceCandidate[]>>
  /** Versions or builds that differ in what they request; the newest first. */
  readonly variants: readonly Variant[]
  /** Name of the flag that pins a variant, without dashes. */
  readonly pinFlag?: string
  readonly targets: readonly Target[]
  /** How it gets a key that lives in the keychain; the newest first. */
  readonly keyDelivery: readonly KeyDelivery[]
  readonly env?: EnvSupport
  /** Put before a model name that does not begin with it, as the client wants it. */
  readonly modelPrefix?: string
  /** What its client asks another model for than for the main work: `--model TOOL:ROLE=ID`, `{{ model@ROLE }}` in templates. */
  readonly modelRoles: readonly string[]
  readonly options: readonly ToolOption[]
  /** A background process with old settings until it is restarted; its JSON file has a `pid` while it runs. */
  readonly daemon?: { readonly pidFile: string; readonly restart: readonly string[] }
  readonly schemas: readonly FileSchema[]
  readonly notes: readonly Note[]
  /** Ready code by language (`python`, `typescript`), and links by which other programs take the settings over. */
  readonly snippets: Readonly<Record<string, string>>
  readonly importLinks: Readonly<Record<string, { address: string; parameters: Record<string, string> }>>
  readonly diagnosis: Diagnosis
  readonly proofs: readonly Proof[]
  /** How `run` starts its client for once; the first that fits counts. None: it cannot. */
  readonly runs: readonly RunWay[]
  /** What a user does by hand, in order, for a form of it that reads none of its files. */
  readonly steps: readonly Step[]
}

/** A setting of the client's that is written only where its flag asks for it, in place of `{{ option:ID }}` in templates. */
export interface ToolOption {
  /** The flag, without dashes; tools may share one. The text says in one line what it does, and what that costs. */
  readonly id: string
  readonly text: string
  readonly textZh: string
  /** What is written; in its place the whole number that the flag takes, by its name in the help. */
  readonly writes?: string | boolean
  readonly number?: string
  /** The wizard offers it in these regions, or where the gateway lists its models. */
  readonly offerIn: readonly string[]
  readonly offerWithModels: boolean
}

interface Detection {
  /** Program names to look for in PATH. */
  readonly commands: readonly string[]
  /** npm packages whose package.json, found above the program, tells the version without running it; with a `*` at the end, all of that beginning. */
  readonly packages: readonly string[]
  /** Folders whose existence shows that the client was used here. */
  readonly folders: readonly string[]
  /** Files of a project that name the library, and the words to look for. */
  readonly project?: { readonly files: readonly string[]; readonly words: readonly string[] }
}

/** One way to find a folder or file: a variable of the environment (with a tail), or a path. The first that is set counts. */
export interface PlaceCandidate {
  readonly env?: string
  readonly join?: string
  readonly path?: string
}

/** Versions of one client that request the same paths and read the same files. */
export interface Variant {
  readonly id: string
  readonly title: string
  readonly titleZh?: string
  /** Range of client versions (semver) that are this variant, or `request` when only the user's word chooses it. */
  readonly when: string
  /** Variant of the same protocols to use where the gateway serves that one's routes and not this one's. */
  readonly fallback?: string
  /** What the client requests; the first gives `{{ baseUrl }}`. */
  readonly endpoints: readonly Endpoint[]
  /** Programs that must not run while its files are written. */
  readonly mustNotRun: readonly string[]
}

/** A way in which a client gets a key out of the system's keychain, by a command that prints it. */
export interface KeyDelivery {
  readonly id: string
  /** Range of client versions (semver) that know it. */
  readonly when: string
  readonly variants?: readonly string[]
  /** Variables in which the client looks for its key: lines of the shell's profile set them to what the command prints. */
  readonly variables: readonly string[]
  /** Variables that stand beside these, so that no other program sends the key to its vendor. */
  readonly beside?: Readonly<Record<string, string>>
}

/** One file of the client's, and what must stand in it. */
export interface Target {
  readonly scope: 'user' | 'project' | 'managed'
  readonly path: string
  /** Where it is left out, every one. */
  readonly platforms?: readonly string[]
  readonly format: FormatId
  /** The parsed content file; text values may hold placeholders. */
  readonly content: Value
  readonly variants?: readonly string[]
  /** It counts only where a model was named: without one the client could not use it. */
  readonly needsModel?: boolean
  /** The option for which alone it is written: without it the file is not the tool's, and no part of where the tool is set up. */
  readonly needsOption?: string
  /**
   * Where the key is when this target counts: `file` for in the files, `env` for in a variable that the user sets, or ids
   * of `keyDelivery`. By default both of the first; where no target of a tool names `env`, that counts as `file`.
   */
  readonly keyDelivery?: readonly string[]
  /** The target counts only when one of these holds. */
  readonly when?: readonly Condition[]
  /** Keys whose foreign value is the user's decision: never replaced unless the user says so. */
  readonly protected: readonly KeyPath[]
  /** Keys that a new file needs and a user's own value is as good for: written only where nothing stands. */
  readonly defaults?: readonly KeyPath[]
  /** Keys written only together with another change of this target, such as a time of update. */
  readonly timestamps: readonly KeyPath[]
}

/** What a client requires of a settings file: one wrong value, and it ignores the file, or does not start. */
export interface FileSchema {
  /** Paths as they stand at targets and sources. */
  readonly files: readonly string[]
  /** JSON Schema of what was seen to be refused; what it does not name is left to the client. */
  readonly schema: Value
  /** Range of client versions (semver) that refuse it. */
  readonly versions?: string
  /** What the client does with a file that it refuses, as a sentence. */
  readonly text: string
  readonly textZh: string
}

/** What shows that a note or a target concerns this user: a variable, a key, or something on the disk. */
export interface Condition {
  /** A variable of the environment that is set and not empty. */
  readonly env?: string
  /** A path, which may hold a `*` in its last part, at which something is. */
  readonly exists?: string
  /** A key of the target's file that holds a text which is not empty. */
  readonly key?: KeyPath
}

/** What the client reads from its environment. */
export interface EnvSupport {
  /** Variable name to value, with placeholders. */
  readonly variables: Readonly<Record<string, string>>
  /** Programs with this library usually load a `.env` of their project. */
  readonly dotenv: boolean
  /** Variables with another key that the client would send as well; an empty one sends nothing. */
  readonly silence: readonly string[]
}

/** What a user has to know or do besides the files; with conditions, where one of them holds. */
export interface Note {
  readonly on: 'setup' | 'remove'
  readonly level: 'info' | 'warning'
  readonly text: string
  readonly textZh?: string
  readonly variants?: readonly string[]
  /** As for a target; by default all. */
  readonly keyDelivery?: readonly string[]
  /** It is about what was written for this option. */
  readonly needsOption?: string
  readonly when?: readonly Condition[]
}

/** A shell that can carry variables: its file of assignments, and the profiles that read it. */
export interface Shell {
  readonly id: string
  /** Names of its program that are not its id. */
  readonly programs: readonly string[]
  readonly platforms?: readonly string[]
  readonly envFile: string
  readonly envFormat: FormatId
  /** Other files that get the same assignments. */
  readonly copies?: readonly { readonly file: string; readonly format: FormatId }[]
  readonly profileFormat: FormatId
  /** For each: the first that exists, else the last is created. */
  readonly profiles: readonly (readonly string[])[]
  /** Files that people's profiles read as well and that are never written. */
  readonly alsoRead: readonly string[]
  readonly language: ScriptLanguage
  /** Where it keeps variables by itself, weaker than what any line sets. */
  readonly universal?: string
  /** The ways in which it starts; the first is a terminal's. */
  readonly starts: readonly Start[]
}

/** What a shell that is started in one way reads. */
export interface Start {
  /** `terminal`: a new window. `login`: over SSH, or where terminals ask for it. `script`: without a terminal. */
  readonly kind: 'terminal' | 'login' | 'script'
  /** In this order: of each list the first file that is there. A later line wins. The last part of a path may hold a `*`. */
  readonly reads: readonly (readonly string[])[]
}

/** Where completion of our commands is installed for one shell. */
export interface Completion {
  readonly shell: string
  /** Names of its program that are not its id. */
  readonly programs: readonly string[]
  readonly platforms?: readonly string[]
  /** A file of templates/completion. */
  readonly script: string
  readonly file: string
  /** The profiles that read the file, where the shell does not find it by itself; of each list as in `Shell`. */
  readonly profiles: readonly (readonly string[])[]
  readonly profileFormat?: FormatId
  /** A package without which the shell does not look there. */
  readonly needs?: string
}

/** Everything that the templates say, and the folders of tools of the user’s own. */
export interface Catalog {
  readonly gateway: Gateway
  readonly tools: readonly Tool[]
  /** Those of which nothing is written: their folders have steps alone. */
  readonly byHand: readonly Tool[]
  readonly leftOut: readonly LeftOut[]
  readonly installers: readonly Installer[]
  /** Why a folder of the user's own is not among them. */
  readonly unusable?: readonly UserError[]
  readonly shells: readonly Shell[]
  /** How an administrator sets variables for every user of a computer: like a shell, one for each platform. */
  readonly logins: readonly Shell[]
  readonly completions: readonly Completion[]
  readonly codeClients: readonly CodeClient[]
  readonly dotfiles: DotfilePlaces
  /** Traps that lie in the environment, whichever tools are used. */
  readonly machine: Diagnosis
}

/** The variables in which a client looks for its key when no file holds it; none for one that reads files alone. */
export function keyVariables({ keyVariable, env }: Pick<Tool, 'keyVariable' | 'env'>): string[] {
  if (keyVariable !== undefined) return [keyVariable]
  const variables = Object.entries(env?.variables ?? {})
  return variables.filter(([, value]) => value === '{{ key }}').map(([name]) => name)
}

/** How `prove` runs one client of a tool for one turn, without a terminal and without a shell. */
export interface Proof {
  /** What is run, as its users call it. */
  readonly client: string
  /** Names of its program; the first that is in PATH is run. */
  readonly commands: readonly string[]
  /** Texts may hold `{{ prompt }}` and `{{ script }}`. */
  readonly args: readonly string[]
  /** What keeps the run quiet, quick and alone; never a base URL or a key. */
  readonly env: Readonly<Record<string, string>>
  /** Text of a program for clients that are libraries. It prints `version: X`, or `missing: WHY` where the library is not there. */
  readonly script?: string
  /** Run in the user's working folder, where libraries are found, instead of in an empty folder. */
  readonly inProject: boolean
  /** The protocol that it speaks, where the tool speaks several. */
  readonly protocol?: ProtocolId
  /** The variants that it can run; every one where it is left out. */
  readonly variants?: readonly string[]
  /** Seconds after which it is stopped. */
  readonly timeout: number
}

/** How a client is started once with the gateway, so that nothing of its own settings is changed and none of them wins. */
export interface RunWay {
  /** The variants that are started so; every one where it is left out. */
  readonly variants?: readonly string[]
  /** The client's own settings with which it is started so: all of these hold. */
  readonly when: readonly TrapCondition[]
  /** In front of the user's arguments. Texts may hold placeholders and `{{ run }}`, the folder of this run; never the key. */
  readonly args: readonly string[]
  /** Commands of the client's that refuse such arguments: behind one of these words neither they nor `avoids` count. */
  readonly subcommands: readonly string[]
  /** Variables, with placeholders. */
  readonly env: Readonly<Record<string, string>>
  /** Variables of the user's that are not handed on, besides those in which the client looks for a base URL or a key. */
  readonly unset: readonly string[]
  readonly files: readonly RunFile[]
  /** Arguments of the client's that would take the place of ours. */
  readonly reserved: readonly string[]
  /** Ids of traps that the client does not meet when it is started so. */
  readonly avoids: readonly string[]
}

/** Settings of one run: a file in its folder, or arguments. */
export interface RunFile {
  readonly name: string
  readonly format: FormatId
  readonly content: Value
  /** Each value becomes these arguments instead, with `{{ path }}` and `{{ value }}` filled in; nothing is written. */
  readonly asArguments?: readonly string[]
  /** The whole of it becomes the value of this variable instead; nothing is written. */
  readonly asVariable?: string
}

/** Where dotfiles have their git folder when that is not beside them. */
export interface DotfilePlaces {
  readonly places: Readonly<Record<string, readonly PlaceCandidate[]>>
  /** Paths of git folders, and of folders in which each folder is one. */
  readonly folders: readonly string[]
  readonly allIn: readonly string[]
}
