import type { Locale } from './spec.ts'

/** A program on Windows, and what it did. */
export interface Ran {
  readonly exit: number | null
  readonly stdout: string
  readonly stderr: string
}

/** What is started there. */
export interface Start {
  readonly command: string
  readonly args: readonly string[]
  readonly env: Readonly<Record<string, string>>
  readonly cwd: string
  readonly input?: string
  /** Milliseconds after which the program is ended as by the Task Manager. */
  readonly killAfter?: number
  /** The program goes on: it has started once it has made this file in `cwd`. */
  readonly ready?: string
  readonly locale?: Locale
}

/** A running Windows, by Wine or a real one. */
export interface Windows {
  run(start: Start): Promise<Ran>
  /** The command of this machine that starts it in the pseudo-terminal that it is given; only Wine has one. */
  inConsole?(start: Start): readonly [string, ...string[]]
  /** Where this machine has a file of it: `C:\\key.txt`. */
  pathOf(path: string): string
  /** A text with the paths of specs as they are on this one. */
  spell(text: string): string
  close(): void
}

/** What came of each file of unit tests. */
export interface UnitResults {
  readonly passed: number
  readonly failed: number
  readonly files: readonly { readonly name: string; readonly failures: readonly string[] }[]
}

/** What Vitest's reporter for JSON has written. */
export function unitResults(json: string): UnitResults {
  const { numPassedTests: passed, numFailedTests: failed, testResults } = JSON.parse(json)
  const files = testResults.map(({ name, status, message, assertionResults }: VitestFile) => ({
    name,
    failures: [
      ...(status === 'passed' || assertionResults.length > 0 ? [] : [message]),
      ...assertionResults.filter((one) => one.status === 'failed').map((one) => one.fullName),
    ],
  }))
  return { passed, failed, files }
}

interface VitestFile {
  readonly name: string
  readonly status: string
  readonly message: string
  readonly assertionResults: readonly { readonly status: string; readonly fullName: string }[]
}

/** Where npm for Windows puts what it installs globally, for the user that Wine knows. */
export const globalFolder = 'C:\\users\\root\\AppData\\Roaming\\npm'

/** Node's own executable, where its installer puts it. */
export const nodeExe = 'C:\\Program Files\\nodejs\\node.exe'

/** Beside what specs write. */
export const laneFolder = 'Z:\\lane'

export const keyring = '@napi-rs/keyring@2.1.2'
