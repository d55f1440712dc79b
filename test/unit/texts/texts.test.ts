import { describe, expect, it } from 'vitest'
import { en } from '../../../src/texts/en.ts'
import { chooseLanguage, loadTexts } from '../../../src/texts/language.ts'
import { joined, say, type TextId, type Texts, written } from '../../../src/texts/message.ts'
import { zhCN } from '../../../src/texts/zh-CN.ts'
import { shownText } from '../../support/shown-text.ts'
import { testCatalog } from '../../support/test-catalog.ts'

const ids = Object.keys(en) as TextId[]
/** Names and marks that are the same in every language. */
const sameEverywhere = /^[（）：、；，。\sA-Z\d‹›a-z.:/,-]*$/
const hasChinese = /\p{Script=Han}/u

describe('the language', () => {
  it.each([
    [{}, 'en'],
    [{ LANG: 'zh_CN.UTF-8' }, 'zh-CN'],
    [{ LANG: 'zh_Hans' }, 'zh-CN'],
    [{ LANG: 'zh' }, 'zh-CN'],
    [{ LANG: 'zha_CN' }, 'en'],
    [{ LANG: 'zh_CN.UTF-8', LC_MESSAGES: 'de_DE.UTF-8' }, 'en'],
    [{ LANG: 'en_US.UTF-8', LC_MESSAGES: 'zh_CN.UTF-8' }, 'zh-CN'],
    [{ LANG: 'zh_CN.UTF-8', LC_ALL: 'C' }, 'en'],
    [{ LANG: 'zh_CN.UTF-8', LC_ALL: '' }, 'zh-CN'],
    [{ LANG: 'zh_CN.UTF-8', QCODE_LANG: 'en' }, 'en'],
    [{ LC_ALL: 'C', QCODE_LANG: 'zh-CN' }, 'zh-CN'],
  ])('with %j is %s', (env, language) => {
    expect(chooseLanguage({ args: [], env, systemLocale: () => '' })).toBe(language)
  })

  it.each([
    [['--lang', 'zh-CN'], 'zh-CN'],
    [['status', '--lang=zh-CN'], 'zh-CN'],
    [['--lang', 'zh-CN', '--lang', 'en'], 'en'],
  ])('with %j is %s, whatever the environment says', (args, language) => {
    const env = { QCODE_LANG: language === 'en' ? 'zh-CN' : 'en' }
    expect(chooseLanguage({ args, env, systemLocale: () => '' })).toBe(language)
  })

  it('is that of the system where no variable names one', () => {
    expect(chooseLanguage({ args: [], env: {}, systemLocale: () => 'zh-CN' })).toBe('zh-CN')
    expect(chooseLanguage({ args: [], env: { LANG: 'en_US' }, systemLocale: () => 'zh-CN' })).toBe('en')
  })

  it.each(['en', 'zh-CN'] as const)('%s has texts that name it', async (language) => {
    expect((await loadTexts(language)).language).toBe(language)
  })
})

describe('the texts', () => {
  it('are Chinese in the one table and English in the other', () => {
    const missing = ids.filter((id) => {
      const text = shownText(zhCN, id)
      return !hasChinese.test(text) && !sameEverywhere.test(text)
    })
    expect(missing.filter((id) => id !== 'language')).toEqual([])
    expect(ids.filter((id) => hasChinese.test(shownText(en, id)))).toEqual([])
  })

  it('tell the same values in both languages', () => {
    const values = (text: string) => [...new Set(text.match(/‹\w+›/g))].sort()
    for (const id of ids) expect(values(shownText(zhCN, id)), id).toEqual(values(shownText(en, id)))
  })

  it('have full-width marks after Chinese, and no mark of the other width', () => {
    const wrong = ids.filter((id) => /\p{Script=Han}[,;:!?()]|[（]\s|\s[）]|你/u.test(shownText(zhCN, id)))
    expect(wrong).toEqual([])
  })

  it('have no blank behind a full-width mark', () => {
    expect(ids.filter((id) => /[：，。；！？、（）”] +\S/u.test(shownText(zhCN, id)))).toEqual([])
  })

  it('have no English sentence among Chinese ones, but for commands, paths and names', () => {
    const asTyped =
      /`[^`]*`|“[^”]*”|‹[^›]*›|https?:\S+|(?:qcode-setup|npx|npm|git|unset)(?: +[^\s：；，。（）]+)+|[~./][^\s：；，。（）]*\/\S*|--?[a-z][\w-]*/g
    const sentence = /(?<![\w-])[A-Za-z][a-z']+(?:,? [a-z']+){2,}/
    const englishIn = (texts: Texts) =>
      ids.filter((id) => sentence.test(shownText(texts, id).replace(asTyped, '·')))
    expect(englishIn(zhCN)).toEqual([])
    expect(englishIn(en).length).toBeGreaterThan(ids.length / 2)
  })

  it('keep what is asked in a list to half of a narrow window', () => {
    for (const id of ['ask.yes', 'ask.no', 'ask.keys.list', 'ask.confirm'] as const)
      expect(zhCN[id].length).toBeLessThanOrEqual(20)
  })
})

describe('what the tool folders say', () => {
  const { tools, machine } = testCatalog
  const isCommand = /^(?:\{\{ remedy \}\}|(?:qcode-setup|unset|perl|cline) [^,;:]*)$/

  it('is in both languages, but for what is a command alone', () => {
    const traps = [...tools.map(({ diagnosis }) => diagnosis), machine].flatMap((one) => one.traps)
    const fixes = traps.filter(({ fix, fixZh = '' }) => !isCommand.test(fix) && !hasChinese.test(fixZh))
    expect(fixes.map(({ id }) => id)).toEqual([])
    const pairs = [
      ...traps.map(({ text, textZh }) => [text, textZh]),
      ...tools.flatMap(({ notes }) => notes.map(({ text, textZh }) => [text, textZh])),
      ...tools.flatMap(({ schemas }) => schemas.map(({ text, textZh }) => [text, textZh])),
      ...tools.flatMap(({ variants }) => variants.map(({ title, titleZh }) => [title, titleZh])),
    ]
    const missing = pairs.filter(([en = '', zh = '']) => / [a-z]+ /.test(en) && !hasChinese.test(zh))
    expect(missing).toEqual([])
    expect(pairs.filter(([, zh = '']) => /\p{Script=Han}[,;!?()]|你/u.test(zh))).toEqual([])
  })
})

describe('a message', () => {
  it('is in the language that it is asked for in, and English in JSON and as a string', () => {
    const message = say('ask.use-anyway')
    expect(message.in(zhCN)).toBe(zhCN['ask.use-anyway'])
    expect(JSON.stringify({ message })).toBe(JSON.stringify({ message: en['ask.use-anyway'] }))
    expect(`${message}`).toBe(en['ask.use-anyway'])
  })

  it('takes another message as a value, alone and in a list', () => {
    const from = say('ask.key.from', { key: 'cr_…1', source: say('ask.key.stdin') })
    expect(from.in(zhCN)).toContain(zhCN['ask.key.stdin'])
    const tools = [written('Tool', '工具'), 'Codex']
    expect(say('ask.broken', { tools }).in(zhCN)).toContain('工具、Codex')
  })

  it('writes out the line breaks of its values, and keeps its own', () => {
    const message = joined([say('ask.conflict.now', { value: 'a\nb' }), say('ask.quit')])
    expect(String(message)).toBe(`now: a\\x0ab\n${en['ask.quit']}`)
  })
})
