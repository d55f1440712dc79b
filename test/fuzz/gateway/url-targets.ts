import assert from 'node:assert/strict'
import fc from 'fast-check'
import {
  BaseUrl,
  hostIn,
  judgeBaseUrl,
  judgeForClients,
  meansGateway,
  pathIn,
  regionMeant,
} from '../../../src/gateway/judge-base-url.ts'
import { Origin } from '../../../src/gateway/origin.ts'
import { testCatalog } from '../../support/test-catalog.ts'
import { mutated } from '../documents/mutate.ts'
import { type FuzzTarget, fuzzTarget } from '../fuzz-target.ts'
import { orRefused } from '../refusal.ts'

const { gateway, tools } = testCatalog
const endpoints = tools.flatMap(({ variants }) => variants.flatMap((variant) => variant.endpoints))
const origins = gateway.regions.map(({ origin }) => origin)

const pieces = [
  'http:',
  'https:',
  '//',
  '/',
  '\\',
  '@',
  ':',
  '?',
  '#',
  '%',
  '.',
  '..',
  '/../',
  '%2f',
  '%00',
  ' ',
  '\t',
  ':443',
  ':80',
  ':99999',
  'user:pass@',
  '[::1]',
  '127.0.0.1',
  '0x7f.1',
  'localhost',
  'api.qcode.cc',
  'qcode.cc',
  'qcode.com',
  'api.qc0de.cc',
  'ａｐｉ.qcode.cc',
  'xn--',
  'API.QCODE.CC',
  '103.236.53.153',
  '103.236.53.0153',
  '/api',
  '/claude',
  '/openai',
  '/v1',
  '/v1/v1',
  '/messages',
  '/responses',
  '/chat/completions',
  'file:',
  'javascript:',
  'data:,',
  '..',
  '\u3002',
  '\u202e',
  '键',
]

const urlText = fc.oneof(
  {
    weight: 3,
    arbitrary: fc
      .tuple(fc.constantFrom(...origins), fc.array(fc.constantFrom(...pieces), { maxLength: 5 }))
      .map(([origin, rest]) => origin + rest.join('')),
  },
  {
    weight: 2,
    arbitrary: fc.array(fc.constantFrom(...pieces), { maxLength: 8 }).map((parts) => parts.join('')),
  },
  {
    weight: 2,
    arbitrary: mutated(
      fc.constantFrom(...origins.flatMap((origin) => endpoints.map(({ prefix }) => origin + prefix))),
      origins,
      pieces,
    ),
  },
  fc.webUrl({ withFragments: true, withQueryParameters: true }),
  fc.string({ unit: 'binary', maxLength: 30 }),
)

const urlCase = fc.record({
  text: urlText,
  endpoint: fc.constantFrom(...endpoints),
  known: fc.subarray(['https://relay.example', 'http://127.0.0.1:8080']),
})

/** The judge has a verdict for every text, the same one each time, and what it proposes it also finds right. */
async function holdJudgeLaws({
  text,
  endpoint,
  known,
}: typeof urlCase extends fc.Arbitrary<infer T> ? T : never): Promise<void> {
  const options = { knownOrigins: known }
  const verdict = judgeBaseUrl(text, endpoint, gateway, options)
  assert.deepEqual(judgeBaseUrl(text, endpoint, gateway, options), verdict, 'the same verdict')
  assert.ok(
    verdict.requests === undefined || verdict.requests.endsWith(endpoint.appends),
    'what is requested',
  )
  for (const clients of [[endpoint], endpoints]) {
    const { fix, problems } = judgeForClients(text, clients, gateway, options)
    assert.ok(problems.length > 0 || fix === undefined, 'nothing to mend where nothing is wrong')
    if (fix === undefined || clients.length > 1) continue
    assert.deepEqual(judgeForClients(fix, clients, gateway, options).problems, [], `the fix is right: ${fix}`)
  }
  const host = hostIn(text) ?? ''
  const region = regionMeant(host, gateway)
  assert.ok(region === undefined || meansGateway(host, gateway), 'who means a region means the gateway')
  pathIn(text)
  const parsed = await orRefused(() => Origin.parse(text, gateway, text.length % 2 === 0))
  if (!parsed) return
  assert.equal(new URL(parsed.origin.text).origin, parsed.origin.text, 'an origin and nothing else')
  assert.equal(BaseUrl.build(parsed.origin, endpoint, gateway).text, parsed.origin.text + endpoint.prefix)
}

export const urlTargets: readonly FuzzTarget[] = [
  fuzzTarget({ name: 'base-urls', share: 8, cases: urlCase, run: holdJudgeLaws }),
]
