import {
  chmodSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  statSync,
  symlinkSync,
  utimesSync,
  writeFileSync,
} from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it, onTestFinished } from 'vitest'
import { runDoctor } from '../../../src/commands/doctor.ts'
import { runSetup } from '../../../src/commands/setup.ts'
import { startStandIn } from '../../../src/gateway/stand-in.ts'
import type { Host } from '../../../src/host/host.ts'
import { readTree } from '../../support/home-tree.ts'
import { testCatalog } from '../../support/test-catalog.ts'
import { createTestContext } from '../../support/test-context.ts'
import { testKey } from '../../support/test-host.ts'
import { baseUrlTable, claude, ready, settings } from './base-url-table.ts'
import { type Examined, examine, makeSituation } from './doctor-home.ts'
import { gatewayKey, vendorKey } from './trap-table.ts'

async function setUp(host: Host, values: Readonly<Record<string, readonly string[]>>): Promise<void> {
  const withKey = { ...host, env: { ...host.env, QCODE_API_KEY: testKey } }
  await runSetup(
    { values, switches: new Set(['yes', 'noCheck']), positionals: [] },
    createTestContext(withKey),
  )
}

function findingOf({ findings }: Examined, id: string) {
  return findings.find((finding) => finding.id === id)
}

describe('a base URL that is wrong', () => {
  it.each(baseUrlTable)('gives %s (%s), with %s', async (id, level, hint, situation) => {
    const examined = await examine(makeSituation(situation))
    expect(findingOf(examined, id)).toMatchObject({ level, hint: expect.stringContaining(hint) })
    expect(examined.exit).toBe(examined.findings.some((finding) => finding.level === 'error') ? 3 : 0)
    expect(examined.everything).not.toContain(gatewayKey)
    expect(examined.everything).not.toContain(vendorKey)
  })

  it('is reported once, not by lint as well', async () => {
    const { findings } = await examine(makeSituation(baseUrlTable[0]?.[3] ?? {}))
    expect(findings.filter(({ id }) => id.includes('doubled-v1'))).toHaveLength(1)
  })

  it('is reported by lint where no installed tool reads it', async () => {
    const { findings } = await examine(
      makeSituation({ files: { '.zshrc': 'export OPENAI_BASE_URL=https://api.qcode.cc/openai\n' } }),
    )
    expect(findings).toContainEqual(
      expect.objectContaining({
        id: 'lint-missing-v1',
        level: 'error',
        where: expect.objectContaining({ line: 1 }),
      }),
    )
  })

  it('is one on this machine that a proxy would look for on its own', async () => {
    const host = makeSituation({ env: { http_proxy: 'http://proxy.example:3128' } })
    await setUp(host, { tool: ['codex'], gateway: ['http://127.0.0.1:4000'] })
    expect(findingOf(await examine(host), 'proxy-catches-loopback')).toMatchObject({
      level: 'error',
      hint: expect.stringContaining('127.0.0.1'),
    })
  })

  it('is no matter of a proxy where NO_PROXY names the address', async () => {
    const files = { [settings]: claude({ ...ready, ANTHROPIC_BASE_URL: 'http://103.236.53.153/api' }) }
    const env = { HTTP_PROXY: 'http://proxy.example:3128', NO_PROXY: 'localhost,103.236.53.153' }
    const examined = await examine(makeSituation({ files, env }))
    expect(findingOf(examined, 'proxy-sees-key')).toBeUndefined()
  })
})

