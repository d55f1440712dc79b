import { describe, expect, it } from 'vitest'
import type { UserError } from '../../../src/errors.ts'
import { Origin, originOfUrl } from '../../../src/gateway/origin.ts'
import { testCatalog } from '../../support/test-catalog.ts'

const { gateway } = testCatalog
const codeOf = (text: string, allowHttp = false): string => {
  try {
    Origin.parse(text, gateway, allowHttp)
    return 'accepted'
  } catch (error) {
    return (error as { code: string }).code
  }
}

describe('Origin.parse', () => {
  it.each([
    ['https://relay.example.com', 'https://relay.example.com', 'custom'],
    ['https://relay.example.com:8443', 'https://relay.example.com:8443', 'custom'],
    ['https://eu.qcode.cc', 'https://eu.qcode.cc', 'eu'],
    ['http://103.236.53.153', 'http://103.236.53.153', 'china'],
    ['http://127.0.0.1:4000', 'http://127.0.0.1:4000', 'custom'],
    ['http://[::1]:4000', 'http://[::1]:4000', 'custom'],
  ])('reads %s', (text, origin, region) => {
    const { origin: parsed, removedSlash } = Origin.parse(text, gateway, false)
    expect([parsed.text, parsed.region, removedSlash]).toEqual([origin, region, false])
  })

  it('removes a trailing slash and says so', () => {
    const { origin, removedSlash } = Origin.parse('https://relay.example.com/', gateway, false)
    expect([origin.text, removedSlash]).toEqual(['https://relay.example.com', true])
  })

  it.each([
    ['https://relay.example.com/api', 'wrong-prefix'],
    ['https://relay.example.com/api/v1/messages', 'full-endpoint'],
    ['https://relay.example.com?x=1', 'query-or-fragment'],
    ['https://relay.example.com#x', 'query-or-fragment'],
    ['https://me:pw@relay.example.com', 'credentials-in-url'],
    ['http://api.qcode.cc', 'scheme'],
    ['https://103.236.53.153', 'scheme'],
    ['relay.example.com', 'scheme'],
    ['https://relay.exa mple.com', 'whitespace'],
    ['https://api.qcode.cc:8443', 'port'],
    ['http://relay.example.com', 'plain-http'],
    ['http://127.0.0.1.example.com', 'plain-http'],
    ['http://localhost.example.com', 'plain-http'],
    ['http://[::ffff:127.0.0.1]', 'plain-http'],
    ['http://0', 'plain-http'],
    ['https://api.qcode.cc@evil.example', 'credentials-in-url'],
    ['https://evil.example@api.qcode.cc', 'credentials-in-url'],
    ['https://api.qcode.cc:443@evil.example', 'credentials-in-url'],
    ['https://api.qcode.cc\\@evil.example', 'wrong-prefix'],
    ['https://api.qcode.cc/@evil.example', 'wrong-prefix'],
    ['https://api.qcode.cc#@evil.example', 'query-or-fragment'],
    ['https://api.qcode.cc?@evil.example', 'query-or-fragment'],
    ['https:\\\\evil.example', 'scheme'],
    ['//evil.example', 'scheme'],
    ['javascript:alert(1)', 'scheme'],
    ['file:///etc/passwd', 'scheme'],
    ['https://evil.example\u0000', 'whitespace'],
    ['https://evil.example\r\nHost: api.qcode.cc', 'whitespace'],
    ['https://api.qcode.cc.evil.example', 'unknown-host'],
    ['https://api.qcode.cc%2eevil.example', 'unknown-host'],
    ['https://api.qcode.cc.', 'unknown-host'],
    ['https://\u0430pi.qcode.cc', 'unknown-host'],
    ['https://api.qcode\u3002cc', 'unknown-host'],
    ['https://api.qcode.cc\u200b', 'unknown-host'],
  ])('refuses %s by the rule %s', (text, code) => {
    expect(codeOf(text)).toBe(code)
  })

  it('takes plain HTTP to another machine only with consent', () => {
    expect(codeOf('http://relay.example.com', true)).toBe('accepted')
  })
})

it('never advises the host behind an @', () => {
  try {
    Origin.parse('https://api.qcode.cc@evil.example', gateway, false)
  } catch (error) {
    expect((error as UserError).hint).not.toContain('evil')
  }
  expect.assertions(1)
})

it('an origin is where the key goes, however it was written', () => {
  const written = ['https://API.QCODE.CC', 'https://api.qcode.cc:443', 'https:///api.qcode.cc/']
  const origins = written.map((text) => Origin.parse(text, gateway, false).origin)
  expect(origins.map(({ text, region }) => [text, region])).toEqual(
    Array(3).fill(['https://api.qcode.cc', 'global']),
  )
})

it.each([
  ['https://eu.qcode.cc/api', 'https://eu.qcode.cc'],
  ['file:///etc/passwd', undefined],
  ['https://103.236.53.153/api', undefined],
  ['https://api.qcode.cc.evil.example/api', undefined],
  ['no URL', undefined],
])('the base URL %s leads to %s', (text, origin) => {
  expect(originOfUrl(text, gateway)?.text).toBe(origin)
})

it('a blank that only the judge takes off ended in an error of the URL parser', () => {
  expect(Origin.parse('https://relay.example\ufeff', gateway, false).origin.text).toBe(
    'https://relay.example',
  )
})
