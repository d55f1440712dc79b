import type { KeyDelivery, Shell, Tool, Variant } from '../catalog/tool.ts'
import type { Origin } from '../gateway/origin.ts'
import type { Secret } from '../secrets/secret.ts'
import { type Message, say } from '../texts/message.ts'

/** For all that the user does, for one project, or by an administrator for every user of the computer. */
export type Scope = 'user' | 'project' | 'managed'

/** How a client gets its settings: from its own files, or from variables of the environment. */
export type Method = 'file' | 'env'

/** Where the key is kept: in the client's files, in variables that the user sets, or in the system's keychain. */
export type KeyStore = 'file' | 'env' | 'keychain'

/** What the user wants, complete and checked: the one thing that a plan is made of. */
export interface Request {
  /** Undefined: keys that already stand in the files stay as they are. */
  readonly key?: Secret
  /** The same for choices with a name, by name. */
  readonly keys?: ReadonlyMap<string, Secret>
  readonly choices: readonly ToolChoice[]
}

/** One tool in one place. */
export interface ToolChoice {
  readonly tool: Tool
  readonly variant: Variant
  readonly origin: Origin
  /** The user's name for this gateway with its key. */
  readonly name?: string
  readonly scope: Scope
  readonly method: Method
  readonly keyStore: KeyStore
  /** How the client's files let it get a key that lives in the keychain. */
  readonly keyDelivery?: KeyDelivery
  readonly shell?: Shell
  /** Absolute folder of the project, at project scope. */
  readonly project?: string
  /** Of a setup that stands: the folders that it was written with, by name. By default those of today's environment. */
  readonly folders?: Readonly<Record<string, string>>
  readonly model?: string
  /** Wanted by a setup file, and not by hand. */
  readonly declared?: true
  /** Models for roles of the tool's folder, by role. */
  readonly models?: Readonly<Record<string, string>>
  /** Options of the tool's folder, by id; of a switch the value is `on`. */
  readonly options?: Readonly<Record<string, string>>
}

/** What was said on the command line, as it was written: nothing is filled in or checked against the machine. */
export interface Input {
  readonly values: Readonly<Record<string, readonly string[]>>
  readonly switches: ReadonlySet<string>
  readonly positionals: readonly string[]
  /** What stands behind `--`, for another program; only of a command that takes such arguments. */
  readonly rest?: readonly string[]
}

/** The value of a field that is given once; the last one counts. */
export function textOf(input: Input, name: string): string | undefined {
  return input.values[name]?.at(-1)
}

/** All values of a field that may be given more than once, lists with commas taken apart. */
export function listOf(input: Input, name: string): string[] {
  return (input.values[name] ?? []).flatMap((value) => value.split(',')).filter((value) => value !== '')
}

/** Whether a switch was given, by its name in the table of fields. */
export function isOn(input: Input, name: string): boolean {
  return input.switches.has(name)
}

/** The input as if these values had been given by the field's flag. */
export function withValues(input: Input, name: string, values: readonly string[]): Input {
  return { ...input, values: { ...input.values, [name]: values } }
}

/** Whether a command is about the settings of the whole computer. */
export function isManagedScope(input: Input): boolean {
  return [textOf(input, 'scope'), textOf(input, 'ownScope')].includes('managed')
}

/** The user's name for a gateway with its key, as it is remembered; `default` stands for what has none. */
export function nameIn(input: Input): string | undefined {
  const name = textOf(input, 'name')?.toLowerCase()
  return name === 'default' ? undefined : name
}

/** The verbs of the commands that have them, with what each does; each has flags of its own. */
export const verbs = {
  key: {
    set: say('help.key-set'),
    get: say('help.key-get'),
    rotate: say('help.key-rotate'),
    forget: say('help.key-forget'),
  },
  completion: {
    bash: say('help.completion-shell', { shell: 'bash' }),
    zsh: say('help.completion-shell', { shell: 'zsh' }),
    fish: say('help.completion-shell', { shell: 'fish' }),
    powershell: say('help.completion-shell', { shell: 'PowerShell' }),
    pwsh: say('help.completion-shell', { shell: 'PowerShell' }),
    nushell: say('help.completion-shell', { shell: 'nushell' }),
    nu: say('help.completion-shell', { shell: 'nushell' }),
    install: say('help.completion-install'),
    uninstall: say('help.completion-uninstall'),
    suggest: say('help.completion-suggest'),
  },
} as const satisfies Readonly<Record<string, Readonly<Record<string, Message>>>>

type Verbs = typeof verbs
/** A verb behind its command, such as `key rotate`. */
export type VerbOwner = {
  [Name in keyof Verbs]: `${Name} ${Extract<keyof Verbs[Name], string>}`
}[keyof Verbs]

/** All of them. */
export const verbNames = Object.entries(verbs).flatMap(([command, words]) =>
  Object.keys(words).map((verb) => `${command} ${verb}` as VerbOwner),
)

/** What people type for the verbs of `key`, as `synonymsOf` has it. */
export const alsoCalled = {
  set: 'store save add put import',
  get: 'show print read cat export',
  rotate: 'replace renew change update new',
  forget: 'delete remove rm clear unset erase',
}
