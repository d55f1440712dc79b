import { spawnSync } from 'node:child_process'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, it, type TestContext } from 'vitest'

/** Real shells, each started without the startup files of the machine. */
const posixShells = {
  bash: ['bash', '--norc', '--noprofile'],
  zsh: ['zsh', '-f'],
  'zsh with rc_quotes': ['zsh', '-f', '-o', 'rc_quotes'],
  dash: ['dash'],
  ksh: ['ksh'],
} as const
const fishShells = { fish: ['fish', '--no-config'] } as const

let folder = ''

/** A folder for scripts while the tests of this file run; every file that starts shells calls this once. */
export function useScratchFolder(): void {
  beforeAll(() => {
    folder = mkdtempSync(join(tmpdir(), 'qcode-shell-'))
  })
  afterAll(() => rmSync(folder, { recursive: true, force: true }))
}

export interface ShellRun {
  readonly status: number | null
  readonly stdout: string
  readonly stderr: string
}

/** Runs a script in one shell. */
export type RunScript = (script: string) => ShellRun

/** One test for every shell of the family; a shell that is not installed skips its test with the reason. */
export function inEachShell(family: 'posix' | 'fish', title: string, body: (run: RunScript) => void): void {
  for (const [name, [command, ...flags]] of Object.entries(family === 'posix' ? posixShells : fishShells)) {
    it(`${title} (${name})`, (context: TestContext) => {
      const isMissing = spawnSync(command, [...flags, '-c', 'exit 0']).error !== undefined
      if (isMissing) context.skip(`${command} is not installed here`)
      body((script) => run(command, flags, script))
    })
  }
}

/** The folder of the running test file. */
export function scratchFolder(): string {
  return folder
}

/** A shell command, with its blank behind it, that writes its words as JSON. */
export function wordsAsJson(): string {
  return `'${process.execPath}' '${dumper('words', 'process.argv.slice(2)')}' `
}

/** A shell command that writes its environment as JSON. */
export function environmentAsJson(): string {
  return `'${process.execPath}' '${dumper('environment', 'process.env')}'`
}

function dumper(name: string, expression: string): string {
  const file = join(folder, `${name}.cjs`)
  writeFileSync(file, `process.stdout.write(JSON.stringify(${expression}))`)
  return file
}

function run(command: string, flags: readonly string[], script: string): ShellRun {
  const file = join(folder, 'script')
  writeFileSync(file, script)
  const env = { PATH: process.env.PATH, HOME: folder, LC_ALL: 'C.UTF-8' }
  return spawnSync(command, [...flags, file], { env, encoding: 'utf8', maxBuffer: 1 << 26 })
}
