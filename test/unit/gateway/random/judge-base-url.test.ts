import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import type { Endpoint } from '../../../../src/gateway/gateway.ts'
import { judgeBaseUrl } from '../../../../src/gateway/judge-base-url.ts'
import { randomCases } from '../../../support/random-cases.ts'
import { testCatalog } from '../../../support/test-catalog.ts'

const { gateway, tools } = testCatalog
const claude: Endpoint = { protocol: 'anthropic-messages', prefix: '/api', appends: '/v1/messages' }
const cline3: Endpoint = { protocol: 'anthropic-messages', prefix: '/api/v1', appends: '/messages' }
const codex: Endpoint = { protocol: 'openai-responses', prefix: '/openai', appends: '/responses' }
const chat: Endpoint = { protocol: 'openai-chat', prefix: '/openai/v1', appends: '/chat/completions' }

function rulesFor(url: string, endpoint: Endpoint): string[] {
  return judgeBaseUrl(url, endpoint, gateway).problems.map(({ rule }) => rule)
}

describe('judgeBaseUrl', () => {
  it.each([
    ['https://api.qcode.cc/api', claude],
    ['https://eu.qcode.cc/claude', claude],
    ['http://103.236.53.153/api', claude],
    ['https://us.qcode.cc/api/v1', cline3],
    ['https://asia.qcode.cc/openai', codex],
    ['https://asia.qcode.cc/openai/v1', codex],
    ['https://api.qcode.cc/openai/v1', chat],
  ])('accepts %s', (url, endpoint) => {
    expect(rulesFor(url, endpoint)).toEqual([])
  })

  it.each([
    ['https://api.qcode.cc/api/', claude, ['trailing-slash']],
    ['http://api.qcode.cc/api', claude, ['scheme']],
    ['https://103.236.53.153/api', claude, ['scheme']],
    ['api.qcode.cc/api', claude, ['scheme']],
    ['ftp://api.qcode.cc/api', claude, ['scheme']],
    ['https://api.qcode.com/api', claude, ['unknown-host']],
    ['https://api.qcode.cc', claude, ['missing-prefix']],
    ['https://api.qcode.cc/v1', chat, ['missing-prefix']],
    ['https://api.qcode.cc/openai', claude, ['wrong-prefix']],
    ['https://api.qcode.cc/apis', claude, ['wrong-prefix']],
    ['https://api.qcode.cc/api', cline3, ['missing-v1']],
    ['https://api.qcode.cc/openai', chat, ['missing-v1']],
    ['https://api.qcode.cc/api/v1', claude, ['doubled-v1']],
    ['https://api.qcode.cc/openai/v1/v1', chat, ['doubled-v1']],
    ['https://api.qcode.cc/api/v1/messages', claude, ['full-endpoint']],
    ['https://api.qcode.cc/openai/responses', codex, ['full-endpoint']],
    ['https://api.qcode.cc//api', claude, ['double-slash']],
    ['https://api.qcode.cc/api//', claude, ['trailing-slash']],
    ['https://api.qcode.cc/api?x=1', claude, ['query-or-fragment']],
    ['https://api.qcode.cc/api#top', claude, ['query-or-fragment']],
    ['https://me:pw@api.qcode.cc/api', claude, ['credentials-in-url']],
    [' https://api.qcode.cc/api', claude, ['whitespace']],
    ['https://api.qcode.cc/a pi', claude, ['whitespace']],
    ['https://api.qcode.cc:8443/api', claude, ['port']],
  ])('finds what is wrong with %s', (url, endpoint, rules) => {
    expect(rulesFor(url, endpoint)).toEqual(expect.arrayContaining(rules))
  })

  it('names the path that will be requested', () => {
    expect(judgeBaseUrl('https://api.qcode.cc/api/v1', claude, gateway).requests).toBe('/api/v1/v1/messages')
    expect(judgeBaseUrl('https://api.qcode.cc/api/', claude, gateway).requests).toBe('/api//v1/messages')
  })

  it('mends any mistake on a known host with the URL that the table gives', () => {
    const mistakes = fc.constantFrom(
      '',
      '/',
      '/v1',
      '/api/v1/messages',
      '//api',
      '/api?x=1',
      '/openai',
      '/nonsense/',
    )
    fc.assert(
      fc.property(
        fc.constantFrom(...gateway.regions),
        mistakes,
        fc.constantFrom(claude, cline3, codex, chat),
        (region, tail, endpoint) => {
          const { problems } = judgeBaseUrl(region.origin + tail, endpoint, gateway)
          for (const { fix } of problems) {
            expect(fix).toBe(region.origin + endpoint.prefix)
            expect(rulesFor(fix ?? '', endpoint)).toEqual([])
          }
        },
      ),
      randomCases(300),
    )
  })

  it('never calls a path right that is no route', () => {
    const segment = fc.constantFrom('api', 'v1', 'openai', 'claude', 'messages', 'responses', '', 'x')
    fc.assert(
      fc.property(
        fc.array(segment, { maxLength: 4 }),
        fc.constantFrom(claude, cline3, codex, chat),
        (segments, endpoint) => {
          const url = `https://api.qcode.cc${segments.map((part) => `/${part}`).join('')}`
          const { requests, problems } = judgeBaseUrl(url, endpoint, gateway)
          const routes = gateway.protocols.find(({ id }) => id === endpoint.protocol)?.routes
          if (problems.length === 0) expect(routes).toContain(requests)
        },
      ),
      randomCases(1000),
    )
  })

  it('takes an origin that the user chose for known', () => {
    const options = { knownOrigins: ['http://127.0.0.1:4000'] }
    expect(judgeBaseUrl('http://127.0.0.1:4000/api', claude, gateway, options).problems).toEqual([])
  })

  it('finds no fault with any base URL of the catalog', () => {
    for (const { variants } of tools) {
      for (const endpoint of variants.flatMap(({ endpoints }) => endpoints)) {
        for (const { origin } of gateway.regions)
          expect(rulesFor(origin + endpoint.prefix, endpoint)).toEqual([])
      }
    }
  })
})
