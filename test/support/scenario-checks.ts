import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect } from 'vitest'
import { readTree, stateBelowHome, usersPart } from './home-tree.ts'
import { fileOf, splitWords } from './parse-scenario.ts'
import { sampleKey } from './run-program.ts'
import type { Verb } from './scenario-stage.ts'

/** What a scenario asserts of the last command and of the home after it. */
export const checks: Readonly<Record<string, Verb>> = {
  exit: ({ rest }, { ran }) => expect(ran.exit).toBe(Number(rest)),
  out: ({ rest }, { ran }) => expect(onOneLine(ran.stdout)).toContain(rest),
  err: ({ rest }, { ran }) => expect(onOneLine(ran.stderr)).toContain(rest),
  'no-out': ({ rest }, { ran }) => expect(onOneLine(ran.stdout)).not.toContain(rest),
  'no-err': ({ rest }, { ran }) => expect(onOneLine(ran.stderr)).not.toContain(rest),
  stdout: ({ body }, { ran }) => expect(ran.stdout).toBe(body.map((line) => `${line}\n`).join('')),
  stderr: ({ body }, { ran }) => expect(ran.stderr).toBe(body.map((line) => `${line}\n`).join('')),
  json({ rest }, { ran }) {
    const [path = '', ...value] = rest.split(' ')
    const document: unknown = JSON.parse(ran.stdout)
    if (path === '') return
    const at = path.split('.').reduce(entryOf, document)
    expect(at, path).toEqual(JSON.parse(value.join(' ')))
  },
  file(step, { home }) {
    const { path, bytes, mode } = fileOf(step)
    expect(readFileSync(join(home, path), 'latin1')).toBe(bytes.toString('latin1'))
    if (mode !== undefined) expect(modeOf(home, path)).toBe(mode.toString(8))
  },
  mode({ rest }, { home }) {
    const [path = '', mode = ''] = rest.split(' ')
    expect(modeOf(home, path)).toBe(Number.parseInt(mode, 8).toString(8))
  },
  linked({ rest }, { home }) {
    const [path = '', target] = rest.split(' -> ')
    expect(readTree(home)[path]).toMatchObject({ kind: 'link', target })
  },
  absent: ({ rest }, { home }) => expect(Object.keys(readTree(home))).not.toContain(rest),
  untouched: (_, { home, before }) => expect(readTree(home)).toEqual(before),
  'as-at-start': (_, { home, start }) => expect(usersPart(readTree(home))).toEqual(usersPart(start ?? {})),
  'key-in'({ rest }, { home }) {
    const holders = Object.entries(readTree(home)).filter(([, leaf]) => leaf.bytes?.includes(sampleKey))
    const users = holders.filter(([path]) => !path.startsWith(stateBelowHome))
    expect(users.map(([path]) => path)).toEqual(splitWords(rest).sort())
    expect(holders.map(([path, { mode }]) => [path, mode])).toEqual(holders.map(([path]) => [path, 0o600]))
  },
}

/** Where a line is wrapped is no matter of a scenario's. */
function onOneLine(text: string): string {
  return text.replace(/\s+/g, ' ')
}

function modeOf(home: string, path: string): string | undefined {
  return readTree(home)[path]?.mode.toString(8)
}

function entryOf(data: unknown, key: string): unknown {
  return (data as Record<string, unknown> | undefined)?.[key]
}
