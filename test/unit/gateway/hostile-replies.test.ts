import { expect, it } from 'vitest'
import { judgeKeyReply, judgeLiveReply, judgeReply } from '../../../src/gateway/judge-reply.ts'
import type { Reply } from '../../../src/gateway/transport.ts'
import { Secret } from '../../../src/secrets/secret.ts'
import { testKey } from '../../support/test-host.ts'

const key = new Secret(testKey)
const evil = '\u001b[2J\u009b31m\u202e'
const nested = '['.repeat(20_000) + ']'.repeat(20_000)

const bodies = [
  '{"__proto__":{"polluted":1,"message":"x"},"constructor":{"prototype":{"polluted":1}}}',
  `{"error":{"__proto__":{"polluted":1}},"message":${JSON.stringify(evil)}}`,
  `{"error":${nested}}`,
  nested,
  '"a text"',
  'null',
  '[]',
  '{"error":null,"message":{}}',
  `{"message":${JSON.stringify(`${testKey}${evil}`)}}`,
  `data: {"choices":${nested}}\n\n`,
  'data: null\n\ndata: []\n\ndata: {"choices":[null]}\n\ndata: {"delta":{"__proto__":{"polluted":1}}}\n\n',
  evil.repeat(10_000),
  '',
]
const headers = [
  {},
  { 'retry-after': evil, location: `https://${evil}`, 'content-type': evil, __proto__: null as never },
]
const statuses = [200, 301, 400, 401, 402, 403, 404, 429, 500, 511, 524, 999]

it('whatever a server says, the verdict is a line of text without the key, and nothing is polluted', () => {
  for (const status of statuses)
    for (const body of bodies)
      for (const header of headers) {
        const times = { dns: 0, connect: 0, tls: null, firstByte: 0, total: 0 }
        const reply: Reply = { kind: 'reply', status, headers: header, body, times }
        const verdicts = [
          judgeReply(reply, 'h', '/p'),
          judgeKeyReply(reply, key, 'h', '/p'),
          judgeLiveReply(reply, key, 'h', '/p'),
        ]
        for (const verdict of verdicts) {
          const message = String(verdict.message)
          const hint = String(verdict.hint ?? '')
          expect(message + hint).not.toMatch(/[\p{Cc}\p{Cf}]/u)
          expect(message + hint).not.toContain(testKey)
          expect(message.length).toBeLessThan(600)
        }
      }
  expect(({} as Record<string, unknown>).polluted).toBeUndefined()
})
