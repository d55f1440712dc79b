import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, describe, expect, it, onTestFinished } from 'vitest'
import { startStandIn } from '../../../src/gateway/stand-in.ts'
import { answering, deadPort, faults, nowhere, startFaulty } from '../../support/faulty-gateway.ts'
import { startProxy } from '../../support/loopback-proxy.ts'
import { makeCertificates } from '../../support/make-certificates.ts'
import { opened } from '../../support/opened.ts'
import { makeHome, runProgram, sampleKey } from '../../support/run-program.ts'
import { testCatalog } from '../../support/test-catalog.ts'

const home = mkdtempSync(join(tmpdir(), 'qcode-check-'))
const keyFile = join(home, 'key')
writeFileSync(keyFile, sampleKey)
const certificates = await makeCertificates()
afterAll(() => {
  certificates.drop()
  rmSync(home, { recursive: true, force: true })
})

interface CheckedProbe {
  readonly path: string
  readonly verdict: string
  readonly status: number | null
  readonly message: string
  readonly hint?: string
}

interface Checked {
  readonly version: number
  readonly command: string
  readonly recommended: string | null
  readonly regions: readonly {
    readonly region: string
    readonly origin: string
    readonly reachable: boolean
    readonly proxy?: string
    readonly times: Readonly<Record<string, number | null>> | null
    readonly routes: readonly CheckedProbe[]
    readonly key?: CheckedProbe
    readonly live?: readonly CheckedProbe[]
  }[]
}

async function check(args: readonly string[], env: Record<string, string> = {}, timeout = '20') {
  const ran = await runProgram(['check', '--json', '--timeout', timeout, ...args], { home, env })
  expect(ran.stdout + ran.stderr).not.toContain(sampleKey.slice(3))
  const data: Checked = JSON.parse(ran.stdout)
  return { exit: ran.exit, stderr: ran.stderr, data, region: data.regions[0] }
}

const verdictsOf = (probes: readonly CheckedProbe[] = []) => [
  ...new Set(probes.map(({ verdict }) => verdict)),
]

