import { describe, expect, it } from 'vitest'
import { clientRunners, toolsWithoutRunner } from '../clients/client-runners.ts'
import { matrixTools } from '../long/homes/matrix-tools.ts'
import { wantedFiles, wantedVariables } from '../long/properties/wanted-values.ts'
import { missingEntries, toolIds } from '../support/every-tool.ts'
import { testCatalog } from '../support/test-catalog.ts'

const withFiles = testCatalog.tools.filter(({ targets }) => targets.length > 0)
const withVariables = testCatalog.tools.filter(({ env }) => env !== undefined)
const byTool = Object.fromEntries(clientRunners.map(({ tool, id }) => [tool, id]))

/** What is known of a tool by hand, so that the tests do not ask the folder about itself. */
const tables = [
  {
    what: 'what a setup writes in each region',
    file: 'test/long/homes/matrix-tools.ts (matrixTools)',
    table: matrixTools,
    tools: testCatalog.tools,
  },
  {
    what: 'the values in its files',
    file: 'test/long/properties/wanted-values.ts (wantedFiles)',
    table: wantedFiles,
    tools: withFiles,
  },
  {
    what: 'the values in variables',
    file: 'test/long/properties/wanted-values.ts (wantedVariables)',
    table: wantedVariables,
    tools: withVariables,
  },
  {
    what: 'how the real client is run, or why it is not',
    file: 'test/clients/client-runners.ts (a runner, or a reason in toolsWithoutRunner)',
    table: { ...toolsWithoutRunner, ...byTool },
    tools: testCatalog.tools,
  },
]

describe('what every tool needs in tests that are written by hand', () => {
  it.each(tables)('$what: $file', ({ file, table, tools }) => {
    expect(missingEntries(table, file, tools)).toEqual([])
  })

  it.each(tables)('names no tool that is gone: $file', ({ table }) => {
    expect(Object.keys(table).filter((id) => !toolIds.includes(id))).toEqual([])
  })

  it('has no reason against a runner where there is one', () => {
    expect(Object.keys(toolsWithoutRunner).filter((id) => id in byTool)).toEqual([])
  })

  it('says which entry is missing', () => {
    expect(missingEntries({ aider: 1 }, 'FILE', [{ id: 'aider' }, { id: 'nimbus' }])).toEqual([
      'no entry for nimbus in FILE',
    ])
  })
})
