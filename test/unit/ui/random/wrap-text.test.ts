import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import type { TextId } from '../../../../src/texts/message.ts'
import { zhCN } from '../../../../src/texts/zh-CN.ts'
import { displayWidth, wrapText } from '../../../../src/ui/render-table.ts'
import { randomCases } from '../../../support/random-cases.ts'
import { shownText } from '../../../support/shown-text.ts'

describe('wrapText', () => {
  it.each([
    ['one two three', 8, ['one two', 'three']],
    ['one two', 80, ['one two']],
    ['averylongword next', 5, ['averylongword', 'next']],
    ['密钥与全部对话', 6, ['密钥与', '全部对', '话']],
    ['使用 HTTP 明文', 9, ['使用 HTTP', '明文']],
    ['', 10, ['']],
    ['默认：全球。可用值', 4, ['默', '认：', '全', '球。', '可用', '值']],
    ['正在等待……好', 8, ['正在等', '待……好']],
    ['用法：x [命令]', 9, ['用法：x', '[命令]']],
    ['共计一百％。', 10, ['共计一', '百％。']],
    ['您的密钥（如有）', 10, ['您的密钥', '（如有）']],
    ['命令“codx”。请运行：x', 6, ['命令', '“codx”。', '请运', '行：x']],
  ])('%j at %i columns', (text, width, lines) => {
    expect(wrapText(text, width)).toEqual(lines)
  })

  it('given any Chinese text, then at no width a line begins with a closing mark or ends with an opening one', () => {
    // A mark that stands between others' texts begins no line of its own.
    const ids = (Object.keys(zhCN) as TextId[]).filter((id) => id !== 'list.between')
    const texts = ids.map((id) => shownText(zhCN, id))
    const lines = [20, 40, 41, 60, 80].flatMap((width) => texts.flatMap((text) => wrapText(text, width)))
    expect(lines.filter((line) => /^[，。、；：？！）》」』】〉〕”’—·～％,;:!?)\]]/.test(line))).toEqual([])
    expect(lines.filter((line) => /[（《「『【〈〔“‘([]$/.test(line))).toEqual([])
  })

  it('law: it loses nothing but blanks, and keeps to the width wherever it can break, which is never before a closing mark', () => {
    const texts = fc.string({ unit: fc.constantFrom(...'ab c工。'), maxLength: 80 })
    fc.assert(
      fc.property(texts, fc.integer({ min: 2, max: 40 }), (text, width) => {
        const lines = wrapText(text, width)
        expect(lines.join('').replaceAll(' ', '')).toBe(text.replaceAll(' ', ''))
        const glued = text.replaceAll(/ +。/g, 'a')
        for (const line of wrapText(glued, width).slice(1)) expect(line).not.toMatch(/^。/)
        for (const line of lines.filter((candidate) => displayWidth(candidate) > width)) {
          expect(line).not.toMatch(/\s|.工|[工。][^。]/)
        }
      }),
      randomCases(400),
    )
  })
})
