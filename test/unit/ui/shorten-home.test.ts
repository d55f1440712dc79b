import { expect, it } from 'vitest'
import { shortenHome } from '../../../src/ui/render-table.ts'
import { shortenHomes } from '../../../src/ui/write-text.ts'

it.each([
  ['/home/ada', '/home/ada/.codex/config.toml', '~/.codex/config.toml'],
  ['/home/ada', '/home/adam/.codex', '/home/adam/.codex'],
  ['/home/ada', '/home/ada\\odd', '/home/ada\\odd'],
  ['C:\\Users\\ada', 'C:\\Users\\ada\\.codex\\config.toml', '~\\.codex\\config.toml'],
  ['C:\\Users\\ada', 'C:\\Users\\adam\\.codex', 'C:\\Users\\adam\\.codex'],
  ['\\\\server\\home\\ada', '\\\\server\\home\\ada\\.codex', '~\\.codex'],
])('in the home %s, the path %s is shown as %s', (home, path, shown) => {
  expect(shortenHome(path, { home })).toBe(shown)
  expect(shortenHomes(`see ${path} (${path}:3)`, { home })).toBe(`see ${shown} (${shown}:3)`)
  expect(shortenHomes(`run: rm '${path}'`, { home })).toBe(`run: rm '${path}'`)
})
