import type { Committer } from './apply/committer.ts'
import type { Catalog } from './catalog/tool.ts'
import type { ExitCode } from './errors.ts'
import type { Finding } from './finding.ts'
import type { Host } from './host/host.ts'
import type { CommandName } from './request/fields.ts'
import type { Positional } from './request/parse-arguments.ts'
import { type Input, isOn } from './request/request.ts'
import type { Message } from './texts/message.ts'

/** Whether questions may be asked: on a terminal, unless `--yes` or `--json` says otherwise. */
export function isInteractive(input: Input, host: Host): boolean {
  return (
    host.terminal.interactive &&
    !host.interruption.signal.aborted &&
    !isOn(input, 'yes') &&
    !isOn(input, 'json')
  )
}

/** A command, and what it may touch: main hands out no more than that. */
export type CommandSpec = ReadingCommand | WritingCommand

interface ReadingCommand extends CommandParts {
  readonly writes: 'nothing'
  readonly run: Run
}

interface WritingCommand extends CommandParts {
  /** Its own state alone, or files and the keychain as well. */
  readonly writes: 'state' | 'files'
  readonly run: Run<WritingContext>
}

interface CommandParts {
  readonly name: CommandName
  readonly summary: Message
  readonly positional?: Positional
  /** Command lines with what they do, for `--help`. */
  readonly examples: readonly (readonly [line: string, meaning?: Message])[]
  /** Whether a call changes nothing, though others of this command do; every call with `--dry-run` is one. */
  readonly onlyReads?: (input: Input) => boolean
  /** It may ask the gateway: always, or where the call asks for that. */
  readonly network: boolean | ((input: Input) => boolean)
  /** It takes up, prints or runs what tool folders say: it stops where one cannot be used; other commands only tell of it. */
  readonly needsEveryTool?: true
  /** Its first words that do without the user's own tools: those are not even looked at. */
  readonly withoutOwnTools?: readonly string[]
}

/** The work of one command. It prints nothing and ends nothing. Errors: UserError for what a user can fix. */
export type Run<Context = CommandContext> = (input: Input, context: Context) => Promise<Outcome>

/** What every command gets: the machine, and what the templates say. */
export interface CommandContext {
  readonly host: Host
  readonly catalog: Catalog
  /** A question of another command led here, and can be gone back to (`GoneBack`). */
  readonly canGoBack?: boolean
}

/** What a command gets that may change the machine. */
export interface WritingContext extends CommandContext {
  readonly committer: Committer
}

/** Any exit code: that of another program. */
type ProgramExit = number

/** The result of a command. Commands return this; only main prints and sets the exit code. */
export interface Outcome {
  /** Of a command that has run another program in its place, what that ended with. */
  readonly exit: ExitCode | ProgramExit
  /** The JSON document of `--json`, without `version` and `command`. */
  readonly data: Readonly<Record<string, unknown>>
  /** The result as text, for standard output. */
  readonly report: string
  /** The result in a line, for `--quiet`; by default the whole report, as of a command that is asked for just that. */
  readonly verdict?: string
  /** The report where the screen of a person has no room for all of it. */
  readonly brief?: string
  /** The verdict is shown above everything else. */
  readonly verdictFirst?: boolean
  /** For standard error, before the report. */
  readonly findings: readonly Finding[]
  /** What to do next, for standard error, after the report. */
  readonly next?: readonly string[]
  /** The report and the document are shown with the keys that are in them: the user asked for that. */
  readonly showsKey?: boolean
}
