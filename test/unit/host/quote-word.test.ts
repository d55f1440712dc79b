import { execFileSync } from 'node:child_process'
import { expect, it } from 'vitest'
import { quoteWord } from '../../../src/texts/commands.ts'

it.each([
  'plain',
  'two words',
  "it's",
  '$(touch ran)',
  '`id`',
  "';id;'",
  '~',
  '*',
  'a\nb',
  '-n',
  '"',
  '\\',
  '#x',
  '',
  '中文',
])('a shell reads the word %j back as it is', (word) => {
  const shown = execFileSync('sh', ['-c', `printf %s ${quoteWord(word)}`], { encoding: 'utf8' })
  expect(shown).toBe(word)
})
