import assert from 'node:assert/strict'
import fc from 'fast-check'
import { fieldsOf } from '../../../src/request/fields.ts'
import { fullNameOf, parseArguments } from '../../../src/request/parse-arguments.ts'
import { parseKey } from '../../../src/secrets/read-key.ts'
import { Secret } from '../../../src/secrets/secret.ts'
import { commandTable } from '../../support/command-table.ts'
import { testCatalog } from '../../support/test-catalog.ts'
import { testKey } from '../../support/test-host.ts'
import { oddKeys } from '../documents/edits.ts'
import { mutated } from '../documents/mutate.ts'
import { type FuzzTarget, fuzzTarget } from '../fuzz-target.ts'
import { orRefused } from '../refusal.ts'

const flags = [
  ...new Set(
    commandTable.flatMap(({ name }) => fieldsOf(name, testCatalog).map(([, { flag }]) => `--${flag}`)),
  ),
]
const verbs = commandTable.flatMap(({ positional }) => Object.keys(positional?.choices ?? {}))
const words = [
  '--',
  '-',
  '---',
  '-h',
  '-abc',
  '--=x',
  '--no-json',
  '--json=1',
  '--toool',
  'codex',
  'codex,aider',
  ',',
  'all',
  'eu',
  'cn',
  'env',
  'setup',
  '',
  ' ',
  '5',
  'x=y',
  ...verbs,
  ...oddKeys,
]

const argument = fc.oneof(
  { weight: 4, arbitrary: fc.constantFrom(...flags) },
  { weight: 4, arbitrary: fc.constantFrom(...words) },
  fc
    .tuple(fc.constantFrom(...flags, '--__proto__', '--constructor'), fc.constantFrom(...words))
    .map(([flag, word]) => `${flag}=${word}`),
  fc.string({ unit: 'binary', maxLength: 10 }).map((text) => `--${text}`),
  fc.string({ unit: 'binary', maxLength: 10 }),
)
const commandLine = fc.record({
  spec: fc.constantFrom(...commandTable),
  args: fc.array(argument, { maxLength: 7 }),
})

/** A command line is bad usage that names what is wrong, or an input in which nothing is but what was typed. */
async function holdArgumentLaws({
  spec,
  args,
}: typeof commandLine extends fc.Arbitrary<infer T> ? T : never): Promise<void> {
  const input = await orRefused(() => parseArguments(args, spec, testCatalog))
  if (!input) return
  const fields = fieldsOf(fullNameOf(args, spec, testCatalog), testCatalog)
  const names = new Set(fields.map(([name]) => name))
  for (const name of [...Object.keys(input.values), ...input.switches]) assert.ok(names.has(name), name)
  for (const value of [...Object.values(input.values).flat(), ...input.positionals]) {
    assert.ok(
      args.some((typed) => typed.endsWith(value)),
      'what was typed',
    )
  }
}

const keyText = fc.oneof(
  mutated(fc.constantFrom(testKey, ` ${testKey}\n`, `${testKey}\r\n`, 'sk-x', ''), [testKey]),
  fc.string({ unit: 'binary', maxLength: 40 }),
  fc.string({
    unit: fc.constantFrom(' ', '\t', '\n', '\r', 'a', '\u00a0', '\u2028', '\ufeff', '"', '$'),
    maxLength: 12,
  }),
)

/** A key is refused without being told, or it is one line of plain characters that was in the text. */
async function holdKeyLaws(text: string): Promise<void> {
  const key = await orRefused(() => parseKey(text, 'a test'))
  if (!key) return
  const value = Secret.reveal(key)
  assert.match(value, /^[\x21-\x7e]+$/)
  assert.ok(text.includes(value))
  if (value.length > 7) assert.ok(!`${key}${JSON.stringify({ key })}`.includes(value), 'shown masked')
}

export const inputTargets: readonly FuzzTarget[] = [
  fuzzTarget({ name: 'arguments', share: 8, cases: commandLine, run: holdArgumentLaws }),
  fuzzTarget({ name: 'keys', share: 8, cases: keyText, run: holdKeyLaws }),
]
