import { describe, expect, it } from 'vitest'
import { takesModel } from '../../../src/catalog/steps.ts'
import { runPrint } from '../../../src/commands/print.ts'
import { loadFormats } from '../../../src/documents/formats.ts'
import type { UserError } from '../../../src/errors.ts'
import type { ProtocolId } from '../../../src/gateway/gateway.ts'
import { parseArguments, unknownValue } from '../../../src/request/parse-arguments.ts'
import { en } from '../../../src/texts/en.ts'
import type { Texts } from '../../../src/texts/message.ts'
import { zhCN } from '../../../src/texts/zh-CN.ts'
import { commandTable } from '../../support/command-table.ts'
import { testCatalog } from '../../support/test-catalog.ts'
import { createTestHost, testKey } from '../../support/test-host.ts'

const { gateway, tools, byHand, leftOut } = testCatalog
const withSteps = [...byHand, ...tools.filter(({ steps }) => steps.length > 0)]
const formats = await loadFormats(['toml', 'json', 'jsonc', 'yaml'])

async function print(args: readonly string[], texts: Texts = en) {
  const spec = commandTable.find(({ name }) => name === 'print')
  if (!spec) throw new Error('no command print')
  const host = { ...createTestHost('/HOME', { env: { QCODE_API_KEY: testKey } }), texts }
  return runPrint(parseArguments(args, spec, testCatalog), { host, catalog: testCatalog })
}

/** By hand, not from the folders: the base URLs that each tool needs behind the origin. */
const wanted: Readonly<Record<string, readonly [ProtocolId, string][]>> = {
  cursor: [['openai-chat', '/openai/v1']],
  zed: [
    ['anthropic-messages', '/api'],
    ['openai-chat', '/openai/v1'],
  ],
  goose: [['openai-chat', '/openai/v1/chat/completions']],
  'kimi-code': [['openai-chat', '/openai/v1']],
  jetbrains: [['anthropic-messages', '/api']],
  'claude-code': [['anthropic-messages', '/api']],
  cline: [
    ['anthropic-messages', '/api/v1'],
    ['anthropic-messages', '/api'],
  ],
  codex: [['openai-responses', '/openai']],
}

it('knows every tool with steps', () => {
  const ids = withSteps.map(({ id }) => id).sort()
  const byHandToo = 'the base URLs of each tool with steps, said by hand in `wanted` of this test'
  expect(Object.keys(wanted).sort(), byHandToo).toEqual(ids)
})

describe.each(withSteps.map((tool) => [tool.id, tool] as const))('the steps of %s', (id, tool) => {
  it.each(gateway.regions.map((region) => [region.id, region.origin] as const))(
    'in the region %s name its base URLs and no other, the protocol and the model',
    async (region, origin) => {
      // JetBrains' IDEs start tools that have a model of their own.
      const model = takesModel(tool) ? ['--model', 'some-model-1'] : []
      const args = [id, '--format', 'steps', '--region', region, ...model]
      for (const texts of [en, zhCN]) {
        const { report, exit } = await print(args, texts)
        expect(exit).toBe(0)
        const urls = [...report.matchAll(/https?:\/\/[\w./-]*\w/g)].map(([url]) => url)
        const ours = urls.filter((url) => gateway.regions.some((one) => url.startsWith(one.origin)))
        const paths = wanted[id]?.map(([, path]) => origin + path) ?? []
        expect([...new Set(ours)].sort()).toEqual([...new Set(paths)].sort())
        const titles = gateway.protocols.filter((one) => wanted[id]?.some(([name]) => name === one.id))
        for (const { title } of titles) expect(report).toContain(title)
        expect(report).not.toContain('{{')
        expect(report).not.toContain(testKey)
        if (tool.steps.some(({ settings }) => JSON.stringify(settings ?? {}).includes('{{ model }}')))
          expect(report).toContain('some-model-1')
      }
    },
  )

  it('hold settings that parse, each printed alone by its name', async () => {
    const { data } = await print([id, '--format', 'steps'])
    const steps = data.steps as { settings?: string; format?: string; name?: string; text: unknown }[]
    expect(steps.length).toBeGreaterThan(1)
    for (const { settings, format = '', name = '' } of steps) {
      if (settings === undefined) continue
      expect(formats.get(format as 'json')?.parseStrict(settings)).toBeTypeOf('object')
      const alone = await print([id, '--format', name])
      expect(alone.report).toBe(settings)
      expect(alone.next?.length).toBe(1)
    }
  })

  it('never hold the key: --with-key is refused', async () => {
    const error = await print([id, '--format', 'steps', '--with-key']).catch((thrown) => thrown)
    expect(error).toMatchObject({ code: 'steps-with-key', exit: 2 })
  })
})

it('a model is a value of the settings, whatever stands in it', async () => {
  const model = 'a"b\\c'
  const { report } = await print(['zed', '--format', 'zed-gpt', '--model', model])
  expect(JSON.parse(report).language_models.openai_compatible.qcode.available_models[0].name).toBe(model)
})

describe('a client of which nothing is written', () => {
  const commands = ['setup', 'prove', 'doctor', 'check'] as const
  const words = byHand.flatMap(({ id, alsoCalled = [] }) => [id, ...alsoCalled].map((word) => [word, id]))

  it.each(words.flatMap(([word, id]) => commands.map((command) => [command, word, id] as const)))(
    '%s --tool %s says how it is set up',
    (command, word = '', id = '') => {
      const spec = commandTable.find(({ name }) => name === command)
      if (!spec) throw new Error(command)
      const thrown = catching(() => parseArguments(['--tool', `codex,${word}`], spec, testCatalog))
      expect(thrown).toMatchObject({ code: 'set-up-by-hand', exit: 2 })
      expect(String(thrown.hint)).toContain(`qcode-setup print ${id}`)
    },
  )

  it.each(leftOut.map(({ id, title, why }) => [id, title, why] as const))(
    'says why %s is not set up',
    (id, title, why) => {
      const thrown = catching(() => {
        throw unknownValue('tool', id, [], testCatalog)
      })
      expect(thrown).toMatchObject({ code: 'left-out', exit: 2 })
      expect(thrown.message).toContain(title)
      expect(thrown.message).toContain(why)
    },
  )

  it('has an id that no other has', () => {
    const ids = [...tools, ...byHand, ...leftOut].map(({ id }) => id)
    expect(new Set(ids).size).toBe(ids.length)
  })
})

function catching(work: () => unknown): UserError {
  try {
    work()
  } catch (error) {
    return error as UserError
  }
  throw new Error('nothing was thrown')
}
