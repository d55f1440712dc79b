import type { Texts } from '../texts/message.ts'
import type { Interruption } from './interruption.ts'
import type { Processes } from './processes.ts'

/** Everything of the outer world that the program may use. Made once, in main; tests and demo make their own. */
export interface Host {
  readonly env: Readonly<Record<string, string | undefined>>
  readonly home: string
  /** Folder of this program's own package. */
  readonly packageFolder: string
  /** Reading it throws UserError `no-working-folder`, exit 2, where that folder was removed. */
  readonly cwd: string
  /** The user that the program runs as; undefined on Windows, which has no such numbers. */
  readonly uid?: number | undefined
  readonly platform: NodeJS.Platform
  /** What a report of a fault says of the machine: the versions of Node.js and of the system, and the processor. */
  readonly runtime: string
  /** What the computer calls itself; empty where that cannot be asked. */
  readonly machineName: string
  /** Permission bits that a new file of the user's does not get. */
  readonly umask: number
  readonly setUmask?: (mask: number) => void
  /** Put before the absolute path of a file that an administrator manages: empty on the real machine. */
  readonly systemFolder: string
  readonly terminal: Terminal
  /** What the program says, in the user's language. */
  readonly texts: Texts
  /** Standard input as bytes: all of it, or somewhat more than `limit` of what is longer; `silent` where it neither goes on nor ends. */
  readStdin(limit: number): Promise<Uint8Array | 'silent' | 'endless'>
  now(): Date
  randomId(): string
  readonly fetch: typeof fetch
  /** Set for a command that declares no network: no gateway may be asked, and the attempt is a fault of this program. */
  readonly isOffline?: boolean
  /** What Ctrl-C and the like do at any moment. */
  readonly interruption: Interruption
  /** Tells of an interrupt that came before anything was changed, then ends the program with the code that is given back. */
  onCancelled(report: () => Promise<number>): void
  /** Tells of an error that nobody waited for, then ends the program with the code that is given back. */
  onStrayError(report: (error: unknown) => Promise<number>): void
  isAlive(pid: number): boolean
  readonly processes: Processes
  /** Runs a program without a shell and waits for it; what it leaves behind, or prints without end, is ended. Exit null: not started. */
  run(command: string, args: readonly string[], options?: RunOptions): Promise<RunResult>
  /**
   * Runs a program in the place of this one: with its terminal, its streams and the signals that it gets. Gives the exit
   * code, of a program that a signal has ended 128 and its number. Rejects with Node's error where it cannot be started.
   */
  runInForeground(command: string, args: readonly string[], settings: ForegroundSettings): Promise<number>
  /** On Windows: its keys of variables, as they were last read: a text of the format `user-env`, or why there is none. */
  readonly registry?: Map<string, string | Error>
  /** What the system's keychain keeps for this program. Rejects where the library that reaches it is not installed. */
  keychain(): Promise<KeychainStore>
}

/** Passwords by account, under the service `qcode-setup`. Rejects with the system's own words where it is locked or missing. */
export interface KeychainStore {
  get(account: string): Promise<string | undefined>
  set(account: string, password: string): Promise<void>
  /** An account that is not there is fine. */
  delete(account: string): Promise<void>
  list(): Promise<readonly string[]>
}

/** What the three standard streams are, and how large the screen is. */
export interface Terminal {
  /** Questions may be asked: standard input and standard error are terminals. */
  readonly interactive: boolean
  /** Standard output is a terminal: what is written there is seen by a person, and stays on the screen. */
  readonly outputIsSeen: boolean
  /** Colours may be used, by stream: NO_COLOR, FORCE_COLOR and TERM are already honoured. */
  readonly color: { readonly stdout: boolean; readonly stderr: boolean }
  readonly columns: number
  readonly rows: number
  /** Standard error is a terminal that a person looks at: what is said there is broken into lines of that width. */
  readonly errorIsSeen: boolean
  readonly input: NodeJS.ReadableStream
  readonly output: NodeJS.WritableStream
  readonly error: NodeJS.WritableStream
  /** Stops this program and who belongs to it, as Ctrl-Z does; not on Windows. */
  readonly suspend?: () => void
  /** Hears of every time that the program goes on after that. */
  readonly onContinued?: (listener: () => void) => void
  /**
   * Runs a program without a shell that shows a text on this terminal and reads its keys, as `less` does. Gives its exit code,
   * or null where it could not be started or was stopped.
   */
  readonly page?: (
    program: string,
    args: readonly string[],
    text: string,
    stop: AbortSignal,
  ) => Promise<number | null>
  /** Why standard output did not take all that was written to it, once it has taken or refused it; undefined where it did. */
  outputLost(): Promise<NodeJS.ErrnoException | undefined>
}

/** How another program is run; without a time of its own, for as long as it takes. */
export interface RunOptions {
  /** Over the environment of this program, less the variables that hold a key; `undefined` takes a variable out. */
  readonly env?: Readonly<Record<string, string | undefined>>
  readonly cwd?: string
  readonly timeoutMs?: number
  readonly input?: string
  /** With this environment only, standard input closed; at the end nothing is left of what it started. */
  readonly alone?: boolean
  /** What it starts may go on when it has ended, as a daemon does; nothing of its output is kept. */
  readonly mayLeave?: boolean
  /** Stops the program when it fires. With `insist` it and its group are asked, as by Ctrl-C, and stopped when that fires. */
  readonly stop?: AbortSignal
  readonly insist?: AbortSignal
}

/** What a program in the foreground is started with. */
export interface ForegroundSettings {
  /** All of its environment. */
  readonly env: Readonly<Record<string, string | undefined>>
  /** Hears of its process id. */
  readonly onStarted: (pid: number) => void
}

/** How another program ended. That it failed is no error here. */
export interface RunResult {
  /** Exit code, or null when the program could not be started or was stopped. */
  readonly exit: number | null
  readonly stdout: string
  readonly stderr: string
  /** It was stopped because its time was over. */
  readonly timedOut?: boolean
}
