import { execFileSync } from 'node:child_process'
import { chmodSync, mkdirSync, rmSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { expect, it, onTestFinished } from 'vitest'
import { readTree } from '../../support/home-tree.ts'
import { makeHome, type Ran, runProgram, sampleKey, setUp } from '../../support/run-program.ts'

function home(files: Readonly<Record<string, string>> = {}): string {
  const made = makeHome()
  onTestFinished(made.drop)
  for (const [path, text] of Object.entries(files)) {
    mkdirSync(dirname(join(made.home, path)), { recursive: true })
    writeFileSync(join(made.home, path), text, { mode: 0o600 })
  }
  return made.home
}

/** The document, after a look that it is the only one and that nothing of the key is in it. */
function documentOf({ stdout, stderr }: Ran) {
  const document = JSON.parse(stdout)
  expect(Object.keys(document)).toEqual(['version', 'command', 'findings', 'tools', 'summary'])
  expect(document).toMatchObject({ version: 1, command: 'doctor' })
  expect(stdout + stderr).not.toContain(sampleKey)
  return document
}

const rich = {
  '.claude/settings.json': JSON.stringify({ env: { ANTHROPIC_BASE_URL: 'https://api.qcode.cc/api/v1' } }),
  '.codex/config.toml': '[tui]\nmodel_provider = "qcode"\n',
  '.zshrc': `export ANTHROPIC_AUTH_TOKEN=${sampleKey}\n`,
}

it('examines an empty home: nothing found, exit 0, nothing written', async () => {
  const place = home()
  const ran = await runProgram(['doctor', '--json'], { home: place })
  expect(ran.exit).toBe(0)
  expect(documentOf(ran)).toMatchObject({
    tools: [],
    findings: [{ id: 'nothing-found', level: 'skipped' }],
    summary: { error: 0, skipped: 1 },
  })
  expect(readTree(place)).toEqual({})
})

it('examines a home with everything wrong: exit 3, each with its way out, nothing written', async () => {
  const place = home(rich)
  chmodSync(join(place, '.zshrc'), 0o644)
  const before = readTree(place)
  const env = { ANTHROPIC_AUTH_TOKEN: sampleKey, ANTHROPIC_API_KEY: 'sk-ant-0123456789abcdef0123' }
  const ran = await runProgram(['doctor', '--no-check', '--json'], { home: place, env })
  expect(ran.exit).toBe(3)
  const { findings, tools, summary } = documentOf(ran)
  const errors = findings.filter(({ level }: { level: string }) => level === 'error')
  expect(errors.map(({ id }: { id: string }) => id)).toEqual(
    expect.arrayContaining([
      'base-url-doubled-v1',
      'foreign-key',
      'codex-root-key-in-table',
      'key-file-mode',
    ]),
  )
  expect(errors.every(({ hint }: { hint?: string }) => hint)).toBe(true)
  expect(summary.error).toBe(errors.length)
  expect(tools).toContainEqual(
    expect.objectContaining({
      tool: 'claude-code',
      key: { masked: 'sk-…0123', source: expect.objectContaining({ name: 'ANTHROPIC_API_KEY' }) },
      overridden: [
        {
          setting: 'key',
          value: 'cr_…4567',
          source: expect.objectContaining({ file: join(place, '.zshrc'), line: 1 }),
        },
      ],
    }),
  )
  expect(readTree(place)).toEqual(before)
})

it('tells a person the same, the worst first, in both languages', async () => {
  const place = home(rich)
  const english = await runProgram(['doctor', '--no-check'], { home: place })
  expect(english).toMatchObject({ exit: 3, stderr: '' })
  expect(english.stdout).toMatch(/^✖ (Claude Code|Codex CLI)/)
  expect(english.stdout).toMatch(
    /✖ Claude Code requests \/api\/v1\/v1\/messages.*\n(.*\n)*? +→ qcode-setup lint --fix/,
  )
  expect(english.stdout).toMatch(/\n\d+ errors, \d+ warnings?\n$/)
  const chinese = await runProgram(['doctor', '--no-check'], { home: place, env: { LANG: 'zh_CN.UTF-8' } })
  expect(chinese.stdout).toMatch(/model_provider 位于表内/)
  expect(chinese.stdout).toMatch(/个错误/)
  expect(english.stdout + chinese.stdout).not.toContain(sampleKey)
})

it('finds a home that was just set up right, and a key that git would commit wrong', async () => {
  const place = home()
  await setUp(['claude-code', 'codex', 'cline', 'aider'], { home: place })
  const right = await runProgram(['doctor', '--no-check', '--json'], { home: place })
  expect([right.exit, documentOf(right).summary]).toEqual([
    0,
    expect.objectContaining({ error: 0, warning: 0, failed: 0 }),
  ])
  execFileSync('git', ['init', '--quiet', place])
  const wrong = await runProgram(['doctor', '--no-check', '--json'], { home: place })
  const tracked = documentOf(wrong).findings.filter(({ id }: { id: string }) => id === 'key-in-git')
  expect([wrong.exit, tracked.length]).toEqual([3, 4])
  for (const { hint } of tracked) execFileSync('sh', ['-c', hint], { cwd: place, stdio: 'ignore' })
  const mended = await runProgram(['doctor', '--no-check', '--json'], { home: place })
  expect(mended.exit).toBe(0)
  rmSync(join(place, '.git'), { recursive: true })
})

it('asks a gateway that is not there, and blames that alone: exit 4', async () => {
  const place = home()
  await setUp(['claude-code'], { home: place }, '--gateway', 'http://127.0.0.1:9')
  const ran = await runProgram(['doctor', '--json'], { home: place })
  expect(ran.exit).toBe(4)
  expect(documentOf(ran).findings).toContainEqual(
    expect.objectContaining({ level: 'error', id: expect.stringMatching(/^check-/) }),
  )
})
