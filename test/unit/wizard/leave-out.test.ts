import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { describe, expect, it, onTestFinished } from 'vitest'
import { runSetup } from '../../../src/commands/setup.ts'
import type { Input } from '../../../src/request/request.ts'
import { en } from '../../../src/texts/en.ts'
import { createTestContext } from '../../support/test-context.ts'
import { testKey } from '../../support/test-host.ts'
import { createAnsweringHost, enter } from './answering-host.ts'

const named = { tool: ['codex', 'claude-code', 'cline'] }

/** Two of three tools have files that do not parse. */
function startSetup(values: Input['values'] = named) {
  const input: Input = { values, switches: new Set(['noCheck']), positionals: [] }
  const home = mkdtempSync(join(tmpdir(), 'qcode-broken-'))
  onTestFinished(() => rmSync(home, { recursive: true, force: true }))
  for (const folder of ['.codex', '.claude', '.cline/data'])
    mkdirSync(join(home, folder), { recursive: true })
  writeFileSync(join(home, '.codex/config.toml'), 'model = "x\n')
  writeFileSync(join(home, '.claude/settings.json'), '{ "env": [ }\n')
  const terminal = createAnsweringHost(home)
  return { home, terminal, outcome: runSetup(input, createTestContext(terminal.host)) }
}

const question = en['ask.broken']({ tools: ['Claude Code', 'Codex CLI'] })

describe('files that cannot be edited', () => {
  it('are all named before any other question; a yes goes on without their tools', async () => {
    const { home, terminal, outcome } = startSetup()
    await terminal.answer(question, enter)
    const shown = terminal.shown()
    expect(shown).toContain('.codex/config.toml:1')
    expect(shown).toContain('.claude/settings.json:1')
    expect(shown).not.toContain(en['ask.region'])
    await terminal.answer(en['ask.region'], enter)
    await terminal.answer(en['ask.key'], testKey + enter)
    await terminal.answer(en['ask.confirm'], enter)
    const { exit, next = [] } = await outcome
    expect(exit).toBe(0)
    expect(next.join('\n')).toContain('--tool cline ')
    expect(readFileSync(join(home, '.codex/config.toml'), 'utf8')).toBe('model = "x\n')
    expect(existsSync(join(home, '.cline/data'))).toBe(true)
  })

  it('Esc leads back to the tools', async () => {
    const { terminal, outcome } = startSetup({})
    await terminal.answer(en['ask.tools'], enter)
    await terminal.answer(question, '')
    expect(terminal.shown()).toContain(en['ask.keys.back'])
    terminal.input.write('\x1b')
    await terminal.answer(en['ask.tools'], '\x03')
    await expect(outcome).rejects.toMatchObject({ code: 'cancelled', exit: 130 })
  })

  it('a no leaves everything as it is: exit 130', async () => {
    const { home, terminal, outcome } = startSetup()
    await terminal.answer(question, `n${enter}`)
    await expect(outcome).rejects.toMatchObject({ code: 'cancelled', exit: 130 })
    expect(existsSync(join(home, '.local'))).toBe(false)
  })
})
