import { mkdirSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it, onTestFinished } from 'vitest'
import { answering, startFaulty } from '../../support/faulty-gateway.ts'
import { opened } from '../../support/opened.ts'
import { makeHome, runProgram } from '../../support/run-program.ts'

const keyOf = (part: string) => `cr_${part.repeat(8)}`
const [good, old, other] = [keyOf('0123abcd'), keyOf('deadbeef'), keyOf('00ff00ff')]

/** A gateway that takes the good key alone, at every path. */
async function gateway() {
  const refused = answering(401, { error: 'Invalid API key', message: 'API key not found' })
  const missing = answering(401, { error: 'Missing API key', message: 'Please provide an API key' })
  const accepted = answering(400, { error: { message: 'messages: field required' } })
  return opened(
    startFaulty((request, reply) => {
      const { authorization = '', 'x-api-key': bare } = request.headers
      const key = bare ?? authorization.replace('Bearer ', '')
      return (key === '' ? missing : key === good ? accepted : refused)(request, reply)
    }),
  )
}

/** A home in which each tool has one of these keys; with a name or none. */
async function homeWith(
  origin: string,
  setups: readonly (readonly [tool: string, key: string, name?: string])[],
) {
  const { home, drop } = makeHome()
  onTestFinished(drop)
  mkdirSync(join(home, 'project'))
  for (const [tool, key, name] of setups) {
    const more = name === undefined ? [] : ['--name', name]
    const line = ['--tool', tool, '--gateway', origin, '--key-file', '-', '--yes', '--no-check', ...more]
    const { exit, stderr } = await runProgram(line, { home, input: `${key}\n` })
    expect(exit, stderr).toBe(0)
  }
  return (line: string, env: Record<string, string> = {}) => runProgram(line.split(' '), { home, env })
}

describe('several keys of tools', () => {
  it.each<[title: string, setups: [string, string, string?][], env: Record<string, string>, exit: number]>([
    [
      'one key',
      [
        ['codex', good],
        ['claude-code', good],
      ],
      {},
      0,
    ],
    [
      'the first one refused',
      [
        ['codex', old],
        ['claude-code', good],
      ],
      {},
      4,
    ],
    [
      'the second one refused',
      [
        ['codex', good],
        ['claude-code', old],
      ],
      {},
      4,
    ],
    [
      'two refused',
      [
        ['codex', good],
        ['claude-code', old],
        ['opencode', other],
      ],
      {},
      4,
    ],
    [
      'one of a name refused',
      [
        ['codex', good],
        ['claude-code', old, 'work'],
      ],
      {},
      4,
    ],
    [
      'two names',
      [
        ['codex', good, 'home'],
        ['claude-code', old, 'work'],
      ],
      {},
      4,
    ],
    ['another one in the shell', [['codex', old]], { QCODE_API_KEY: good }, 4],
    ['the same one in the shell', [['codex', good]], { QCODE_API_KEY: good }, 0],
  ])('%s: check tests each once, says whose is refused', async (_, setups, env, exit) => {
    const { origin, hits } = await gateway()
    const run = await homeWith(origin, setups)
    const checked = await run('check', env)
    expect(checked.exit, checked.stdout).toBe(exit)
    const shown = checked.stdout + checked.stderr
    const refused = setups.filter(([, key]) => key !== good)
    for (const [tool, key] of refused) {
      const title = { codex: 'Codex CLI', 'claude-code': 'Claude Code', opencode: 'OpenCode' }[tool]
      expect(shown).toContain(`${title}, key cr_…${key.slice(-4)}: `)
      expect(shown).toContain('→ qcode-setup key rotate')
    }
    for (const key of [good, old, other]) expect(shown).not.toContain(key)
    const sent = hits.flatMap(({ path, headers }) => [
      `${path} ${headers.authorization} ${headers['x-api-key']}`,
    ])
    const withKey = sent.filter(
      (line) => line.includes('cr_') && !/models|key-info|usage|apiStats/i.test(line),
    )
    expect(new Set(withKey).size).toBe(withKey.length)
    const { stdout } = await run('check --json', env)
    expect(JSON.parse(stdout).regions[0].key.verdict).toBe(exit === 0 ? 'key-accepted' : 'key-unknown')
    expect((await run('check --lang zh-CN', env)).exit).toBe(exit)
  })

  it('switch says which key it did not test', async () => {
    const { origin } = await gateway()
    const run = await homeWith(origin, [
      ['codex', good],
      ['claude-code', old],
    ])
    const next = await gateway()
    const { exit, stderr } = await run(`switch --gateway ${next.origin} --yes`)
    expect([exit, stderr]).toEqual([
      0,
      expect.stringContaining('Claude Code: the key cr_…beef was not tested'),
    ])
    expect(stderr).not.toContain('Codex CLI: the key')
    expect(next.hits.filter(({ headers }) => JSON.stringify(headers).includes(old))).toEqual([])
    expect((await run('check')).exit).toBe(4)
  })
})
