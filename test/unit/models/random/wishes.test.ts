import fc from 'fast-check'
import { expect, it } from 'vitest'
import { arbitraryHome } from '../../../long/properties/arbitrary-home.ts'
import { region, type Wish } from '../../../long/properties/arbitrary-wish.ts'
import { type Flags, type Machine, onMachine } from '../../../long/properties/machine.ts'
import { randomCases } from '../../../support/random-cases.ts'
import { testCatalog } from '../../../support/test-catalog.ts'
import { testKey } from '../../../support/test-host.ts'

/** Tools of which more can be wished than a connection. */
const tools = testCatalog.tools.filter(
  ({ modelRoles, options, targets }) =>
    modelRoles.length + options.length > 0 && targets.every(({ needsModel }) => !needsModel),
)

const modelName = fc.constantFrom('claude-opus-5', 'gpt-6', 'a "b" \\ \'c\'', '模型 # 1', 'x: y', '$HOME')

/** Roles and options of the tools that are set up, as flags would say them. */
function wishedOf(ids: readonly string[]): fc.Arbitrary<Flags> {
  const own = tools.filter(({ id }) => ids.includes(id))
  const roles = own.flatMap(({ id, modelRoles }) =>
    ['', ...modelRoles.map((role) => `:${role}`)].map((role) => `${id}${role}`),
  )
  const options = own.flatMap((tool) => tool.options)
  return fc
    .record({
      models: fc.dictionary(fc.constantFrom(...roles), modelName, { maxKeys: 4 }),
      chosen: fc.subarray([...new Set(options.map(({ id }) => id))]),
      number: fc.integer({ min: 1, max: 999_999_999 }),
    })
    .map(({ models, chosen, number }) => {
      const isNumber = (id: string) =>
        options.some((option) => option.id === id && option.number !== undefined)
      return {
        values: {
          model: Object.entries(models).map(([name, model]) => `${name}=${model}`),
          ...Object.fromEntries(chosen.filter(isNumber).map((id) => [`option:${id}`, [String(number)]])),
        },
        switches: chosen.filter((id) => !isNumber(id)).map((id) => `option:${id}`),
      }
    })
}

const wished = fc
  .record({
    ids: fc.subarray(
      tools.map(({ id }) => id),
      { minLength: 1 },
    ),
    region,
  })
  .chain(({ ids, region }) =>
    fc.record({ wish: fc.constant(wishAt(ids, region)), flags: wishedOf(ids), others: wishedOf(ids) }),
  )

function wishAt(ids: readonly string[], region: string): Wish {
  return { tools: ids, region, scope: 'user', shell: 'bash', key: testKey, models: {}, pins: {} }
}

/** Everything that can be taken out of these tools. */
function unsetAll(ids: readonly string[]): Flags {
  const own = tools.filter(({ id }) => ids.includes(id))
  const names = own.flatMap(({ id, modelRoles, options }) =>
    ['model', ...modelRoles, ...options.map((option) => option.id)].map((name) => `${id}=${name}`),
  )
  return { values: { unset: names } }
}

async function setUp(
  machine: Machine,
  wish: Wish,
  flags: Flags,
): Promise<Record<string, unknown> | undefined> {
  const conflict = { onConflict: ['overwrite'] }
  const { outcome } = await machine.setup(wish, {
    values: { ...flags.values, ...conflict },
    switches: ['allowProblems', ...(flags.switches ?? [])],
  })
  return outcome?.data
}

it(
  'given any wishes in any home, set up again nothing changes, switched there and back all is the same, and removed nothing is owned',
  () =>
    fc.assert(
      fc.asyncProperty(arbitraryHome, wished, (home, { wish, flags }) =>
        onMachine(home, async (machine) => {
          if ((await setUp(machine, wish, flags)) === undefined) return
          const done = machine.users()
          expect(await setUp(machine, wish, flags)).toMatchObject({ changed: false })
          // What was wished for stays without being said again.
          expect(await setUp(machine, wish, {})).toMatchObject({ changed: false })
          const other = wish.region === 'us' ? 'eu' : 'us'
          for (const region of [other, wish.region]) {
            expect((await machine.switchTo(region, { switches: ['allowProblems'] })).error).toBeUndefined()
          }
          expect(machine.users()).toEqual(done)
          for (let count = 0; count < 2; count++) expect((await machine.undo()).error).toBeUndefined()
          expect(machine.users()).toEqual(done)
          expect((await machine.remove({ switches: ['allowProblems'] })).error).toBeUndefined()
          expect(machine.ledger()).toMatchObject({ setups: [], entries: [] })
          expect((await machine.undo()).error).toBeUndefined()
          expect(machine.users()).toEqual(done)
        }),
      ),
      randomCases(10),
    ),
  300_000,
)

it(
  'given any wishes, taken out again all is as without them; other ones in their place are as if they were the first',
  () =>
    fc.assert(
      fc.asyncProperty(arbitraryHome, wished, (home, { wish, flags, others }) =>
        onMachine(home, async (machine) => {
          if ((await setUp(machine, wish, {})) === undefined) return
          const bare = machine.users()
          await setUp(machine, wish, others)
          const asFirst = machine.users()
          await setUp(machine, wish, unsetAll(wish.tools))
          expect(machine.users()).toEqual(bare)
          await setUp(machine, wish, flags)
          await setUp(machine, wish, unsetAll(wish.tools))
          expect(machine.users()).toEqual(bare)
          await setUp(machine, wish, others)
          expect(machine.users()).toEqual(asFirst)
        }),
      ),
      randomCases(10),
    ),
  300_000,
)

it(
  'given any wishes, what is exported and applied again changes nothing',
  () =>
    fc.assert(
      fc.asyncProperty(
        arbitraryHome,
        wished,
        fc.constantFrom('toml', 'json', 'yaml'),
        (home, { wish, flags }, format) =>
          onMachine(home, async (machine) => {
            if ((await setUp(machine, wish, flags)) === undefined) return
            const done = machine.users()
            const text = String((await machine.exportAs(format, wish.key)).outcome?.data.text)
            const applied = await machine.apply(text, wish.key, { switches: ['allowProblems'] })
            expect([text, applied.error, applied.outcome?.data]).toMatchObject([
              text,
              undefined,
              { changed: false, run: null },
            ])
            expect(machine.users()).toEqual(done)
            expect((await machine.exportAs(format, wish.key)).outcome?.data.text).toBe(text)
          }),
      ),
      randomCases(10),
    ),
  300_000,
)
