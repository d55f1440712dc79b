import type { UrlRuleId } from '../../../src/gateway/url-faults.ts'
import type { ClientPackage } from '../client-packages.ts'

/** A base URL that breaks one of the judge's rules, and what the client then really asks for. */
export interface WrongBase {
  readonly rule: UrlRuleId
  /** `{gateway}` is the origin of the gateway, `{authority}` its host and port, `{stranger}` the origin of another server. */
  readonly base: string
  /** Path of the request that gets no reply; left out where none reaches the gateway. */
  readonly path?: string
  /** What it gets instead; 404 where it is left out. */
  readonly status?: 401
}

/** How one client is run for one turn without a terminal, and what it is known to request. */
export interface ClientRunner {
  /** Name in the test report: client, variant, version. */
  readonly id: string
  /** Id of the tool in qcode-setup. */
  readonly tool: string
  /** For a tool that can't be set up without one. */
  readonly model?: string
  /** Folder whose commands stand first on PATH, so that setup detects this very version. */
  readonly binFolder: string
  readonly command: string
  readonly args: readonly string[]
  /** What keeps the run quiet, quick and alone; never a base URL or a key. */
  readonly env: Readonly<Record<string, string>>
  /** Working folder of the run; the home where it is left out. */
  readonly folder?: string
  /** In milliseconds. */
  readonly timeout: number
  /** Ending of the base URL that setup must write, such as `/api`. */
  readonly base: string
  /** Every path asked for in the turn, once each. */
  readonly paths: readonly string[]
  readonly auth: 'bearer' | 'x-api-key'
  readonly wrong: readonly WrongBase[]
}

/** How a client is run in the version that is installed as this package; not at all where it is not among what is installed. */
export type MakeRunner = (client: ClientPackage) => ClientRunner | []

/** Said to every client: no word of the expected answer, and more than one word (Cline 3 refuses one). */
export const prompt = 'Answer with one short word please'
