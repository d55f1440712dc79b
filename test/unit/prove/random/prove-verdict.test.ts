import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { judgeProof, printedVersion, proofPrompt } from '../../../../src/checks/prove-client.ts'
import type { SeenRequest } from '../../../../src/gateway/stand-in.ts'
import type { RunResult } from '../../../../src/host/host.ts'
import { randomCases } from '../../../support/random-cases.ts'

const route = '/api/v1/messages'
const post: SeenRequest = { method: 'POST', path: route, query: 'beta=true', auth: 'bearer', status: 200 }
const shown: RunResult = { exit: 0, stdout: 'pong\n', stderr: '' }
const silent: RunResult = { exit: 0, stdout: '', stderr: '' }

describe('a client is judged by its requests and its reply', () => {
  it.each([
    ['proven', [post], shown, undefined],
    // Cline 2 ends with 1 on success.
    ['proven', [post], { ...shown, exit: 1 }, undefined],
    // Claude Code 2.1.197 asks for a HEAD first.
    ['proven', [{ ...post, method: 'HEAD', path: '/api', status: 404 }, post], shown, undefined],
    // Aider ends with 0 on a 404.
    ['wrong', [{ ...post, path: '/api/messages', status: 404 }], silent, 'POST /api/messages returned 404'],
    ['wrong', [{ ...post, status: 401 }], silent, `POST ${route} returned 401`],
    [
      'wrong',
      [post, { ...post, path: '/api/v1/other', status: 404 }],
      shown,
      'POST /api/v1/other returned 404',
    ],
    [
      'wrong',
      [{ ...post, path: '/claude/v1/messages' }],
      shown,
      `requested /claude/v1/messages instead of ${route}`,
    ],
    ['no-reply', [post], { ...silent, stderr: 'x\nbad reply\n' }, 'exited with code 0: bad reply'],
    ['no-reply', [post], { ...silent, exit: null, timedOut: true }, 'timed out'],
    ['no-request', [], { ...silent, exit: 7 }, 'exited with code 7'],
    // The word alone is no proof.
    ['no-request', [], shown, 'exited with code 0'],
    ['no-request', [], { ...silent, exit: null }, 'could not be started'],
    ['no-request', [{ ...post, method: 'GET' }], shown, 'exited with code 0'],
    ['skipped', [], { ...silent, stdout: "missing: No module named 'openai'\n" }, "No module named 'openai'"],
    ['wrong', [{ ...post, status: 404 }], { ...silent, stdout: 'missing: me' }, `POST ${route} returned 404`],
  ] as const)('%s', (verdict, seen, run, reason) => {
    expect(judgeProof(seen, [route], run)).toMatchObject({ verdict, ...(reason !== undefined && { reason }) })
  })

  it('shows each kind of request once, without its query', () => {
    const { requests } = judgeProof([post, post, { ...post, status: 404 }], [route], shown)
    expect(requests).toEqual([
      { method: 'POST', path: route, auth: 'bearer', status: 200 },
      { method: 'POST', path: route, auth: 'bearer', status: 404 },
    ])
  })

  it('is proven only where every POST was right and served, and the reply shown', () => {
    const seen = fc.record({
      method: fc.constantFrom('POST', 'HEAD', 'GET'),
      path: fc.constantFrom(route, '/api', '/v1/messages'),
      query: fc.constant(''),
      auth: fc.constantFrom('bearer', 'x-api-key', 'both', 'none'),
      status: fc.constantFrom(200, 400, 401, 404),
    })
    const run = fc.record({
      exit: fc.constantFrom(0, 1, null),
      stdout: fc.constantFrom('', 'pong', 'pang'),
      stderr: fc.constantFrom('', 'pong'),
    })
    fc.assert(
      fc.property(fc.array(seen, { maxLength: 4 }), run, (requests, result) => {
        const posts = requests.filter(({ method }) => method === 'POST')
        const right =
          posts.length > 0 &&
          posts.every(({ path, status }) => path === route && status === 200) &&
          result.stdout === 'pong'
        expect(judgeProof(requests, [route], result).verdict === 'proven').toBe(right)
      }),
      randomCases(500),
    )
  })

  it('asks for the reply without saying it', () => {
    expect(proofPrompt).not.toContain('pong')
  })

  it('reads the version that a library prints', () => {
    expect(printedVersion('note\nversion: 3.54.0\npong')).toBe('3.54.0')
    expect(printedVersion('pong')).toBeUndefined()
  })
})