describe('a home that was set up by this program', () => {
  it('is right, and nothing is written by looking', async () => {
    const host = makeSituation({})
    const needing = ['aichat', 'continue', 'vibe']
    await setUp(host, { tool: ['all'], model: needing.map((id) => `${id}=some-model`) })
    const before = readTree(host.home)
    const examined = await examine(host)
    expect(examined.exit).toBe(0)
    expect(examined.summary).toMatchObject({ error: 0, warning: 0, failed: 0 })
    expect(new Set(examined.tools.map(({ tool }) => tool))).toEqual(
      new Set(testCatalog.tools.map(({ id }) => id)),
    )
    expect(
      examined.tools.every(({ baseUrl, key, setUp: isOurs }) => baseUrl?.requests && key && isOurs),
    ).toBe(true)
    expect(examined.everything).not.toContain(testKey)
    expect(readTree(host.home)).toEqual(before)
  })

  it('has drifted where a value is another now', async () => {
    const host = makeSituation({})
    await setUp(host, { tool: ['claude-code'], region: ['eu'] })
    writeFileSync(join(host.home, settings), claude({ ...ready }))
    const examined = await examine(host)
    expect(findingOf(examined, 'drift')).toMatchObject({
      level: 'warning',
      tool: 'claude-code',
      hint: 'To write it again, run: qcode-setup --tool claude-code --region eu --on-conflict overwrite',
    })
  })

  it('is broken where the file of ours is gone', async () => {
    const host = makeSituation({})
    await setUp(host, { tool: ['claude-code'] })
    writeFileSync(join(host.home, settings), '{}')
    const examined = await examine(host)
    expect(findingOf(examined, 'base-url-missing')).toMatchObject({ level: 'error' })
    expect(examined.exit).toBe(3)
  })

  it('has a run that was stopped half-way', async () => {
    const host = makeSituation({})
    await setUp(host, { tool: ['codex'] })
    const runs = join(host.home, '.local/state/qcode-setup/runs')
    const run = readdirSync(runs)[0] ?? ''
    const journal = join(runs, run, 'journal.json')
    writeFileSync(journal, readFileSync(journal, 'utf8').replace('"done"', '"committing"'))
    expect(findingOf(await examine(host), 'unfinished-run')).toMatchObject({
      level: 'warning',
      hint: `qcode-setup undo ${run}`,
    })
  })

  it.each([0o640, 0o604, 0o660])('must not be open to the group or to others: mode %o', async (mode) => {
    const host = makeSituation({ files: { [settings]: claude(ready) } })
    chmodSync(join(host.home, settings), mode)
    expect(findingOf(await examine(host), 'key-file-mode')?.level).toBe('error')
  })

  it('must not be open to others', async () => {
    const host = makeSituation({})
    await setUp(host, { tool: ['codex'] })
    const [file, folder] = [join(host.home, '.codex/.env'), join(host.home, '.local/state/qcode-setup')]
    chmodSync(file, 0o644)
    chmodSync(folder, 0o755)
    const examined = await examine(host)
    expect(findingOf(examined, 'key-file-mode')).toMatchObject({ level: 'error', hint: `chmod 600 ${file}` })
    expect(findingOf(examined, 'state-folder-mode')).toMatchObject({
      level: 'error',
      hint: expect.stringContaining(`chmod 700 ${folder}`),
    })
    expect(statSync(file).mode & 0o777).toBe(0o644)
  })

  it('has a daemon with the old settings when that was started before they were written', async () => {
    const files = { '.codex/app-server-daemon/daemon.pid': '{"pid":4711}' }
    const host = { ...makeSituation({ files }), isAlive: (pid: number) => pid === 4711 }
    await setUp(host, { tool: ['codex'] })
    const pidFile = join(host.home, '.codex/app-server-daemon/daemon.pid')
    utimesSync(pidFile, 1, 1)
    expect(findingOf(await examine(host), 'daemon-old-settings')).toMatchObject({
      level: 'warning',
      hint: 'codex app-server daemon restart',
    })
    utimesSync(pidFile, 9_000_000_000, 9_000_000_000)
    expect(findingOf(await examine(host), 'daemon-old-settings')).toBeUndefined()
  })

  it('asks the gateway last: 0 when it is right, 4 when only that fails', async () => {
    const host = makeSituation({})
    const gateway = await startStandIn(testCatalog.gateway, testKey)
    let isOpen = true
    onTestFinished(async () => {
      if (isOpen) await gateway.close()
    })
    await setUp(host, { tool: ['claude-code,codex'], gateway: [gateway.origin] })
    const input = { values: {}, switches: new Set<string>(), positionals: [] }
    const right = await runDoctor(input, createTestContext(host))
    expect([right.exit, JSON.stringify(right.data)]).toEqual([0, expect.stringContaining('check-right')])
    expect(gateway.requests.map(({ path }) => path)).toEqual(
      expect.arrayContaining(['/api/v1/messages', '/openai/responses']),
    )
    await gateway.close()
    isOpen = false
    const wrong = await runDoctor(input, createTestContext(host))
    expect([wrong.exit, JSON.stringify(wrong.data)]).toEqual([4, expect.stringContaining('check-refused')])
    expect(JSON.stringify([right, wrong])).not.toContain(testKey)
  })
})

