import { describe, expect, it } from 'vitest'
import { displayValue, findSecrets } from '../../../src/plan/placeholders.ts'
import { Secret } from '../../../src/secrets/secret.ts'

describe('displayValue', () => {
  it.each([
    ['https://eu.qcode.cc/api', ['env', 'ANTHROPIC_BASE_URL'], '"https://eu.qcode.cc/api"'],
    ['QCODE_API_KEY', ['model_providers', 'qcode', 'env_key'], '"QCODE_API_KEY"'],
    ['sk-ant-api03-abcdefghijklmnop', ['anything'], 'sk-…mnop'],
    ['abcdefghijklmnopqrst', ['settings', 'apiKey'], 'abc…qrst'],
    ['abcdefgh', ['settings', 'token'], '••••'],
    [12, ['max_tokens'], '12'],
  ])('shows %s at %j as %s', (value, keyPath, shown) => {
    expect(displayValue(value, keyPath)).toBe(shown)
  })

  it('shows a Secret only masked', () => {
    expect(displayValue(new Secret('cr_0123456789abcdef'), ['x'])).toBe('cr_…cdef')
  })
})

describe('findSecrets', () => {
  it.each([
    ['a setting', { note: 'a'.repeat(10_000_000) }, 0],
    ['a key', { apiKey: 'a'.repeat(10_000_000) }, 1],
    ['a key of digits', { apiKey: '1'.repeat(10_000_000) }, 1],
  ])('goes through %s as long as the largest file', (_, data, count) => {
    expect(findSecrets(data)).toHaveLength(count)
  })

  it('finds keys of any provider, at any depth', () => {
    const data = {
      providers: [{ apiKey: 'abcdefghijklmnop' }],
      note: 'nothing',
      env: { X: 'ghp_0123456789abcdef' },
    }
    expect(findSecrets(data).map(Secret.reveal)).toEqual(['abcdefghijklmnop', 'ghp_0123456789abcdef'])
  })
})

describe('a value that a plan replaces', () => {
  it.each(['p@ss word1', 'sk-deep', 'Bearer 550e8400-e29b-41d4-a716-446655440000', 'SHOUTED_KEY', 'x'])(
    'shows nothing of %s at the place of a key',
    (value) => {
      expect(displayValue(value, ['providers', 'credential'], true)).not.toContain(value)
      expect(displayValue(value, ['env', 'ANTHROPIC_AUTH_TOKEN'])).not.toContain(value)
    },
  )

  it('masks within a list or a table, and leaves the rest of it', () => {
    const value = { apiKey: 'zq9', tokens: { home: 'uv8' }, list: ['a', 'ghp_0123456789abcdefgh'] }
    expect(displayValue(value, ['provider'])).toBe(
      '{"apiKey":"••••","tokens":{"home":"••••"},"list":["a","ghp…efgh"]}',
    )
  })
})
