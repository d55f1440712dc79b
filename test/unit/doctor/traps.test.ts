import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { everyoneCanReach } from '../../support/everyone-can-reach.ts'
import { testCatalog } from '../../support/test-catalog.ts'
import { examine, makeSituation, type Situation } from './doctor-home.ts'
import { gatewayKey, type TrapRow, trapTable, vendorKey } from './trap-table.ts'

/** The row's situation with what it says must be different; other programs take the place of all. */
function changed({ unless, ...row }: TrapRow): Situation {
  return {
    ...row,
    ...unless,
    files: { ...row.files, ...unless.files },
    env: { ...row.env, ...unless.env },
  }
}

describe('the traps', () => {
  // Nobody comes into a folder with modes of its own where the temporary folder is private.
  const rows = trapTable.filter(({ modes }) => !modes || everyoneCanReach(join(tmpdir(), 'home')))

  it.each(rows.map((row, index) => [row.id, index + 1, row] as const))(
    '%s is seen in situation %i, and not when its condition is not met',
    async (id, _, row) => {
      const caught = await examine(makeSituation(row))
      expect(caught.findings.filter((finding) => finding.id === id)).toEqual([
        expect.objectContaining({ level: row.level, hint: expect.stringContaining(row.hint) }),
      ])
      expect(caught.everything).not.toContain(gatewayKey)
      expect(caught.everything).not.toContain(vendorKey)
      const free = await examine(makeSituation(changed(row)))
      expect(free.findings.filter((finding) => finding.id === id)).toEqual([])
    },
  )

  it('are all in the table, each with a text in both languages and a way out', () => {
    const traps = [testCatalog.machine, ...testCatalog.tools.map(({ diagnosis }) => diagnosis)].flatMap(
      (diagnosis) => diagnosis.traps,
    )
    const ids = traps.map(({ id }) => id)
    expect(new Set(ids).size).toBe(ids.length)
    const inTable = trapTable.map((row) => row.id)
    const add =
      'no row in test/unit/doctor/trap-table.ts: a home with this trap, and what has to be different'
    expect(
      ids.filter((id) => !inTable.includes(id)),
      add,
    ).toEqual([])
    const gone = inTable.filter((id) => !ids.includes(id))
    expect(gone, 'rows of test/unit/doctor/trap-table.ts whose trap is gone').toEqual([])
    for (const { id, text, textZh, fix, fixZh } of traps) {
      expect(text, `${id}: text is a sentence`).toMatch(/\.$/)
      expect(textZh, `${id}: text_zh is a sentence`).toMatch(/\p{Script=Han}.*。$/u)
      expect(fix, `${id}: fix`).not.toBe('')
      const isCommand =
        /^(\{\{ remedy \}\}|(qcode-setup|unset|export|chmod|perl|cline)\b(?!.*(, or |, then |; )).*)$/
      if (!isCommand.test(fix))
        expect(fixZh, `${id}: fix_zh, since fix is not a command alone`).toMatch(/\p{Script=Han}/u)
    }
  })

  it('fill in what they found', async () => {
    const row = trapTable.find(({ hint }) => hint.includes('VERTEX')) as TrapRow
    const { findings } = await examine(makeSituation(row))
    const found = findings.find(({ id }) => id === row.id)
    expect(String(found?.message)).toContain('CLAUDE_CODE_USE_VERTEX')
    expect(JSON.stringify(findings)).not.toMatch(/\{\{/)
  })
})
