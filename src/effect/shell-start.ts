import { isAbsolute, resolve } from 'node:path'
import { resolvePath, resolvePlaces, startsOn } from '../catalog/places.ts'
import type { Shell, Start } from '../catalog/tool.ts'
import { decodeText } from '../documents/document.ts'
import { readFishScript } from '../documents/script/fish-script.ts'
import { readFishVariables } from '../documents/script/fish-tokens.ts'
import { readPosixScript } from '../documents/script/posix-script.ts'
import { readPowershellScript } from '../documents/script/powershell-script.ts'
import type { Piece, Script, ScriptLanguage, ScriptProblem, Step, Word } from '../documents/script/script.ts'
import { readUserEnv } from '../documents/shell/user-env.ts'
import { filesAt } from '../host/files-at.ts'
import { isInRegistry, type PresentFile } from '../host/read-file-state.ts'
import type { MachineView } from './machine-view.ts'

/** A line that gives a variable of the environment its value. */
export interface SetLine {
  readonly file: string
  readonly line: number
  /** What it sets: empty where it takes the variable away. A command as `$(…)`. */
  readonly value: string
  /** It stands behind a condition. */
  readonly maybe: boolean
}

/** Where a shell stops reading a file. */
export interface Stop {
  readonly file: string
  readonly line: number
  readonly by: 'return' | 'exit' | 'exec' | ScriptProblem['kind']
  /** As it stands there. */
  readonly what: string
  /** Behind a condition. */
  readonly maybe: boolean
}

/** What a new shell reads. */
export interface ShellStart {
  readonly shell: Shell
  readonly kind: Start['kind']
  /** The lines that set each variable of the environment, the one that counts first. */
  readonly variables: ReadonlyMap<string, readonly SetLine[]>
  readonly stops: readonly Stop[]
  /** Files that a line of another one reads, and that line. */
  readonly reads: readonly { readonly path: string; readonly file: string; readonly line: number }[]
}

/** The system's own profiles are long, and every tool and way to start needs them. */
const known = new Map<string, Script>()

/** What a file of a shell does. Errors: UserError `not-utf8`. */
function scriptOf({ path, bytes, hash }: PresentFile, ofShell: Shell['language']): Script {
  const language = isInRegistry(path) ? 'user-env' : ofShell
  const id = `${language} ${hash}`
  const script = known.get(id) ?? readScript(decodeText(bytes, path), language)
  if (known.size >= 100) known.clear()
  known.set(id, script)
  return script
}

/** How often one file may make another one read. */
const deepest = 8

/** Goes through what a shell reads, in its order, without running anything. */
export function startShell(shell: Shell, start: Start, machine: MachineView): ShellStart {
  const walk = new Walk(shell, machine)
  for (const paths of start.reads) {
    if (walk.isOver) break
    walk.readFirst(paths)
  }
  return { shell, kind: start.kind, variables: walk.variables(), stops: walk.stops, reads: walk.reads }
}

/** Every way in which every shell of this platform starts. */
export function startShells(shells: readonly Shell[], machine: MachineView): ShellStart[] {
  const own = shells.filter(({ platforms }) => platforms?.includes(machine.platform) ?? true)
  return own.flatMap((shell) => startsOn(shell.starts, machine).map((one) => startShell(shell, one, machine)))
}

interface Variable {
  readonly value: string
  readonly exported: boolean
  readonly lines: readonly SetLine[]
}

class Walk {
  readonly #shell: Shell
  readonly #machine: MachineView
  readonly #variables = new Map<string, Variable>()
  readonly #open: string[] = []
  readonly stops: Stop[] = []
  readonly reads: ShellStart['reads'][number][] = []
  isOver = false

  constructor(shell: Shell, machine: MachineView) {
    this.#shell = shell
    this.#machine = machine
  }

