import { describe, expect, it } from 'vitest'
import { chooseProxy } from '../../../src/gateway/transport.ts'

const proxy = 'http://proxy.example:3128/'

describe('chooseProxy', () => {
  it.each([
    ['https://eu.qcode.cc/api', { HTTPS_PROXY: proxy }, proxy],
    ['https://eu.qcode.cc/api', { https_proxy: proxy, HTTPS_PROXY: 'http://other' }, proxy],
    ['https://eu.qcode.cc/api', { HTTPS_PROXY: 'proxy.example:3128' }, proxy],
    ['https://eu.qcode.cc/api', { HTTP_PROXY: proxy }, undefined],
    ['http://103.236.53.153/api', { HTTP_PROXY: proxy }, proxy],
    ['http://103.236.53.153/api', { HTTPS_PROXY: proxy }, undefined],
    ['https://eu.qcode.cc/api', { HTTPS_PROXY: '' }, undefined],
    ['https://eu.qcode.cc/api', { https_proxy: '', HTTPS_PROXY: proxy }, proxy],
  ])('%s with %j', (url, env, expected) => {
    expect(chooseProxy(url, env)?.href).toBe(expected)
  })

  it.each([
    ['qcode.cc', true],
    ['.qcode.cc', true],
    ['*.qcode.cc', true],
    ['QCODE.CC', true],
    ['a.example, eu.qcode.cc', true],
    ['a.example eu.qcode.cc:443', true],
    ['*', true],
    ['eu.qcode.cc:8443', false],
    ['code.cc', false],
    ['u.qcode.cc', false],
    ['eu.qcode.cc.example', false],
    ['', false],
  ])('NO_PROXY %j: around it: %s', (exceptions, around) => {
    const env = { HTTPS_PROXY: proxy, NO_PROXY: exceptions }
    expect(chooseProxy('https://eu.qcode.cc/api', env) === undefined).toBe(around)
  })

  it.each([
    ['http://[::1]:8080', '::1'],
    ['http://[::1]:8080', 'localhost,127.0.0.1,::1'],
    ['http://[::1]:8080', '[::1]'],
    ['http://[::1]:8080', '[::1]:8080'],
    ['http://[::1]:8080', '0:0:0:0:0:0:0:1'],
    ['http://[fd12::7]', 'fd00::/8'],
    ['http://10.1.2.3', '10.0.0.0/8'],
    ['http://10.1.2.3', 'localhost 10.1.2.3/32'],
    ['http://10.1.2.3:8080', '10.1.2.3:8080'],
    ['http://relay.example', 'relay.example.'],
  ])('%s is reached without the proxy for NO_PROXY %j', (url, exceptions) => {
    expect(chooseProxy(url, { HTTP_PROXY: proxy, NO_PROXY: exceptions })).toBeUndefined()
  })

  it.each([
    ['http://[::1]:8080', '[::1]:80'],
    ['http://[::1]:8080', '::2'],
    ['http://[::1]:8080', '127.0.0.1'],
    ['http://[fe80::1]', 'fd00::/8'],
    ['http://11.1.2.3', '10.0.0.0/8'],
    ['http://10.1.2.3', '10.0.0.0/33'],
    ['http://10.1.2.3', '/8'],
    ['http://10.1.2.3', '::/0'],
    ['http://110.1.2.3', '10.1.2.3'],
  ])('%s goes through the proxy for NO_PROXY %j', (url, exceptions) => {
    expect(chooseProxy(url, { HTTP_PROXY: proxy, NO_PROXY: exceptions })?.href).toBe(proxy)
  })

  it.each(['socks5://127.0.0.1:1', 'http://', '://', 'http://a b'])(
    'refuses %j without naming it',
    (value) => {
      expect(() => chooseProxy('https://a.example', { HTTPS_PROXY: value })).toThrow(
        'does not name an HTTP proxy',
      )
    },
  )
})
