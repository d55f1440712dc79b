import { existsSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it, onTestFinished } from 'vitest'
import { startStandIn } from '../../../src/gateway/stand-in.ts'
import { answering, faults, startFaulty } from '../../support/faulty-gateway.ts'
import { opened } from '../../support/opened.ts'
import { makeHome, runProgram, sampleKey } from '../../support/run-program.ts'
import { testCatalog } from '../../support/test-catalog.ts'

function newHome(): string {
  const { home, drop } = makeHome()
  onTestFinished(drop)
  return home
}

/** A relay that lacks the path without /v1, as some builds of the family do. */
const withoutAlias = () => {
  const routes = testCatalog.gateway.protocols.map((protocol) => ({
    ...protocol,
    routes: protocol.routes.filter((path) => path !== '/openai/responses'),
  }))
  return opened(startStandIn({ ...testCatalog.gateway, protocols: routes }, sampleKey))
}

async function run(home: string, args: readonly string[], key = sampleKey) {
  const timeout = args[0] === 'undo' ? [] : ['--timeout', '20']
  const ran = await runProgram([...args, '--json', ...timeout], { home, input: `${key}\n` })
  expect(ran.stdout + ran.stderr).not.toContain(key.slice(3))
  return { ...ran, data: JSON.parse(ran.stdout) }
}

const setUp = (home: string, gateway: string, tools: string, ...more: string[]) =>
  run(home, ['--tool', tools, '--gateway', gateway, '--key-file', '-', '--yes', ...more])

const codexConfig = (home: string) => readFileSync(join(home, '.codex/config.toml'), 'utf8')

describe('setup', () => {
  it('ends with a check of the paths that the tools request, and of the key', async () => {
    const standIn = await opened(startStandIn(testCatalog.gateway, sampleKey))
    const { exit, data } = await setUp(newHome(), standIn.origin, 'claude-code,codex')
    expect(exit).toBe(0)
    expect(data.check).toMatchObject({
      origin: standIn.origin,
      reachable: true,
      key: { verdict: 'key-accepted' },
    })
    const paths = data.check.routes.map((route: { path: string }) => route.path).sort()
    expect(paths).toEqual(['/api/v1/messages', '/openai/responses'])
    expect(standIn.requests.some(({ status }) => status === 200)).toBe(false)
  })

  it('contacts nobody with --no-check', async () => {
    const standIn = await opened(startStandIn(testCatalog.gateway, sampleKey))
    const { exit, data } = await setUp(newHome(), standIn.origin, 'codex', '--no-check')
    expect([exit, data.check]).toEqual([0, null])
    expect(standIn.requests).toEqual([])
  })

  it('says that the files stay when the gateway is broken: exit 4', async () => {
    const home = newHome()
    const broken = await opened(startFaulty(faults.broken))
    const { exit, data, stderr } = await setUp(home, broken.origin, 'claude-code')
    expect([exit, data.changed, data.check.routes[0].verdict]).toEqual([4, true, 'server-error'])
    expect(existsSync(join(home, '.claude/settings.json'))).toBe(true)
    expect(stderr).toContain('check --all')
    expect(JSON.stringify(broken.hits)).not.toContain(sampleKey)
    const undone = await run(home, ['undo', '--yes'])
    expect(undone.exit).toBe(0)
    expect(existsSync(join(home, '.claude/settings.json'))).toBe(false)
  })

  it('writes nothing for a key that the gateway refuses: exit 4; with --no-check it is written', async () => {
    const home = newHome()
    const standIn = await opened(startStandIn(testCatalog.gateway, sampleKey))
    const other = `cr_${'f'.repeat(64)}`
    const args = ['--tool', 'codex', '--gateway', standIn.origin, '--key-file', '-', '--yes']
    const { exit, data, stderr } = await run(home, args, other)
    expect([exit, data.error.code]).toEqual([4, 'key-refused'])
    expect(stderr).toContain('Nothing was written')
    expect(stderr).toContain('--no-check')
    expect(existsSync(join(home, '.codex'))).toBe(false)
    expect(existsSync(join(home, '.local'))).toBe(false)
    expect((await run(home, [...args, '--no-check'], other)).exit).toBe(0)
    expect(existsSync(join(home, '.codex/config.toml'))).toBe(true)
  })

  it('asks no gateway about a key where the plan stops before the write: exit 3', async () => {
    const home = newHome()
    const standIn = await opened(startStandIn(testCatalog.gateway, sampleKey))
    writeFileSync(join(home, '.aider.conf.yml'), 'env-file: mine.env\n')
    const { exit, data } = await setUp(home, standIn.origin, 'aider')
    expect([exit, data.error.code]).toEqual([3, 'conflict'])
    expect(standIn.requests).toEqual([])
  })
})

