import { mkdirSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { largeFiles } from '../../../scripts/large-files.mjs'
import { makeHome, runProgram, setUp } from '../../support/run-program.ts'

/** Files that a project brings along and that a command reads without being asked to. */
const read = {
  yaml: '.aider.conf.yml',
  json: '.claude/settings.json',
  toml: '.codex/config.toml',
  dotenv: '.env',
} as const

/** In characters: enough that what grows with the square of it ends in no time that a test is given. */
const size = 1_000_000

const cases = Object.entries(read).flatMap(([format, path]) =>
  Object.entries(largeFiles[format as keyof typeof read]).map(
    ([shape, make]) => [path, shape, make] as const,
  ),
)

describe('a project that somebody else has written', () => {
  it.each(cases)(
    'given its %s is a large file with %s, when doctor and lint run in it, then they end and find no fault of ours',
    async (path, _shape, make) => {
      const { home, drop } = makeHome()
      try {
        // What is not set up is not looked at.
        expect(await setUp(['aider', 'claude-code', 'codex'], { home })).toMatchObject({ exit: 0 })
        const cwd = join(home, 'project')
        mkdirSync(dirname(join(cwd, path)), { recursive: true })
        writeFileSync(join(cwd, path), make(size))
        for (const line of [
          ['doctor', '--no-check'],
          ['lint', '--project'],
        ]) {
          const { exit, stderr } = await runProgram(line, { home, cwd })
          expect(stderr).not.toContain('fault of qcode-setup')
          expect([0, 1, 3]).toContain(exit)
        }
      } finally {
        drop()
      }
    },
  )
})
