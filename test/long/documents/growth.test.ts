import { Session } from 'node:inspector/promises'
import { afterAll, expect, it } from 'vitest'
import { largeFiles } from '../../../scripts/large-files.mjs'
import type { Format, KeyPath, Value } from '../../../src/documents/document.ts'
import type { FormatId } from '../../../src/documents/formats.ts'

/** What is set in a file of each format, and whether it is a path of a table that is not there yet. */
const edits: Readonly<Record<string, readonly (readonly [KeyPath, Value])[]>> = {
  dotenv: [
    [['BASE_URL'], 'https://a.example'],
    [['API_KEY'], 'x'],
  ],
  'posix-profile': [[['source'], '/home/me/env.sh']],
  gitignore: [
    [['/.env'], true],
    [['/.env.local'], true],
  ],
}
const nestedEdits = [
  [['model'], 'x'],
  [['provider', 'url'], 'https://a.example'],
  [['provider', 'key'], 'x'],
] as const

// What was compiled before has no counters, so nothing of the project is imported above but types.
const session = new Session()
session.connect()
await session.post('Profiler.enable')
await session.post('Profiler.startPreciseCoverage', { callCount: true, detailed: true })
afterAll(() => session.disconnect())
const { loadFormats } = await import('../../../src/documents/formats.ts')
const { verifyEdit } = await import('../../../src/plan/document-set.ts')
const formats = await loadFormats(Object.keys(largeFiles) as FormatId[])

/** How often any block of the project's code and of its parsers runs: a measure of work that no other load disturbs. */
async function workOf(work: () => void): Promise<number> {
  await session.post('Profiler.takePreciseCoverage')
  work()
  const { result } = await session.post('Profiler.takePreciseCoverage')
  return result
    .flatMap(({ functions }) => functions.flatMap(({ ranges }) => ranges))
    .reduce((sum, { count }) => sum + count, 0)
}

/** What a plan does with a file: opens it, sets what it wants, reads it again, and compares; then takes it all out. */
function editAndVerify(format: Format, id: FormatId, text: string): void {
  const wanted = edits[id] ?? nestedEdits
  const before = format.parseStrict(text)
  const document = format.open(text, 'the file')
  for (const [path, value] of wanted) document.set(path, value)
  const after = format.parseStrict(document.toText())
  if (typeof before === 'object' && before !== null && id !== 'posix-profile' && id !== 'gitignore')
    verifyEdit(
      'the file',
      before,
      after,
      wanted.map(([keyPath, value]) => ({ keyPath, value })),
    )
  const again = format.open(document.toText(), 'the file')
  for (const [path] of wanted) again.unset(path)
  for (const [path] of wanted) expect(again.get(path)).toBeUndefined()
}

const cases = Object.entries(largeFiles).flatMap(([id, shapes]) =>
  Object.entries(shapes).map(([shape, make]) => [id as FormatId, shape, make] as const),
)

it.each(cases)(
  'given a %s file with %s, when it is four times as large, then an edit does no more than four times the work',
  async (id, _shape, make) => {
    const format = formats.get(id) as Format
    const works: number[] = []
    for (const size of [8192, 32_768, 131_072]) {
      const text = make(size)
      works.push(await workOf(() => editAndVerify(format, id, text)))
    }
    const [small = 0, middle = 0, large = 0] = works
    expect(large).toBeGreaterThan(0)
    // Exponent 1.05.
    expect([middle / small, large / middle].map((ratio) => Math.max(ratio, 4 ** 1.05))).toEqual([
      4 ** 1.05,
      4 ** 1.05,
    ])
  },
)
