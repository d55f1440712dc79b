import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import type { RequestListener } from 'node:http'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { describe, expect, it, onTestFinished } from 'vitest'
import { runCheck } from '../../../src/commands/check.ts'
import { runDoctor } from '../../../src/commands/doctor.ts'
import { acceptsOrigin } from '../../../src/commands/plain-http.ts'
import { runRemove } from '../../../src/commands/remove.ts'
import { runSetup } from '../../../src/commands/setup.ts'
import { runStatus } from '../../../src/commands/status.ts'
import { runSwitch } from '../../../src/commands/switch.ts'
import { runUndo } from '../../../src/commands/undo.ts'
import type { Finding } from '../../../src/finding.ts'
import { Origin } from '../../../src/gateway/origin.ts'
import type { Setup } from '../../../src/ledger.ts'
import type { Input } from '../../../src/request/request.ts'
import { en } from '../../../src/texts/en.ts'
import { say, textIn } from '../../../src/texts/message.ts'
import { zhCN } from '../../../src/texts/zh-CN.ts'
import { httpPoints } from '../../../src/ui/plain-http-texts.ts'
import { type FakeRegions, startRegions } from '../../support/fake-regions.ts'
import { faults } from '../../support/faulty-gateway.ts'
import { testCatalog } from '../../support/test-catalog.ts'
import { createTestContext } from '../../support/test-context.ts'
import { createTestHost, testKey } from '../../support/test-host.ts'
import { createAnsweringHost, enter } from '../../unit/wizard/answering-host.ts'

const china = 'http://103.236.53.153'
const day = '2026-01-02'
const agreedOn = (date: string) => String(say('http.agreed', { date }))

interface Machine extends FakeRegions {
  readonly context: Parameters<typeof runSetup>[1]
  /** The list of version 0.1.0, which is not there. */
  readonly consents: string
  /** Gateway and time of consent of each setup. */
  agreed(): unknown[]
  /** Takes every consent out of the ledger. */
  forget(): void
  /** How often each region was asked. */
  hits(): Record<string, number>
}

