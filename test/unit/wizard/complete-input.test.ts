import { mkdirSync, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { acceptsOrigin } from '../../../src/commands/plain-http.ts'
import type { Origin } from '../../../src/gateway/origin.ts'
import type { Host } from '../../../src/host/host.ts'
import { createMemoryKeychain } from '../../../src/host/throw-away-host.ts'
import { completeChoice, namedTools } from '../../../src/request/choose-tools.ts'
import { chooseOrigin } from '../../../src/request/normalise-request.ts'
import type { Input, ToolChoice } from '../../../src/request/request.ts'
import { Secret } from '../../../src/secrets/secret.ts'
import { en } from '../../../src/texts/en.ts'
import { say } from '../../../src/texts/message.ts'
import { completeInput, type Presets } from '../../../src/wizard/complete-input.ts'
import { answering, type Faulty, startFaulty } from '../../support/faulty-gateway.ts'
import { testCatalog as catalog } from '../../support/test-catalog.ts'
import { testKey } from '../../support/test-host.ts'
import { type AnsweringHost, createAnsweringHost, down, enter, up } from './answering-host.ts'

let home: string
beforeEach(() => {
  home = mkdtempSync(join(tmpdir(), 'qcode-setup-wizard-'))
})
afterEach(() => rmSync(home, { recursive: true, force: true }))

function inputOf(values: Record<string, string[]>, ...switches: string[]): Input {
  return { values, switches: new Set(switches), positionals: [] }
}

const key = new Secret(testKey)
const given = { tool: ['codex'], region: ['eu'] }
const regionIndex = (id: string) => catalog.gateway.regions.findIndex((region) => region.id === id)

/** Keys that the gateway does not take. */
const refused: readonly string[] = [`cr_${'f'.repeat(64)}`, `cr_${'e'.repeat(64)}`]
const refusal = {
  id: 'check-key-unknown',
  level: 'error',
  message: say('gateway.key-unknown'),
} as const

/** What is set up already, by tool. */
type SetUp = Readonly<Record<string, Partial<ToolChoice>>>

function complete(
  terminal: AnsweringHost,
  input: Input,
  givenKey?: Secret,
  presets: Presets = {},
  setUp: SetUp = {},
) {
  const context = { host: terminal.host, catalog }
  const judges = {
    usableTools: async (answered: Input) => answered,
    offerInstall: async (answered: Input) => ({ asks: false, take: async () => answered }),
    choicesSoFar: async (answered: Input) => {
      const tools = (await namedTools(answered, catalog, terminal.host)) ?? []
      const { origin } = chooseOrigin(answered, catalog.gateway)
      return Promise.all(
        tools.map(async (tool) => ({
          ...(await completeChoice(tool, origin, answered, catalog, terminal.host)),
          ...(setUp[tool.id] ?? {}),
        })),
      )
    },
    accepts: (origin: Origin, back?: boolean) => acceptsOrigin(origin, input, context, back),
    testKey: async (tried: Secret) => (refused.includes(Secret.reveal(tried)) ? [refusal] : []),
  }
  return completeInput(input, givenKey, context, judges, presets)
}

describe('completeInput', () => {
  it('asks for tools, region and key, and gives what flags would have given', async () => {
    mkdirSync(join(home, '.codex'))
    const terminal = createAnsweringHost(home)
    const completed = complete(terminal, inputOf({}))
    await terminal.answer(en['ask.tools'], enter)
    await terminal.answer(en['ask.region'], enter)
    await terminal.answer(en['ask.key'], testKey + enter)
    const { input, key: typed } = await completed
    expect(input.values).toEqual({ tool: ['codex'], region: ['global'] })
    expect(typed && Secret.reveal(typed)).toBe(testKey)
  })

  it('asks for the key again at once where the gateway refuses it, as often as it does', async () => {
    const terminal = createAnsweringHost(home)
    const completed = complete(terminal, inputOf(given))
    await terminal.answer(en['ask.key'], refused[0] + enter)
    await terminal.answer(en['ask.key'], refused[1] + enter)
    await terminal.answer(en['ask.key'], testKey + enter)
    const { key: typed } = await completed
    expect(typed && Secret.reveal(typed)).toBe(testKey)
    expect(terminal.shown().split(String(refusal.message))).toHaveLength(3)
  })

  it('asks for another key where the given one is refused, and no longer names its source', async () => {
    const terminal = createAnsweringHost(home)
    const completed = complete(
      terminal,
      inputOf({ ...given, keyFile: ['key.txt'] }),
      new Secret(refused[0] ?? ''),
    )
    await terminal.answer(en['ask.key'], testKey + enter)
    const { input, key: typed } = await completed
    expect(typed && Secret.reveal(typed)).toBe(testKey)
    expect(input.values.keyFile).toEqual(['-'])
  })

  it('marks and ticks what is found here, and nothing else', async () => {
    mkdirSync(join(home, '.codex'))
    const terminal = createAnsweringHost(home)
    const completed = complete(terminal, inputOf({ region: ['eu'] }), key)
    await terminal.answer(en['ask.tools'], enter)
    await completed
    const marked = terminal.shown().match(/^.*\(installed\)$/gm)
    expect([...new Set(marked)]).toEqual([expect.stringContaining('◉ Codex CLI')])
  })

  it('lists first what most people use, where nothing is found', async () => {
    const terminal = createAnsweringHost(home)
    const completed = complete(terminal, inputOf({ region: ['eu'] }), key)
    await terminal.answer(en['ask.tools'], ` ${enter}`)
    expect((await completed).input.values.tool).toEqual(['claude-code'])
    const rows = terminal.shown().match(/^.*\(not installed\)/gm) ?? []
    expect(rows.slice(0, 2)).toEqual([
      expect.stringContaining('Claude Code'),
      expect.stringContaining('Codex CLI'),
    ])
  })

  it('asks nothing when everything is given, and shows it, the key masked and with its source', async () => {
    const terminal = createAnsweringHost(home)
    const input = inputOf({ ...given, model: ['gpt-x'], keyFile: ['/k.txt'] })
    expect(await complete(terminal, input, key)).toEqual({ input, key })
    expect(terminal.shown()).toContain('✔ Tools Codex CLI\n')
    expect(terminal.shown()).toContain('✔ Region Europe\n')
    expect(terminal.shown()).toContain('✔ QCode.cc API key cr_…cdef (from /k.txt)\n')
    expect(terminal.shown()).toContain('✔ Model gpt-x\n')
  })

  it('names the variable that the key came from', async () => {
    const terminal = createAnsweringHost(home)
    await complete(terminal, inputOf(given), key)
    expect(terminal.shown()).toContain('cr_…cdef (from QCODE_API_KEY)')
  })

  it('asks where to keep the key only where a keychain answers; the files are the default', async () => {
    for (const [keys, keyStore] of [
      [enter, undefined],
      [down + enter, ['keychain']],
    ] as const) {
      const keychain = createMemoryKeychain()
      const terminal = createAnsweringHost(home, { keychain: async () => keychain })
      const completed = complete(terminal, inputOf(given))
      await terminal.answer(en['ask.key-store'], keys)
      await terminal.answer(en['ask.key'], testKey + enter)
      expect((await completed).input.values.keyStore).toEqual(keyStore)
    }
    const without = createAnsweringHost(home)
    const completed = complete(without, inputOf(given))
    await without.answer(en['ask.key'], testKey + enter)
    await completed
    expect(without.shown()).not.toContain(en['ask.key-store'])
  })

  it('goes on where a keychain does not answer in time', async () => {
    const never: Host['keychain'] = () => new Promise(() => {})
    const terminal = createAnsweringHost(home, { keychain: never })
    const { input } = await complete(terminal, inputOf(given), key)
    expect(input.values.keyStore).toBeUndefined()
  })

  it('asks for no key where the keychain holds one, and shows it masked', async () => {
    const keychain = createMemoryKeychain()
    await keychain.set('default', testKey)
    const terminal = createAnsweringHost(home, { keychain: async () => keychain })
    const completed = await complete(terminal, inputOf({ ...given, keyStore: ['keychain'] }))
    expect(completed.key && Secret.reveal(completed.key)).toBe(testKey)
    expect(terminal.shown()).toContain('✔ QCode.cc API key cr_…cdef (from the keychain)\n')
    expect(terminal.shown()).not.toContain(en['ask.key-store'])
  })

  it('wants no key when none is to be written', async () => {
    const terminal = createAnsweringHost(home)
    expect(await complete(terminal, inputOf({ ...given, keyStore: ['env'] }))).toMatchObject({
      key: undefined,
    })
    expect(terminal.shown()).not.toContain(en['ask.key'])
  })

  it('offers only tools that fit the scope and the method', async () => {
    const terminal = createAnsweringHost(home)
    const completed = complete(terminal, inputOf({ region: ['eu'], scope: ['project'] }), key)
    await terminal.answer(en['ask.tools'], ` ${enter}`)
    await completed
    expect(terminal.shown()).toContain('Claude Code')
    expect(terminal.shown()).not.toContain('Codex CLI')
  })

  it('takes a region without TLS only after a yes; a no asks for the region again', async () => {
    const terminal = createAnsweringHost(home)
    const completed = complete(terminal, inputOf({ tool: ['codex'] }, 'noCheck'), key)
    const toChina = down.repeat(regionIndex('china')) + enter
    await terminal.answer(en['ask.region'], toChina)
    await terminal.answer(en['ask.use-anyway'], enter)
    await terminal.answer(en['ask.region'], toChina)
    await terminal.answer(en['ask.use-anyway'], `y${enter}`)
    await terminal.answer('Optional for Codex CLI', enter)
    expect((await completed).input.values.region).toEqual(['china'])
    expect(terminal.shown()).toContain('unencrypted')
  })

  it('Esc at the question about a region without TLS leads to the list, and from a flag to the question before', async () => {
    const terminal = createAnsweringHost(home)
    const completed = complete(terminal, inputOf({ tool: ['codex'] }, 'noCheck'), key)
    await terminal.answer(en['ask.region'], down.repeat(regionIndex('china')) + enter)
    await terminal.answer(en['ask.use-anyway'], '\x1b')
    await terminal.answer(en['ask.region'], enter)
    expect((await completed).input.values.region).toEqual(['global'])
    const second = createAnsweringHost(home)
    const flagged = complete(second, inputOf({ region: ['china'] }, 'noCheck'), key)
    await second.answer(en['ask.tools'], ` ${enter}`)
    await second.answer(en['ask.use-anyway'], '\x1b')
    await second.answer(en['ask.tools'], enter)
    await second.answer(en['ask.use-anyway'], `y${enter}`)
    expect((await flagged).input.values).toEqual({ tool: ['claude-code'], region: ['china'] })
  })

  it.each([
    ['a region', { region: ['china'] }, []],
    ['a relay', { gateway: ['http://relay.example.com'] }, ['allowHttp']],
  ])('asks about %s without TLS that a flag names as well, and a no leaves', async (_, values, switches) => {
    const terminal = createAnsweringHost(home)
    const input = inputOf({ tool: ['codex'], ...values }, 'noCheck', ...switches)
    const completed = complete(terminal, input, key)
    await terminal.answer(en['ask.use-anyway'], enter)
    await expect(completed).rejects.toMatchObject({ code: 'cancelled', exit: 130 })
  })

  it('refuses a wrong --gateway before it asks for the key', async () => {
    const terminal = createAnsweringHost(home)
    const completed = complete(
      terminal,
      inputOf({ tool: ['codex'], gateway: ['https://api.qcode.cc/openai'] }),
    )
    await expect(completed).rejects.toMatchObject({ exit: 2 })
    expect(terminal.shown()).not.toContain(en['ask.key'])
  })
})

describe('an optional setting', () => {
  const toChina = inputOf({ tool: ['codex', 'claude-code'], region: ['china'] }, 'noCheck')

  it.each([
    ['is left out by Enter', enter, []],
    ['is taken by a yes', down + enter, ['option:analytics-off']],
  ])('that the region is a reason for %s', async (_, keys, options) => {
    const terminal = createAnsweringHost(home)
    const completed = complete(terminal, toChina, key)
    await terminal.answer(en['ask.use-anyway'], `y${enter}`)
    await terminal.answer('Optional for Codex CLI', keys)
    expect([...(await completed).input.switches]).toEqual(['noCheck', ...options])
  })

  it.each([
    ['offered where an editor has the extension', ['claude-code-2.1.330'], {}, [], true],
    ['not offered where none has it', ['claude-coder-1.0.0'], {}, [], false],
    ['not offered for a project', ['claude-code-2.1.330'], { scope: ['project'] }, [], false],
    ['not offered with variables', ['claude-code-2.1.330'], { method: ['env'] }, [], false],
    ['not offered again where it is on', ['claude-code-2.1.330'], {}, ['option:vscode'], false],
  ])('for the extension of editors is %s', async (_, names, values, on, isAsked) => {
    const extensions = names.map((name) => join(home, '.cursor/extensions', `anthropic.${name}`))
    for (const folder of extensions) mkdirSync(folder, { recursive: true })
    const terminal = createAnsweringHost(home)
    const input = inputOf({ tool: ['claude-code'], region: ['eu'], ...values }, 'noCheck', ...on)
    const completed = complete(terminal, input, key)
    if (isAsked) await terminal.answer('Optional for Claude Code', down + enter)
    expect((await completed).input.switches.has('option:vscode')).toBe(isAsked || on.length > 0)
  })

  const list = { data: [{ id: 'claude-9' }, { id: 'gpt-9' }] }

  it.each([
    ['asked where the gateway lists its models', 200, list, {}, true],
    ['not asked where it has no list', 404, { error: 'Not Found' }, {}, false],
    ['not asked again where it is set up', 200, list, { options: { 'model-discovery': 'on' } }, false],
  ])('for the list of models is %s', async (_, status, body, setUp, isAsked) => {
    const gateway = await startFaulty(answering(status, body))
    try {
      const terminal = createAnsweringHost(home)
      const input = inputOf({ tool: ['claude-code'], gateway: [gateway.origin] })
      const completed = complete(terminal, input, key, {}, { 'claude-code': setUp })
      if (status === 200) await terminal.answer(en['ask.models'], enter)
      if (isAsked) await terminal.answer('Optional for Claude Code', down + enter)
      expect((await completed).input.switches.has('option:model-discovery')).toBe(isAsked)
    } finally {
      await gateway.close()
    }
  })

  it.each([
    ['stays by Enter', [enter], {}],
    ['is taken out by the default', [down + enter, up + enter], { unset: ['claude-code=model'] }],
    ['gives way to another', [down + enter, down + enter], { model: ['claude-code=claude-9'] }],
  ])('a model that is set up %s', async (_, [first = '', second], values) => {
    const gateway = await startFaulty(answering(200, { data: [{ id: 'claude-8' }, { id: 'claude-9' }] }))
    try {
      const terminal = createAnsweringHost(home)
      const input = inputOf({ tool: ['claude-code'], gateway: [gateway.origin] })
      const setUp = { model: 'claude-8', options: { 'model-discovery': 'on' } }
      const completed = complete(terminal, input, key, {}, { 'claude-code': setUp })
      await terminal.answer(en['ask.models.as-set-up'], first)
      if (second) await terminal.answer(en['ask.model']({ tool: 'Claude Code' }), second)
      const { tool: _tool, gateway: _gateway, ...answered } = (await completed).input.values
      expect(answered).toEqual(values)
    } finally {
      await gateway.close()
    }
  })

  it('has no default for a tool that cannot do without a model', async () => {
    const gateway = await startFaulty(answering(200, list))
    try {
      const terminal = createAnsweringHost(home)
      const completed = complete(terminal, inputOf({ tool: ['vibe'], gateway: [gateway.origin] }), key)
      await terminal.answer(en['ask.models'], down + enter)
      await terminal.answer(en['ask.model']({ tool: 'Mistral Vibe' }), enter)
      expect((await completed).input.values.model).toHaveLength(1)
      expect(terminal.shown()).not.toContain(en['ask.model.default'])
    } finally {
      await gateway.close()
    }
  })
})

describe('Esc', () => {
  const esc = '\x1b'

  it('goes back one question at a time, and each is asked again', async () => {
    mkdirSync(join(home, '.codex'))
    const terminal = createAnsweringHost(home)
    const completed = complete(terminal, inputOf({}, 'noCheck'))
    await terminal.answer(en['ask.tools'], enter)
    await terminal.answer(en['ask.region'], enter)
    await terminal.answer(en['ask.key'], esc)
    await terminal.answer(en['ask.region'], esc)
    await terminal.answer(en['ask.tools'], enter)
    await terminal.answer(en['ask.region'], down + down + enter)
    await terminal.answer(en['ask.key'], testKey + enter)
    expect((await completed).input.values).toEqual({ tool: ['codex'], region: ['eu'] })
  })

  it('comes to questions that begin with what was answered', async () => {
    mkdirSync(join(home, '.codex'))
    const keychain = createMemoryKeychain()
    const terminal = createAnsweringHost(home, { keychain: async () => keychain })
    const completed = complete(terminal, inputOf({}, 'noCheck'))
    await terminal.answer(en['ask.tools'], `aid${enter}${enter}`)
    await terminal.answer(en['ask.region'], down + down + enter)
    await terminal.answer(en['ask.key-store'], down + enter)
    await terminal.answer(en['ask.key'], testKey + enter)
    const { goBack } = await completed
    const again = goBack?.()
    await terminal.answer(`? ${en['ask.key.short']}`, esc)
    await terminal.answer(en['ask.key-store'], esc)
    await terminal.answer(en['ask.region'], esc)
    await terminal.answer(en['ask.tools'], enter)
    await terminal.answer(en['ask.region'], enter)
    await terminal.answer(en['ask.key-store'], enter)
    await terminal.answer(`? ${en['ask.key.short']}`, enter)
    const { input, key: kept } = (await again) ?? {}
    expect(input?.values).toEqual({ tool: ['codex', 'aider'], region: ['eu'], keyStore: ['keychain'] })
    expect(kept && Secret.reveal(kept)).toBe(testKey)
  })

  it('leads from another key to the choice whether to keep the one before', async () => {
    const terminal = createAnsweringHost(home)
    const completed = complete(terminal, inputOf(given, 'noCheck'), undefined, { key })
    await terminal.answer(`? ${en['ask.key.short']}`, down + enter)
    await terminal.answer(en['ask.key'], esc)
    await terminal.answer(`? ${en['ask.key.short']}`, enter)
    expect((await completed).key).toBe(key)
  })

  it('passes over what a flag has given, and does nothing at the first question', async () => {
    const terminal = createAnsweringHost(home)
    const completed = complete(terminal, inputOf({ tool: ['codex'] }, 'noCheck'))
    await terminal.answer(en['ask.region'], esc)
    await terminal.answer('', enter)
    await terminal.answer(en['ask.key'], testKey + enter)
    expect((await completed).input.values.region).toEqual(['global'])
  })
})

describe('the question for the region', () => {
  it('offers the fastest one, and says that none answers where none does', async () => {
    const terminal = createAnsweringHost(home)
    const completed = complete(terminal, inputOf({ tool: ['codex'] }), key)
    // The preset is below it.
    await terminal.answer(en['ask.region'], `\x1b[A${enter}`)
    await terminal.answer(en['error.no-region'], '')
    await terminal.answer(en['ask.region'], enter)
    expect((await completed).input.values.region).toEqual(['global'])
    expect(terminal.shown()).toContain(en['ask.region.silent'])
  })

  it('neither measures nor offers the fastest one with --no-check', async () => {
    const terminal = createAnsweringHost(home)
    const completed = complete(terminal, inputOf({ tool: ['codex'] }, 'noCheck'), key)
    await terminal.answer(en['ask.region'], enter)
    await completed
    expect(terminal.shown()).not.toContain(en['ask.region.auto'])
    expect(terminal.shown()).not.toContain(en['ask.region.silent'])
  })
})

describe('what is set up already', () => {
  it('is what each question begins with, and the key can be kept', async () => {
    const terminal = createAnsweringHost(home)
    const presets = { tools: ['aider', 'cline'], region: 'asia', key }
    const completed = complete(terminal, inputOf({}, 'noCheck'), undefined, presets)
    await terminal.answer(en['ask.tools'], enter)
    await terminal.answer(en['ask.region'], enter)
    await terminal.answer(en['ask.key.short'], enter)
    const { input, key: kept } = await completed
    expect(input.values).toEqual({ tool: expect.arrayContaining(presets.tools), region: ['asia'] })
    expect(input.values.tool).toHaveLength(2)
    expect(kept).toBe(key)
  })
})

describe('the question for models', () => {
  const names = ['gpt-b', 'claude-z', 'gpt-a', 'claude-y']

  let listing: Faulty
  beforeEach(async () => {
    listing = await startFaulty(answering(200, { data: names.map((id) => ({ id })) }))
  })
  afterEach(() => listing.close())

  it('comes once for each tool with a place for one, with the models of its family', async () => {
    const terminal = createAnsweringHost(home)
    const input = inputOf({ gateway: [listing.origin], tool: ['codex', 'claude-code', 'openai-sdk'] })
    const completed = complete(terminal, input, key)
    await terminal.answer(en['ask.models'], down + enter)
    await terminal.answer(en['ask.model']({ tool: 'Claude Code' }), down + enter)
    await terminal.answer(en['ask.model']({ tool: 'Codex CLI' }), down + down + enter)
    await terminal.answer('Optional for Claude Code', enter)
    expect((await completed).input.values.model).toEqual(['claude-code=claude-y', 'codex=gpt-b'])
    expect(terminal.shown()).not.toContain(en['ask.model']({ tool: 'OpenAI SDK (Python, JavaScript)' }))
  })

  it('goes back from tool to tool and to the choice itself, each with what was chosen', async () => {
    const terminal = createAnsweringHost(home)
    const input = inputOf({ gateway: [listing.origin], tool: ['codex', 'claude-code'] })
    const completed = complete(terminal, input, key)
    const [claude, codex] = ['Claude Code', 'Codex CLI'].map((tool) => en['ask.model']({ tool }))
    await terminal.answer(en['ask.models'], down + enter)
    await terminal.answer(claude ?? '', down + enter)
    await terminal.answer(codex ?? '', '\x1b')
    await terminal.answer(claude ?? '', '\x1b')
    await terminal.answer(en['ask.models'], enter)
    await terminal.answer(claude ?? '', enter)
    await terminal.answer(codex ?? '', enter)
    await terminal.answer('Optional for Claude Code', enter)
    expect((await completed).input.values.model).toEqual(['claude-code=claude-y'])
  })

  it.each([
    ['for all tools at once', [[en['ask.models'], enter]]],
    [
      'for one tool',
      [
        [en['ask.models'], down + enter],
        [en['ask.model']({ tool: 'Codex CLI' }), enter],
      ],
    ],
  ] as const)("writes nothing for the client's own default, %s", async (_, answers) => {
    const terminal = createAnsweringHost(home)
    const input = inputOf({ tool: ['codex'], gateway: [listing.origin] })
    const completed = complete(terminal, input, key)
    for (const [question, keys] of answers) await terminal.answer(question, keys)
    expect((await completed).input).toEqual(input)
  })

  it('finds a model by any part of its name, and says where none has it', async () => {
    const terminal = createAnsweringHost(home)
    const completed = complete(terminal, inputOf({ tool: ['codex'], gateway: [listing.origin] }), key)
    await terminal.answer(en['ask.models'], down + enter)
    await terminal.answer(en['ask.model']({ tool: 'Codex CLI' }), 'xyz')
    await terminal.answer(en['ask.nothing-fits'], '\x15T-B')
    await terminal.answer('❯ gpt-b', enter)
    expect((await completed).input.values.model).toEqual(['codex=gpt-b'])
  })

  it('does not come with --no-check, and the gateway is not contacted', async () => {
    const terminal = createAnsweringHost(home)
    const input = inputOf({ tool: ['codex'], gateway: [listing.origin] }, 'noCheck')
    expect((await complete(terminal, input, key)).input).toEqual(input)
    expect(listing.hits).toEqual([])
  })
})
