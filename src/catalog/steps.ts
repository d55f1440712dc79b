import type { Value } from '../documents/document.ts'
import type { FormatId } from '../documents/formats.ts'

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

/** A program that installs clients. */
export interface Installer {
  /** The first words of its lines, and of those of another program that does the same where it is not there. */
  readonly begins: readonly string[]
  readonly instead?: readonly string[]
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
