import { isDeepStrictEqual } from 'node:util'
import fc from 'fast-check'
import { expect, it } from 'vitest'
import { arbitraryHome } from './arbitrary-home.ts'
import { arbitraryWish, region, type Wish } from './arbitrary-wish.ts'
import { expectKept, expectWritten } from './kept.ts'
import { type Machine, onMachine, type Result } from './machine.ts'
import { numRuns, timeout } from './runs.ts'
import { wantedValues } from './wanted-values.ts'

const policy = fc.constantFrom(['stop'], ['overwrite'])

function expectNoKey({ outcome, error }: Result, { key }: Wish): void {
  const text = JSON.stringify(outcome ?? { ...error, message: error.message })
  expect(text).not.toContain(JSON.stringify(key).slice(1, -1))
}

it(
  'a setup writes all that is wanted and keeps all the rest, or changes nothing; a second one changes nothing',
  () =>
    fc.assert(
      fc.asyncProperty(arbitraryHome, arbitraryWish, policy, (home, wish, onConflict) =>
        onMachine(home, async (machine) => {
          const [start, before] = [machine.all(), machine.users()]
          const wanted = wantedValues(wish, machine.home, machine.env)
          const flags = { values: { onConflict }, switches: ['diff'] }
          const first = await machine.setup(wish, flags)
          expectNoKey(first, wish)
          if (first.error) return expect(machine.all()).toEqual(start)
          expectWritten(wanted)
          expectKept(before, machine, wanted, wish.key)
          const after = machine.all()
          const again = await machine.setup(wish, flags)
          expectNoKey(again, wish)
          expect(machine.all()).toEqual(after)
          expect(again.outcome?.data).toMatchObject({ changed: false, run: null })
        }),
      ),
      { numRuns },
    ),
  timeout,
)

it(
  'undo gives every byte and mode back, step by step',
  () =>
    fc.assert(
      fc.asyncProperty(arbitraryHome, arbitraryWish, region, arbitraryWish, (home, wish, other, later) =>
        onMachine(home, async (machine) => {
          const steps: (() => Promise<Result>)[] = [
            () => machine.setup(wish),
            () => machine.switchTo(other),
            () => machine.setup(later, { values: { onConflict: ['overwrite'] } }),
          ]
          const states = []
          for (const step of steps) {
            const state = { users: machine.users(), ledger: machine.ledger() }
            const { outcome } = await step()
            if (typeof outcome?.data.run === 'string') states.push(state)
            // What a command only recorded, without a run, is not taken back by the runs before it.
            else if (!isDeepStrictEqual(machine.ledger(), state.ledger)) return
          }
          for (const state of states.reverse()) {
            expect((await machine.undo()).outcome?.data).toMatchObject({ changed: true })
            expect({ users: machine.users(), ledger: machine.ledger() }).toEqual(state)
          }
          expect((await machine.undo()).outcome?.data).toMatchObject({ undone: null })
        }),
      ),
      { numRuns },
    ),
  timeout,
)

it(
  'a dry run changes nothing and tells the edits of the real run',
  () =>
    fc.assert(
      fc.asyncProperty(arbitraryHome, arbitraryWish, region, (home, wish, other) =>
        onMachine(home, async (machine) => {
          await expectSamePlan(machine, (switches) => machine.setup(wish, { switches }))
          await expectSamePlan(machine, (switches) => machine.switchTo(other, { switches }))
          await expectSamePlan(machine, (switches) => machine.remove({ switches }))
        }),
      ),
      { numRuns },
    ),
  timeout,
)

async function expectSamePlan(
  machine: Machine,
  command: (switches: string[]) => Promise<Result>,
): Promise<void> {
  const before = machine.all()
  const dry = await command(['dryRun'])
  expect(machine.all()).toEqual(before)
  const real = await command([])
  // A dry run shows a plan that the real run refuses.
  if (real.error?.code === 'no-effect') return expect(dry.outcome?.exit).toBe(3)
  expect(real.error?.message).toBe(dry.error?.message)
  expect(withoutTimes(real.outcome?.data.edits)).toEqual(withoutTimes(dry.outcome?.data.edits))
  expect(real.outcome?.data.changed).toBe(dry.outcome?.data.changed)
}

/** The same but for the time at which each was planned. */
function withoutTimes(edits: unknown): unknown {
  return JSON.parse(JSON.stringify(edits ?? null).replaceAll(/\d{4}-\d\d-\d\dT[\d:.]+Z/g, 'TIME'))
}
