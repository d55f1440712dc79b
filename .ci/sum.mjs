// Adds up the reports of test runs. Tells what failed, then in one line how they ended. A missing report is a failure, and so
// is a run that ended with an exit code although none of its tests failed: then the end of what it said is shown.
import { existsSync, readFileSync } from 'node:fs'
import { relative } from 'node:path'

const SHOWN_CHARACTERS = 4000
const SHOWN_LINES = 60

let passed = 0
let failed = 0

function tellFailure(where, message = '', from = 0) {
  failed += 1
  console.log(`\nFAILED ${where}\n${message.slice(from).slice(0, SHOWN_CHARACTERS)}`)
}

function readIfThere(file) {
  return existsSync(file) ? readFileSync(file, 'utf8') : ''
}

for (const file of process.argv.slice(2)) {
  if (!existsSync(file)) {
    tellFailure(file, 'This run left no report: it was broken off before its end.')
    continue
  }
  const report = JSON.parse(readFileSync(file, 'utf8'))
  passed += report.numPassedTests
  const failedBefore = failed
  for (const result of report.testResults) {
    const name = relative(process.cwd(), result.name)
    const failures = result.assertionResults.filter((test) => test.status === 'failed')
    for (const test of failures) tellFailure(`${name} > ${test.fullName}`, test.failureMessages.join('\n'))
    // A file that could not even be loaded fails without a test of its own.
    if (result.status === 'failed' && result.assertionResults.length === 0) tellFailure(name, result.message)
  }
  const exitCode = readIfThere(file.replace(/\.json$/, '.exit')).trim()
  if (exitCode !== '' && failed === failedBefore) {
    const said = readIfThere(file.replace(/\.json$/, '.log'))
      .trimEnd()
      .split('\n')
      .slice(-SHOWN_LINES)
    tellFailure(`${file}: exit code ${exitCode}, though no test failed`, said.join('\n'), -SHOWN_CHARACTERS)
  }
}
console.log(`${passed} passed, ${failed} failed`)
process.exitCode = failed > 0 || passed === 0 ? 1 : 0