  /** The first of these that is there; all files of a folder. */
  readFirst(paths: readonly string[]): void {
    const places = resolvePlaces({}, { ...this.#machine, env: this.#environment() })
    for (const path of paths) {
      const found = filesAt(resolvePath(path, places), this.#machine.list)
      const states = found.flatMap((file) => this.#stateOf(file) ?? [])
      for (const state of states) this.#run(state)
      if (states.length > 0) return
    }
  }

  variables(): Map<string, readonly SetLine[]> {
    const found = new Map<string, readonly SetLine[]>()
    for (const [name, { exported, lines }] of this.#variables) if (exported) found.set(name, lines)
    for (const [name, line] of this.#universal()) found.set(name, [...(found.get(name) ?? []), line])
    return found
  }

  #universal(): [string, SetLine][] {
    if (this.#shell.universal === undefined) return []
    const path = resolvePath(this.#shell.universal, resolvePlaces({}, this.#machine))
    const state = this.#stateOf(path)
    return readFishVariables(state ? decodeText(state.bytes, path) : '')
      .filter(({ exports }) => exports)
      .map(({ name, value, line }) => [name, { file: path, line, value, maybe: false }])
  }

  /** The environment as the lines so far have made it. */
  #environment(): Readonly<Record<string, string | undefined>> {
    const set = [...this.#variables].map(([name, { value }]) => [name, value])
    return { ...this.#machine.env, ...Object.fromEntries(set) }
  }

  #stateOf(path: string): PresentFile | undefined {
    try {
      const state = this.#machine.read(path)
      return state.kind !== 'absent' && scriptOf(state, this.#shell.language) ? state : undefined
    } catch {
      // A file that cannot be read is reported where it is read.
      return undefined
    }
  }

  #run(state: PresentFile): void {
    const file = state.path
    if (this.isOver || this.#open.length >= deepest || this.#open.includes(file)) return
    this.#open.push(file)
    this.#follow(file, scriptOf(state, this.#shell.language))
    this.#open.pop()
  }

  #follow(file: string, { steps, problem }: Script): void {
    for (const step of steps) {
      if (this.isOver) return
      if (step.does === 'end') {
        if (this.#end(step.by, file, step)) return
      } else {
        this.#do(step, file)
      }
    }
    if (problem)
      this.stops.push({ file, line: problem.line, by: problem.kind, what: problem.what, maybe: false })
  }

  /** Whether nothing more of the file is read. What a condition lets return is as a rule a shell without a terminal. */
  #end(by: 'return' | 'exit' | 'exec', file: string, { line, maybe }: Step): boolean {
    if (!maybe || by === 'exec') this.stops.push({ file, line, by, what: by, maybe })
    if (!maybe && by !== 'return') this.isOver = true
    return !maybe
  }

  #do(step: Exclude<Step, { does: 'end' }>, file: string): void {
    if (step.does === 'set') this.#set(step, file)
    else if (step.does === 'read') this.#read(step, file)
    else if (step.does === 'export') this.#export(step, file)
    else this.#unset(step, file)
  }

  #set(step: Extract<Step, { does: 'set' }>, file: string): void {
    // What is kept by the shell itself stands in its own file already.
    if (step.universal) return
    const { name, line, maybe } = step
    const value = this.#valueOf(step.value) ?? commandText(step.raw ?? '')
    const before = this.#variable(name)
    const lines = [{ file, line, value, maybe }, ...before.lines]
    const exported = step.exports || before.exported
    this.#variables.set(name, { value: maybe && before.value !== '' ? before.value : value, exported, lines })
  }

  #export({ name, on, line, maybe }: Extract<Step, { does: 'export' }>, file: string): void {
    const before = this.#variable(name)
    if (maybe && !on) return
    const lines = on ? before.lines : [{ file, line, value: '', maybe }, ...before.lines]
    // Taken back, it is no variable of the environment, which is as good as an empty one.
    this.#variables.set(name, { ...before, exported: before.exported || on, lines })
  }

  #unset({ name, line, maybe }: Extract<Step, { does: 'unset' }>, file: string): void {
    const before = this.#variable(name)
    if (!before.exported && before.lines.length === 0) return
    this.#variables.set(name, {
      value: maybe ? before.value : '',
      exported: before.exported,
      lines: [{ file, line, value: '', maybe }, ...before.lines],
    })
  }

  #variable(name: string): Variable {
    const known = this.#variables.get(name)
    if (known) return known
    const inherited = Object.hasOwn(this.#machine.env, name) ? this.#machine.env[name] : undefined
    return { value: inherited ?? '', exported: inherited !== undefined, lines: [] }
  }

  #read({ path, line }: Extract<Step, { does: 'read' }>, file: string): void {
    const named = this.#valueOf(path)
    if (named === undefined || !isAbsolute(named)) return
    const target = this.#nameOf(resolve(named))
    this.reads.push({ path: target, file, line })
    const state = this.#stateOf(target)
    if (state) this.#run(state)
  }

  /** Our own file by its own name: a home that is a link has two. */
  #nameOf(path: string): string {
    const own = resolvePath(this.#shell.envFile, resolvePlaces({}, this.#machine))
    const named = this.#stateOf(path)
    return named && named.resolvedPath === this.#stateOf(own)?.resolvedPath ? own : path
  }

  /** The text of a word; undefined for what only the running shell can work out. */
  #valueOf(word: Word): string | undefined {
    const parts = word.map((piece) => this.#valueOfPiece(piece))
    return parts.includes(undefined) ? undefined : parts.join('')
  }

  #valueOfPiece(piece: Piece): string | undefined {
    if (piece === null || typeof piece === 'string') return piece ?? undefined
    const known = piece.variable === 'HOME' ? this.#machine.home : this.#variable(piece.variable).value
    return known === '' && piece.otherwise ? this.#valueOf(piece.otherwise) : known
  }
}

/** What only the running shell can work out, as the text of a command. */
function commandText(raw: string): string {
  const inner = /^`(.*)`$/s.exec(raw)?.[1] ?? /^\$\((.*)\)$/s.exec(raw)?.[1]
  return `$(${(inner ?? raw).replaceAll("'", '').trim()})`
}

/** What a file of a shell does to variables of the environment, as far as that is known without running anything. */
export function readScript(text: string, language: ScriptLanguage): Script {
  try {
    if (language === 'fish') return readFishScript(text)
    if (language === 'user-env') return readUserEnv(text)
    return language === 'powershell' ? readPowershellScript(text) : readPosixScript(text, language)
  } catch (error) {
    // Of a text with more in one place than the stack takes nothing is known.
    if (error instanceof RangeError) return { steps: [], problem: { line: 1, what: '…', kind: 'stray' } }
    throw error
  }
}
