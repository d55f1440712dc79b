import { parse } from 'yaml'
import { UserError } from '../../errors.ts'
import { type Format, remembered, type Value } from '../document.ts'
import { type Editor, openSpliced, withoutMark } from '../json/spliced-document.ts'
import { valueAt } from '../value.ts'
import { parseYaml, type YamlTree } from './parse-yaml.ts'
import { setYaml, spellingOfYaml, unsetYaml } from './set-yaml.ts'

const editor: Editor<YamlTree> = {
  parse: parseYaml,
  get: ({ data }, path) => valueAt(data, path),
  set: setYaml,
  unset: unsetYaml,
  // The verification of the edit has read it.
  after: ({ file }, text) => parseYaml(text, file),
  spelling: spellingOfYaml,
}

/**
 * YAML with one document and a mapping at its root. What is written reads the same in YAML 1.1 (PyYAML) and 1.2.
 * A key without a value (`env:`) is no container; `env: {}` is.
 *
 * The referee is a parser of the same package: the editor uses the offsets of its syntax tree and words the text
 * itself, so a wrong splice shows; a fault of the package's lexer would not.
 */
export const yamlFormat: Format = {
  open: (text, file) => openSpliced(text, file, editor),
  parseStrict: (text) => readData(withoutMark(text)),
}

/** What the editor has read already is not read again; what it refuses, others may take. */
const readData = remembered((text: string): Value => {
  try {
    return parseYaml(text, 'The text').data
  } catch (error) {
    if (!(error instanceof UserError) || error.code === 'too-deep') throw error
    // Without pretty errors: a message for each of many errors takes all memory. The package compares each key with every
    // other to find equal ones; the editor has found them already.
    const options = { maxAliasCount: 100, logLevel: 'error', prettyErrors: false, uniqueKeys: false } as const
    return parse(text, options) ?? {}
  }
})
