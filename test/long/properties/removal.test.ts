import { join } from 'node:path'
import { isDeepStrictEqual } from 'node:util'
import fc from 'fast-check'
import { expect, it } from 'vitest'
import { emptyLedger } from '../../../src/ledger.ts'
import type { HomeTree } from '../../support/home-tree.ts'
import { arbitraryHome } from './arbitrary-home.ts'
import { arbitraryWish, region, sharesModel, type Wish } from './arbitrary-wish.ts'
import { expectWritten, lostLines, realName, utf8 } from './kept.ts'
import { type Machine, onMachine } from './machine.ts'
import { readText, valueAt, withoutName } from './read-values.ts'
import { numRuns, timeout } from './runs.ts'
import { type WantedValue, wantedValues } from './wanted-values.ts'

type Step = { readonly wish: Wish; readonly onConflict: string } | { readonly region: string }

const step: fc.Arbitrary<Step> = fc.oneof(
  fc.record({ wish: arbitraryWish, onConflict: fc.constantFrom('stop', 'skip', 'overwrite') }),
  fc.record({ region }),
)

it(
  'a removal after any steps leaves nothing of ours, and gives back what was there',
  () =>
    fc.assert(
      fc.asyncProperty(arbitraryHome, fc.array(step, { minLength: 1, maxLength: 4 }), (home, steps) =>
        onMachine(home, async (machine) => {
          const start = machine.users()
          const touched: WantedValue[] = []
          for (const each of steps) {
            if ('wish' in each) touched.push(...wantedValues(each.wish, machine.home, machine.env))
            await take(each, machine)
          }
          const before = machine.users()
          const { outcome, error } = await machine.remove()
          expect(error).toBeUndefined()
          expect(machine.ledger()).toEqual({ ...emptyLedger, folders: expect.anything() })
          expectAsBefore(start, machine, touched)
          if (outcome?.data.run === null) return
          expect((await machine.undo()).error).toBeUndefined()
          expect(machine.users()).toEqual(before)
        }),
      ),
      { numRuns },
    ),
  timeout,
)

it(
  'a removal of one tool leaves the others as they were wanted',
  () =>
    fc.assert(
      fc.asyncProperty(arbitraryHome, arbitraryWish, fc.nat(), (home, wish, pick) =>
        onMachine(home, async (machine) => {
          const start = machine.users()
          const touched = wantedValues(wish, machine.home, machine.env)
          if (sharesModel(wish) || (await machine.setup(wish)).error) return
          const leaving = wish.tools[pick % wish.tools.length] ?? ''
          expect((await machine.remove({ values: { setUpTool: [leaving] } })).error).toBeUndefined()
          const rest = without(wish, leaving)
          if (rest.tools.length > 0) {
            expectWritten(wantedValues(rest, machine.home, machine.env))
            expect((await machine.setup(rest)).outcome?.data).toMatchObject({ changed: false })
            expect((await machine.remove()).error).toBeUndefined()
          }
          expectAsBefore(start, machine, touched)
        }),
      ),
      { numRuns },
    ),
  timeout,
)

async function take(each: Step, machine: Machine): Promise<void> {
  if ('region' in each) await machine.switchTo(each.region)
  else await machine.setup(each.wish, { values: { onConflict: [each.onConflict] } })
}

/** The wish without one tool. */
function without(wish: Wish, leaving: string): Wish {
  const models = Object.fromEntries(Object.entries(wish.models).filter(([tool]) => tool !== leaving))
  return { ...wish, models, tools: wish.tools.filter((tool) => tool !== leaving) }
}

/** The same files, folders, links and modes; in files that were changed, the same data and lines. */
function expectAsBefore(start: HomeTree, machine: Machine, touched: readonly WantedValue[]): void {
  const end = machine.users()
  expect(Object.keys(end)).toEqual(Object.keys(start))
  for (const [path, leaf] of Object.entries(start)) {
    const { bytes, ...now } = end[path] ?? { kind: 'other', mode: 0 }
    const { bytes: old, ...then } = leaf
    expect(now, path).toEqual(then)
    if (bytes === old) continue
    const name = realName(join(machine.home, path), machine)
    const own = touched.filter((value) => realName(value.path, machine) === name)
    expectSameMeaning(utf8(old), utf8(bytes), own, path)
  }
}

/** Bytes may differ only where a value was there before: it may be spelled otherwise now. */
function expectSameMeaning(old: string, now: string, own: readonly WantedValue[], path: string): void {
  const kind = own[0]?.kind
  if (kind === undefined) throw new Error(`${path} was not to be touched`)
  const data = readText(old, kind)
  expect(withoutName(readText(now, kind), data), path).toEqual(data)
  expect(lostLines(old, now, own), path).toEqual([])
  const wasThere = own.some(({ keyPath }) => valueAt(data, keyPath) !== undefined)
  // A name that the client requires beside what is the user's stays, as a line more.
  const keepsName = !isDeepStrictEqual(readText(now, kind), data)
  if (!wasThere && !keepsName && old.trim() !== '' && !path.endsWith('.json')) expect(now, path).toBe(old)
}
