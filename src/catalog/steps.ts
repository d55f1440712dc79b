import type { Value } from '../documents/document.ts'
import type { FormatId } from '../documents/formats.ts'
import type { Endpoint } from '../gateway/gateway.ts'

/** One thing that a user does by hand. A placeholder for the key is never filled in with it. */
export interface Step {
  readonly text: string
  readonly textZh: string
  /** Settings to paste, with placeholders; `print --format NAME` prints them alone. */
  readonly settings?: { readonly format: FormatId; readonly content: Value; readonly name?: string }
}

/** A client that is not set up, and why. */
export interface LeftOut {
  readonly id: string
  readonly title: string
  readonly why: string
  readonly whyZh: string
}

/** A client that source code or a program's settings name by themselves. */
export interface CodeClient {
  readonly title: string
  /** Id of the tool that sets this client up, where there is one. */
  readonly tool?: string
  /** `code`: program text. `config`: settings of programs. */
  readonly in: 'code' | 'config'
  /** Words that tell the client, as whole words and in this case. */
  readonly words: readonly string[]
  /** Variables that it reads as its base URL, though no tool here sets them up for it. */
  readonly variables: readonly string[]
  readonly endpoint: Endpoint
}

/** A program that installs clients. */
export interface Installer {
  /** The first words of its lines, and of those of another program that does the same where it is not there. */
  readonly begins: readonly string[]
  readonly instead?: readonly string[]
  /** What runs the clients of the first; the other brings its own. `commands`: the first in PATH tells its version. */
  readonly runtime: { readonly id: string; readonly title: string; readonly commands: readonly string[] }
  /** Further arguments. */
  readonly quiet: readonly string[]
  readonly registryFlag: string
  /** Addresses of registries by name. */
  readonly mirrors: Readonly<Record<string, string>>
}

/** What of a tool decides whether its user does it by hand. */
interface Stepped {
  readonly targets: readonly unknown[]
  readonly env?: unknown
  readonly keyDelivery: readonly unknown[]
  readonly steps: readonly Step[]
}

/** Whether nothing can be written for a tool, in files nor in variables. */
export function isByHand({ targets, env, keyDelivery, steps }: Stepped): boolean {
  return steps.length > 0 && targets.length === 0 && env === undefined && keyDelivery.length === 0
}

/** The values of `print --format` that a tool's steps give. */
export function stepFormats({ steps }: Pick<Stepped, 'steps'>): string[] {
  return steps.length === 0 ? [] : ['steps', ...steps.flatMap(({ settings }) => settings?.name ?? [])]
}

/** Whether a model that is chosen stands anywhere in what is written, printed or started for a tool. */
export function takesModel(tool: Readonly<Record<'targets' | 'runs', unknown>>): boolean {
  return JSON.stringify(tool).includes('{{ model }}')
}
