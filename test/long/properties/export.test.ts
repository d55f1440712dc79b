import fc from 'fast-check'
import { expect, it } from 'vitest'
import { arbitraryHome } from './arbitrary-home.ts'
import { arbitraryWish, sharesModel } from './arbitrary-wish.ts'
import { type Machine, onMachine } from './machine.ts'
import { numRuns, timeout } from './runs.ts'

const stores = fc.constantFrom('file', 'file', 'env', 'keychain')
const formats = fc.constantFrom('toml', 'json', 'yaml')

/** All that is there, but for the one mark in the ledger: that a file now says what was set up by hand. */
function withoutMark(machine: Machine): unknown {
  return JSON.parse(JSON.stringify(machine.ledger()).replaceAll('\\"declared\\":true,', ''))
}

it(
  'what is exported and applied again changes nothing, in any format, and holds no key',
  () =>
    fc.assert(
      fc.asyncProperty(
        arbitraryHome,
        fc.array(fc.tuple(arbitraryWish, stores), { minLength: 1, maxLength: 3 }),
        fc.option(fc.constantFrom('us', 'eu', 'asia')),
        formats,
        (home, wishes, region, format) =>
          onMachine(home, async (machine) => {
            for (const [wish, keyStore] of wishes) {
              // Which of two models one variable has depends on which came last, and a file has no order.
              if (!sharesModel(wish)) await machine.setup(wish, { values: { keyStore: [keyStore] } })
            }
            if (region !== null) await machine.switchTo(region, { values: { onConflict: ['skip'] } })
            // What one tool has written over another's is drift before any file speaks of it.
            const standing = (await machine.status()).outcome?.data.tools as { asWritten: boolean }[]
            if (standing.some(({ asWritten }) => !asWritten)) return
            const mine = wishes.at(-1)?.[0].key ?? ''
            const exported = await machine.exportAs(format, mine)
            expect(exported.error).toBeUndefined()
            const text = String(exported.outcome?.data.text)
            for (const [{ key }] of wishes) expect(text).not.toContain(key)
            const [users, ledger] = [machine.users(), withoutMark(machine)]
            const checked = await machine.apply(text, mine, { switches: ['check', 'dryRun'] })
            const applied = await machine.apply(text, mine)
            expect(applied.error).toBeUndefined()
            expect([text, checked.outcome?.data, applied.outcome?.data]).toMatchObject([
              text,
              { changed: false, drift: [] },
              { changed: false, run: null },
            ])
            expect(machine.users()).toEqual(users)
            expect(withoutMark(machine)).toEqual(ledger)
            // And from now on it is the file that says so.
            expect((await machine.apply(text, mine)).outcome?.data).toMatchObject({
              changed: false,
              run: null,
            })
            expect((await machine.exportAs(format, mine)).outcome?.data.text).toBe(text)
          }),
      ),
      { numRuns },
    ),
  timeout,
)
