import { describe, expect, it } from 'vitest'
import type { Conflict } from '../../../src/plan/plan.ts'
import { en } from '../../../src/texts/en.ts'
import { zhCN } from '../../../src/texts/zh-CN.ts'
import { askRestart } from '../../../src/wizard/ask-region.ts'
import { askRecovery, resolveConflict } from '../../../src/wizard/resolve-conflict.ts'
import { createAnsweringHost, ctrlC, down, enter } from './answering-host.ts'

const conflict: Conflict = {
  tool: 'aider',
  path: '/home/ada/.aider.conf.yml',
  keyPath: ['env-file'],
  why: 'guarded',
  actual: '"/home/ada/\x1b[2Jmy.env"',
  wanted: '"/home/ada/aider.env"',
}

describe('resolveConflict', () => {
  it.each([
    ['overwrite', enter],
    ['skip', down + enter],
  ])('gives %s', async (expected, keys) => {
    const terminal = createAnsweringHost('/nowhere')
    const decision = resolveConflict(conflict, terminal.host)
    await terminal.answer(en['ask.conflict'], keys)
    expect(await decision).toBe(expected)
  })

  it('is cancelled by the third choice', async () => {
    const terminal = createAnsweringHost('/nowhere')
    const decision = resolveConflict(conflict, terminal.host).catch((error) => error)
    await terminal.answer(en['ask.conflict'], down + down + enter)
    expect(await decision).toMatchObject({ code: 'cancelled', exit: 130 })
  })

  it('shows both values, control characters written out', async () => {
    const terminal = createAnsweringHost('/nowhere')
    const decision = resolveConflict(conflict, terminal.host)
    await terminal.answer(en['ask.conflict'], enter)
    await decision
    expect(terminal.shown()).toContain('now: "/home/ada/\\x1b[2Jmy.env"')
    expect(terminal.shown()).toContain(`new: ${conflict.wanted}`)
  })
})

it.each([
  ['undo', enter],
  ['finish', down + enter],
])('askRecovery names the files and gives %s', async (expected, keys) => {
  const terminal = createAnsweringHost('/nowhere')
  const file = { path: '/home/ada/.codex/config.toml' } as Parameters<typeof askRecovery>[0]['files'][number]
  const answer = askRecovery({ id: 'run-7', command: 'setup', files: [file] }, terminal.host)
  await terminal.answer(en['ask.recovery'], keys)
  expect(await answer).toBe(expected)
  expect(terminal.shown()).toContain('run-7')
  expect(terminal.shown()).toContain(file.path)
})

it('askRestart names the process and the command, in the language of the user', async () => {
  const terminal = createAnsweringHost('/nowhere', { env: { LANG: 'zh_CN.UTF-8' } })
  const answer = askRestart({ title: 'Codex CLI', pid: 42, restart: ['codex', 'restart'] }, terminal.host)
  await terminal.answer(zhCN['ask.restart']({ command: 'codex restart' }), `n${enter}`)
  expect(await answer).toBe(false)
  expect(terminal.shown()).toContain('PID 42')
})

it('askRestart takes Ctrl-C for a no, since the files are written by then', async () => {
  const terminal = createAnsweringHost('/nowhere')
  const answer = askRestart({ title: 'Codex CLI', pid: 42, restart: ['codex', 'restart'] }, terminal.host)
  await terminal.answer(en['ask.restart']({ command: 'codex restart' }), ctrlC)
  expect(await answer).toBe(false)
})
