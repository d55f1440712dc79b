// Adds up the reports of test runs. Tells what failed, then in one line how they ended. A missing report is a failure.
import { existsSync, readFileSync } from 'node:fs'
import { relative } from 'node:path'

const SHOWN_CHARACTERS = 4000

let passed = 0
let failed = 0

function tellFailure(where, message = '') {
  failed += 1
  console.log(`\nFAILED ${where}\n${message.slice(0, SHOWN_CHARACTERS)}`)
}

for (const file of process.argv.slice(2)) {
  if (!existsSync(file)) {
    tellFailure(file, 'This run left no report: it was broken off before its end.')
    continue
  }
  const report = JSON.parse(readFileSync(file, 'utf8'))
  passed += report.numPassedTests
  for (const result of report.testResults) {
    const name = relative(process.cwd(), result.name)
    const failures = result.assertionResults.filter((test) => test.status === 'failed')
    for (const test of failures) tellFailure(`${name} > ${test.fullName}`, test.failureMessages.join('\n'))
    // A file that could not even be loaded fails without a test of its own.
    if (result.status === 'failed' && result.assertionResults.length === 0) tellFailure(name, result.message)
  }
}
console.log(`${passed} passed, ${failed} failed`)
process.exitCode = failed > 0 || passed === 0 ? 1 : 0
