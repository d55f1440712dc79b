/** The texts of the questions, in one language. What stands in a function's place is put in as it is. */
export interface Messages {
  readonly intro: string
  /** What the keys do in a list, and in a list with ticks. */
  readonly listKeys: string
  readonly tickKeys: string
  readonly yes: string
  readonly no: string
  readonly answerYesOrNo: string
  readonly tools: {
    readonly question: string
    readonly found: string
    readonly required: string
  }
  readonly region: {
    readonly question: string
    readonly useAnyway: string
  }
  readonly key: {
    readonly question: string
    readonly from: (key: string, source: string) => string
    readonly standardInput: string
    readonly keychain: string
  }
  readonly keyStore: {
    readonly question: string
    /** Its line in the list, and what stands in the answered one. */
    readonly file: { readonly name: string; readonly short: string }
    readonly keychain: { readonly name: string; readonly short: string }
  }
  readonly model: {
    readonly question: (tool: string) => string
    readonly ownDefault: string
    readonly answered: string
  }
  readonly confirm: string
  readonly conflict: {
    readonly drift: (path: string, key: string) => string
    readonly guarded: (path: string, key: string) => string
    readonly now: (value: string) => string
    readonly wanted: (value: string) => string
    readonly question: string
    readonly overwrite: string
    readonly skip: string
    readonly quit: string
  }
  readonly inGit: {
    readonly exposed: (path: string, pattern: string, gitignore: string) => string
    readonly question: string
    readonly ignore: (lines: number) => string
    readonly anyway: string
    readonly quit: string
  }
  readonly recovery: {
    readonly stopped: (run: string, command: string) => string
    readonly question: string
    readonly undo: string
    readonly finish: string
  }
  readonly broken: {
    readonly found: string
    readonly question: (tools: string) => string
  }
  readonly restart: {
    readonly running: (title: string, pid: number) => string
    readonly question: (command: string) => string
  }
  readonly failedCheck: {
    readonly question: string
    readonly keep: string
    readonly region: string
    readonly undo: string
  }
}
