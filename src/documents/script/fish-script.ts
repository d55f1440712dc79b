import { stepsOfFish } from './fish-steps.ts'
import { type FishToken, FishTokens } from './fish-tokens.ts'
import { fixedText, lineCounter, type Script, ScriptError, type Step } from './script.ts'

interface Block {
  readonly kind: 'if' | 'while' | 'for' | 'switch' | 'begin' | 'function'
  readonly at: number
  readonly steps: Step[]
  readonly name: string
}

const openers = new Set(['if', 'while', 'for', 'switch', 'begin', 'function'])
const prefixes = new Set(['not', '!', 'time', 'builtin', 'command'])

/** What a file of fish does. fish parses the whole file first: where that fails, nothing of it is run. */
export function readFishScript(text: string): Script {
  const source = text.replace(/^\uFEFF/, ' ')
  const line = lineCounter(source)
  try {
    return { steps: new FishReader(source, line).readAll() }
  } catch (error) {
    if (error instanceof ScriptError) return { steps: [], problem: error.problem }
    throw error
  }
}

class FishReader {
  readonly #tokens: readonly FishToken[]
  readonly #line: (offset: number) => number
  readonly #blocks: Block[] = []
  readonly #functions = new Map<string, readonly Step[]>()
  readonly #top: Step[] = []

  constructor(text: string, line: (offset: number) => number) {
    this.#tokens = new FishTokens(text, line).readAll()
    this.#line = line
  }

  readAll(): Step[] {
    let command: FishToken[] = []
    let before = '\n'
    for (const token of [...this.#tokens, { raw: '\n', at: -1 }]) {
      if (token.word && this.#isOpened(command)) {
        this.#command(command, before)
        ;[command, before] = [[], ';']
      }
      if (token.word) {
        command.push(token)
        continue
      }
      this.#command(command, before, token.raw)
      ;[command, before] = [[], token.raw]
    }
    const open = this.#blocks.at(-1)
    if (open) throw new ScriptError({ kind: 'open', what: open.kind, line: this.#line(open.at) })
    return this.#top
  }

  /** Behind these a command of its own begins on the same line. */
  #isOpened(command: readonly FishToken[]): boolean {
    const words = command.map(({ raw }) => raw)
    return (
      /^(?:if|while|else|else if|begin|and|or|not|!|time)$/.test(words.join(' ')) &&
      words.join(' ') !== 'else'
    )
  }

  #command(command: readonly FishToken[], before: string, after = ';'): void {
    const [first] = command
    if (!first) return
    const { raw, at } = first
    if (raw === 'end') this.#end(first)
    else if (raw === 'else') this.#inBlock(first, ['if'])
    else if (raw === 'case') this.#inBlock(first, ['switch'])
    else if (openers.has(raw)) {
      this.#blocks.push({ kind: raw as Block['kind'], at, steps: [], name: command[1]?.raw ?? '' })
    } else if (raw === 'and' || raw === 'or') {
      this.#isJoined = true
      if (command.length > 1) this.#simple(command.slice(1), true)
    } else {
      const isJoined = this.#isJoined || before === '&&' || before === '||'
      this.#isJoined = false
      // Each part of a pipeline, and what goes on in the background, is left out.
      if (before !== '|' && after !== '|' && after !== '&') this.#simple(command, isJoined)
    }
  }

  /** Behind `and` or `or`. */
  #isJoined = false

  #inBlock({ raw, at }: FishToken, kinds: readonly string[]): void {
    if (kinds.includes(this.#blocks.at(-1)?.kind ?? '')) return
    throw new ScriptError({ kind: 'stray', what: raw, line: this.#line(at) })
  }

  #end({ raw, at }: FishToken): void {
    const block = this.#blocks.pop()
    if (!block) throw new ScriptError({ kind: 'stray', what: raw, line: this.#line(at) })
    if (block.kind === 'function') {
      this.#functions.set(block.name, block.steps)
      return
    }
    const maybe = block.kind !== 'begin'
    this.#add(maybe ? block.steps.map((step) => ({ ...step, maybe: true })) : block.steps)
  }

  #add(steps: readonly Step[]): void {
    const into = this.#blocks.at(-1)?.steps ?? this.#top
    into.push(...steps)
  }

  #simple(command: readonly FishToken[], maybe: boolean): void {
    const rest = [...command]
    while (rest.length > 1 && prefixes.has(rest[0]?.raw ?? '')) rest.shift()
    const [first] = rest
    if (!first) return
    const line = this.#line(first.at)
    this.#refuse(rest, line)
    const called = this.#functions.get(first.raw)
    const steps = called
      ? called.filter(({ does }) => does !== 'end').slice(0, 1000)
      : stepsOfFish(
          rest.flatMap(({ word, raw }) => (word ? [{ word, raw }] : [])),
          line,
        )
    this.#add(maybe ? steps.map((step) => ({ ...step, maybe: true })) : steps)
  }

  /** `NAME=value` alone is no command of fish. */
  #refuse(command: readonly FishToken[], line: number): void {
    if (!command.every(({ raw }) => /^[A-Za-z_]\w*=/.test(raw))) return
    throw new ScriptError({
      kind: 'stray',
      what: fixedText(command[0]?.word ?? []) ?? command[0]?.raw ?? '',
      line,
    })
  }
}
