import { describe, expect, it } from 'vitest'
import { formatIds, loadFormats } from '../../../src/documents/formats.ts'
import { UserError } from '../../../src/errors.ts'
import { asMessage } from '../../../src/texts/message.ts'
import { zhCN } from '../../../src/texts/zh-CN.ts'
import { describeFailure } from '../../../src/ui/describe-failure.ts'
import { refusalOf } from '../../support/refusal-of.ts'
import { createTestHost } from '../../support/test-host.ts'

const english = createTestHost('/HOME')
const chinese = createTestHost('/HOME', { env: { LANG: 'zh_CN.UTF-8' } })

describe('an error on the screen', () => {
  it.each([
    [['one', 'two'], 'one\n  two'],
    [['one', '  listed', 'last'], 'one\n  listed\n  last'],
    [['one\ntwo\n  three'], 'one\n  two\n  three'],
  ])('of several lines %j has all but the first below it', (lines, text) => {
    const error = new UserError({
      code: 'x',
      message: lines.map(asMessage),
      hint: ['do', 'or'].map(asMessage),
    })
    expect(describeFailure(error, 'x', english).text).toBe(`Error: ${text}\n  → do\n    or`)
    expect(describeFailure(error, 'x', chinese).text).toBe(`错误：${text}\n  → do\n    or`)
  })

  it.each(['/HOME/a b.json', '~/x', 'C:\\x', 'qcode'])('in Chinese has no blank in front of %s', (path) => {
    const error = new UserError({ code: 'x', message: asMessage(path), where: { file: path } })
    expect(describeFailure(error, 'x', chinese).text).toBe(`错误：${path}\n  位置：${path}`)
  })
})

const deep: Readonly<Record<string, string>> = {
  toml: `x = ${'['.repeat(400)}${']'.repeat(400)}`,
  json: `${'['.repeat(400)}${']'.repeat(400)}`,
  jsonc: `${'['.repeat(400)}${']'.repeat(400)}`,
  yaml: `x: ${'['.repeat(400)}${']'.repeat(400)}`,
}

describe.each(formatIds.filter((id) => id in deep))('a text of %s that is nested too deeply', (id) => {
  it('is told in one language, with its file and without', async () => {
    const format = (await loadFormats([id])).get(id)
    const errors = [() => format?.open(deep[id] ?? '', '/x'), () => format?.parseStrict(deep[id] ?? '')]
    for (const [index, read] of errors.entries()) {
      const error = refusalOf(read)
      expect(error.code).toBe('too-deep')
      expect(String(error.message)).toBe(
        `${index === 0 ? '/x' : 'The text'} is nested more than 200 levels deep. It was not changed.`,
      )
      expect(error.text.in(zhCN)).not.toMatch(/[A-Za-z]{2}/)
      expect(error.where?.file).toBe(index === 0 ? '/x' : undefined)
    }
  })
})
