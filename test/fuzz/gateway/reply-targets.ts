import assert from 'node:assert/strict'
import fc from 'fast-check'
import { fetchModels } from '../../../src/gateway/fetch-models.ts'
import { judgeKeyReply, judgeLiveReply, judgeReply } from '../../../src/gateway/judge-reply.ts'
import { Origin } from '../../../src/gateway/origin.ts'
import type { Reply } from '../../../src/gateway/transport.ts'
import { Secret } from '../../../src/secrets/secret.ts'
import { testCatalog } from '../../support/test-catalog.ts'
import { testKey } from '../../support/test-host.ts'
import { oddKeys } from '../documents/edits.ts'
import { mutated } from '../documents/mutate.ts'
import { type FuzzTarget, fuzzTarget } from '../fuzz-target.ts'

const { gateway } = testCatalog

const leaf = fc.oneof(
  fc.constantFrom<unknown>(
    null,
    true,
    0,
    -1,
    1e308,
    -0,
    '',
    'text',
    testKey,
    `Bearer ${testKey}`,
    'expired',
    '\x1b[2J',
    '\u202e',
    '\n',
    'x'.repeat(400),
    'gpt-5',
    '2026-01-01',
  ),
  fc.string({ unit: 'binary', maxLength: 8 }),
  fc.double(),
)

const names = [
  'error',
  'message',
  'type',
  'delta',
  'text',
  'choices',
  'content',
  'data',
  'id',
  'remainingMinutes',
  'resetAt',
  'allowedClients',
  'toString',
  'valueOf',
  'length',
  'map',
  ...oddKeys.slice(0, 14),
]

const json = fc.letrec<{ value: unknown }>((tie) => ({
  value: fc.oneof(
    { depthSize: 'small' },
    { weight: 4, arbitrary: leaf },
    fc.array(tie('value'), { maxLength: 3 }),
    {
      weight: 2,
      arbitrary: fc
        .array(fc.tuple(fc.constantFrom(...names), tie('value')), { maxLength: 4 })
        .map((entries) => Object.fromEntries(entries)),
    },
  ),
})).value

const events = fc.array(
  fc.record(
    {
      type: fc.constantFrom<unknown>('response.output_text.delta', 'content_block_delta', 'x', null),
      delta: json,
      choices: json,
    },
    { requiredKeys: [] },
  ),
  { maxLength: 4 },
)

const known = [
  '{"error":{"message":"Route /x not found","type":"not_found"}}',
  '{"message":"API key expired"}',
  '{"data":[{"id":"gpt-5"},{"id":"claude"}]}',
  '<!doctype html><html>login</html>',
  'data: {"type":"content_block_delta","delta":{"text":"pong"}}\n\ndata: [DONE]\n',
  '{"error":"Too many","remainingMinutes":3}',
  '{"allowedClients":["x"]}',
  `{"error":"no ${testKey}"}`,
]

const body = fc.oneof(
  json.map((value) => JSON.stringify(value) ?? ''),
  events.map((list) => list.map((event) => `data: ${JSON.stringify(event)}\n\n`).join('')),
  mutated(fc.constantFrom(...known), known, ['data: {', '"toString":1', '\x1b]0;x\x07', testKey]),
)

const reply: fc.Arbitrary<Reply> = fc.record({
  kind: fc.constant('reply' as const),
  status: fc.oneof(
    fc.constantFrom(200, 201, 204, 301, 302, 400, 401, 402, 403, 404, 429, 500, 502, 511, 524),
    fc.integer({ min: 100, max: 999 }),
  ),
  headers: fc.dictionary(
    fc.constantFrom('content-type', 'location', 'retry-after', '__proto__', 'server'),
    fc.oneof(
      fc.constantFrom(
        'text/html',
        'application/json',
        '5',
        '-1',
        '99999999999',
        'Wed, 21 Oct 2026 07:28:00 GMT',
        'x\x1b[31m',
        testKey,
      ),
      fc.string({ maxLength: 20 }),
    ),
  ),
  body,
  times: fc.constant({} as never),
})

/** A reply is a verdict: one line without a key and without anything that commands the terminal. */
async function holdReplyLaws(answer: Reply): Promise<void> {
  const key = new Secret(testKey)
  const verdicts = [
    judgeReply(answer, 'host', '/p'),
    judgeKeyReply(answer, key, 'host', '/p'),
    judgeLiveReply(answer, key, 'host', '/p'),
  ]
  for (const verdict of verdicts) {
    const message = String(verdict.message)
    const hint = String(verdict.hint ?? '')
    assert.ok(message !== '' && message.length < 2000, 'a verdict says something, and not too much')
    assert.ok(
      !/[\p{Cc}\p{Cf}]/u.test(message + hint),
      `nothing commands the terminal: ${JSON.stringify(message)}`,
    )
    assert.ok(!message.includes(testKey), 'no key on the screen')
  }
  const region = gateway.regions[0]
  assert.ok(region)
  const models = await fetchModels(Origin.ofRegion(region), gateway, key, async () => answer)
  for (const name of models) assert.match(name, /^[!-~]{1,100}$/)
}

export const replyTargets: readonly FuzzTarget[] = [
  fuzzTarget({ name: 'replies', share: 5, cases: reply, run: holdReplyLaws }),
]
