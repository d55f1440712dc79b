import { describe, expect, it } from 'vitest'
import { readTree } from '../../support/home-tree.ts'
import { makeHome, type Ran, runProgram, sampleKey } from '../../support/run-program.ts'
import { matrixTools } from './matrix-tools.ts'

const origins = {
  global: 'https://api.qcode.cc',
  us: 'https://us.qcode.cc',
  eu: 'https://eu.qcode.cc',
  asia: 'https://asia.qcode.cc',
  china: 'http://103.236.53.153',
}

const cases = Object.entries(matrixTools).flatMap(([tool, expected]) =>
  Object.entries(origins).map(([region, origin]) => ({ tool, region, origin, ...expected })),
)

describe.concurrent('every tool in every region, in an empty home', () => {
  it.each(cases)('$tool $region', async ({ tool, region, origin, prefix, read, keyFile, model }) => {
    const { home, drop } = makeHome()
    try {
      const first = await setUp(tool, region, home, model)
      expect(first.exit, first.stderr).toBe(0)
      const baseUrls = read(home)
      expect(baseUrls).toEqual(baseUrls.map(() => origin + prefix))
      expectDocument(first, { tool, region, origin, baseUrl: origin + prefix })
      expect(first.stderr.includes('unencrypted')).toBe(region === 'china')

      const tree = readTree(home)
      const holders = Object.entries(tree).filter(([, { bytes }]) => bytes?.includes(sampleKey))
      expect(holders.map(([path, { mode }]) => [path, mode])).toEqual([[keyFile, 0o600]])

      const second = await setUp(tool, region, home, model)
      expect(second.exit).toBe(0)
      expect(JSON.parse(second.stdout)).toMatchObject({ changed: false, run: null })
      expect(readTree(home)).toEqual(tree)
    } finally {
      drop()
    }
  })
})

function setUp(tool: string, region: string, home: string, model?: string): Promise<Ran> {
  const flags = ['--key-file', '-', '--yes', '--no-check', '--json', ...(model ? ['--model', model] : [])]
  return runProgram(['--tool', tool, '--region', region, ...flags], { home, input: `${sampleKey}\n` })
}

function expectDocument(
  { stdout, stderr }: Ran,
  { tool, region, origin, baseUrl }: Readonly<Record<'tool' | 'region' | 'origin' | 'baseUrl', string>>,
): void {
  const document = JSON.parse(stdout)
  expect(document).toMatchObject({ version: 1, command: 'setup', changed: true, region, gateway: origin })
  expect(document.run).toMatch(/^\d{8}T\d{6}Z-[0-9a-f]+$/)
  expect(document.warnings.map(({ id }: { id: string }) => id)).toEqual(
    region === 'china' ? ['plain-http'] : [],
  )
  expect(document.edits).not.toEqual([])
  for (const edit of document.edits) {
    expect(edit).toEqual({
      tool,
      path: expect.stringMatching(/^\//),
      action: 'create',
      baseUrl,
      keyStore: 'file',
      changes: expect.arrayContaining([expect.objectContaining({ kind: 'created' })]),
    })
  }
  expect(stdout + stderr).not.toContain(sampleKey)
}
