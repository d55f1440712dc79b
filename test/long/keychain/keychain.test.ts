import { mkdirSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { afterEach, describe, expect, it } from 'vitest'
import { makeHome, type Ran, runProgram, sampleKey } from '../../support/run-program.ts'
import { hasSecretService, type SecretService, startSecretService } from '../../support/secret-service.ts'
import { startTerminal } from '../../support/terminal.ts'

const secondKey = `cr_${'76543210fedcba98'.repeat(4)}`

interface Machine {
  readonly home: string
  readonly service: SecretService
  readonly run: (line: string, options?: { input?: string; env?: Record<string, string> }) => Promise<Ran>
}

let ends: (() => unknown)[] = []
afterEach(async () => {
  for (const end of ends.reverse()) await end()
  ends = []
})

async function start(kind?: 'empty'): Promise<Machine> {
  const { home, drop } = makeHome()
  ends.push(drop)
  const service = await startSecretService(home, kind)
  ends.push(service.stop)
  const run: Machine['run'] = (line, { env, ...options } = {}) =>
    runProgram(line.split(' '), { home, env: { ...service.env, ...env }, ...options })
  return { home, service, run }
}

const set = ({ run }: Machine, key = sampleKey) => run('key set --key-file - --yes', { input: `${key}\n` })

function textsBelow(folder: string): string {
  const names = readdirSync(folder, { recursive: true, encoding: 'utf8' })
  const files = names.map((name) => join(folder, name)).filter((path) => statSync(path).isFile())
  return files.map((path) => readFileSync(path, 'latin1')).join('\n')
}

describe.skipIf(!hasSecretService)('the keychain of a machine with a Secret Service', () => {
  it('gives a program the key and a newline, nothing else, and no file holds the key', async () => {
    const machine = await start()
    expect(await set(machine)).toMatchObject({ exit: 0, stderr: expect.stringContaining('qcode-setup undo') })
    expect(await machine.run('key get')).toEqual({ exit: 0, stdout: `${sampleKey}\n`, stderr: '' })
    expect(textsBelow(machine.home)).not.toContain(sampleKey)
    expect(machine.service.accounts()).toEqual(['default'])
  })

  it('shows a masked key and where it is in JSON', async () => {
    const machine = await start()
    await set(machine)
    const { stdout } = await machine.run('key get --json')
    expect(JSON.parse(stdout)).toMatchObject({
      command: 'key',
      verb: 'get',
      key: 'cr_…4567',
      store: 'keychain',
    })
    expect(stdout).not.toContain(sampleKey)
  })

  it('shows a person at a terminal the masked key, and how a program gets the whole one', async () => {
    const machine = await start()
    await set(machine)
    const terminal = startTerminal({ home: machine.home, args: ['key', 'get'], env: machine.service.env })
    expect(await terminal.exit).toBe(0)
    expect(terminal.sent()).not.toContain(sampleKey)
    expect(terminal.screen()).toContain('cr_…4567')
    expect(terminal.screen()).toContain('qcode-setup key get | cat')
  })

  it('given no key in the keychain, takes nothing else for it', async () => {
    const { run } = await start()
    const ran = await run('key get', { env: { QCODE_API_KEY: sampleKey }, input: `${sampleKey}\n` })
    expect(ran).toMatchObject({ exit: 1, stdout: '', stderr: expect.stringContaining('qcode-setup key set') })
    const { stdout } = await run('key get --json')
    expect(JSON.parse(stdout)).toMatchObject({ error: { code: 'key-not-stored' } })
  })

  it('gives the key whatever is broken among tool folders, ledger and runs', async () => {
    const machine = await start()
    await set(machine)
    const broken = ['.config/qcode-setup/tools/mine/tool.toml', '.local/state/qcode-setup/ledger.json']
    const [run = ''] = readdirSync(join(machine.home, '.local/state/qcode-setup/runs')).filter((name) =>
      /Z-/.test(name),
    )
    for (const path of [...broken, `.local/state/qcode-setup/runs/${run}/journal.json`]) {
      mkdirSync(dirname(join(machine.home, path)), { recursive: true })
      writeFileSync(join(machine.home, path), '{"')
    }
    expect(await machine.run('key get')).toEqual({ exit: 0, stdout: `${sampleKey}\n`, stderr: '' })
  })

  it('undoes key set: the key before comes back, and undoing that puts the new one there again', async () => {
    const machine = await start()
    await set(machine)
    await set(machine, secondKey)
    expect(await machine.run('undo --yes')).toMatchObject({ exit: 0 })
    expect((await machine.run('key get')).stdout).toBe(`${sampleKey}\n`)
    const runs = readdirSync(join(machine.home, '.local/state/qcode-setup/runs')).filter((name) =>
      /Z-/.test(name),
    )
    const undone = runs
      .map((id) => join(machine.home, '.local/state/qcode-setup/runs', id, 'journal.json'))
      .map((path) => JSON.parse(readFileSync(path, 'utf8')))
      .find(({ undoes }) => undoes)
    expect(await machine.run(`undo ${undone.id} --yes`)).toMatchObject({ exit: 0 })
    expect((await machine.run('key get')).stdout).toBe(`${secondKey}\n`)
    expect(textsBelow(machine.home)).not.toMatch(new RegExp(`${sampleKey}|${secondKey}`))
  })

  it('writes nothing in a dry run, and nothing where the keychain holds that key already', async () => {
    const machine = await start()
    const planned = await machine.run('key set --key-file - --dry-run', { input: sampleKey })
    expect(planned).toMatchObject({ exit: 0, stdout: expect.stringContaining('+cr_…4567') })
    expect(machine.service.accounts()).toEqual([])
    await set(machine)
    expect(
      JSON.parse((await machine.run('key set --key-file - --json', { input: sampleKey })).stdout),
    ).toMatchObject({
      verb: 'set',
      changed: false,
      run: null,
    })
    expect(machine.service.accounts()).toEqual(['default'])
  })

  it('forgets every copy with the key, but only when told so', async () => {
    const machine = await start()
    await set(machine)
    await set(machine, secondKey)
    expect(await machine.run('key forget')).toMatchObject({
      exit: 2,
      stderr: expect.stringContaining('--yes'),
    })
    expect(machine.service.accounts()).toHaveLength(2)
    expect(JSON.parse((await machine.run('key forget --yes --json')).stdout)).toMatchObject({
      changed: true,
      copies: 1,
    })
    expect(machine.service.accounts()).toEqual([])
    expect(await machine.run('undo --yes')).toMatchObject({ exit: 3 })
    expect(await machine.run('key get')).toMatchObject({ exit: 1, stdout: '' })
    expect(await machine.run('key forget --yes')).toMatchObject({
      exit: 0,
      stdout: expect.stringContaining('no key'),
    })
  })

  it('names the files that still hold a forgotten key, and the command that takes it out', async () => {
    const machine = await start()
    await machine.run('--tool codex,aider --key-file - --yes --no-check', { input: sampleKey })
    const ran = await machine.run('key forget --yes --json')
    expect(JSON.parse(ran.stdout).files).not.toEqual([])
    const { stderr } = await machine.run('key forget --yes')
    expect(stderr).toMatch(/qcode-setup remove --tool \w/)
    expect(stderr).not.toContain(sampleKey)
  })

  it('says at once that a locked keyring stays locked, and changes nothing', async () => {
    const machine = await start()
    await set(machine)
    await machine.service.restart('locked')
    const get = await machine.run('key get')
    expect(get).toMatchObject({ exit: 1, stdout: '', stderr: expect.stringContaining('is not available') })
    expect(await set(machine, secondKey)).toMatchObject({
      exit: 1,
      stderr: expect.stringContaining('Unlock the keychain'),
    })
    expect(await machine.run('key forget --yes')).toMatchObject({ exit: 1 })
    expect(await machine.run('status')).toMatchObject({ exit: 0, stderr: '' })
    await machine.service.restart('unlocked')
    expect(machine.service.accounts()).toEqual(['default'])
    expect((await machine.run('key get')).stdout).toBe(`${sampleKey}\n`)
  })

  it('says so when the daemon has died, and goes on once it is back', async () => {
    const machine = await start()
    await set(machine)
    await machine.service.kill()
    const get = await machine.run('key get --json')
    expect([get.exit, JSON.parse(get.stdout).error.code]).toEqual([1, 'keychain-unavailable'])
    expect(await machine.run('undo --yes')).toMatchObject({
      exit: 1,
      stderr: expect.stringContaining('keychain'),
    })
    expect(await set(machine, secondKey)).toMatchObject({ exit: 1 })
    await machine.service.restart('unlocked')
    expect((await machine.run('key get')).stdout).toBe(`${sampleKey}\n`)
    expect(await machine.run('undo --yes')).toMatchObject({ exit: 0 })
    expect(machine.service.accounts()).toEqual([expect.stringMatching(/^backup-/)])
  })

  it('does not wait for ever for a daemon that answers nothing', async () => {
    const machine = await start()
    await set(machine)
    machine.service.freeze()
    expect(await machine.run('key get')).toMatchObject({ exit: 1, stdout: '' })
  })

  it('says so where the bus has no Secret Service, and never takes a keyring that forgets', async () => {
    const machine = await start('empty')
    expect(await set(machine)).toMatchObject({ exit: 1, stderr: expect.stringContaining('--key-store file') })
    expect(await machine.run('key get')).toMatchObject({ exit: 1, stdout: '' })
    expect(readdirSync(machine.home)).toEqual([])
  })
})

describe('a machine without a Secret Service', () => {
  it.runIf(process.platform === 'linux')('is told so, and nothing is written', async () => {
    const { home, drop } = makeHome()
    ends.push(drop)
    const ran = await runProgram(['key', 'set', '--key-file', '-', '--yes'], { home, input: sampleKey })
    expect(ran).toMatchObject({ exit: 1, stderr: expect.stringContaining('--key-store file') })
    expect((await runProgram(['key', 'get'], { home })).stdout).toBe('')
    expect(readdirSync(home)).toEqual([])
  })
})
