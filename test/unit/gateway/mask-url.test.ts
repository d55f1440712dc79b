import { expect, it } from 'vitest'
import { maskUrl } from '../../../src/gateway/url-faults.ts'

it.each([
  ['https://api.qcode.cc/api', 'https://api.qcode.cc/api'],
  ['https://me:zq9@api.qcode.cc/api', 'https://••••@api.qcode.cc/api'],
  ['https://zq9@api.qcode.cc/api', 'https://••••@api.qcode.cc/api'],
  ['https://api.qcode.cc/api?token=zq9&b=zq9', 'https://api.qcode.cc/api?token=••••&b=••••'],
  ['https://api.qcode.cc/api;token=zq9', 'https://api.qcode.cc/api;token=••••'],
  ['https://api.qcode.cc/api?a=1;token=zq9', 'https://api.qcode.cc/api?a=••••;token=••••'],
  ['https://api.qcode.cc/api#zq9', 'https://api.qcode.cc/api#••••'],
  ['https://api.qcode.cc/api#access_token=zq9&b=c', 'https://api.qcode.cc/api#••••'],
  ['/api;token=zq9/v1', '/api;token=••••'],
])('a URL %s on the screen is %s', (url, shown) => {
  expect(maskUrl(url)).toBe(shown)
})
