import { spawnSync } from 'node:child_process'
import fc from 'fast-check'
import { expect, it } from 'vitest'
import type { KeyPath, Value } from '../../../../../src/documents/document.ts'
import { UserError } from '../../../../../src/errors.ts'
import { randomCases } from '../../../../support/random-cases.ts'
import { path, randomDocument, value } from '../random-toml.ts'
import { open } from '../support.ts'

interface Trip {
  readonly before: string
  readonly after: string
  readonly path: KeyPath
  /** Nothing for what was taken out. */
  readonly value?: Value | undefined
}

/** Prints how many of the texts tomllib can read, and those edits that it does not understand as they were meant. */
const judge = `
import json, sys, tomllib

def put(data, path, value):
    for key in path[:-1]:
        data = data.setdefault(key, {})
    data[path[-1]] = value

def drop(data, path):
    for key in path[:-1]:
        data = data.get(key, {}) if isinstance(data, dict) else {}
    if isinstance(data, dict):
        data.pop(path[-1], None)

def filled(data):
    if not isinstance(data, dict):
        return data
    inner = {key: filled(value) for key, value in data.items()}
    return {key: value for key, value in inner.items() if value != {}}

def same(one, other):
    if isinstance(one, dict) and isinstance(other, dict):
        return one.keys() == other.keys() and all(same(one[key], other[key]) for key in one)
    if isinstance(one, list) and isinstance(other, list):
        return len(one) == len(other) and all(map(same, one, other))
    return one == other or (one != one and other != other)

read, wrong = 0, []
for trip in json.load(sys.stdin):
    try:
        wanted = tomllib.loads(trip["before"])
    except Exception:
        continue
    read += 1
    if "value" in trip:
        put(wanted, trip["path"], trip["value"])
    else:
        drop(wanted, trip["path"])
    try:
        if not same(filled(tomllib.loads(trip["after"])), filled(wanted)):
            wrong.append(trip)
    except Exception as error:
        wrong.append({**trip, "error": str(error)})
print(json.dumps({"read": read, "wrong": wrong[:3]}))
`

const hasTomllib = spawnSync('python3', ['-c', 'import tomllib']).status === 0

/** Whether JSON carries the value to Python as it is: a big integer loses its last digits on the way. */
function travels(data: Value): boolean {
  if (typeof data === 'number')
    return Number.isFinite(data) && Number.isInteger(data) === Number.isSafeInteger(data)
  return typeof data !== 'object' || data === null || Object.values(data).every(travels)
}

it.skipIf(!hasTomllib)(
  'is understood by tomllib of Python, a reader of TOML 1.0 that shares no code with the editor',
  () => {
    const trips: Trip[] = []
    const edit = (before: string, keys: KeyPath, wanted?: Value) => {
      try {
        const document = open(before)
        if (wanted === undefined) document.unset(keys)
        else document.set(keys, wanted)
        trips.push({ before, after: document.toText(), path: keys, value: wanted })
      } catch (error) {
        if (!(error instanceof UserError)) throw error
      }
    }
    fc.assert(
      fc.property(randomDocument, path, value.filter(travels), ({ text }, keys, wanted) => {
        edit(text, keys, wanted)
        edit(text, keys)
      }),
      randomCases(1000),
    )
    const { stdout } = spawnSync('python3', ['-c', judge], { input: JSON.stringify(trips), encoding: 'utf8' })
    const { read, wrong } = JSON.parse(stdout)
    expect(wrong).toEqual([])
    expect(read).toBeGreaterThan(trips.length / 4)
  },
)
