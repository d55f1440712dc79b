/**
 * What a user of Windows does, and what then has to be true. Paths are those of Windows; relative ones begin in the home.
 * `%HOME%`, `%KEY%` (a file with a good key) and `%GATEWAY%` (one on loopback) are filled in, in arguments, files and variables.
 */
export interface Spec {
  readonly title: string
  /** Folder of the user below C:\users; without it one of its own. */
  readonly user?: string
  readonly env?: Readonly<Record<string, string>>
  /** The language of this Windows, where it is not English; only Wine can be asked for another. */
  readonly locale?: Locale
  /** Variables of the user in the registry before, as lines of a .reg file; without it none of this spec’s are looked at. */
  readonly variables?: readonly string[]
  /** What is there before. */
  readonly files?: Readonly<Record<string, string | Uint8Array>>
  readonly steps: readonly Step[]
}

export type Locale = 'zh_CN.UTF-8'

/** One start of the program, or of another one. */
export interface Step {
  /** Of qcode-setup, which is started without a shim. */
  readonly args?: readonly string[]
  /** In place of it: a program and its arguments. */
  readonly command?: readonly [string, ...string[]]
  readonly env?: Readonly<Record<string, string>>
  readonly cwd?: string
  readonly input?: string
  /** In a console: what has to stand on the screen, and the keys that are then pressed. `%TYPED%` is a good key. */
  readonly typed?: readonly (readonly [shows: string, ...pressed: string[]])[]
  readonly killAfter?: number
  /** The program goes on: it has started once it has made this file in `cwd`. */
  readonly ready?: string
  /** 0 where it is not said; null where any will do. */
  readonly exit?: number | null
  readonly out?: readonly (string | RegExp)[]
  readonly err?: readonly (string | RegExp)[]
  /** Neither stream says this. */
  readonly never?: readonly (string | RegExp)[]
  /** What stands in files afterwards. */
  readonly after?: Readonly<Record<string, Expected>>
  /** The same of the variables in the registry, as reg.exe exports them. */
  readonly variables?: typeof asBefore | readonly (string | RegExp)[]
  /** What the key was asked for, so that it may be shown. */
  readonly showsKey?: true
}

/** Nothing; what stood there before the first step; texts or patterns that all are in it. */
export type Expected = typeof absent | typeof asBefore | readonly (string | RegExp)[]

export const absent = 'absent'
export const asBefore = 'as before'
