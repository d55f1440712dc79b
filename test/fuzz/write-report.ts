import { execFileSync } from 'node:child_process'
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { projectFolder } from '../support/test-catalog.ts'

/** Asked before the run: what is done meanwhile is not what ran. */
const commit = execFileSync('git', ['rev-parse', '--short=12', 'HEAD'], {
  cwd: projectFolder,
  encoding: 'utf8',
}).trim()

export interface Row {
  readonly target: string
  readonly cases: number
  readonly finds: number
}

/** Writes docs/fuzzing.md: what a whole run did, and on which commit. */
export function writeReport(rows: readonly Row[]): void {
  const sum = (pick: (row: Row) => number) => rows.map(pick).reduce((all, one) => all + one, 0)
  const all = { target: 'all', cases: sum(({ cases }) => cases), finds: sum(({ finds }) => finds) }
  const lines = [...rows, all].map(({ target, cases, finds }) => `| ${target} | ${cases} | ${finds} |`)
  writeFileSync(
    join(projectFolder, 'docs', 'fuzzing.md'),
    `# Fuzzing

Written by \`npm run fuzz\`, on the commit ${commit}. Each case is a random input for one target; a find is a case that
neither ended in an error for the user nor held every law of its target. What a target is given, and what it has to hold,
stands in test/fuzz; every find has become a test of its own.

| target | cases | finds |
| --- | ---: | ---: |
${lines.join('\n')}
`,
  )
}
