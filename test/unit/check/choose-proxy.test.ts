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

  it.each(['socks5://127.0.0.1:1', 'http://', '://', 'http://a b'])(
    'refuses %j without naming it',
    (value) => {
      expect(() => chooseProxy('https://a.example', { HTTPS_PROXY: value })).toThrow(
        'does not name an HTTP proxy',
      )
    },
  )
})
