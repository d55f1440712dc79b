import { describe, expect, it } from 'vitest'
import { isChinese, type Messages, messagesEn, messagesZhCn } from '../../../src/ui/locale.ts'

describe('the locale', () => {
  it.each([
    [{}, false],
    [{ LANG: 'zh_CN.UTF-8' }, true],
    [{ LANG: 'zh_Hans' }, true],
    [{ LANG: 'zh' }, true],
    [{ LANG: 'zha_CN' }, false],
    [{ LANG: 'zh_CN.UTF-8', LC_MESSAGES: 'de_DE.UTF-8' }, false],
    [{ LANG: 'en_US.UTF-8', LC_MESSAGES: 'zh_CN.UTF-8' }, true],
    [{ LANG: 'zh_CN.UTF-8', LC_ALL: 'C' }, false],
    [{ LANG: 'zh_CN.UTF-8', LC_ALL: '' }, true],
  ])('%j is Chinese: %s', (env, expected) => {
    expect(isChinese({ env })).toBe(expected)
  })
})

describe('the messages', () => {
  it('are Chinese in the Chinese table and not in the English one', () => {
    expect(textsOf(messagesZhCn).filter((text) => !/\p{Script=Han}/u.test(text))).toEqual([])
    expect(textsOf(messagesEn).filter((text) => /\p{Script=Han}/u.test(text))).toEqual([])
  })

  it('say the same values in both languages', () => {
    const values = (messages: Messages) => textsOf(messages).map((text) => text.match(/«\d»/g)?.sort() ?? [])
    expect(values(messagesZhCn)).toEqual(values(messagesEn))
  })

  it('keep to half of a narrow window, so that no question is wider than it', () => {
    const { yes, no, listKeys, tickKeys, confirm } = messagesZhCn
    for (const text of [yes, no, listKeys, tickKeys, confirm]) expect(text.length).toBeLessThanOrEqual(20)
  })
})

/** Every text of the table in its order; functions are given «1», «2» … */
function textsOf(node: unknown): string[] {
  if (typeof node === 'string') return [node]
  if (typeof node === 'function') {
    return [String(node(...Array.from({ length: node.length }, (_, index) => `«${index + 1}»`)))]
  }
  return Object.entries(node as object)
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .flatMap(([, child]) => textsOf(child))
}