describe('check', () => {
  it('finds a gateway right: every protocol, exit 0, one JSON document', async () => {
    const standIn = await opened(startStandIn(testCatalog.gateway, sampleKey))
    const { exit, data, region } = await check(['--gateway', standIn.origin])
    expect(exit).toBe(0)
    expect(data).toMatchObject({ version: 1, command: 'check', recommended: null })
    expect(region).toMatchObject({
      region: 'custom',
      origin: standIn.origin,
      reachable: true,
      times: { tls: null },
    })
    expect(region?.routes.map(({ path, status, verdict }) => [path, status, verdict])).toEqual([
      ['/api/v1/messages', 401, 'right'],
      ['/openai/v1/chat/completions', 401, 'right'],
      ['/openai/v1/responses', 401, 'right'],
    ])
    expect(region?.key).toBeUndefined()
    expect(standIn.requests.every(({ method, auth }) => method === 'POST' && auth === 'none')).toBe(true)
  })

  it.each([
    ['reset', 'reset', false],
    ['silent', 'timeout', false],
    ['endless', 'timeout', false],
    ['portal', 'captive-portal', false],
    ['redirect', 'redirect', false],
    ['noRoute', 'wrong-prefix', true],
    ['limit', 'limited', true],
    ['broken', 'server-error', true],
  ] as const)('a gateway that is %s: %s, exit 4', async (fault, verdict, reachable) => {
    const gateway = await opened(startFaulty(faults[fault]))
    const args = ['--gateway', gateway.origin, '--key-file', keyFile]
    const { exit, region } = await check(args, {}, verdict === 'timeout' ? '2' : undefined)
    expect(exit).toBe(4)
    expect(verdictsOf(region?.routes)).toEqual([verdict])
    expect(region?.reachable).toBe(reachable)
    expect(region?.key?.verdict).toBe('skipped')
    expect(JSON.stringify(gateway.hits)).not.toContain(sampleKey)
  })

  it('a refused connection, a name without an address and a dead proxy: exit 4 each', async () => {
    const dead = `http://127.0.0.1:${await deadPort()}`
    const refused = await check(['--gateway', dead])
    expect([refused.exit, verdictsOf(refused.region?.routes)]).toEqual([4, ['refused']])
    const unknown = await check(['--gateway', `https://${nowhere}`])
    expect([unknown.exit, verdictsOf(unknown.region?.routes)]).toEqual([4, ['dns']])
    const proxy = await check(['--gateway', `https://${nowhere}`], { HTTPS_PROXY: dead })
    expect([proxy.exit, verdictsOf(proxy.region?.routes)]).toEqual([4, ['proxy']])
  })

  it('TLS by an unknown authority fails, and is right with NODE_EXTRA_CA_CERTS', async () => {
    const gateway = await opened(startFaulty(faults.rightWithoutKey, certificates.good))
    const unknown = await check(['--gateway', gateway.origin])
    expect([unknown.exit, verdictsOf(unknown.region?.routes)]).toEqual([4, ['tls']])
    expect(String(unknown.region?.routes[0]?.hint)).toContain('NODE_EXTRA_CA_CERTS')
    const known = await check(['--gateway', gateway.origin], { NODE_EXTRA_CA_CERTS: certificates.authority })
    expect([known.exit, verdictsOf(known.region?.routes)]).toEqual([0, ['right']])
    expect(known.region?.times?.tls).not.toBeNull()
  })

  it('goes through the proxy of the environment, and around it where NO_PROXY says so', async () => {
    const standIn = await opened(startStandIn(testCatalog.gateway, sampleKey))
    const proxy = await opened(startProxy(Number(new URL(standIn.origin).port)))
    const own = proxy.url.replace('//', '//user:hidden@')
    const env = { http_proxy: own, https_proxy: own }
    const posts = () => proxy.hits.filter((hit) => hit.startsWith('POST')).length
    const through = await check(['--gateway', 'http://gateway.invalid', '--allow-http'], env)
    expect([through.exit, through.region?.proxy]).toEqual([0, proxy.url])
    expect(posts()).toBe(3)
    expect(JSON.stringify(through.data)).not.toContain('hidden')
    const around = await check(['--gateway', standIn.origin], { ...env, NO_PROXY: '127.0.0.1' })
    expect([around.exit, around.region?.proxy]).toEqual([0, undefined])
    expect(posts()).toBe(3)
  })
})

