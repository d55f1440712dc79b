import { describe, expect, it } from 'vitest'
import { UserError } from '../../../src/errors.ts'
import { en } from '../../../src/texts/en.ts'
import { chooseLanguage, loadTexts } from '../../../src/texts/language.ts'
import { joined, say, type TextId, type Texts, written } from '../../../src/texts/message.ts'
import { zhCN } from '../../../src/texts/zh-CN.ts'
import { shownText } from '../../support/shown-text.ts'
import { testCatalog } from '../../support/test-catalog.ts'
import { chineseWords, isLongSentence, oddEnglish, oddMarks, sentencesIn } from '../../support/voice.ts'

const ids = Object.keys(en) as TextId[]
/** Names and marks that are the same in every language. */
const sameEverywhere = /^[（）：、；，。\sA-Z\d‹›a-z.:/,-]*$/
const hasChinese = /\p{Script=Han}/u
/** Said where a text fails, by the file in which it is put right. */
const inEnglish = 'correct these texts in src/texts/en.ts'
const inChinese = 'correct these texts in src/texts/zh-CN.ts'
const inTemplates = 'correct these in the TOML files of templates/, `text_zh` beside `text`'
const bySynonyms = 'test/support/voice.ts says which word is meant'

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
    expect((await loadTexts(language))().language).toBe(language)
  })
})

describe('the texts', () => {
  it('are Chinese in the one table and English in the other', () => {
    const missing = ids.filter((id) => {
      const text = shownText(zhCN, id)
      return !hasChinese.test(text) && !sameEverywhere.test(text)
    })
    const untranslated = missing.filter((id) => id !== 'language')
    expect(untranslated, inChinese).toEqual([])
    const chinese = ids.filter((id) => hasChinese.test(shownText(en, id)))
    expect(chinese, inEnglish).toEqual([])
  })

  it('tell the same values in both languages', () => {
    const values = (text: string) => [...new Set(text.match(/‹\w+›/g))].sort()
    for (const id of ids) {
      const both = `${id} does not name the same values in src/texts/zh-CN.ts as in en.ts`
      expect(values(shownText(zhCN, id)), both).toEqual(values(shownText(en, id)))
    }
  })

  it('have full-width marks beside Chinese, and no blank inside of full-width brackets', () => {
    const wrong = ids.filter((id) => oddMarks(shownText(zhCN, id)))
    expect(wrong, `${inChinese}: ，；：！？（）`).toEqual([])
  })

  it.each(chineseWords)('have one word for each thing in Chinese: %s', (word, others) => {
    const wrong = ids.flatMap((id) => found(others, shownText(zhCN, id), id))
    expect(wrong, `${inChinese}: the word is ${word}; ${bySynonyms}`).toEqual([])
  })

  it('have no turns of phrase that nobody else has', () => {
    const wrong = ids.flatMap((id) => found(oddEnglish, shownText(en, id), id))
    expect(wrong, `${inEnglish}; ${bySynonyms}`).toEqual([])
  })

  it('have short sentences', () => {
    const wrong = ids.filter((id) => sentencesIn(shownText(en, id)).some(isLongSentence))
    expect(wrong, `${inEnglish}: two sentences in place of one`).toEqual([])
  })

  it('have no blank behind a full-width mark', () => {
    const wrong = ids.filter((id) => /[：，。；！？、（）”] +\S/u.test(shownText(zhCN, id)))
    expect(wrong, inChinese).toEqual([])
  })

  it('have no English sentence among Chinese ones, but for commands, paths and names', () => {
    const asTyped =
      /`[^`]*`|“[^”]*”|‹[^›]*›|https?:\S+|(?:qcode-setup|npx|npm|git|unset)(?: +[^\s：；，。（）]+)+|[~./][^\s：；，。（）]*\/\S*|--?[a-z][\w-]*/g
    const sentence = /(?<![\w-])[A-Za-z][a-z']+(?:,? [a-z']+){2,}/
    const englishIn = (texts: Texts) =>
      ids.filter((id) => sentence.test(shownText(texts, id).replace(asTyped, '·')))
    expect(englishIn(zhCN), inChinese).toEqual([])
    expect(englishIn(en).length).toBeGreaterThan(ids.length / 2)
  })

  it('keep what is asked in a list to half of a narrow window', () => {
    for (const id of ['ask.yes', 'ask.no', 'ask.keys.list', 'ask.confirm'] as const)
      expect(zhCN[id].length).toBeLessThanOrEqual(20)
  })
})

/** Where a text has words that are looked for, and which. */
function found(words: RegExp, text: string, where: string): string[] {
  const [word] = words.exec(text) ?? []
  return word === undefined ? [] : [`${where}: ${word}`]
}

/** What is in English and Chinese side by side anywhere in the data, by what leads to it. */
function pairsIn(data: unknown, path = ''): (readonly [path: string, english: string, chinese: string])[] {
  if (typeof data !== 'object' || data === null) return []
  const named = Object.entries(data)
  const inner = named.flatMap(([name, value]) => pairsIn(value, `${path}.${Object(value).id ?? name}`))
  const own = named.flatMap(([name, value]) =>
    typeof value === 'string' && /^(?:text|title|audience|why|fix)$/.test(name)
      ? [[`${path}.${name}`, value, String(Object(data)[`${name}Zh`] ?? '')] as const]
      : [],
  )
  return [...own, ...inner]
}

describe('what the data in templates/ say', () => {
  const isCommand = /^(?:\{\{ remedy \}\}|(?:qcode-setup|unset|chmod|perl|cline) [^,;:]*)$/
  const pairs = pairsIn(testCatalog)
  /** The name of a tool, a command and what a client shows are the same in both languages. */
  const isName = (path: string) => /\.shows\.|^\.tools\.[^.]+\.title$/.test(path)
  const sentences = pairs.filter(
    ([path, english]) => !isName(path) && / [a-z]+ /.test(english) && !isCommand.test(english),
  )

  it('is in both languages, but for names and commands', () => {
    expect(sentences.length).toBeGreaterThan(100)
    const wrong = sentences.filter(([, , chinese]) => !/\p{Script=Han}|：/u.test(chinese))
    expect(wrong, inTemplates).toEqual([])
  })

  it('has the marks of each language', () => {
    const wrong = pairs.filter(([, english, chinese]) => oddMarks(chinese) || hasChinese.test(english))
    expect(wrong, inTemplates).toEqual([])
  })

  it.each(chineseWords)('has one word for each thing in Chinese: %s', (word, others) => {
    const wrong = pairs.flatMap(([path, , chinese]) => found(others, chinese, path))
    expect(wrong, `${inTemplates}: the word is ${word}; ${bySynonyms}`).toEqual([])
  })

  it('has no turns of phrase that nobody else has', () => {
    const wrong = pairs.flatMap(([path, english]) => found(oddEnglish, english, path))
    expect(wrong, `${inTemplates}; ${bySynonyms}`).toEqual([])
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

it.each([
  [en, 'Close it. Run it again; rm x'],
  [zhCN, '请关闭它。请重新运行；rm x'],
])('several hints in one line are joined as the language does it', (texts, shown) => {
  const hint = [written('Close it.', '请关闭它。'), written('Run it again', '请重新运行'), 'rm x']
  const { hintInLine } = new UserError({ code: 'any', message: 'any', hint })
  expect(hintInLine?.in(texts)).toBe(shown)
})
