import { deepest, refuseDeepBrackets, tooDeep } from '../too-deep.ts'

/** A line indented so far, or with so many `-` and `?` at its beginning, that it may be nested too deeply. */
const deepLine = new RegExp(`^(?: {${2 * deepest}}| *(?:[-?:][ \\t]+){${deepest}})`, 'm')

/** Throws UserError `too-deep` before a text is parsed: each level takes a bracket, a column or a mark. */
export function refuseDeepYaml(text: string, file: string): void {
  refuseDeepBrackets(text, file)
  if (deepLine.test(text)) throw tooDeep(file)
}
