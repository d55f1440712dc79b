import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { readLedger } from '../../../src/apply/ledger-store.ts'
import { diagnose } from '../../../src/checks/doctor/diagnose.ts'
import { toolData } from '../../../src/checks/doctor/tool-data.ts'
import { runSetup } from '../../../src/commands/setup.ts'
import type { Host } from '../../../src/host/host.ts'
import { testCatalog } from '../../support/test-catalog.ts'
import { createTestContext } from '../../support/test-context.ts'
import { createTestHost, testKey } from '../../support/test-host.ts'

let home: string
beforeEach(() => {
  home = mkdtempSync(join(tmpdir(), 'qcode-key-doctor-'))
  mkdirSync(join(home, '.commands'))
  writeFileSync(join(home, '.commands', 'qcode-setup'), '', { mode: 0o755 })
})
afterEach(() => rmSync(home, { recursive: true, force: true }))

/** The machine with or without the program in PATH. */
function hostWith(env: Readonly<Record<string, string>>): Host {
  const base = createTestHost(home)
  return createTestHost(home, { env: { ...base.env, PATH: join(home, '.commands'), ...env } })
}

async function setUp(tools: readonly string[]): Promise<void> {
  const values = { tool: tools, keyStore: ['keychain'] }
  const input = { values, switches: new Set(['yes', 'noCheck']), positionals: [] }
  await runSetup(input, createTestContext(hostWith({ QCODE_API_KEY: testKey })))
}

async function look(env: Readonly<Record<string, string>>) {
  const host = hostWith(env)
  const { views, findings, profiles } = await diagnose(testCatalog, host, readLedger(host), () => false)
  const keys = views.flatMap((view) => toolData(view, profiles)).map(({ tool, key }) => [tool, key?.masked])
  return { keys, findings, ids: findings.filter(({ level }) => level === 'error').map(({ id }) => id) }
}

describe('doctor, with the key in the keychain', () => {
  it('tells the command that each key comes from, and finds nothing wrong', async () => {
    await setUp(['claude-code', 'codex', 'openai-sdk'])
    const { keys, ids } = await look({})
    expect(keys).toContainEqual(['claude-code', 'qcode-setup key get'])
    expect(keys).toContainEqual(['codex', 'qcode-setup'])
    expect(keys).toContainEqual(['openai-sdk', '$(qcode-setup key get)'])
    expect(ids).toEqual([])
  })

  it('finds that the command is not in PATH, for each tool that needs it', async () => {
    await setUp(['claude-code', 'codex', 'openai-sdk'])
    const { findings } = await look({ PATH: '' })
    const missing = findings.filter(({ id }) => id === 'key-command-missing')
    expect(missing.map(({ tool }) => tool)).toEqual(['claude-code', 'codex', 'openai-sdk'])
    expect(missing[0]).toMatchObject({
      level: 'error',
      hint: expect.stringContaining('--key-store keychain'),
    })
  })

  it('does not take the key that a shell has read for another one', async () => {
    await setUp(['openai-sdk'])
    const env = { OPENAI_API_KEY: testKey, OPENAI_BASE_URL: 'https://api.qcode.cc/openai/v1' }
    const { keys, findings } = await look(env)
    expect(keys).toContainEqual(['openai-sdk', 'cr_…cdef'])
    expect(findings.map(({ id }) => id)).not.toContain('different-keys')
    expect(findings.map(({ id }) => id)).not.toContain('key-file-mode')
  })
})
