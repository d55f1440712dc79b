import { expect, it } from 'vitest'
import { jsoncFormat, jsonFormat } from '../../../../../src/documents/json/json-format.ts'
import { isSubsequence } from '../data.ts'
import { keys, tidyJson, wildJson } from '../json-arbitrary.ts'
import { check, describeLaws, type Subject } from '../laws.ts'

const subjects: Subject[] = [
  { name: 'strict JSON in any layout', format: jsonFormat, texts: wildJson(false), keys },
  { name: 'strict JSON as programs write it', format: jsonFormat, texts: tidyJson, keys },
  { name: 'JSONC in any layout', format: jsoncFormat, texts: wildJson(true), keys },
]

subjects.forEach(describeLaws)

it.each(subjects)('$name only loses bytes when a key is unset', (subject) => {
  check(subject, ({ text, path }) => {
    const document = subject.format.open(text, 'file')
    document.unset(path)
    expect(isSubsequence(document.toText(), text)).toBe(true)
  })
})
