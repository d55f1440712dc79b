import { mkdirSync, mkdtempSync, realpathSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { describe, expect, it, onTestFinished } from 'vitest'
import { ownFolders, watchOwnFolders } from '../../../src/checks/windows-folders.ts'
import { testCatalog } from '../../support/test-catalog.ts'
import { createTestHost } from '../../support/test-host.ts'

function toolOf(id: string) {
  const tool = testCatalog.tools.find((one) => one.id === id)
  if (!tool) throw new Error(`no ${id}`)
  return tool
}

const onWindows = (home: string) => createTestHost(home, { env: {}, platform: 'win32' })

describe('the folders of a client under proof, on Windows', () => {
  it.each([
    ['codex', { CODEX_HOME: '/t/home/.codex' }],
    ['claude-code', { CLAUDE_CONFIG_DIR: '/t/home/.claude' }],
    ['cline', { CLINE_DATA_DIR: '/t/home/.cline/data' }],
    ['vibe', { VIBE_HOME: '/t/home/.vibe' }],
    ['qwen-code', { QWEN_HOME: '/t/home/.qwen' }],
    // It has no settings of its own: all of it is variables.
    ['openai-sdk', {}],
    // It has, in the home, and nothing that moves them.
    ['aider', undefined],
  ])('%s', (id, wanted) => {
    expect(ownFolders(toolOf(id), onWindows('/t/home'))).toEqual(wanted)
  })

  it.each(testCatalog.tools.map((tool) => [tool.id, tool] as const))(
    '%s is led nowhere but into the temporary home, and by HOME alone elsewhere',
    (_, tool) => {
      for (const folder of Object.values(ownFolders(tool, onWindows('/t/home')) ?? {})) {
        expect(folder.startsWith('/t/home/')).toBe(true)
      }
      expect(ownFolders(tool, createTestHost('/t/home'))).toEqual({})
    },
  )
})

describe('the user’s own folders during a proof', () => {
  it('given a file that is new and one that is changed, both are named, on Windows', () => {
    const home = realpathSync(mkdtempSync(join(tmpdir(), 'qcode-own-')))
    onTestFinished(() => rmSync(home, { recursive: true, force: true }))
    mkdirSync(join(home, '.codex/sessions'), { recursive: true })
    for (const name of ['config.toml', 'auth.json']) writeFileSync(join(home, '.codex', name), 'old')
    const [look, elsewhere] = [
      watchOwnFolders(toolOf('codex'), onWindows(home)),
      watchOwnFolders(toolOf('codex'), createTestHost(home)),
    ]
    expect(look()).toEqual([])
    writeFileSync(join(home, '.codex/config.toml'), 'changed')
    writeFileSync(join(home, '.codex/sessions/1.jsonl'), 'new')
    expect(look().sort()).toEqual([join(home, '.codex/config.toml'), join(home, '.codex/sessions/1.jsonl')])
    expect(elsewhere()).toEqual([])
  })
})
