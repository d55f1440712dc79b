import { type AST, ParseError, parseTOML } from 'toml-eslint-parser'
import { whereAt } from '../document.ts'
import { doesNotParse } from './does-not-parse.ts'
import { listOutline, type Outline } from './outline.ts'

/** A text without byte order mark, and what stands where in it. Every offset counts UTF-16 units of `text`. */
export interface Source {
  readonly text: string
  readonly program: AST.TOMLProgram
  readonly outline: Outline
}

/** Throws UserError `does-not-parse` with file, line and column. */
export function parseSource(text: string, file: string): Source {
  try {
    // A `0` that ends the text is of no length to the parser, but for a line end behind it. (toml-eslint-parser 1.0.3)
    const program = parseTOML(text.endsWith('0') ? `${text}\n` : text, { tomlVersion: '1.1' })
    return { text, program, outline: listOutline(program.body[0]) }
  } catch (error) {
    if (error instanceof ParseError) throw refusal(error.message, error.index)
    // The parser spreads the characters of a string over the arguments of one call.
    if (error instanceof RangeError) throw refusal('a string is too long or arrays nest too deep', 0)
    throw error
  }

  function refusal(reason: string, offset: number) {
    return doesNotParse(reason, whereAt(file, text, Math.min(offset, text.length)))
  }
}
