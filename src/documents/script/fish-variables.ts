import { splitLines } from '../shell/lines.ts'
import { quoteFish } from '../shell/quote.ts'

/** A variable that fish keeps by itself (`set -U`). */
export interface FishVariable {
  readonly name: string
  /** Its values, joined by blanks as the environment has them. */
  readonly value: string
  readonly exports: boolean
  readonly line: number
}

/** Between the values of a list, in the text of the file and in the file of fish before 3.0. */
const separator = /\x1e|\\x1e/gi

/** The universal variables in a `fish_variables` file: `SETUVAR --export NAME:value` with escapes (fish 3.6). */
export function readFishVariables(text: string): FishVariable[] {
  return splitLines(text).flatMap(({ text: line }, index) => {
    const [, flags = '', name, value = ''] =
      /^SET(?:UVAR|_EXPORT|)((?: --\w+)*) ?(\w+):(.*?)\r?$/.exec(line) ?? []
    if (name === undefined) return []
    const exports = flags.includes('--export') || line.startsWith('SET_EXPORT')
    return [{ name, value: unescapeFish(value.replace(separator, ' ')), exports, line: index + 1 }]
  })
}

function unescapeFish(text: string): string {
  return text.replace(
    /\\(?:x([0-9a-f]{2})|u([0-9a-f]{4})|U([0-9a-f]{8})|([0-7]{1,3})|(.))/gis,
    (all, ...parts) => {
      const [x, u, U, octal, plain] = parts as (string | undefined)[]
      const hex = x ?? u ?? U
      const code =
        hex === undefined
          ? octal === undefined
            ? undefined
            : Number.parseInt(octal, 8)
          : Number.parseInt(hex, 16)
      if (code !== undefined) return code <= 0x10ffff ? String.fromCodePoint(code) : all
      const named: Readonly<Record<string, string>> = {
        n: '\n',
        t: '\t',
        r: '\r',
        e: '\x1b',
        a: '\x07',
        b: '\b',
      }
      return named[plain ?? ''] ?? plain ?? ''
    },
  )
}

/** The same file as lines that set the variables, each on its own line, for whoever looks for values in it. */
export function spellFishVariables(text: string): string {
  const variables = new Map(readFishVariables(text).map((variable) => [variable.line, variable]))
  return splitLines(text)
    .map(({ text: line }, index) => {
      const found = variables.get(index + 1)
      return found ? `set -Ux ${found.name} ${quoteFish(found.value.replace(/[\0\r\n]/g, ' '))}` : line
    })
    .join('\n')
}
