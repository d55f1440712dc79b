import { expect, it } from 'vitest'
import { streamedText } from '../../../src/gateway/judge-reply.ts'

const line = (event: object) => `data: ${JSON.stringify(event)}\n\n`

it.each([
  [
    'an object with a toString of its own as delta',
    { type: 'response.output_text.delta', delta: { toString: [] } },
  ],
  ['a delta that is null', { type: 'content_block_delta', delta: null }],
  ['a content that is a list of such objects', { choices: [{ delta: { content: [{ toString: 1 }] } }] }],
])('the check ended in a fault of the program when a server sent %s', (_, event) => {
  expect(streamedText(line(event) + line({ choices: [{ delta: { content: 'pong' } }] }))).toBe('pong')
})
