import { execFileSync } from 'node:child_process'
import { existsSync, mkdirSync, mkdtempSync, realpathSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, it } from 'vitest'
import { askGit } from '../../../src/checks/key-in-git.ts'
import { createNodeHost } from '../../../src/host/node.ts'
import { projectFolder } from '../../support/test-catalog.ts'

const { run } = createNodeHost(projectFolder)

let root: string
beforeEach(() => {
  root = realpathSync(mkdtempSync(join(tmpdir(), 'qcode-git-hostile-')))
  execFileSync('git', ['init', '-q', root])
})
afterEach(() => rmSync(root, { recursive: true, force: true }))

it.each(['', 'link\n$(touch ran)`touch ran`', "it's; touch ran #"])(
  'no program that a repository names is run: %j',
  async (folder) => {
    mkdirSync(join(root, folder), { recursive: true })
    const file = join(root, folder, '.env')
    writeFileSync(file, 'KEY=x\n')
    const ran = join(root, 'ran')
    const program = `touch '${ran}'; :`
    for (const name of [
      'core.fsmonitor',
      'core.pager',
      'core.sshCommand',
      'alias.ls-files',
      'alias.check-ignore',
    ]) {
      const value = name.startsWith('alias') ? `!${program}` : program
      execFileSync('git', ['-C', root, 'config', name, value])
    }
    const hooks = join(root, '.git', 'hooks')
    mkdirSync(hooks, { recursive: true })
    for (const hook of ['post-index-change', 'fsmonitor-watchman', 'pre-commit']) {
      writeFileSync(join(hooks, hook), `#!/bin/sh\n${program}\n`, { mode: 0o755 })
    }
    expect(await askGit(file, [], { run })).toBeDefined()
    expect(existsSync(ran)).toBe(false)
  },
)
