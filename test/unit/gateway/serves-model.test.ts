import { describe, expect, it } from 'vitest'
import { servesModel } from '../../../src/gateway/gateway.ts'
import { testCatalog } from '../../support/test-catalog.ts'

describe('servesModel', () => {
  it.each([
    ['anthropic-messages', 'claude-opus-5', true],
    ['anthropic-messages', 'gpt-6-sol', false],
    ['openai-chat', 'gpt-6-sol', true],
    ['openai-responses', 'gpt-6-sol', true],
    ['openai-chat', 'claude-opus-5', false],
  ] as const)('%s, %s: %s', (protocol, model, served) => {
    expect(servesModel(testCatalog.gateway, protocol, model)).toBe(served)
  })
})
