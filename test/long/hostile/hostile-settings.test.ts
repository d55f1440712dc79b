import { mkdirSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { readTree } from '../../support/home-tree.ts'
import { makeHome, runProgram, setUp } from '../../support/run-program.ts'

const many = 100_000
const lists = '['.repeat(many) + ']'.repeat(many)
const laughs = `a: &a [x,x,x,x,x,x,x,x,x]\n${[...'bcdefghi']
  .map((name, index) => `${name}: &${name} [${Array(9).fill(`*${'abcdefgh'[index]}`).join(',')}]`)
  .join('\n')}\n`

/** A client's own file that wants all of a parser's stack, memory or time; the tool that reads it, and how that is refused. */
const bombs: readonly (readonly [tool: string, path: string, text: string, code: string])[] = [
  ['claude-code', '.claude/settings.json', `{"env":${lists}}`, 'too-deep'],
  ['claude-code', '.claude/settings.json', '{"a":'.repeat(many), 'too-deep'],
  ['codex', '.codex/config.toml', `a = ${lists}\n`, 'does-not-parse'],
  ['codex', '.codex/config.toml', `[a${'.a'.repeat(many)}]\nx = 1\n`, 'too-deep'],
  ['aider', '.aider.conf.yml', `a: ${lists}\n`, 'too-deep'],
  ['aider', '.aider.conf.yml', `${'- '.repeat(many)}x\n`, 'too-deep'],
  ['aider', '.aider.conf.yml', laughs, 'unsupported-yaml'],
  ['aider', '.aider.conf.yml', `a: [${'[],'.repeat(2_000_000)}0]\n`, 'too-many-values'],
  ['aider', '.aider.conf.yml', 'a: !!js/function "function () {}"\n', 'unsupported-yaml'],
  ['cline', '.cline/data/settings/providers.json', `{"providers":${lists}}`, 'too-deep'],
]

describe.concurrent('a file of settings that is a bomb', () => {
  it.each(bombs)(
    '%s with %s: %#: refused with its reason, and no command ends badly',
    async (tool, path, text, code) => {
      const { home, drop } = makeHome()
      try {
        mkdirSync(dirname(join(home, path)), { recursive: true })
        writeFileSync(join(home, path), text)
        const tree = readTree(home)
        const { exit, stdout } = await setUp([tool], { home }, '--json')
        expect([exit, JSON.parse(stdout).error.code]).toEqual([1, code])
        expect(readTree(home)).toEqual(tree)
        for (const line of [['doctor', '--no-check'], ['lint'], ['lint', path], ['status']]) {
          const { exit: ended, stderr } = await runProgram(line, { home })
          expect(stderr).not.toContain('fault of qcode-setup')
          expect([0, 1, 3]).toContain(ended)
        }
      } finally {
        drop()
      }
    },
  )
})