describe('check with a key', () => {
  it('tests it at the cost of no tokens, and never at the Responses route', async () => {
    const standIn = await opened(startStandIn(testCatalog.gateway, sampleKey))
    const { exit, region } = await check(['--gateway', standIn.origin, '--key-file', keyFile])
    expect([exit, region?.key?.verdict]).toEqual([0, 'key-accepted'])
    const withKey = standIn.requests.filter(({ auth }) => auth !== 'none')
    expect(withKey.map(({ path, status }) => [path, status]).sort()).toEqual([
      ['/api/v1/messages', 400],
      [testCatalog.gateway.limitsRoutes[0], 200],
      ['/openai/v1/chat/completions', 400],
    ])
  })

  it.each([
    ['unknown', 401, { error: 'Invalid API key', message: 'API key not found' }, 'key-unknown', 4],
    ['expired', 401, { error: 'Invalid API key', message: 'API key has expired' }, 'key-expired', 4],
    ['disabled', 401, { error: 'Invalid API key', message: 'API key is disabled' }, 'key-disabled', 4],
    ['malformed', 401, { error: 'Invalid API key', message: 'Invalid API key format' }, 'key-malformed', 4],
    ['out of balance', 402, { error: 'insufficient_quota' }, 'balance', 4],
    ['for another client', 403, { error: 'Client not allowed' }, 'client-refused', 0],
    ['without the service', 403, { error: { type: 'permission_denied' } }, 'service-refused', 4],
    ['limited', 429, { error: 'Rate limit exceeded', remainingMinutes: 5 }, 'limited', 4],
  ] as const)('that is %s', async (_, status, body, verdict, exit) => {
    const gateway = await opened(
      startFaulty((request, reply) => {
        const hasKey = request.headers.authorization ?? request.headers['x-api-key']
        const listener = hasKey ? answering(status, body) : faults.rightWithoutKey
        listener(request, reply)
      }),
    )
    const checked = await check(['--gateway', gateway.origin, '--key-file', keyFile])
    expect([checked.region?.key?.verdict, checked.exit]).toEqual([verdict, exit])
    expect(verdictsOf(checked.region?.routes)).toEqual(['right'])
  })

  it('--live makes one streamed round trip a protocol, and says why it makes none', async () => {
    const standIn = await opened(startStandIn(testCatalog.gateway, sampleKey))
    const args = ['--gateway', standIn.origin, '--live', '--model', 'claude-x']
    const { exit, region } = await check([...args, '--key-file', keyFile])
    expect(exit).toBe(0)
    expect(region?.live?.map(({ verdict }) => verdict)).toEqual(['answered', 'skipped', 'skipped'])
    expect(String(region?.live?.[1]?.message)).toContain('--model')
    const answered = standIn.requests
      .filter(({ auth, status }) => auth !== 'none' && status === 200)
      .filter(({ method }) => method === 'POST')
    expect(answered.length).toBe(1)
    const all = await check([...args, '--model', 'gpt-x', '--key-file', keyFile])
    expect(verdictsOf(all.region?.live)).toEqual(['answered'])
    const keyless = await check(args)
    expect([keyless.exit, verdictsOf(keyless.region?.live)]).toEqual([0, ['skipped']])
  })
})

describe('bad usage of check', () => {
  it.each([
    [['--region', 'eu', '--gateway', 'http://127.0.0.1:1'], 'region-and-gateway'],
    [['--region', 'mars'], 'unknown-region'],
    [['--timeout', '0'], 'bad-timeout'],
    [['--timeout', '5m'], 'bad-timeout'],
    [['--gateway', 'http://127.0.0.1:1/api'], 'wrong-prefix'],
    [['--key-file', '/nowhere/key'], 'key-file'],
  ])('%j: exit 2, %s', async (args, code) => {
    const ran = await runProgram(['check', '--json', ...args], { home })
    expect([ran.exit, JSON.parse(ran.stdout).error.code]).toEqual([2, code])
  })
})

describe('a client that is told of a variable for its key', () => {
  it('is not well where that is empty, whatever the gateway says, and its way out ends that', async () => {
    const { home: own, drop } = makeHome()
    onTestFinished(drop)
    const { origin } = await opened(startStandIn(testCatalog.gateway, sampleKey))
    const run = (line: string, env: Record<string, string> = {}) =>
      runProgram(line.split(' '), { home: own, env, input: `${sampleKey}\n` })
    const keyed = { ANTHROPIC_AUTH_TOKEN: sampleKey }
    await run(`setup --tool claude-code --key-store env --gateway ${origin} --yes --no-check`, keyed)
    expect((await run('check', keyed)).exit).toBe(0)
    const keyless = await run('check')
    expect(keyless.exit).toBe(3)
    const [, remedy = ''] = /qcode-setup (--tool .*)/.exec(keyless.stderr) ?? []
    expect((await run(`${remedy} --key-file - --yes --no-check`)).exit).toBe(0)
    expect((await run('check')).exit).toBe(0)
  })
})

describe('the report of check for people', () => {
  it('names each fault once, with what to do', async () => {
    const gateway = await opened(startFaulty(faults.broken))
    const ran = await runProgram(['check', '--gateway', gateway.origin], { home })
    expect(ran.exit).toBe(4)
    expect(ran.stdout).toContain('server error (500)')
    expect(ran.stdout.match(/No accounts/g)?.length).toBe(1)
    expect(ran.stdout).not.toContain('\u001b')
  })
})
