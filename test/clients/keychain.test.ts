import { mkdirSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { describe, expect, onTestFinished, test } from 'vitest'
import { hasSecretService, startSecretService } from '../support/secret-service.ts'
import { cleanEnvironment } from './clean-environment.ts'
import { pinned } from './client-packages.ts'
import { clientRunner } from './client-runners.ts'
import { makePlace, type Place } from './place.ts'
import type { ClientRunner } from './runners/client-runner.ts'
import { setUp } from './set-up.ts'
import { goodTurn, takeTurn } from './take-turn.ts'

const program = join(import.meta.dirname, '../../bin/qcode-setup.js')

interface KeychainPlace extends Place {
  /** What leads a program to the keychain and to `qcode-setup`. */
  readonly env: Readonly<Record<string, string>>
}

/** A home with an unlocked Secret Service of its own and an installed `qcode-setup`. */
async function makeKeychainPlace(): Promise<KeychainPlace> {
  const place = await makePlace()
  const [home, commands] = [join(place.home, 'home'), join(place.home, 'commands')]
  for (const folder of [home, commands]) mkdirSync(folder)
  const script = `#!/bin/sh\nexec '${process.execPath}' '${program}' "$@"\n`
  writeFileSync(join(commands, 'qcode-setup'), script, { mode: 0o755 })
  // A login shell begins with the system's PATH; what leads to installed programs stands in the user's profile.
  const profile = `PATH='${commands}:${dirname(process.execPath)}':"$PATH"\n`
  writeFileSync(join(home, '.profile'), profile)
  const service = await startSecretService(home)
  onTestFinished(() => service.stop())
  return { ...place, home, env: { ...service.env, PATH: commands } }
}

/** The runner where the keychain is within reach, its own commands first in PATH. */
function within({ home, env }: KeychainPlace, runner: ClientRunner): ClientRunner {
  const { PATH } = cleanEnvironment(home, [runner.binFolder, env.PATH ?? ''])
  return { ...runner, env: { ...runner.env, ...env, PATH: PATH ?? '' } }
}

/** The same in a login shell, as a user would start it: the profile brings the key. */
function fromShell(runner: ClientRunner): ClientRunner {
  return { ...runner, command: '/bin/bash', args: ['-lc', 'exec "$0" "$@"', runner.command, ...runner.args] }
}

function textsBelow(folder: string): string {
  const names = readdirSync(folder, { recursive: true, encoding: 'utf8' })
  const files = names.map((name) => join(folder, name)).filter((path) => statSync(path).isFile())
  return files.map((path) => readFileSync(path, 'latin1')).join('\n')
}

/** A turn with the key that the client read out of the keychain; Claude Code sends it in both headers. */
async function expectReply(runner: ClientRunner, place: KeychainPlace): Promise<void> {
  const { auth: _, ...good } = goodTurn(runner)
  expect(await takeTurn(within(place, runner), place)).toMatchObject(good)
}

const keychain = ['--key-store', 'keychain']
const byOwnCommand = ['claude-code-2.1.197', 'claude-code-2.1.330', 'codex-0.120.0', 'codex-0.169.0']
const byShellLine = ['codex-0.80.0', pinned('cline'), pinned('aider')]
const inShellAlready = ['openai-js-6.49.0', 'openai-python', 'claude-agent-sdk-js']

describe.skipIf(!hasSecretService)('keychain', () => {
  test.each([...byOwnCommand, ...byShellLine, ...inShellAlready])('%s reads its key', async (id) => {
    const place = await makeKeychainPlace()
    const own = clientRunner(id)
    const runner = byShellLine.includes(id) ? fromShell(own) : own
    await setUp([within(place, own)], place, keychain)
    expect(textsBelow(place.home)).not.toContain(place.key)
    await expectReply(runner, place)
    expect(await setUp([within(place, own)], place, keychain)).toMatchObject({ changed: false })
    expect(textsBelow(dirname(place.home))).not.toContain(place.key)
  })

  test('Claude Code sends no other key from its environment', async () => {
    const place = await makeKeychainPlace()
    const runner = clientRunner('claude-code-2.1.330')
    const withKey = { ...runner, env: { ...runner.env, ANTHROPIC_API_KEY: 'sk-ant-elsewhere-0123456789' } }
    await setUp([within(place, withKey)], place, keychain)
    await expectReply(withKey, place)
  })

  test('Cline uses no key of the user that was in its file before', async () => {
    const place = await makeKeychainPlace()
    const runner = clientRunner(pinned('cline'))
    const settings = { provider: 'anthropic', apiKey: 'sk-ant-of-the-user-0123456789' }
    const providers = { anthropic: { settings, updatedAt: '2026-01-02T03:04:05.678Z' } }
    const folder = join(place.home, '.cline/data/settings')
    mkdirSync(folder, { recursive: true })
    writeFileSync(join(folder, 'providers.json'), JSON.stringify({ version: 1, providers }))
    await setUp([within(place, runner)], place, keychain)
    await expectReply(fromShell(runner), place)
  })
})
