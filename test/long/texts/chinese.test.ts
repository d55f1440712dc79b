import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { halfWidthMarks, latinSentences } from '../../support/latin-sentences.ts'
import { listScenarios, runScenario } from '../../support/run-scenario.ts'
import { projectFolder } from '../../support/test-catalog.ts'

// Every scenario once more for somebody who reads Chinese: each command, report, finding and error that they meet. Their help
// is in test/unit/ui/render-help.test.ts.
const folders = ['test/program/scenarios', 'test/long/scenarios']

describe.concurrent('given a user who reads Chinese, then no line is English, nor has marks of English', () => {
  for (const folder of folders) {
    for (const name of listScenarios(join(projectFolder, folder))) {
      it(`${folder}/${name}`, async () => {
        const found = new Map<string, string[]>()
        await runScenario(join(projectFolder, folder, name), {
          env: { QCODE_LANG: 'zh-CN' },
          check(args, { stdout, stderr }) {
            // The letter to a colleague is in both languages.
            const text = args[0] === 'invite' ? stderr : stdout + stderr
            const lines = [...latinSentences(args, text), ...halfWidthMarks(args, text)]
            if (lines.length > 0) found.set(args.join(' '), lines)
          },
        })
        expect(Object.fromEntries(found)).toEqual({})
      })
    }
  }
})
