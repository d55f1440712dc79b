import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it, onTestFinished } from 'vitest'
import { startStandIn } from '../../../src/gateway/stand-in.ts'
import { faults, startFaulty } from '../../support/faulty-gateway.ts'
import { readTree } from '../../support/home-tree.ts'
import { opened } from '../../support/opened.ts'
import { makeHome, runProgram, sampleKey, setUp } from '../../support/run-program.ts'
import { testCatalog } from '../../support/test-catalog.ts'

const newKey = `cr_${'fedcba98'.repeat(8)}`
function newHome(): string {
  const { home, drop } = makeHome()
  onTestFinished(drop)
  return home
}

const gatewayFor = (key: string) => opened(startStandIn(testCatalog.gateway, key))

async function rotate(home: string, ...more: readonly string[]) {
  const args = ['key', 'rotate', '--key-file', '-', '--yes', '--json', '--timeout', '20', ...more]
  const { exit, stdout, stderr } = await runProgram(args, { home, input: `${newKey}\n` })
  for (const key of [sampleKey, newKey]) expect(stdout + stderr).not.toContain(key.slice(3))
  return { exit, data: JSON.parse(stdout) }
}

const keyIn = (home: string, path: string) => readFileSync(join(home, path), 'utf8')

describe('a new key', () => {
  it('is tried at every gateway that is set up before anything is written, for no tokens', async () => {
    const home = newHome()
    const [one, other, unused] = [
      await gatewayFor(newKey),
      await gatewayFor(newKey),
      await gatewayFor(newKey),
    ]
    await setUp(['codex'], { home }, '--gateway', one.origin)
    await setUp(['claude-code'], { home }, '--gateway', other.origin)
    const { exit, data } = await rotate(home)
    expect([exit, data.changed, data.check.length]).toEqual([0, true, 2])
    expect(
      [keyIn(home, '.codex/.env'), keyIn(home, '.claude/settings.json')].every((text) =>
        text.includes(newKey),
      ),
    ).toBe(true)
    for (const { requests } of [one, other]) {
      expect(requests.some(({ auth }) => auth !== 'none')).toBe(true)
      expect(requests.some(({ status }) => status === 200)).toBe(false)
    }
    expect(unused.requests).toEqual([])
  })

  it('that one gateway refuses is written nowhere: exit 4', async () => {
    const home = newHome()
    const [good, bad] = [await gatewayFor(newKey), await gatewayFor(sampleKey)]
    await setUp(['codex'], { home }, '--gateway', good.origin)
    await setUp(['claude-code'], { home }, '--gateway', bad.origin)
    const before = readTree(home)
    const { exit, data } = await rotate(home)
    expect([exit, data.changed, data.edits, data.run]).toEqual([4, false, [], null])
    expect(data.check.map(({ key }: { key: { verdict: string } }) => key.verdict).sort()).toEqual([
      'key-accepted',
      'key-unknown',
    ])
    expect(readTree(home)).toEqual(before)
    const unchecked = await rotate(home, '--no-check')
    expect([unchecked.exit, unchecked.data.changed, unchecked.data.check]).toEqual([0, true, null])
  })

  it('that could not be tried is written nowhere, and not sent to what is no gateway: exit 4', async () => {
    const home = newHome()
    const broken = await opened(startFaulty(faults.broken))
    await setUp(['codex'], { home }, '--gateway', broken.origin)
    const before = readTree(home)
    expect((await rotate(home)).exit).toBe(4)
    expect(readTree(home)).toEqual(before)
    expect(JSON.stringify(broken.hits)).not.toContain(newKey)
  })

  it('is sent to nobody where nothing is to be written', async () => {
    const home = newHome()
    const standIn = await gatewayFor(newKey)
    await setUp(['codex'], { home }, '--gateway', standIn.origin)
    expect((await rotate(home, '--dry-run')).exit).toBe(0)
    expect(standIn.requests).toEqual([])
  })
})
