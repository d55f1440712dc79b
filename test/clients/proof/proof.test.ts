import { mkdir, readFile, writeFile } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { describe, expect, test } from 'vitest'
import type { UrlRuleId } from '../../../src/gateway/url-faults.ts'
import { clientRunners, isInstalled } from '../client-runners.ts'
import { exactRuns, exactWrongs, hasExactHosts } from '../exact-runs.ts'
import { recordedProof } from '../proof-rows.ts'
import { renderProof } from '../render-proof.ts'

const document = join(import.meta.dirname, '../../../docs/wire-proof.md')

/** Every rule that the judge knows; a new one has to be earned here. */
const rules = Object.keys({
  'trailing-slash': true,
  scheme: true,
  'unknown-host': true,
  'missing-prefix': true,
  'wrong-prefix': true,
  'missing-v1': true,
  'doubled-v1': true,
  'full-endpoint': true,
  'double-slash': true,
  'query-or-fragment': true,
  'credentials-in-url': true,
  whitespace: true,
  port: true,
} satisfies Record<UrlRuleId, true>)

const rows = await recordedProof()
const runners = clientRunners.filter(isInstalled)
const wanted = [...runners.flatMap((runner) => [runner, ...runner.wrong]), ...exactRuns, ...exactWrongs]
const isWhole = rows.length === wanted.length

test('every rule of the judge has a client that fails by breaking it', () => {
  const broken = [...clientRunners.flatMap(({ wrong }) => wrong), ...exactWrongs].map(({ rule }) => rule)
  expect([...new Set<string>(broken)].sort()).toEqual(rules.sort())
})

test('every client has a name of its own', () => {
  const ids = clientRunners.map(({ id }) => id)
  expect([...ids].sort()).toEqual([...new Set(ids)].sort())
})

const why = hasExactHosts ? 'not every test has run' : 'no private mount and network here'

describe.skipIf(!isWhole)(`docs/wire-proof.md${isWhole ? '' : ` (skipped: ${why})`}`, () => {
  test('is what this run has seen; it was written again where all clients are here', async () => {
    const before = await readFile(document, 'utf8').catch(() => '')
    const seen = renderProof(rows)
    const others = clientRunners.filter((runner) => !isInstalled(runner))
    if (others.length > 0) {
      const lines = before.split('\n').filter((line) => !others.some(({ id }) => line.includes(`| ${id} |`)))
      expect(lines.join('\n')).toBe(seen)
      return
    }
    await mkdir(dirname(document), { recursive: true })
    await writeFile(document, seen)
    expect(before).toBe(seen)
  })
})
