import { realpathSync } from 'node:fs'
import { join, relative } from 'node:path'
import { expect } from 'vitest'
import type { HomeTree } from '../../support/home-tree.ts'
import type { Machine } from './machine.ts'
import { type Kind, readData, readText, valueAt, withValue } from './read-values.ts'
import type { WantedValue } from './wanted-values.ts'

/** Holds that every wanted value can be read back. */
export function expectWritten(wanted: readonly WantedValue[]): void {
  const found = wanted.map((value) => ({
    ...value,
    value: valueAt(readData(value.path, value.kind), value.keyPath),
  }))
  const meant = wanted.filter(({ anyObject }) => !anyObject)
  expect(found.filter(({ anyObject }) => !anyObject)).toEqual(meant)
}

/**
 * Holds that a setup has kept everything that it had no order to change: other files, other values, lines, links, and
 * the modes of files that hold no key.
 */
export function expectKept(
  before: HomeTree,
  machine: Machine,
  wanted: readonly WantedValue[],
  key: string,
): void {
  const after = machine.users()
  const files = new Map(wanted.map((value) => [realName(value.path, machine), value]))
  for (const [path, leaf] of Object.entries(before)) {
    const now = after[path]
    const value = files.get(realName(join(machine.home, path), machine))
    if (leaf.kind !== 'file' || !value) {
      expect(now, path).toEqual(leaf)
      continue
    }
    const holdsKey = wanted.some((one) => one.path === value.path && one.value === key)
    expect(now?.mode, path).toBe(holdsKey ? 0o600 : leaf.mode)
    const [oldText, newText] = [utf8(leaf.bytes), utf8(now?.bytes)]
    expect(newText.startsWith('\uFEFF'), path).toBe(oldText.startsWith('\uFEFF'))
    const own = wanted.filter((one) => realName(one.path, machine) === realName(value.path, machine))
    expect(lostLines(oldText, newText, own), path).toEqual([])
    expectSameData(oldText, newText, value.kind, own, path)
  }
}

/** Compares what the file means: as before, but for the values that were wanted. */
function expectSameData(
  oldText: string,
  newText: string,
  kind: Kind,
  wanted: readonly WantedValue[],
  path: string,
): void {
  const before = readText(oldText, kind)
  const meant = wanted.reduce<unknown>(
    (data, { keyPath, value, anyObject }) =>
      anyObject && isObject(valueAt(data, keyPath)) ? data : withValue(data, keyPath, value),
    before,
  )
  expect(withoutOurExtras(readText(newText, kind), path), path).toEqual(withoutOurExtras(meant, path))
}

function isObject(value: unknown): boolean {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

/** Two values that depend on the rest: Cline's time of update, and the vendor's key that is silenced for Claude Code. */
function withoutOurExtras(data: unknown, path: string): unknown {
  if (!path.endsWith('.json') && !path.startsWith('dotfiles')) return data
  const { env, providers, ...others } = data as Record<string, unknown>
  const { ANTHROPIC_API_KEY: _, ...variables } = (env ?? {}) as Record<string, unknown>
  const { anthropic, ...vendors } = (providers ?? {}) as Record<string, unknown>
  const { updatedAt: __, ...account } = (anthropic ?? {}) as Record<string, unknown>
  return { ...others, variables, vendors, account }
}

const ownNames =
  /model|env|provider|base_?url|wire_api|name|api_?key|token|"version"|modes|lastUsed|welcome|ANTHROPIC|OPENAI|QCODE|AIDER|source|\[ -r|test -r|# note$|[\]}]\s*$/i

/** The lines of the old text, but for those at our keys, that are not in the new one in their order. */
export function lostLines(before: string, after: string, own: readonly WantedValue[]): string[] {
  if (own.length === 0 || before.trim() === '') return []
  const lines = withoutMark(after).split(/\r?\n/)
  let at = 0
  return withoutMark(before)
    .split(/\r?\n/)
    .filter((line) => {
      if (ownNames.test(line) && !/^\s*#/.test(line)) return false
      const found = lines.findIndex((other, index) => index >= at && goesOn(other, line))
      if (found >= 0) at = found + 1
      return found < 0
    })
}

/** The byte order mark stays in front, whatever comes to stand behind it. */
function withoutMark(text: string): string {
  return text.replace(/^\uFEFF/, '')
}

/** Something may follow on a line, such as a comma; on an empty one nothing may. */
function goesOn(line: string, start: string): boolean {
  return start.trim() === '' ? line === start : line.startsWith(start)
}

/** The path of a file below the home with its links followed. */
export function realName(path: string, { home }: Machine): string {
  try {
    return relative(realpathSync(home), realpathSync(path))
  } catch {
    return relative(home, path)
  }
}

/** Bytes as `HomeTree` has them, as text. */
export function utf8(bytes = ''): string {
  return Buffer.from(bytes, 'latin1').toString('utf8')
}
