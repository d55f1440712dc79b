import { chmodSync, mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, it } from 'vitest'
import { en } from '../../../src/texts/en.ts'
import { zhCN } from '../../../src/texts/zh-CN.ts'
import { startTerminal } from '../../support/terminal.ts'
import { createHome } from '../../support/terminal-home.ts'

/** A home with a client in PATH that tells its version only once the file `go` is there. */
function homeWithSlowClient(): { home: string; PATH: string; go: () => void } {
  const home = createHome()
  const folder = join(home, 'programs')
  mkdirSync(folder)
  const wait = `while [ ! -e "${home}/go" ]; do sleep 0.05; done`
  writeFileSync(join(folder, 'cline'), `#!/bin/sh\n${wait}\necho 3.0.65\n`)
  chmodSync(join(folder, 'cline'), 0o755)
  return { home, PATH: `${folder}:/usr/bin:/bin`, go: () => writeFileSync(join(home, 'go'), '') }
}

it.each([
  ['tools', ['tools'], 'en_US.UTF-8', en],
  ['tools in Chinese', ['tools'], 'zh_CN.UTF-8', zhCN],
  ['doctor', ['doctor', '--no-check'], 'en_US.UTF-8', en],
  ['report', ['report'], 'en_US.UTF-8', en],
] as const)(
  'given a client that is slow to answer, then %s says what it waits for, and takes that off again',
  async (_, args, LANG, texts) => {
    const { home, PATH, go } = homeWithSlowClient()
    const run = startTerminal({ home, args: [...args], env: { PATH, LANG } })
    await run.waitFor(texts['progress.look'])
    go()
    expect(await run.exit).toBe(0)
    expect(run.screen()).not.toContain(texts['progress.look'])
  },
)

it('given a setup whose plan waits for a client, then that is said between the questions', async () => {
  const { home, PATH, go } = homeWithSlowClient()
  const run = startTerminal({
    home,
    args: ['--tool', 'cline', '--region', 'eu', '--no-check'],
    env: { PATH, QCODE_API_KEY: `cr_${'0'.repeat(64)}` },
  })
  await run.waitFor(en['progress.look'])
  go()
  await run.question(en['ask.confirm'])
  run.press('n', '\r')
  expect(await run.exit).toBe(130)
})
