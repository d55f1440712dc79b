import { readFileSync, writeFileSync } from 'node:fs'
import fc from 'fast-check'
import { expect, it } from 'vitest'
import { emptyLedger } from '../../../src/ledger.ts'
import { arbitraryHome } from './arbitrary-home.ts'
import { arbitraryWish, origins, region, sharesModel, type Wish } from './arbitrary-wish.ts'
import { expectWritten } from './kept.ts'
import { type Machine, onMachine } from './machine.ts'
import { readData, valueAt } from './read-values.ts'
import { numRuns, timeout } from './runs.ts'
import { type WantedValue, wantedValues } from './wanted-values.ts'

/** After a setup, the user puts another text in the place of one of ours, wherever the file has it. */
async function afterEdit(
  machine: Machine,
  wish: Wish,
  pick: number,
): Promise<{ wanted: WantedValue[]; edited: WantedValue[] } | undefined> {
  const wanted = wantedValues(wish, machine.home, machine.env)
  if (sharesModel(wish) || (await machine.setup(wish)).error) return undefined
  expect(await differences(machine)).toEqual([])
  const isText = ({ value }: WantedValue) =>
    value === wish.key || String(value).startsWith(origins[wish.region] ?? '')
  const candidates = wanted.filter(isText)
  const { path, value } = candidates[pick % candidates.length] as WantedValue
  const before = readFileSync(path, 'utf8')
  const other = value === wish.key ? 'sk-mine-0123456789' : 'https://mine.example.com/v9'
  // A key with quotes or backslashes is spelled otherwise in the file.
  if (/[^\w:/.-]/.test(String(value))) return undefined
  const [first, ...rest] = before.split(String(value))
  writeFileSync(path, [first, ...rest].join(other))
  const edited = wanted
    .filter((one) => one.path === path)
    .map((one) => ({ ...one, value: valueAt(readData(path, one.kind), one.keyPath) }))
    .filter((one) => one.value === other)
  return { wanted, edited }
}

/** What `status` says has changed. */
async function differences(machine: Machine): Promise<string[]> {
  const { outcome, error } = await machine.status()
  expect(error).toBeUndefined()
  const tools = outcome?.data.tools as { tool: string; files: { path: string; differs: string[] }[] }[]
  return tools
    .flatMap(({ tool, files }) =>
      files.flatMap(({ path, differs }) => differs.map((name) => `${tool} ${path} ${name}`)),
    )
    .sort()
}

const ownedPaths = (machine: Machine) =>
  new Set(
    (machine.ledger() as { entries: string[] }).entries.map((text) => {
      const { path, keyPath } = JSON.parse(text)
      return JSON.stringify([path, keyPath])
    }),
  )

const nextRegion = (wish: Wish, other: string) =>
  other === wish.region ? (other === 'eu' ? 'us' : 'eu') : other

it(
  'status names exactly what was changed',
  () =>
    fc.assert(
      fc.asyncProperty(arbitraryHome, arbitraryWish, fc.nat(), (home, wish, pick) =>
        onMachine(home, async (machine) => {
          const result = await afterEdit(machine, wish, pick)
          if (!result) return
          const owned = ownedPaths(machine)
          const expected = result.edited
            // Of a key that the user had in place already, not even a hash is remembered.
            .filter(
              ({ path, keyPath, value }) =>
                owned.has(JSON.stringify([path, keyPath])) || value !== 'sk-mine-0123456789',
            )
            .map(({ tool, path, keyPath }) => `${tool} ${path} ${keyPath.join('.')}`)
          expect(await differences(machine)).toEqual(expected.sort())
        }),
      ),
      { numRuns },
    ),
  timeout,
)

it(
  'a value of ours that the user changed is a conflict; skipped, overwritten and given back as was said',
  () =>
    fc.assert(
      fc.asyncProperty(arbitraryHome, arbitraryWish, region, fc.nat(), (home, wish, other, pick) =>
        onMachine(home, async (machine) => {
          const result = await afterEdit(machine, wish, pick)
          if (!result) return
          const owned = ownedPaths(machine)
          if (!result.edited.every(({ path, keyPath }) => owned.has(JSON.stringify([path, keyPath])))) return
          const state = machine.all()
          const moved = { ...wish, region: nextRegion(wish, other) }
          const refused = await machine.setup(moved)
          expect(refused.error).toMatchObject({ code: 'conflict', exit: 3 })
          expect(machine.all()).toEqual(state)

          const wanted = wantedValues(moved, machine.home, machine.env)
          const isEdited = (one: WantedValue) =>
            result.edited.some(
              ({ path, keyPath }) => path === one.path && String(keyPath) === String(one.keyPath),
            )
          const skipped = await machine.setup(moved, { values: { onConflict: ['skip'] } })
          // To keep a key or an address of somebody else's would send one to the other.
          if (skipped.error?.code === 'no-effect') return expect(machine.all()).toEqual(state)
          expect(skipped.error).toBeUndefined()
          expectWritten([...wanted.filter((one) => !isEdited(one)), ...result.edited.filter(isAlone)])

          expect(
            (await machine.setup(moved, { values: { onConflict: ['overwrite'] } })).error,
          ).toBeUndefined()
          expectWritten(wanted)
          expect((await machine.remove()).error).toBeUndefined()
          expectWritten(result.edited.filter(isAlone))
        }),
      ),
      { numRuns },
    ),
  timeout,
)

it(
  'a removal keeps a value of ours that the user changed, and takes out the others',
  () =>
    fc.assert(
      fc.asyncProperty(arbitraryHome, arbitraryWish, fc.nat(), (home, wish, pick) =>
        onMachine(home, async (machine) => {
          const result = await afterEdit(machine, wish, pick)
          if (!result) return
          expect((await machine.remove()).error).toBeUndefined()
          expectWritten(result.edited.filter(isAlone))
          expect(machine.ledger()).toEqual({ ...emptyLedger, folders: expect.anything() })
          const owned = ownedPaths(machine)
          expect(owned.size).toBe(0)
        }),
      ),
      { numRuns },
    ),
  timeout,
)

/** One half of a connection, a base URL or a key, does not stay without the other. */
function isAlone({ value }: WantedValue): boolean {
  return !/^https?:|^sk-/.test(String(value))
}
