import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { en } from '../../../src/texts/en.ts'
import { zhCN } from '../../../src/texts/zh-CN.ts'
import { commandTable } from '../../support/command-table.ts'
import { makeHome, type Ran, runProgram, sampleKey } from '../../support/run-program.ts'

// Law: with --quiet every command says how it went, or prints what it is for, and nothing besides.

/** In this order, in one home; each with its exit code. */
const lines: readonly (readonly [line: string, exit: number])[] = [
  ['status', 0],
  ['remove', 0],
  ['undo', 0],
  ['switch eu --no-check', 0],
  ['doctor --no-check', 0],
  ['check --gateway http://127.0.0.1:9', 4],
  ['prove', 0],
  ['lint', 0],
  ['report', 0],
  ['tools', 0],
  ['export', 0],
  ['print codex', 0],
  ['print cursor', 0],
  ['completion bash', 0],
  ['completion install bash --yes', 0],
  ['models --gateway http://127.0.0.1:9 --key-file key.txt', 4],
  ['run codex', 1],
  ['key rotate --key-file key.txt --no-check', 0],
  ['key get', 1],
  ['setup codex claude-code --region eu --key-file key.txt --yes --no-check --dry-run', 0],
  ['setup codex claude-code --region eu --key-file key.txt --yes --no-check', 0],
  ['setup codex claude-code --region eu --key-file key.txt --yes --no-check', 0],
  ['status', 0],
  ['doctor --no-check', 0],
  ['switch us codex --yes --no-check', 0],
  ['key rotate --key-file other.txt --yes --no-check', 0],
  ['export', 0],
  ['invite qcode.toml', 0],
  ['apply qcode.toml --check', 3],
  ['apply qcode.toml --yes --no-check', 0],
  ['undo --list', 0],
  ['undo --yes', 0],
  ['lint --fix --yes', 0],
  ['remove --yes', 0],
  ['demo', 0],
]

const { home, drop } = makeHome()
afterAll(drop)
const told = new Map<string, Ran>()

beforeAll(async () => {
  writeFileSync(join(home, 'key.txt'), sampleKey, { mode: 0o600 })
  writeFileSync(join(home, 'other.txt'), `cr_${'0f'.repeat(32)}`, { mode: 0o600 })
  writeFileSync(join(home, 'qcode.toml'), 'tools = ["codex"]\nregion = "asia"\nkey = "file:key.txt"\n')
  for (const [index, [line]] of lines.entries()) {
    const env = { QCODE_LANG: index % 2 ? 'zh-CN' : 'en' }
    told.set(`${index} ${line}`, await runProgram([...line.split(' '), '--quiet'], { home, env }))
  }
}, 120_000)

it.each(lines.map(([line, exit], index) => [`${index} ${line}`, exit] as const))('%s', (name, exit) => {
  const { exit: ended, stdout, stderr } = told.get(name) as Ran
  const all = stdout + stderr
  expect(ended, all).toBe(exit)
  expect(all.trim()).not.toBe('')
  // What failed says why; what did not has nothing to say beside its result.
  if (exit === 0) expect(stderr).toBe('')
  for (const texts of [en, zhCN]) {
    expect(all).not.toContain(texts['report.undo'])
    expect(all).not.toContain(texts['report.new-shell'])
  }
  expect(stdout).not.toMatch(/^[i!] /m)
})

it('has every command in it', () => {
  const run = new Set(lines.map(([line]) => line.split(' ')[0]))
  expect(commandTable.map(({ name }) => name).filter((name) => !run.has(name))).toEqual([])
})
