import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { describe, expect, it, onTestFinished } from 'vitest'
import { runSetup } from '../../../src/commands/setup.ts'
import type { Input } from '../../../src/request/request.ts'
import { en } from '../../../src/texts/en.ts'
import { startRegions } from '../../support/fake-regions.ts'
import { faults } from '../../support/faulty-gateway.ts'
import { opened } from '../../support/opened.ts'
import { createTestContext } from '../../support/test-context.ts'
import { testKey } from '../../support/test-host.ts'
import { createAnsweringHost, ctrlC, down, enter } from '../../unit/wizard/answering-host.ts'

/** A setup on a terminal, for a region that is broken; eu would be right. It stands at the question after its check. */
async function startSetup() {
  const home = mkdtempSync(join(tmpdir(), 'qcode-failed-'))
  const regions = await opened(startRegions({ us: faults.broken, eu: faults.none }))
  onTestFinished(() => rmSync(home, { recursive: true, force: true }))
  const env = { HOME: home, PATH: '', SHELL: '/bin/bash', QCODE_API_KEY: testKey, ...regions.env }
  const terminal = createAnsweringHost(home, { env })
  const input: Input = {
    values: { tool: ['claude-code'], region: ['us'] },
    switches: new Set(),
    positionals: [],
  }
  const outcome = runSetup(input, createTestContext(terminal.host))
  await terminal.answer(en['ask.confirm'], enter)
  return { outcome, terminal, file: join(home, '.claude/settings.json') }
}

const question = en['ask.failed-check']

describe('the question after a failed check', () => {
  it.each([
    ['the first choice', enter],
    ['Ctrl-C', ctrlC],
  ])('keeps the files by %s: exit 4', async (_, keys) => {
    const { outcome, terminal, file } = await startSetup()
    await terminal.answer(question, keys)
    expect((await outcome).exit).toBe(4)
    expect(readFileSync(file, 'utf8')).toContain('https://us.qcode.cc/api')
    expect(terminal.shown()).toContain('No accounts')
  })

  it('given the third answer, rolls the run back: exit 4', async () => {
    const { outcome, terminal, file } = await startSetup()
    await terminal.answer(question, down + down + enter)
    expect(await outcome).toMatchObject({ exit: 4, data: { changed: true, undone: expect.any(String) } })
    expect(existsSync(file)).toBe(false)
  })

  it('rolls the run back before it asks for another region, so that leaving there leaves nothing written', async () => {
    const { outcome, terminal, file } = await startSetup()
    await terminal.answer(question, down + enter)
    await terminal.answer(en['ask.region'], '')
    expect(existsSync(file)).toBe(false)
    terminal.input.write(ctrlC)
    await expect(outcome).rejects.toMatchObject({ code: 'cancelled', exit: 130 })
    expect(terminal.host.interruption.cancellation().message).toMatch(
      /^Cancelled. Nothing else was written.\nThe change .* was undone.$/,
    )
  })

  it('given the second answer, sets up another region: exit 0 when that one is right', async () => {
    const { outcome, terminal, file } = await startSetup()
    await terminal.answer(question, down + enter)
    await terminal.answer(en['ask.region'], down + down + enter)
    await terminal.answer(en['ask.confirm'], enter)
    expect(await outcome).toMatchObject({ exit: 0, data: { region: 'eu' } })
    expect(readFileSync(file, 'utf8')).toContain('https://eu.qcode.cc/api')
  })
})
