import type { FormatId } from '../../documents/formats.ts'
import type { Span } from '../../documents/splice.ts'
import type { UrlRuleId } from '../../gateway/url-faults.ts'
import type { UrlRule } from '../../gateway/url-rules.ts'

/** One broken rule of one base URL, as the JSON of `lint` has it. */
export interface LintFinding {
  readonly rule: UrlRuleId
  readonly severity: UrlRule['severity']
  /** The tools that read the URL, as `--tool` takes them; null when it is another client or an unknown one. */
  readonly tool: string | null
  /** Absolute path, or `$NAME` for a variable of the environment. */
  readonly file: string
  /** Of the URL's first character; both count from 1. */
  readonly line: number
  readonly column: number
  /** The URL as it stands there; a password or a key in it is masked. */
  readonly url: string
  /** The path that the client would request; null when the clients differ, or when there is no path. */
  readonly requests: string | null
  readonly message: string
  /** The whole base URL that is right; null where the client or the host is open. */
  readonly fix: string | null
}

/** A finding, and the text that `--fix` replaces: its offsets in the file's text, all in one line, and its column. */
export interface LintProblem {
  readonly finding: LintFinding
  /** Undefined for what stands in no file. */
  readonly span: (Span & { readonly text: string; readonly column: number }) | undefined
  /** What the file has to parse as, where that is known. */
  readonly format?: FormatId
}
