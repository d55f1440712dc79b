import fc from 'fast-check'
import { takesModel } from '../../../src/catalog/steps.ts'
import { methodsOf } from '../../../src/request/choose-tools.ts'
import type { Input } from '../../../src/request/request.ts'
import { testCatalog } from '../../support/test-catalog.ts'
import { testKey } from '../../support/test-host.ts'
import type { Flags } from './machine.ts'

/** What a user asks `setup` for. */
export interface Wish {
  readonly tools: readonly string[]
  readonly region: string
  readonly scope: 'user' | 'project'
  readonly method?: 'file' | 'env'
  readonly shell: string
  readonly key: string
  /** By tool id. */
  readonly models: Readonly<Record<string, string>>
  readonly pins: Readonly<Record<string, string>>
}

export const origins: Readonly<Record<string, string>> = {
  global: 'https://api.qcode.cc',
  us: 'https://us.qcode.cc',
  eu: 'https://eu.qcode.cc',
  asia: 'https://asia.qcode.cc',
  china: 'http://103.236.53.153',
}
export const region = fc.constantFrom(...Object.keys(origins))

const unusual = fc
  .string({ unit: fc.constantFrom(...'aZ09_-./$\\"\'`#{}!%&=:;,<>|?*~^()[]@+'), minLength: 1, maxLength: 12 })
  .map((tail) => `Zq9xWv7${tail}`)
const key = fc.oneof({ arbitrary: fc.constant(testKey), weight: 4 }, unusual)

const modelName = fc.constantFrom('claude-opus-5', 'gpt-6', 'a "b" \\ \'c\'', '模型 # 1', 'x: y', '$HOME')

function wishAt(scope: Wish['scope'], method: Wish['method']): fc.Arbitrary<Wish> {
  const possible = testCatalog.tools
    // Entries of lists have properties of their own: test/unit/documents/random/list-entries.test.ts.
    .filter(({ targets }) => targets.every(({ needsModel }) => !needsModel))
    .filter((tool) => methodsOf(tool, scope).some((each) => method === undefined || each === method))
    .map(({ id }) => id)
  const models = testCatalog.tools.filter(takesModel).map(({ id }) => id)
  const variants = {
    cline: fc.constantFrom('cli-3', 'cli-1-2', 'extension-next', 'extension-legacy'),
    codex: fc.constantFrom('openai', 'openai/v1'),
  }
  return fc
    .record({
      tools: fc.oneof(
        fc.shuffledSubarray([...possible], { minLength: 1 }),
        fc.constant(method === 'file' ? possible : [...possible]),
      ),
      region,
      shell: fc.constantFrom('bash', 'bash', 'zsh', 'fish', 'powershell'),
      key,
      models: fc.dictionary(fc.constantFrom(...models), modelName, { maxKeys: 2 }),
      pins: fc.record(variants, { requiredKeys: [] }),
    })
    .map((wish) => ({
      ...wish,
      scope,
      ...(method !== undefined && { method }),
      models: Object.fromEntries(Object.entries(wish.models).filter(([tool]) => wish.tools.includes(tool))),
    }))
}

export const arbitraryWish: fc.Arbitrary<Wish> = fc.oneof(
  { arbitrary: wishAt('user', undefined), weight: 6 },
  { arbitrary: wishAt('user', 'env'), weight: 2 },
  { arbitrary: wishAt('project', undefined), weight: 2 },
  { arbitrary: wishAt('project', 'env'), weight: 1 },
)

/** Two models in one variable: a warning says which one counts, and the other tool is not as it was wanted. */
export function sharesModel({ method, models }: Wish): boolean {
  return method === 'env' && models['claude-code'] !== models['claude-agent-sdk']
}

/** The wish as the command line would give it. */
export function inputOf(wish: Wish, { switches = [], values = {} }: Flags): Input {
  const { tools, region, scope, method, shell, models, pins } = wish
  return {
    values: {
      tool: tools,
      region: [region],
      scope: [scope],
      shell: [shell],
      ...(method && { method: [method] }),
      model: Object.entries(models).map(([tool, model]) => `${tool}=${model}`),
      ...Object.fromEntries(Object.entries(pins).map(([tool, variant]) => [`pin:${tool}`, [variant]])),
      ...values,
    },
    switches: new Set(['yes', 'noCheck', ...switches]),
    positionals: [],
  }
}
