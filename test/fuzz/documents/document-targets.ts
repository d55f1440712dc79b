import fc from 'fast-check'
import type { Format } from '../../../src/documents/document.ts'
import { dotenvFormat } from '../../../src/documents/dotenv/dotenv-format.ts'
import { gitignoreFormat } from '../../../src/documents/gitignore/gitignore-format.ts'
import { jsoncFormat, jsonFormat } from '../../../src/documents/json/json-format.ts'
import {
  fishEnvFormat,
  posixEnvFormat,
  powershellEnvFormat,
} from '../../../src/documents/shell/env-formats.ts'
import {
  fishProfileFormat,
  posixProfileFormat,
  powershellProfileFormat,
} from '../../../src/documents/shell/profile-document.ts'
import { tomlFormat } from '../../../src/documents/toml/toml-format.ts'
import { yamlFormat } from '../../../src/documents/yaml/yaml-format.ts'
import { tidyJson, wildJsonText } from '../../unit/documents/json/json-arbitrary.ts'
import { randomDocument } from '../../unit/documents/toml/random-toml.ts'
import { tortureDocuments } from '../../unit/documents/toml/torture-documents.ts'
import { wildYamlText } from '../../unit/documents/yaml/yaml-arbitrary.ts'
import { type FuzzTarget, fuzzTarget } from '../fuzz-target.ts'
import { scenarioTexts, textsOf } from './corpus.ts'
import { anyEdits, flatEdits, patternEdits } from './edits.ts'
import { holdFlatLaws } from './flat-laws.ts'
import { grown } from './grown.ts'
import { mutated } from './mutate.ts'
import { holdStructuredLaws, type Structured } from './structured-laws.ts'
import { torture } from './torture.ts'

const real = (name: RegExp) => textsOf(['templates'], name)

/** Documents as a grammar makes them and as the corpus has them, most of them damaged. */
function documents(
  corpus: readonly string[],
  grammar: readonly fc.Arbitrary<string>[] = [],
): fc.Arbitrary<string> {
  const whole = fc.oneof(fc.constantFrom(...corpus), ...grammar)
  return fc.oneof(
    { weight: 1, arbitrary: whole },
    { weight: 4, arbitrary: mutated(whole, [...corpus, ...scenarioTexts]) },
  )
}

function structured(
  name: string,
  share: number,
  subject: Structured,
  texts: fc.Arbitrary<string>,
): FuzzTarget {
  return fuzzTarget({
    name,
    share,
    cases: fc.record({ text: texts, edits: anyEdits }),
    run: (input) => holdStructuredLaws(subject, input),
  })
}

function flat(
  name: string,
  share: number,
  format: Format,
  corpus: readonly string[],
  refereeSeesAll = false,
  edits = flatEdits,
): FuzzTarget {
  return fuzzTarget({
    name,
    share,
    cases: fc.record({ text: documents(corpus), edits }),
    run: (input) => holdFlatLaws({ format, refereeSeesAll }, input),
  })
}

const tomlTexts = [...torture.toml, ...Object.values(tortureDocuments), ...real(/\.toml$/)]
const jsonTexts = [...torture.json, ...real(/\.json$/)]
const jsoncTexts = [...torture.jsonc, ...jsonTexts]
const yamlTexts = [...torture.yaml, ...real(/\.ya?ml$/)]
const lineTexts = [...torture.lines, ...real(/(\.env|env\.(sh|fish|ps1)|rc|profile|zshenv)$/)]
const ignoreTexts = [...torture.ignores, ...torture.lines]
const profileTexts = [...torture.profiles, ...lineTexts]
const random = randomDocument.map(({ text }) => text)

/** Every editor of `src/documents`. */
export const documentTargets: readonly FuzzTarget[] = [
  structured('toml', 6, { format: tomlFormat }, documents(tomlTexts, [random])),
  structured(
    'json',
    5,
    { format: jsonFormat, keepsBraces: true },
    documents(jsonTexts, [grown((pick) => wildJsonText(false, pick)), tidyJson]),
  ),
  structured(
    'jsonc',
    5,
    { format: jsoncFormat, keepsBraces: true },
    documents(jsoncTexts, [grown((pick) => wildJsonText(true, pick))]),
  ),
  structured(
    'yaml',
    6,
    { format: yamlFormat, leavesBraces: true },
    documents(yamlTexts, [grown(wildYamlText)]),
  ),
  flat('dotenv', 9, dotenvFormat, lineTexts, true),
  flat('posix-env', 7, posixEnvFormat, lineTexts),
  flat('fish-env', 7, fishEnvFormat, lineTexts),
  flat('powershell-env', 7, powershellEnvFormat, lineTexts),
  flat('posix-profile', 4, posixProfileFormat, profileTexts),
  flat('fish-profile', 4, fishProfileFormat, profileTexts),
  flat('powershell-profile', 4, powershellProfileFormat, profileTexts),
  flat('gitignore', 4, gitignoreFormat, ignoreTexts, true, patternEdits),
]
