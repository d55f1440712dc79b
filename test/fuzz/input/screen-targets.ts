import assert from 'node:assert/strict'
import fc from 'fast-check'
import { quoteFish, quotePosix, quotePowershell } from '../../../src/documents/shell/quote.ts'
import { cleanServerText } from '../../../src/gateway/judge-failure.ts'
import { maskUrl } from '../../../src/gateway/url-faults.ts'
import { maskText } from '../../../src/secrets/mask-text.ts'
import { Secret } from '../../../src/secrets/secret.ts'
import { escapeControls } from '../../../src/ui/write-text.ts'
import { testKey } from '../../support/test-host.ts'
import { scenarioTexts } from '../documents/corpus.ts'
import { mutated } from '../documents/mutate.ts'
import { type FuzzTarget, fuzzTarget } from '../fuzz-target.ts'

const spellings: readonly ((value: string) => string)[] = [
  String,
  (value) => JSON.stringify(value).slice(1, -1),
  encodeURIComponent,
  (value) => JSON.stringify(JSON.stringify(value)),
  quotePosix,
  quoteFish,
  quotePowershell,
  (value) => value.replace(/\W/g, '\\$&'),
  (value) => [...value].map((unit) => `\\u${unit.charCodeAt(0).toString(16).padStart(4, '0')}`).join(''),
]

const secret = fc.oneof(
  fc.constant(testKey),
  fc.string({
    unit: fc.constantFrom(...'aB3_-./+$\\"\'`#{}!%&=:;<>|?*~^()[]@,'),
    minLength: 8,
    maxLength: 60,
  }),
  fc.string({ unit: fc.constantFrom('a', '\\', '"', "'"), minLength: 8, maxLength: 400 }),
)
const around = fc.oneof(
  {
    weight: 2,
    arbitrary: fc.constantFrom('', ' ', '"', '\\', '\\\\', 'x', 'n', '%', '%5', '\\u', '\\x2', '\n'),
  },
  mutated(fc.constantFrom(...scenarioTexts), scenarioTexts).map((text) => text.slice(0, 300)),
)

const screenCase = fc.record({
  secrets: fc.array(secret, { minLength: 1, maxLength: 3 }),
  spelling: fc.constantFrom(...spellings),
  parts: fc.array(around, { minLength: 2, maxLength: 4 }),
})

/** No secret is left in what is shown, however it was spelled; nothing that is shown commands the terminal. */
function holdScreenLaws({
  secrets,
  spelling,
  parts,
}: typeof screenCase extends fc.Arbitrary<infer T> ? T : never): void {
  const text = parts.join(spelling(secrets[0] ?? ''))
  const masked = maskText(
    text,
    secrets.map((value) => new Secret(value)),
  )
  for (const value of secrets) assert.ok(!masked.includes(value), `a secret is left: ${value}`)
  const written = spelling(secrets[0] ?? '')
  assert.ok(!masked.includes(written), 'nor is the spelling left')
  for (const shown of [escapeControls(text), cleanServerText(text), escapeControls(maskUrl(text))]) {
    assert.ok(!/(?!\t)[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]/u.test(shown), 'nothing commands the terminal')
  }
  assert.ok(cleanServerText(text, new Secret(secrets[0] ?? '')).length <= 201, 'a server says one line')
  assert.equal(escapeControls(escapeControls(text)), escapeControls(text), 'shown twice is shown once')
}

export const screenTargets: readonly FuzzTarget[] = [
  fuzzTarget({ name: 'masks', share: 4, cases: screenCase, run: holdScreenLaws }),
]