describe('a variant with a fallback', () => {
  it('is replaced by its fallback where the gateway serves only the other path: one run, one undo', async () => {
    const home = newHome()
    const relay = await withoutAlias()
    const { exit, data } = await setUp(home, relay.origin, 'codex')
    expect(exit).toBe(0)
    expect(codexConfig(home)).toContain(`base_url = "${relay.origin}/openai/v1"`)
    expect(data.warnings.map(({ id }: { id: string }) => id)).toContain('fallback-used')
    expect(data.check.routes.map(({ path }: { path: string }) => path)).toEqual(['/openai/v1/responses'])
    const again = await setUp(home, relay.origin, 'codex')
    expect([again.exit, again.data.changed]).toEqual([0, false])
    await run(home, ['undo', '--yes'])
    expect(existsSync(join(home, '.codex/config.toml'))).toBe(false)
  })

  it('is shown by --dry-run as it would be written', async () => {
    const home = newHome()
    const relay = await withoutAlias()
    const { exit, data } = await setUp(home, relay.origin, 'codex', '--dry-run')
    expect([exit, data.edits[0].baseUrl, data.check]).toEqual([0, `${relay.origin}/openai/v1`, null])
    expect(existsSync(join(home, '.codex'))).toBe(false)
  })

  it('is kept where it is pinned, and the check says what is served instead', async () => {
    const home = newHome()
    const relay = await withoutAlias()
    const { exit, data } = await setUp(home, relay.origin, 'codex', '--codex-base', 'openai')
    expect(exit).toBe(4)
    expect(codexConfig(home)).toContain(`base_url = "${relay.origin}/openai"`)
    expect(data.check.routes[0]).toMatchObject({ verdict: 'wrong-prefix' })
    const checked = await run(home, ['check'])
    const own = checked.data.regions[0].routes.find(
      ({ path }: { path: string }) => path === '/openai/responses',
    )
    expect(own).toMatchObject({ verdict: 'wrong-prefix', tools: ['codex'] })
    expect(String(own.message)).toContain('It does have /openai/v1/responses')
    expect(String(own.hint)).toContain(`qcode-setup switch --gateway ${relay.origin}`)
    const mended = await run(home, ['switch', '--gateway', relay.origin, '--yes'])
    expect(mended.exit).toBe(0)
    expect(codexConfig(home)).toContain(`base_url = "${relay.origin}/openai/v1"`)
  })

  it.each([
    ['a fault', faults.broken],
    ['a page', answering(404, '<html>')],
  ])('stays where nothing can be told: %s', async (_, listener) => {
    const home = newHome()
    const gateway = await opened(startFaulty(listener))
    const { exit } = await setUp(home, gateway.origin, 'codex')
    expect(exit).toBe(4)
    expect(codexConfig(home)).toContain(`base_url = "${gateway.origin}/openai"`)
  })

  it('is replaced by its fallback in a switch as well', async () => {
    const home = newHome()
    const standIn = await opened(startStandIn(testCatalog.gateway, sampleKey))
    const relay = await withoutAlias()
    await setUp(home, standIn.origin, 'codex')
    expect(codexConfig(home)).toContain(`"${standIn.origin}/openai"`)
    const { exit, data } = await run(home, ['switch', '--gateway', relay.origin, '--yes'])
    expect([exit, data.check.reachable]).toEqual([0, true])
    expect(codexConfig(home)).toContain(`"${relay.origin}/openai/v1"`)
  })
})

describe('switch', () => {
  it('ends with a check: exit 4 where the other gateway is broken, the files switched', async () => {
    const home = newHome()
    const standIn = await opened(startStandIn(testCatalog.gateway, sampleKey))
    const broken = await opened(startFaulty(faults.broken))
    await setUp(home, standIn.origin, 'claude-code')
    const { exit, data, stderr } = await run(home, ['switch', '--gateway', broken.origin, '--yes'])
    // The key of the tool's file is tried, but not where no gateway was found.
    expect([exit, data.changed, data.check.key.verdict]).toEqual([4, true, 'skipped'])
    expect(stderr).toContain('qcode-setup undo')
  })
})

describe('check after a setup', () => {
  it('asks where the tools are set up, and sends the key nowhere else', async () => {
    const home = newHome()
    const own = await opened(startStandIn(testCatalog.gateway, sampleKey))
    await setUp(home, own.origin, 'cline', '--no-check')
    const { exit, data } = await run(home, ['check', '--key-file', '-'])
    expect(exit).toBe(0)
    expect(data.regions.map(({ origin }: { origin: string }) => origin)).toEqual([own.origin])
    const messages = data.regions[0].routes.find(({ path }: { path: string }) => path === '/api/v1/messages')
    expect(messages.tools).toEqual(['cline'])
  })
})

describe('--region auto', () => {
  it('needs the check: exit 2 with --no-check', async () => {
    const home = newHome()
    const args = ['--tool', 'codex', '--region', 'auto', '--no-check', '--key-file', '-', '--yes']
    const { exit, data } = await run(home, args)
    expect([exit, data.error.code]).toEqual([2, 'auto-needs-check'])
  })

  it('goes together with no --gateway: exit 2', async () => {
    const { exit, data } = await setUp(newHome(), 'http://127.0.0.1:1', 'codex', '--region', 'auto')
    expect([exit, data.error.code]).toEqual([2, 'region-and-gateway'])
  })
})
