import { createServer, type RequestListener } from 'node:http'
import type { AddressInfo } from 'node:net'
import { describe, expect, it, onTestFinished } from 'vitest'
import { createCommitter } from '../../../src/apply/committer.ts'
import { testedVersions } from '../../../src/catalog/diagnosis.ts'
import { modelsCommand, runModels } from '../../../src/commands/models.ts'
import { runTools } from '../../../src/commands/tools.ts'
import { parseArguments } from '../../../src/request/parse-arguments.ts'
import { clientPackages } from '../../clients/client-packages.ts'
import { clientRunners } from '../../clients/client-runners.ts'
import { testCatalog } from '../../support/test-catalog.ts'
import { createTestHost, testKey } from '../../support/test-host.ts'
import { makeHome } from '../apply/make-home.ts'

async function serve(listener: RequestListener): Promise<string> {
  const server = createServer(listener)
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  onTestFinished(() => {
    server.closeAllConnections()
    server.close()
  })
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`
}

/** Answers each path with a status and names, all others with 404. */
const gatewayWith =
  (paths: Readonly<Record<string, readonly [status: number, names: readonly string[]]>>): RequestListener =>
  (request, reply) => {
    const [status, names] = paths[request.url ?? ''] ?? [404, []]
    const isOurs = request.headers.authorization === `Bearer ${testKey}`
    reply.writeHead(isOurs ? status : 401, { 'content-type': 'application/json' })
    const list = { data: names.map((id) => ({ id })) }
    reply.end(
      JSON.stringify(status === 200 && isOurs ? list : { error: 'Invalid API key', message: 'not found' }),
    )
  }

function models(args: readonly string[], env: Readonly<Record<string, string>> = {}) {
  const home = makeHome()
  const host = createTestHost(home, {
    env: { HOME: home, PATH: '', SHELL: '/bin/bash', QCODE_API_KEY: testKey, ...env },
  })
  const context = { host, catalog: testCatalog, committer: createCommitter(host, true) }
  return runModels(parseArguments(args, modelsCommand, testCatalog), context)
}

const names = ['gpt-10', 'claude-opus-5-5', 'gpt-5.6', 'claude-haiku-4-5', 'gpt-5']

describe('models', () => {
  it('lists every model once, sorted with numbers by their size, with protocols and tools', async () => {
    const origin = await serve(
      gatewayWith({ '/api/v1/models': [200, names], '/openai/v1/models': [200, names] }),
    )
    const { exit, data, report } = await models(['--gateway', origin])
    const rows = data.models as { id: string; protocols: string[]; tools: string[] }[]
    expect(exit).toBe(0)
    expect(rows.map(({ id }) => id)).toEqual([
      'claude-haiku-4-5',
      'claude-opus-5-5',
      'gpt-5',
      'gpt-5.6',
      'gpt-10',
    ])
    expect(rows[0]?.protocols).toEqual(['anthropic-messages'])
    expect(rows[0]?.tools).toEqual(expect.arrayContaining(['claude-code', 'cline', 'aider', 'langchain']))
    expect(rows[0]?.tools).not.toContain('codex')
    expect(rows[2]?.tools).toEqual(expect.arrayContaining(['codex', 'openai-sdk', 'langchain']))
    expect(report).toContain('claude-opus-5-5')
  })

  it('given a list in pages, asks for all of them at once, and says so where that is not all', async () => {
    const page = (id: string, has_more: boolean) => JSON.stringify({ data: [{ id }], has_more })
    const last: Record<string, string> = { '/api/v1/models?limit=1000': page('claude-b', false) }
    const origin = await serve(({ url = '' }, reply) => reply.end(last[url] ?? page('claude-a', true)))
    const { data, findings } = await models(['--gateway', origin])
    expect((data.models as { id: string }[]).map(({ id }) => id)).toEqual(['claude-a', 'claude-b'])
    expect(findings.filter(({ id }) => id === 'more-models').map(({ message }) => String(message))).toEqual([
      expect.stringContaining('/openai/v1/models'),
    ])
  })

  it.each(['[]', '"x"', '{"data":{}}', '{"data":["claude-a"]}', '{"data":[null,{"id":1}]}', ''])(
    'says that it got no list of models, and nothing of a key or a POST, for %j',
    async (body) => {
      const origin = await serve((_, reply) => void reply.end(body))
      const error = await models(['--gateway', origin]).catch((thrown) => thrown)
      expect(error).toMatchObject({ code: 'no-models', exit: 4 })
      expect(String(error.text)).toContain('GET /api/v1/models with 200, but not with a list of models')
      expect(String(error.text)).not.toMatch(/POST|key/)
    },
  )

  it.each<[listed: string[], args: string[], report: string, unnamed: number]>([
    [[], [], 'The gateway lists no models.', 0],
    [[], ['--protocol', 'openai-chat'], 'The gateway lists no models.', 0],
    [
      ['claude-a', 'claude-b'],
      ['--protocol', 'openai-chat'],
      'The gateway lists 2 models, but none for the protocol openai-chat.',
      0,
    ],
    [['a b', '模型', testKey], [], 'The gateway lists models, but none by a name that can be shown.', 3],
    [['a,b'], ['--protocol', 'openai-chat'], 'The gateway lists models, but none by a name', 1],
    [
      ['claude-a', '\u001b[2J'],
      ['--protocol', 'openai-chat'],
      'lists 1 model, but none for the protocol openai-chat',
      1,
    ],
    [['claude-a', 'claude-a', 'x'.repeat(101)], [], 'claude-a', 1],
  ])('given the list %j and %j, says what it has: %s', async (listed, args, words, unnamed) => {
    const origin = await serve(gatewayWith({ '/api/v1/models': [200, listed] }))
    const { exit, report, findings } = await models(['--gateway', origin, ...args])
    expect([exit, report]).toEqual([0, expect.stringContaining(words)])
    const told = findings.filter(({ id }) => id === 'unnamed-models').map(({ message }) => String(message))
    expect(told).toEqual(
      unnamed === 0 ? [] : [expect.stringMatching(`models lists ${unnamed} models? whose`)],
    )
    expect(JSON.stringify([report, findings])).not.toContain(testKey)
  })

  it.each([
    ['anthropic-messages', ['claude-haiku-4-5', 'claude-opus-5-5']],
    ['openai-responses', ['gpt-5', 'gpt-5.6', 'gpt-10']],
    ['openai-chat', ['gpt-5', 'gpt-5.6', 'gpt-10']],
  ])('--protocol %s lists its models alone', async (protocol, expected) => {
    const origin = await serve(gatewayWith({ '/api/v1/models': [200, names] }))
    const { data } = await models(['--gateway', origin, '--protocol', protocol])
    expect((data.models as { id: string }[]).map(({ id }) => id)).toEqual(expected)
  })

  it('given a 404 of one list, says so plainly and ends with 0', async () => {
    const origin = await serve(gatewayWith({ '/api/v1/models': [200, names] }))
    const { exit, findings } = await models(['--gateway', origin])
    expect(exit).toBe(0)
    expect(findings.map(({ level, message }) => [level, String(message)])).toEqual([
      ['info', expect.stringContaining('/openai/v1/models (404)')],
    ])
  })

  it.each([
    ['404 everywhere', gatewayWith({}), 'answered 404 at each path'],
    ['a refused key', gatewayWith({ '/api/v1/models': [401, []], '/openai/v1/models': [401, []] }), 'key'],
    [
      'a web page',
      ((_, reply) => reply.writeHead(200, { 'content-type': 'text/html' }).end('<html>')) as RequestListener,
      '127.0.0.1',
    ],
    ['an error', gatewayWith({ '/api/v1/models': [500, []], '/openai/v1/models': [500, []] }), '500'],
  ])('given %s: exit 4, said plainly, without the key', async (_, listener, words) => {
    const origin = await serve(listener)
    const error = await models(['--gateway', origin]).catch((thrown) => thrown)
    expect(error).toMatchObject({ code: 'no-models', exit: 4 })
    expect(error.message).toContain(words)
    expect(`${error.message}${error.hint}`).not.toContain(testKey)
  })

  it('given nobody at the other end: exit 4', async () => {
    const error = await models(['--gateway', 'http://127.0.0.1:9']).catch((thrown) => thrown)
    expect(error).toMatchObject({ code: 'no-models', exit: 4 })
  })

  it('given no key and nobody to ask, names the flag: exit 2', async () => {
    await expect(models([], { QCODE_API_KEY: '' })).rejects.toMatchObject({ code: 'key-missing', exit: 2 })
  })
})

describe('tools', () => {
  it('lists every tool with what is known of it', async () => {
    const host = createTestHost(makeHome())
    const input = { values: {}, switches: new Set<string>(), positionals: [] }
    const { exit, data } = await runTools(input, { host, catalog: testCatalog })
    const rows = data.tools as { id: string; installed: boolean; facts: string; scopes: string[] }[]
    expect(exit).toBe(0)
    const all = [...testCatalog.tools, ...testCatalog.byHand]
    expect(rows.map(({ id }) => id).sort()).toEqual(all.map(({ id }) => id).sort())
    expect(rows.find(({ id }) => id === 'cursor')).toMatchObject({
      facts: 'documented',
      measured: null,
      scopes: [],
      byHand: 'qcode-setup print cursor',
      run: false,
    })
    expect(rows.find(({ id }) => id === 'claude-code')).toMatchObject({
      installed: false,
      facts: 'measured',
      measured: expect.stringContaining('2.1.332'),
      scopes: ['user', 'project', 'managed'],
      byHand: null,
      run: true,
      install: 'npm install -g @anthropic-ai/claude-code',
    })
    expect(rows.find(({ id }) => id === 'codex')?.scopes).toEqual(['user', 'managed'])
  })

  it.each([
    ['>=1.0.10 <=3.0.65', '1.0.10 to 3.0.65'],
    ['>=0.86.2 <=0.86.2', '0.86.2'],
    ['openai 6.49.0 (npm)', 'openai 6.49.0 (npm)'],
    ['^2.1', '^2.1'],
  ])('shows the range %s as %s', (range, shown) => {
    expect(String(testedVersions(range))).toBe(shown)
  })

  it('says of each tool that the lane of clients runs that it was measured, and in which packages', async () => {
    const run = new Set(clientRunners.map(({ tool }) => tool))
    const proven = testCatalog.tools.filter(({ id }) => run.has(id))
    expect(
      proven.filter(({ measuredPackages, diagnosis }) => !measuredPackages && !diagnosis.measured),
    ).toEqual([])
    const pinned = clientPackages.flatMap(({ registry, packages }) =>
      Object.entries(packages).map(
        ([name, version]) => `${name} ${version} (${registry === 'npm' ? 'npm' : 'PyPI'})`,
      ),
    )
    const named = testCatalog.tools.flatMap(({ measuredPackages = [] }) => measuredPackages)
    expect(named.length).toBeGreaterThan(10)
    expect(named.filter((name) => !pinned.includes(name))).toEqual([])
  })
})
