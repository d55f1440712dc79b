import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { displayWidth, renderTable } from '../../../../src/ui/render-table.ts'
import { randomCases } from '../../../support/random-cases.ts'
import { plainStyle } from '../styles.ts'

const head = ['Tool', 'File']
const rows = [
  ['codex', '/home/ada/.codex/config.toml'],
  ['openai-sdk', '/home/ada/.config/qcode-setup/env.sh'],
]

describe('renderTable', () => {
  it('aligns its columns', () => {
    expect(renderTable(head, rows, plainStyle, 80)).toBe(
      [
        'Tool        File',
        'codex       /home/ada/.codex/config.toml',
        'openai-sdk  /home/ada/.config/qcode-setup/env.sh',
      ].join('\n'),
    )
  })

  it('aligns Chinese, two columns a character, and ignores colour codes', () => {
    const table = renderTable(
      ['工具', '结果'],
      [
        ['\x1b[32mcodex\x1b[39m', '已创建'],
        ['x', 'y'],
      ],
      plainStyle,
      80,
    )
    expect(table).toBe('工具   结果\n\x1b[32mcodex\x1b[39m  已创建\nx      y')
  })

  it('stacks its rows where they do not fit, and never breaks a path', () => {
    expect(renderTable(head, rows, plainStyle, 34)).toBe(
      [
        'Tool: codex',
        'File: /home/ada/.codex/config.toml',
        '',
        'Tool: openai-sdk',
        'File:',
        '  /home/ada/.config/qcode-setup/env.sh',
      ].join('\n'),
    )
  })

  it.each([80, 5])('gives a name no line of its own, at %i columns', (columns) => {
    const table = renderTable(head, [['a\nb', 'c\nd']], plainStyle, columns)
    expect(table).not.toMatch(/^\W*[bd]/m)
    expect(table).toContain('a\\x0ab')
  })

  it('law: a line is wider than the terminal only for a single word', () => {
    const cell = fc.string({ unit: fc.constantFrom(...'abc 工具。'), maxLength: 30 })
    fc.assert(
      fc.property(
        fc.array(fc.tuple(cell, cell), { minLength: 1 }),
        fc.integer({ min: 10, max: 100 }),
        (cells, columns) => {
          for (const line of renderTable(head, cells, plainStyle, columns).split('\n')) {
            if (displayWidth(line) > columns) expect(line.trim()).not.toMatch(/[a-c] +[a-c]/)
          }
        },
      ),
      randomCases(300),
    )
  })
})