/** A machine with these regions in reach, and with a key. */
async function machine(
  listeners: Readonly<Record<string, RequestListener>> = {
    eu: faults.none,
    us: faults.portal,
    china: faults.none,
  },
  more: Readonly<Record<string, string>> = {},
): Promise<Machine> {
  const regions = await startRegions(listeners)
  const home = mkdtempSync(join(tmpdir(), 'qcode-plain-'))
  onTestFinished(async () => {
    await regions.close()
    rmSync(home, { recursive: true, force: true })
  })
  const env = { HOME: home, PATH: '', SHELL: '/bin/bash', QCODE_API_KEY: testKey, ...regions.env, ...more }
  const hits = () =>
    Object.fromEntries(Object.entries(regions.servers).map(([id, server]) => [id, server.hits.length]))
  const state = join(home, '.local/state/qcode-setup')
  const consents = join(state, 'consents.json')
  const agreed = () => {
    const ledger = join(state, 'ledger.json')
    const { setups } = existsSync(ledger) ? JSON.parse(readFileSync(ledger, 'utf8')) : { setups: [] }
    return setups.map(({ gateway, agreedAt }: Setup) => [gateway, agreedAt])
  }
  const forget = () => {
    const ledger = join(state, 'ledger.json')
    writeFileSync(ledger, readFileSync(ledger, 'utf8').replace(/,\s*"agreedAt": "[^"]+"/g, ''))
  }
  return {
    ...regions,
    context: createTestContext(createTestHost(home, { env })),
    consents,
    agreed,
    forget,
    hits,
  }
}

function input(values: Record<string, string[]>, switches: string[] = [], positionals: string[] = []): Input {
  return { values, switches: new Set(['yes', ...switches]), positionals }
}

const toChina = (...switches: string[]) => input({ tool: ['claude-code'], region: ['china'] }, switches)

function ids(findings: readonly Finding[]): string[] {
  return findings.map(({ id }) => id)
}

function messageOf(findings: readonly Finding[], id: string): string {
  return String(findings.find((finding) => finding.id === id)?.message ?? '')
}

describe('a setup without TLS and without questions', () => {
  it('gives the whole explanation the first time, with the safer regions measured, and one line from then on', async () => {
    const { context, agreed, hits } = await machine()
    const first = await runSetup(toChina(), context)
    const said = messageOf(first.findings, 'plain-http')
    for (const point of httpPoints) expect(said).toContain(String(point))
    expect(messageOf(first.findings, 'safer-regions')).toMatch(
      /^Encrypted regions:\nRegion +Encrypted +Time\nEurope +yes +\d+ ms\nGlobal +yes +\S.*\nUnited States +yes +wrong answer\nAsia +yes +\S.*\nMainland China +no +\d+ ms$/,
    )
    expect(first.data.plainHttp).toMatchObject({
      origin: china,
      agreedAt: null,
      regions: [
        { region: 'eu', tls: true, state: 'measured' },
        {},
        { region: 'us', ms: null },
        {},
        { tls: false },
      ],
    })
    expect(agreed()).toEqual([[china, context.host.now().toISOString()]])

    const asked = hits().eu
    const second = await runSetup(toChina(), context)
    expect(messageOf(second.findings, 'plain-http')).toBe(
      `${say('http.title', { origin: china })} ${agreedOn(day)} ${en['http.more']}`,
    )
    expect(ids(second.findings)).not.toContain('safer-regions')
    expect(hits().eu).toBe(asked)
    expect(second.data.plainHttp).toEqual({
      origin: china,
      agreedAt: context.host.now().toISOString(),
      regions: null,
    })
  })

  it('sends the key to no region that was only measured', async () => {
    const { context, servers } = await machine()
    await runSetup(toChina(), context)
    const gotKey = Object.entries(servers).filter(([, { hits }]) =>
      hits.some(({ headers }) => JSON.stringify(headers).includes(testKey)),
    )
    expect(gotKey.map(([id]) => id)).toEqual(['china'])
  })

  it('contacts nothing with --no-check, and says that nothing was measured', async () => {
    const { context, hits } = await machine()
    const { findings } = await runSetup(toChina('noCheck'), context)
    expect(messageOf(findings, 'safer-regions').match(/not measured/g)).toHaveLength(5)
    expect(hits()).toEqual({ eu: 0, us: 0, china: 0 })
  })

  it('remembers nothing after --dry-run, nor where nothing could be written', async () => {
    const { context, agreed } = await machine()
    await runSetup(toChina('noCheck'), createTestContext(context.host, { dryRun: true }))
    expect(agreed()).toEqual([])
    writeFileSync(join(context.host.home, '.claude'), 'in the way')
    await expect(runSetup(toChina('noCheck'), context)).rejects.toMatchObject({ code: 'not-a-directory' })
    expect(agreed()).toEqual([])
  })

  it('remembers each origin for itself', async () => {
    const { context, agreed } = await machine()
    await runSetup(toChina('noCheck'), context)
    const relay = input({ tool: ['codex'], gateway: ['http://relay.example.com'] }, ['noCheck', 'allowHttp'])
    const { findings } = await runSetup(relay, context)
    expect(messageOf(findings, 'plain-http')).toContain(en['http.point-1'])
    expect(messageOf(findings, 'safer-regions')).toContain('http://relay.example.com  no ')
    const now = context.host.now().toISOString()
    expect(agreed()).toEqual([
      [china, now],
      ['http://relay.example.com', now],
    ])
  })

  it('remembers the consent of a user whose files were right already', async () => {
    const { context, agreed, forget } = await machine()
    await runSetup(toChina('noCheck'), context)
    forget()
    expect((await runSetup(toChina('noCheck'), context)).data).toMatchObject({
      changed: false,
      plainHttp: { agreedAt: null },
    })
    expect(agreed()).toEqual([[china, context.host.now().toISOString()]])
  })

  it.each([
    ['that is damaged', '{"version":1'],
    ['of another version', '{"version":2,"plainHttp":[]}'],
  ])('is refused beside a list of consents %s, which stays as it is', async (_, text) => {
    const { context, consents, forget } = await machine()
    await runSetup(toChina('noCheck'), context)
    forget()
    writeFileSync(consents, text)
    await expect(runSetup(toChina('noCheck'), context)).rejects.toMatchObject({
      code: 'broken-consents',
      exit: 1,
    })
    expect(readFileSync(consents, 'utf8')).toBe(text)
    const eu = await runSetup(input({ tool: ['claude-code'], region: ['eu'] }, ['noCheck']), context)
    expect(eu.exit).toBe(0)
  })
})

it('the question shows the safer regions measured beside it, and no key was sent by then', async () => {
  const { context, servers, hits } = await machine()
  const terminal = createAnsweringHost(context.host.home, { env: context.host.env })
  const region = testCatalog.gateway.regions.find(({ id }) => id === 'china')
  if (!region) throw new Error('no region china')
  const given = { ...toChina(), switches: new Set<string>() }
  const answer = acceptsOrigin(Origin.ofRegion(region), given, { ...context, host: terminal.host })
  await terminal.answer(en['ask.use-anyway'], `y${enter}`)
  expect(await answer).toBe(true)
  expect(terminal.shown()).toMatch(
    /\nEurope +yes +\d+ ms\n[\s\S]*\nUnited States +yes +wrong answer\n[\s\S]*\nMainland China +no +\d+ ms\n/,
  )
  expect(hits()).toEqual({ eu: 1, us: 1, china: 1 })
  expect(JSON.stringify(Object.values(servers).map((server) => server.hits))).not.toContain(testKey)
})

describe('switch', () => {
  it('to the region without TLS explains and remembers the consent; away from it, says that the key should be replaced', async () => {
    const { context, agreed } = await machine()
    await runSetup(input({ tool: ['claude-code'], region: ['eu'] }, ['noCheck']), context)
    const there = await runSwitch(input({}, ['noCheck'], ['china']), context)
    expect(messageOf(there.findings, 'plain-http')).toContain(en['http.point-1'])
    expect(ids(there.findings)).not.toContain('key-was-in-the-clear')
    expect(agreed()).toEqual([[china, context.host.now().toISOString()]])
    const back = await runSwitch(input({}, ['noCheck'], ['eu']), context)
    expect(back.findings).toMatchObject([
      { id: 'key-was-in-the-clear', hint: 'qcode-setup key rotate' },
      { id: 'consent-ended', message: expect.stringContaining(china) },
    ])
    const again = await runSwitch(input({}, ['noCheck'], ['china']), context)
    expect(messageOf(again.findings, 'plain-http')).toContain(en['http.point-1'])
    expect(again.data.plainHttp).toMatchObject({ agreedAt: null })
  })

  it('undone finds the earlier consent, and says in one sentence what has returned', async () => {
    const { context } = await machine()
    await runSetup(toChina('noCheck'), context)
    await runSwitch(input({}, ['noCheck'], ['eu']), context)
    const { findings } = await runUndo(input({}), context)
    expect(messageOf(findings, 'plain-http')).toBe(
      `${say('http.title', { origin: china })} ${en['http.short']}`,
    )
    const { findings: more } = await runSetup(
      input({ tool: ['codex'], region: ['china'] }, ['noCheck']),
      context,
    )
    expect(messageOf(more, 'plain-http')).toContain(agreedOn(day))
  })

  it('with nothing to change asks for no consent and remembers none', async () => {
    const { context, agreed } = await machine()
    expect((await runSwitch(input({}, ['noCheck'], ['china']), context)).findings).toEqual([])
    expect(agreed()).toEqual([])
  })
})

it.each([
  ['remove', runRemove],
  ['undo', runUndo],
])('%s says that the key should be replaced, once nothing uses the origin any more', async (_, leave) => {
  const { context } = await machine()
  await runSetup(toChina('noCheck'), context)
  const { findings } = await leave(input({}), context)
  expect(ids(findings)).toEqual(expect.arrayContaining(['key-was-in-the-clear', 'consent-ended']))
  const again = await runSetup(toChina('noCheck'), context)
  expect(messageOf(again.findings, 'plain-http')).toContain(en['http.point-1'])
})

it('remove of one tool says nothing of the key while another one still uses the origin', async () => {
  const { context } = await machine()
  await runSetup(input({ tool: ['claude-code', 'codex'], region: ['china'] }, ['noCheck']), context)
  const { findings } = await runRemove(input({ setUpTool: ['codex'] }), context)
  expect(ids(findings)).not.toContain('key-was-in-the-clear')
  expect(ids(findings)).not.toContain('consent-ended')
  const kept = await runSetup(toChina('noCheck'), context)
  expect(messageOf(kept.findings, 'plain-http')).toContain(agreedOn(day))
})

it('status marks what is set up without TLS', async () => {
  const { context } = await machine()
  await runSetup(toChina('noCheck'), context)
  const { report, data } = await runStatus(input({}), context)
  expect(report).toContain('Mainland China (china, not encrypted)')
  expect(data.tools).toMatchObject([{ unencrypted: true }])
})

it('check of an origin without TLS shows the times of the safer regions, which do not count for its exit code', async () => {
  const { context } = await machine()
  const { exit, findings, data } = await runCheck(input({ regions: ['china'] }), context)
  expect(exit).toBe(0)
  expect(ids(findings)).toEqual(['plain-http', 'safer-regions'])
  expect(data.saferRegions).toMatchObject([{ region: 'eu', state: 'measured' }, {}, {}, {}])
  const eu = await runCheck(input({ regions: ['eu'] }), context)
  expect(eu.findings).toEqual([])
})

describe('doctor', () => {
  const warnings = async (context: Machine['context'], ...switches: string[]) => {
    const { data, exit } = await runDoctor(input({}, switches), context)
    const findings = data.findings as Finding[]
    return { exit, all: findings, plain: findings.filter(({ id }) => id === 'plain-http') }
  }

  it('repeats it for each tool, with the date of consent and the safer regions measured', async () => {
    const { context } = await machine()
    await runSetup(input({ tool: ['claude-code', 'codex'], region: ['china'] }, ['noCheck']), context)
    const { plain } = await warnings(context)
    expect(plain.map(({ tool }) => tool)).toEqual(['claude-code', 'codex'])
    for (const { message, hint } of plain) {
      expect(String(message)).toContain(en['http.short'])
      expect(String(message)).toContain(agreedOn(day))
      expect(String(message)).toMatch(/Encrypted regions: Europe \d+ ms, /)
      expect(textIn(message, zhCN)).toContain(`您已于 ${day} 同意。`)
      expect(String(hint)).toBe('qcode-setup switch eu')
    }
  })

  it('says it as well where the user set it up by hand, and that it is not agreed to', async () => {
    const { context } = await machine(undefined, { ANTHROPIC_BASE_URL: `${china}/api` })
    await runSetup(input({ tool: ['claude-code'], region: ['eu'] }, ['noCheck', 'allowHttp']), context)
    const settings = join(context.host.home, '.claude/settings.json')
    writeFileSync(settings, '{}\n')
    const { plain } = await warnings(context, 'noCheck')
    expect(plain).toHaveLength(1)
    expect(String(plain[0]?.message)).toContain('$ANTHROPIC_BASE_URL')
    expect(String(plain[0]?.message)).toContain(en['http.never'])
    expect(String(plain[0]?.message)).toContain('Global not measured, United States not measured')
  })

  it('says nothing where there is TLS, and contacts nothing with --no-check', async () => {
    const { context, hits } = await machine()
    await runSetup(input({ tool: ['claude-code'], region: ['eu'] }, ['noCheck']), context)
    expect((await warnings(context, 'noCheck')).plain).toEqual([])
    expect(hits()).toEqual({ eu: 0, us: 0, china: 0 })
  })

  it('goes on where the list of consents is damaged', async () => {
    const { context, consents, forget } = await machine()
    await runSetup(toChina('noCheck'), context)
    forget()
    writeFileSync(consents, '!')
    const { all, plain } = await warnings(context, 'noCheck')
    expect(plain).toHaveLength(1)
    expect(String(plain[0]?.message)).not.toContain(en['http.never'])
    expect(all).toContainEqual(expect.objectContaining({ level: 'failed', where: { file: consents } }))
  })
})
