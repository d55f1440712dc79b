import { fixedText, type Step, type Word } from './script.ts'

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
