import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, it, onTestFinished } from 'vitest'
import { runInProcess } from '../../support/run-in-process.ts'
import { createTestHost } from '../../support/test-host.ts'

/** By hand: where each editor keeps its extensions, and where its settings are below the folder of the platform. */
const editors: Readonly<Record<string, string>> = {
  '.vscode': 'Code/User',
  '.vscode-insiders': 'Code - Insiders/User',
  '.vscode-oss': 'VSCodium/User',
  '.cursor': 'Cursor/User',
  '.windsurf': 'Windsurf/User',
}

const platforms: readonly (readonly [NodeJS.Platform, variables: Record<string, string>, folder: string])[] =
  [
    ['linux', {}, '.config'],
    ['linux', { XDG_CONFIG_HOME: '{home}/moved' }, 'moved'],
    ['darwin', { XDG_CONFIG_HOME: '{home}/moved' }, 'Library/Application Support'],
    ['win32', { APPDATA: '{home}/Roaming', XDG_CONFIG_HOME: '{home}/moved' }, 'Roaming'],
    ['win32', {}, 'AppData/Roaming'],
  ]

it.each(platforms)(
  'on %s with %j, the settings of each editor are below %s',
  async (platform, set, folder) => {
    const home = mkdtempSync(join(tmpdir(), 'qcode-editors-'))
    onTestFinished(() => rmSync(home, { recursive: true, force: true }))
    const moved = Object.entries(set).map(([name, value]) => [name, value.replace('{home}', home)])
    const env = { HOME: home, PATH: '', SHELL: '/bin/bash', ...Object.fromEntries(moved) }
    const host = createTestHost(home, { platform, env })
    const names = Object.keys(editors)
    for (const name of names.slice(1))
      mkdirSync(join(home, name, 'extensions/anthropic.claude-code-2.1.330'), { recursive: true })
    const done = await runInProcess('setup --tool claude-code --vscode --key-file - --yes --no-check', host)
    expect(done.exit, done.text).toBe(0)
    const settings = (name: string) => join(home, folder, editors[name] ?? '', 'settings.json')
    expect(names.filter((name) => existsSync(settings(name)))).toEqual(names.slice(1))
    for (const name of names.slice(1))
      expect(JSON.parse(readFileSync(settings(name), 'utf8'))).toEqual({
        'claudeCode.disableLoginPrompt': true,
      })
  },
)
