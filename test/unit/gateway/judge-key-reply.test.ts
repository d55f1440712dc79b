import { describe, expect, it } from 'vitest'
import { judgeKeyReply, judgeLiveReply } from '../../../src/gateway/judge-reply.ts'
import { standInReplies } from '../../../src/gateway/stand-in.ts'
import type { Reply } from '../../../src/gateway/transport.ts'
import { Secret } from '../../../src/secrets/secret.ts'
import { testKey } from '../../support/test-host.ts'

const key = new Secret(testKey)
const times = { dns: 0, connect: 0, tls: null, firstByte: 0, total: 0 }

function replyOf(status: number, body: unknown, type = 'application/json'): Reply {
  const text = typeof body === 'string' ? body : JSON.stringify(body)
  return { kind: 'reply', status, headers: { 'content-type': type }, body: text, times }
}

/** What was seen in the place of the gateway, or could be; none of it has looked at a key. */
const strangers: [what: string, body: unknown, type?: string | undefined][] = [
  ['a login page', '<!DOCTYPE html><title>Wi-Fi</title>', 'text/html'],
  ['a login page without its type', '  \n<html><body>log in</body>', 'application/octet-stream'],
  ['a page that begins with a comment', '<!-- portal --><meta http-equiv="refresh">', 'text/plain'],
  ['a text', 'OK', 'text/plain'],
  ['nothing', '', 'text/plain'],
  ['an empty object', {}],
  ['an empty list', []],
  ['null', 'null'],
  ['a JSON text', '"ok"'],
  ['JSON that is cut off', '{"type":"message","content":['],
  ['a state of health', { status: 'ok', version: '1.2.3' }],
  ['an error in a 200', { error: { message: 'Messages array is required' } }],
  ['another error in a 200', { code: 401, msg: 'not logged in', data: null }],
  ['a list of models', { object: 'list', data: [{ id: 'gpt-5' }] }],
  ['a message of another API', { message: 'Welcome' }],
  ['the word of the type alone', { type: 'message' }],
  ['choices of another API', { choices: ['red', 'green'] }],
  ['an object of another API', { object: 'chat.completion', choices: 'none' }],
  ['a stream of another API', 'data: {"hello":1}\n\n', 'text/event-stream'],
  ['a stream without an event', 'data: [DONE]\n\n', 'text/event-stream'],
  [
    'an error in a stream',
    'event: error\ndata: {"type":"error","error":{"message":"no"}}\n\n',
    'text/event-stream',
  ],
]

describe('given a reply of 200 from something that is not the gateway', () => {
  it.each(strangers)('%s: the key is not called accepted, and no model has answered', (_, body, type) => {
    const reply = replyOf(200, body, type)
    expect(judgeKeyReply(reply, key, 'h', '/p').kind).toBe('captive-portal')
    expect(['captive-portal', 'no-answer']).toContain(judgeLiveReply(reply, key, 'h', '/p').kind)
  })

  it.each([201, 202, 203, 204, 206])('%i is no better', (status) => {
    for (const judge of [judgeKeyReply, judgeLiveReply]) {
      expect(judge(replyOf(status, {}), key, 'h', '/p').kind).toBe('captive-portal')
    }
  })

  it.each([
    ['nothing', ''],
    ['an empty object', {}],
    ['a text', 'Bad Request'],
    ['a list', []],
    ['a code alone', { code: 400 }],
  ])('a 400 with %s says nothing of the key either', (_, body) => {
    expect(judgeKeyReply(replyOf(400, body, 'text/plain'), key, 'h', '/p').kind).toBe('unexpected-status')
  })
})

describe('given a reply of the gateway to an empty request with a key', () => {
  it.each([
    [
      'Messages',
      { error: 'Invalid request', message: 'Missing or invalid field: messages (must be an array)' },
    ],
    ['Chat', { error: { message: 'Messages array is required and cannot be empty' } }],
    [
      'Messages of the vendor',
      { type: 'error', error: { type: 'invalid_request_error', message: 'model: Field required' } },
    ],
  ])('the 400 of %s: the key is accepted', (_, body) => {
    expect(judgeKeyReply(replyOf(400, body), key, 'h', '/p').kind).toBe('key-accepted')
  })

  it.each(Object.entries(standInReplies))('%s: a model that answers has accepted it', (_, replies) => {
    expect(judgeKeyReply(replyOf(200, replies.json({})), key, 'h', '/p').kind).toBe('key-accepted')
    const stream = replyOf(200, replies.stream({}), 'text/event-stream')
    expect(judgeKeyReply(stream, key, 'h', '/p').kind).toBe('key-accepted')
    expect(judgeLiveReply(stream, key, 'h', '/p').kind).toBe('answered')
  })
})
