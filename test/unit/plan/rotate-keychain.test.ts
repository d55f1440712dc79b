import { mkdtempSync, realpathSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, expect, it } from 'vitest'
import type { Outcome } from '../../../src/command.ts'
import { parseArguments } from '../../../src/request/parse-arguments.ts'
import { commandTable } from '../../support/command-table.ts'
import { readTree } from '../../support/home-tree.ts'
import { testCatalog } from '../../support/test-catalog.ts'
import { createTestContext } from '../../support/test-context.ts'
import { createTestHost, testKey } from '../../support/test-host.ts'

const newKey = `cr_${'fedcba98'.repeat(8)}`
let home = ''
afterEach(() => rmSync(home, { recursive: true, force: true }))

it('replaces the key in the keychain and in files in one run, where some tools use the one and some the other', async () => {
  home = realpathSync(mkdtempSync(join(tmpdir(), 'qcode-rotate-')))
  let key = testKey
  const host = createTestHost(home, { readStdin: async () => new TextEncoder().encode(key) })
  const run = async (...[name, ...rest]: readonly string[]): Promise<Outcome> => {
    const spec = commandTable.find((each) => each.name === name)
    if (!spec) throw new Error(`no command ${name}`)
    const args = [...rest, '--key-file', '-', '--yes', '--no-check']
    const input = parseArguments(args, spec, testCatalog)
    return spec.run(input, createTestContext(host))
  }
  const keychain = await host.keychain()
  const kept = async () => Promise.all((await keychain.list()).map((account) => keychain.get(account)))
  await run('setup', '--tool', 'claude-code', '--key-store', 'keychain')
  await run('setup', '--tool', 'codex')
  key = newKey
  const { exit, data } = await run('key', 'rotate')
  expect([exit, data.places, [...(data.tools as string[])].sort(), data.elsewhere]).toEqual([
    0,
    2,
    ['claude-code', 'codex'],
    [],
  ])
  expect(new Set(await kept())).toEqual(new Set([newKey]))
  const holders = Object.entries(readTree(home)).filter(([, { bytes }]) => bytes?.includes(testKey))
  expect(holders).toEqual([])
})
