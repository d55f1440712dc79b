import { join } from 'node:path'
import { outputFile } from 'fs-extra/esm'
import { describe, expect, it } from 'vitest'
import { runInProcess } from '../../support/run-in-process.ts'
import { testCatalog } from '../../support/test-catalog.ts'
import { examine, makeSituation } from '../../unit/doctor/doctor-home.ts'
import { gatewayKey, trapTable } from '../../unit/doctor/trap-table.ts'

/** Traps that a setup tells of, each with its tool: most lead requests to somebody else than the gateway. */
const told = new Map(
  testCatalog.tools.flatMap((tool) =>
    tool.diagnosis.traps.flatMap((trap) => (trap.toldAtSetup ? [[trap.id, tool] as const] : [])),
  ),
)
const rows = trapTable.flatMap((row) => {
  const tool = told.get(row.id)
  // That of open folders has a table of its own.
  return tool && !row.modes ? [[row.id, tool, row] as const] : []
})

/** Of these a setup leaves what stands there: it is the user's. */
const left = /^(opencode|kilo)-|^openclaw-agent-model$|-variable$|-of-project$/

describe('what leads requests elsewhere', () => {
  it('has a row for each trap of that kind', () => {
    expect([...told.keys()].filter((id) => !trapTable.some((row) => row.id === id))).toEqual([])
  })

  it.each(rows)('%s: the dry run, the setup and doctor behind it agree', async (id, tool, row) => {
    const host = makeSituation(row)
    const keyFile = join(host.home, 'key.txt')
    await outputFile(keyFile, gatewayKey, { mode: 0o600 })
    const needsModel = tool.targets.some((target) => target.needsModel)
    const setup = `setup --tool ${tool.id} --key-file ${keyFile} --yes --no-check --on-conflict overwrite${needsModel ? ' --model m' : ''}`
    const planned = await runInProcess(`${setup} --dry-run`, host)
    const written = await runInProcess(setup, host)
    const repeated = await runInProcess(setup, host)
    const { findings } = await examine(host)
    const isLeft = findings.some((finding) => finding.id === id)
    if (left.test(id)) expect(isLeft, `${id} is still there`).toBe(true)
    for (const { text, exit } of [planned, written, repeated]) {
      expect(text.includes(`"id":"${id}"`), text).toBe(isLeft)
      expect(exit, text).toBe(0)
      expect(text).not.toContain(gatewayKey)
    }
    expect((await runInProcess(`remove --tool ${tool.id} --yes`, host)).exit).toBe(0)
    expect((await examine(host)).everything).not.toContain(gatewayKey)
  })
})
