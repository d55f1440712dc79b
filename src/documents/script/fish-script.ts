import { type FishToken, FishTokens } from './fish-tokens.ts'
import { fixedText, lineCounter, type Script, ScriptError, type Step, type Word } from './script.ts'

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

/** A word with its text as it is written. */
export interface FishWord {
  readonly word: Word
  readonly raw: string
}

/** What one command of fish does. */
export function stepsOfFish(command: readonly FishWord[], line: number): Step[] {
  const [first, ...rest] = command
  const name = first && fixedText(first.word)
  const at = { line, maybe: false }
  if (name === 'set') return setSteps(rest, line)
  if (name === 'export') return rest.flatMap((word) => exportStep(word, line))
  if (name === 'source' || name === '.') return rest[0] ? [{ does: 'read', path: rest[0].word, ...at }] : []
  if (name === 'return') return [{ does: 'end', by: 'return', ...at }]
  if (name === 'exec' && rest.length > 0) return [{ does: 'end', by: 'exec', ...at }]
  return name === 'exit' ? [{ does: 'end', by: 'exit', ...at }] : []
}

function exportStep({ word, raw }: FishWord, line: number): Step[] {
  const [first = null, ...rest] = word
  const [, name, , text = ''] = (typeof first === 'string' && /^(\w+)(=(.*))?$/s.exec(first)) || []
  if (name === undefined) return []
  const at = { line, maybe: false }
  if (typeof first === 'string' && !first.includes('=')) return [{ does: 'export', name, on: true, ...at }]
  const value: Word = [...(text === '' ? [] : [text]), ...rest]
  return [
    { does: 'set', name, value, ...written(value, raw.slice(raw.indexOf('=') + 1)), exports: true, ...at },
  ]
}

/** The value as it is written, where it is no fixed text. */
function written(value: Word, raw: string): { raw?: string } {
  return fixedText(value) === undefined
    ? { raw: raw.replace(/^"(.*)"$/s, '$1').replace(/^\((.*)\)$/s, '$($1)') }
    : {}
}

function setSteps(words: readonly FishWord[], line: number): Step[] {
  const split = words.findIndex(({ word }) => !/^-/.test(fixedText(word) ?? ''))
  const options = words.slice(0, split === -1 ? words.length : split).map(({ word }) => fixedText(word) ?? '')
  const has = (letter: string, long: string) =>
    options.some((option) => option === `--${long}` || (/^-\w/.test(option) && option.includes(letter)))
  const [target, ...values] = split === -1 ? [] : words.slice(split)
  const name = target && fixedText(target.word)
  const isLocal = has('l', 'local') || has('f', 'function')
  const asks = has('q', 'query') || has('n', 'names') || has('S', 'show')
  if (name === undefined || !/^\w+$/.test(name) || isLocal || asks) return []
  const at = { line, maybe: false }
  if (has('e', 'erase')) return [{ does: 'unset', name, ...at }]
  const isPart = has('a', 'append') || has('p', 'prepend')
  const value: Word = isPart
    ? [null]
    : values.flatMap(({ word }, index) => (index === 0 ? word : [' ', ...word]))
  const universal = has('U', 'universal') ? { universal: true as const } : {}
  const raw = values.map((one) => one.raw).join(' ')
  const set: Step = {
    does: 'set',
    name,
    value,
    ...written(value, raw),
    exports: has('x', 'export'),
    ...universal,
    ...at,
  }
  return has('u', 'unexport') ? [set, { does: 'export', name, on: false, ...at }] : [set]
}