describe('what cannot be looked at', () => {
  it('is reported, and the rest is examined', async () => {
    const host = makeSituation({ files: { '.codex/config.toml': 'model = "any"\n' } })
    mkdirSync(join(host.home, settings), { recursive: true })
    const examined = await examine(host)
    const failed = examined.findings.filter(({ level }) => level === 'failed')
    expect(failed.map(({ where }) => where?.file)).toEqual([join(host.home, settings)])
    expect(examined.tools.map(({ tool }) => tool)).toContain('codex')
    expect(examined.exit).toBe(0)
  })

  it.each([
    ['.codex/config.toml', 'model_provider = "qcode\n', 'codex', 1],
    [settings, '{\n  "env": {},\n}', 'claude-code', 3],
    ['.aider.conf.yml', 'env-file: [\n', 'aider', 2],
  ])('is a fault where %s does not parse', async (file, text, tool, line) => {
    const examined = await examine(makeSituation({ files: { [file]: text }, programs: { aider: undefined } }))
    expect(findingOf(examined, 'config-does-not-parse')).toMatchObject({
      level: 'error',
      tool,
      where: { line },
    })
    expect(examined.exit).toBe(3)
  })

  it('the ledger, where that is damaged, is reported', async () => {
    const examined = await examine(makeSituation({ files: { '.local/state/qcode-setup/ledger.json': '{' } }))
    expect(examined.findings).toContainEqual(
      expect.objectContaining({ level: 'error', hint: expect.stringContaining('mv ') }),
    )
  })

  it('git, where it cannot be started, is reported', async () => {
    const files = { [settings]: claude(ready), '.git/HEAD': '' }
    const untold = await examine(makeSituation({ files, git: 128 }))
    expect(untold.findings.map(({ id, level }) => [id, level])).toContainEqual(['could-not-look', 'failed'])
  })
})

describe('keys', () => {
  it('that git would commit are an error, through a link as well', async () => {
    const files = { 'dotfiles/settings.json': claude(ready), 'dotfiles/.git/HEAD': '', '.claude/x': '' }
    const host = makeSituation({ files, git: 1 })
    symlinkSync(join(host.home, 'dotfiles/settings.json'), join(host.home, settings))
    expect(findingOf(await examine(host), 'key-in-git')).toMatchObject({
      level: 'error',
      hint: expect.stringContaining('/settings.json'),
    })
  })

  it('that git ignores are no error', async () => {
    const examined = await examine(
      makeSituation({ files: { [settings]: claude(ready), '.git/HEAD': '' }, git: 0 }),
    )
    expect(findingOf(examined, 'key-in-git')).toBeUndefined()
  })

  it('are never shown, whatever they look like and wherever they are', async () => {
    const odd = 'an"odd\\key$with`everything'
    const examined = await examine(
      makeSituation({
        files: {
          [settings]: claude({ ...ready, ANTHROPIC_API_KEY: odd }),
          '.claude.json': `{"primaryApiKey":"${vendorKey}"}`,
          '.codex/.env': `QCODE_API_KEY='${gatewayKey}'\nOPENAI_API_KEY=${vendorKey}\n`,
          '.codex/config.toml': `model_provider = "q"\n[model_providers.q]\nbase_url = "https://user:${vendorKey}@api.qcode.cc/openai?key=${gatewayKey}"\nenv_key = "QCODE_API_KEY"\n`,
          '.bashrc': `export ANTHROPIC_API_KEY=${vendorKey}\nexport OPENAI_API_KEY=${gatewayKey}\n`,
        },
        env: { ANTHROPIC_AUTH_TOKEN: vendorKey, OPENAI_BASE_URL: `https://x:${vendorKey}@api.qcode.cc/` },
      }),
    )
    expect(examined.exit).toBe(3)
    for (const key of [gatewayKey, vendorKey, odd]) {
      expect(examined.everything).not.toContain(key)
      expect(examined.everything).not.toContain(JSON.stringify(key).slice(1, -1))
    }
  })
})

describe('versions', () => {
  it.each([
    ['0.169.0', undefined],
    ['0.169.0-linux-x64', undefined],
    ['0.200.0', 'info'],
    ['0.10.0', 'info'],
  ])('%s of Codex: %s', async (version, level) => {
    const examined = await examine(
      makeSituation({ programs: { codex: { package: '@openai/codex', version } } }),
    )
    expect(findingOf(examined, 'version-not-measured')?.level).toBe(level)
    expect(examined.tools[0]).toMatchObject({ installed: true, program: expect.stringContaining('/codex') })
  })
})

it('given an empty home, finds none, which is no error', async () => {
  const examined = await examine(makeSituation({}))
  expect(examined).toMatchObject({
    exit: 0,
    tools: [],
    findings: [{ id: 'nothing-found', level: 'skipped' }],
  })
})
