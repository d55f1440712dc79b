import { chmodSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { readTree } from '../../support/home-tree.ts'
import { makeHome, runProgram, sampleKey } from '../../support/run-program.ts'

const vendorKey = 'sk-of-another-vendor-0123456789'

/** A client that reads its settings as Claude Code does, notes what it was given, and throws a file with `refused` away. */
const client = (notes: string) => `#!${process.execPath}
const { readFileSync, writeFileSync } = require('node:fs')
const text = readFileSync(process.env.HOME + '/.claude/settings.json', 'utf8')
writeFileSync(${JSON.stringify(notes)}, JSON.stringify({ text, env: process.env, cwd: process.cwd() }))
const { env, refused } = JSON.parse(text)
if (refused) {
  console.error('Not loaded: ' + process.env.HOME + '/.claude/settings.json (refused)')
  process.exit(1)
}
const apiKey = process.env.ANTHROPIC_API_KEY
const headers = { authorization: 'Bearer ' + env.ANTHROPIC_AUTH_TOKEN, ...(apiKey && { 'x-api-key': apiKey }) }
const body = JSON.stringify({ model: 'claude-opus-5-5', messages: [], stream: false })
fetch(env.ANTHROPIC_BASE_URL + '/v1/messages', { method: 'POST', headers, body })
  .then((reply) => reply.json())
  .then(({ content }) => console.log(content ? content[0].text : 'failed'))
`

async function doctorDeep(settings: object, more: Record<string, string> = {}) {
  const { home, drop } = makeHome()
  try {
    const notes = join(home, '..', 'notes.json')
    mkdirSync(join(home, 'bin'))
    mkdirSync(join(home, '.claude'))
    writeFileSync(join(home, 'bin/claude'), client(notes))
    chmodSync(join(home, 'bin/claude'), 0o755)
    writeFileSync(join(home, '.claude/settings.json'), JSON.stringify(settings), { mode: 0o600 })
    const before = readTree(home)
    const env = { PATH: join(home, 'bin'), ...more }
    const ran = await runProgram(['doctor', '--deep', '--no-check', '--json'], { home, env })
    expect(readTree(home)).toEqual(before)
    const { findings } = JSON.parse(ran.stdout)
    const [deep] = findings.filter(({ id }: { id: string }) => id.startsWith('deep'))
    return {
      exit: ran.exit,
      deep,
      home,
      seen: JSON.parse(readFileSync(notes, 'utf8')),
      everything: ran.stdout,
    }
  } finally {
    drop()
  }
}

const ready = { ANTHROPIC_BASE_URL: 'https://api.qcode.cc/api', ANTHROPIC_AUTH_TOKEN: sampleKey }

describe('doctor --deep', () => {
  it('runs the client on a copy of the settings that holds no secret of the user’s, in another home', async () => {
    const env = { ...ready, GITHUB_TOKEN: 'ghp_0123456789abcdefghijklmnopqrstuvwxyz' }
    const { exit, deep, home, seen } = await doctorDeep({ env, permissions: { allow: ['Bash(ls)'] } })
    expect([exit, deep.level]).toEqual([0, 'ok'])
    expect(String(deep.message)).toContain(
      'POST /api/v1/messages with the right key, for the model claude-opus-5-5',
    )
    const copy = JSON.parse(seen.text)
    expect(copy.permissions).toEqual({ allow: ['Bash(ls)'] })
    expect(copy.env.ANTHROPIC_BASE_URL).toMatch(/^http:\/\/127\.0\.0\.1:\d+\/api$/)
    expect(copy.env.GITHUB_TOKEN).toHaveLength(env.GITHUB_TOKEN.length)
    expect(JSON.stringify(seen)).not.toContain(sampleKey)
    expect(JSON.stringify(seen)).not.toContain(env.GITHUB_TOKEN)
    expect(seen.env.HOME).not.toBe(home)
    expect(seen.cwd).not.toContain(home)
  })

  it('says in the client’s own words what it refuses', async () => {
    const { exit, deep } = await doctorDeep({ env: ready, refused: true })
    expect([exit, deep.level]).toEqual([3, 'error'])
    expect(String(deep.message)).toContain(
      'sent no request to the gateway: Not loaded: ~/.claude/settings.json (refused)',
    )
  })

  it('tells of another vendor’s key that is sent instead, and does not send that', async () => {
    const { exit, deep, seen, everything } = await doctorDeep(
      { env: ready },
      { ANTHROPIC_API_KEY: vendorKey },
    )
    expect([exit, deep.level]).toEqual([3, 'error'])
    expect(String(deep.message)).toContain('sent a key that the gateway rejects')
    expect(JSON.stringify(seen)).not.toContain(vendorKey)
    expect(everything).not.toContain(vendorKey)
  })
})
