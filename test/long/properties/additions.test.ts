import { readFileSync, writeFileSync } from 'node:fs'
import fc from 'fast-check'
import { expect, it } from 'vitest'
import { emptyLedger } from '../../../src/ledger.ts'
import { arbitraryHome } from './arbitrary-home.ts'
import { arbitraryWish, region } from './arbitrary-wish.ts'
import { onMachine } from './machine.ts'
import { type Kind, readData, withoutName } from './read-values.ts'
import { numRuns, timeout } from './runs.ts'
import { wantedValues } from './wanted-values.ts'

/** The user adds a line of their own to the end, or in JSON an entry to the beginning. */
function add(path: string, kind: Kind): void {
  const text = readFileSync(path, 'utf8')
  const end = text.endsWith('\n') ? '' : '\n'
  writeFileSync(
    path,
    kind === 'json' ? text.replace('{', '{ "addedByUser": true,') : `${text}${end}# later\n`,
  )
}

it(
  'what the user adds in between is kept, and in the way of nothing',
  () =>
    fc.assert(
      fc.asyncProperty(arbitraryHome, arbitraryWish, region, region, (home, wish, other, next) =>
        onMachine(home, async (machine) => {
          const kinds = new Map(
            wantedValues(wish, machine.home, machine.env).map(({ path, kind }) => [path, kind]),
          )
          const start = new Map([...kinds].map(([path, kind]) => [path, readable(path, kind)]))
          if ((await machine.setup(wish)).error) return
          for (const [path, kind] of kinds) add(path, kind)
          expect((await machine.switchTo(other)).error).toBeUndefined()
          expect((await machine.setup({ ...wish, region: next })).error).toBeUndefined()
          expect((await machine.remove()).error).toBeUndefined()
          for (const [path, kind] of kinds) {
            if (kind === 'json')
              expect(withoutRequired(readData(path, kind), start.get(path))).toEqual({
                ...start.get(path),
                addedByUser: true,
              })
            else {
              expect(withoutName(readData(path, kind), start.get(path) ?? {})).toEqual(start.get(path))
              expect(readFileSync(path, 'utf8')).toContain('# later\n')
            }
          }
          expect(machine.ledger()).toEqual({ ...emptyLedger, folders: expect.anything() })
        }),
      ),
      { numRuns },
    ),
  timeout,
)

/** Without what the client needs of a file in which something of the user's is left (Cline 3.0.65). */
function withoutRequired(data: object, start: object = {}): object {
  const required = ['version', 'providers']
  return Object.fromEntries(
    Object.entries(data).filter(([key]) => !required.includes(key) || Object.hasOwn(start, key)),
  )
}

/** Undefined for what does not parse: a setup refuses it. */
function readable(path: string, kind: Kind): object | undefined {
  try {
    return readData(path, kind)
  } catch {
    return undefined
  }
}
