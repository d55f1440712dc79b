import { join } from 'node:path'
import { outputJson } from 'fs-extra/esm'
import { expect, test } from 'vitest'
import { keys, startTerminal } from '../support/terminal.ts'
import { cleanEnvironment } from './clean-environment.ts'
import { clientRunner } from './client-runners.ts'
import { makePlace } from './place.ts'
import { setUp } from './set-up.ts'

test.each([
  ['with --model-discovery', ['--model-discovery'], ['/api/v1/models'], true],
  ['without it', [], [], false],
])('Claude Code %s: what /model lists', async (_, flags, asked, isListed) => {
  const place = await makePlace()
  const { home, standIn } = place
  const runner = clientRunner('claude-code-2.1.330')
  await setUp([runner], place, flags)
  // Where it was started before, it asks neither for a look nor for trust.
  const projects = { [home]: { hasTrustDialogAccepted: true } }
  await outputJson(join(home, '.claude.json'), { hasCompletedOnboarding: true, projects })
  const claude = startTerminal({
    home,
    command: [runner.command],
    env: { ...cleanEnvironment(home, [runner.binFolder]), TERM: 'xterm-256color', ...runner.env },
  })
  await claude.waitFor('/effort')
  claude.press('/model')
  await claude.waitFor('❯ /model')
  claude.press(keys.enter)
  await claude.waitFor('Enter to save')
  if (isListed) await claude.waitFor('claude-stand-in')
  expect(claude.screen().includes('claude-stand-in')).toBe(isListed)
  expect(claude.screen()).not.toContain('gpt-stand-in')
  const gets = standIn.requests.filter(({ method }) => method === 'GET')
  expect(gets.map(({ path }) => path)).toEqual(asked)
})
