import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { commandTable } from '../../support/command-table.ts'
import { makeHome, runProgram } from '../../support/run-program.ts'
import { listScenarios, runScenario } from '../../support/run-scenario.ts'
import { projectFolder, testCatalog } from '../../support/test-catalog.ts'

// Every scenario once more for somebody who reads Chinese: each command, report, finding and error that they meet.
const folders = ['test/program/scenarios', 'test/long/scenarios']

/** What stays as it is in any language: names, ids, paths, commands, and what files, clients and servers say. */
const asTyped: readonly RegExp[] = [
  ...testCatalog.tools.map(({ title }) => new RegExp(title.replace(/[()]/g, '\\$&'), 'g')),
  /`[^`]*`/g,
  /“[^”]*”|"[^"\n]*"|「[^」]*」/g,
  /https?:\/\/\S+/g,
  /(?:qcode-setup|npx|npm|git|chmod|unset|codex|chezmoi|sudo|chown)(?: +[^\s：；，。（）]+)+/g,
  /[~./][^\s：；，。（）]*\/[^\s：；，。（）]*/g,
  /--?[a-z][\w-]*(?:[= ][A-Z]+)?/g,
  /\b(?:POST|GET) \S+/g,
  // What a button of an editor says.
  / > [A-Z][^>\n]*/g,
  // The keychain's own words.
  /；Failed to connect [^）]*/g,
]

/** Three Latin words in a row, which no list of ids makes. */
const sentence = /(?<![\w-])[A-Za-z][a-z']+(?:,? [a-z']+){2,}/

/** The text without its diffs, which show files. */
function withoutDiffs(text: string): string[] {
  let inDiff = false
  return text.split('\n').filter((line) => {
    inDiff = /^(?:---|\+\+\+|@@) /.test(line) || (inDiff && /^[-+ \\]/.test(line))
    return !inDiff
  })
}

function latinSentences(args: readonly string[], text: string): string[] {
  if (args.some((arg) => ['--json', '--format', 'print', '--version'].includes(arg))) return []
  // A script for a shell is code.
  if (args[0] === 'completion' && !args[1]?.endsWith('install')) return []
  // What a client shows is quoted, over several lines where it is long.
  return withoutDiffs(text.replace(/“[^”]*”/g, '·')).filter((line) =>
    sentence.test(asTyped.reduce((rest, pattern) => rest.replace(pattern, '·'), line)),
  )
}

it.each(['', ...commandTable.map(({ name }) => name)])('help %s has no English line', async (name) => {
  const { home, drop } = makeHome()
  try {
    const ran = await runProgram([...name.split(' ').filter(Boolean), '--help'], {
      home,
      env: { QCODE_LANG: 'zh-CN' },
    })
    expect(latinSentences([], ran.stdout)).toEqual([])
  } finally {
    drop()
  }
})

describe.concurrent('given a user who reads Chinese, then no line is English', () => {
  for (const folder of folders) {
    for (const name of listScenarios(join(projectFolder, folder))) {
      it(`${folder}/${name}`, async () => {
        const found = new Map<string, string[]>()
        await runScenario(join(projectFolder, folder, name), {
          env: { QCODE_LANG: 'zh-CN' },
          check(args, { stdout, stderr }) {
            // The letter to a colleague is in both languages.
            const text = args[0] === 'invite' ? stderr : stdout + stderr
            const lines = latinSentences(args, text)
            if (lines.length > 0) found.set(args.join(' '), lines)
          },
        })
        expect(Object.fromEntries(found)).toEqual({})
      })
    }
  }
})
