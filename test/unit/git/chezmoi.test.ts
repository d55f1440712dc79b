import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { afterEach, beforeEach, expect, it } from 'vitest'
import { chezmoiWarnings } from '../../../src/checks/chezmoi.ts'
import { createTestHost, testKey } from '../../support/test-host.ts'
import { edit } from '../apply/machine.ts'

let home = ''
beforeEach(() => {
  home = mkdtempSync(join(tmpdir(), 'qcode-chezmoi-'))
})
afterEach(() => rmSync(home, { recursive: true, force: true }))

function put(path: string, text = ''): void {
  mkdirSync(dirname(join(home, path)), { recursive: true })
  writeFileSync(join(home, path), text)
}

const source = '.local/share/chezmoi'

/** What is said of a change of a file, in one text; `nothing` where nothing is. */
function saidOf(path: string, text = 'new', env: Record<string, string> = {}): string {
  const warnings = chezmoiWarnings([edit(join(home, path), text)], createTestHost(home, { env }))
  return warnings.map(({ message, hint }) => `${message} ${hint}`).join('\n') || 'nothing'
}

const overwritten = 'The next "chezmoi apply" would take this change away. To keep it, run: chezmoi re-add'
const fromTemplate = 'Make the same change there: chezmoi edit'
const deleted = 'The next "chezmoi apply" would delete the file.'

it.each([
  ['.codex/config.toml', 'dot_codex/config.toml', overwritten],
  ['.codex/config.toml', 'private_dot_codex/private_readonly_config.toml', overwritten],
  ['.codex/config.toml', 'exact_private_dot_codex/empty_executable_config.toml', overwritten],
  ['.codex/config.toml', 'dot_codex/encrypted_private_config.toml.age', overwritten],
  ['.codex/config.toml', 'dot_codex/encrypted_config.toml.tmpl.asc', fromTemplate],
  ['.codex/config.toml', 'dot_codex/private_config.toml.tmpl', fromTemplate],
  ['.codex/config.toml.tmpl', 'dot_codex/config.toml.tmpl.literal', overwritten],
  ['.codex/dot_env', 'dot_codex/literal_dot_env', overwritten],
  ['.zshenv', 'dot_zshenv', overwritten],
  ['.codex/.env', 'exact_dot_codex/config.toml', deleted],
  ['.codex/sub/new', 'exact_dot_codex/config.toml', deleted],
])('given the source of %s as %s, then it is told what the next apply does', (path, name, said) => {
  put(`${source}/${name}`)
  expect(saidOf(path)).toContain(said)
  expect(saidOf(path)).toContain(join(home, path))
})

it.each([
  ['no source at all', ''],
  ['the source of another file', 'dot_codex/other.toml'],
  ['the source of a file of the same name elsewhere', 'config.toml'],
  ['a file that is made only where none is', 'dot_codex/create_config.toml'],
  ['a script that edits what is there', 'dot_codex/modify_config.toml'],
  ['a link', 'dot_codex/symlink_config.toml'],
  ['a name that begins with a dot, which it does not look at', '.codex/config.toml'],
  ['a file in place of the folder', 'dot_codex'],
])('given %s, then nothing is said', (_, name) => {
  if (name) put(`${source}/${name}`)
  expect(saidOf('.codex/config.toml')).toBe('nothing')
})

it('given a file that gets the key, then nobody is told to add it to the dotfiles, unless they are encrypted', () => {
  put(`${source}/dot_codex/dot_env`)
  expect(saidOf('.codex/.env', `KEY=${testKey}`)).toContain(`chezmoi forget ${join(home, '.codex/.env')}`)
  expect(saidOf('.codex/.env', `KEY=${testKey}`)).not.toContain('re-add')
  put(`${source}/dot_claude/encrypted_settings.json.age`)
  expect(saidOf('.claude/settings.json', testKey)).toContain('chezmoi re-add')
})

it('given a file that is left alone by its list, as the hint says, then nothing is said', () => {
  put(`${source}/exact_dot_codex/config.toml`)
  expect(saidOf('.codex/.env')).toContain(
    `add the line .codex/.env to ${join(home, source, '.chezmoiignore')}`,
  )
  put(`${source}/.chezmoiignore`, 'README.md\n.codex/.env\n')
  expect(saidOf('.codex/.env')).toBe('nothing')
  expect(saidOf('.codex/.envrc')).toContain(deleted)
})

it('given its source elsewhere, by a variable, its settings, or its own root, then it is found', () => {
  put('data/chezmoi/dot_zshenv')
  expect(saidOf('.zshenv')).toBe('nothing')
  expect(saidOf('.zshenv', 'new', { XDG_DATA_HOME: join(home, 'data') })).toContain(overwritten)
  for (const settings of [
    ['toml', 'sourceDir = "~/dots"\n[git]\nautoCommit = true\n'],
    ['yaml', 'git:\n  autoCommit: true\nsourceDir: ~/dots\n'],
    ['json', '{"sourceDir": "~/dots", "git": {}}'],
  ] as const) {
    put(`.config/chezmoi/chezmoi.${settings[0]}`, settings[1])
    put('dots/.chezmoiroot', 'home\n')
    put('dots/home/dot_zshenv')
    expect(saidOf('.zshenv'), settings[0]).toContain(join(home, 'dots/home/dot_zshenv'))
    rmSync(join(home, '.config'), { recursive: true })
  }
})

it('given its mode of links, in which the source itself is changed, then nothing is said', () => {
  put(`${source}/dot_zshenv`)
  symlinkSync(join(home, source, 'dot_zshenv'), join(home, '.zshenv'))
  expect(saidOf('.zshenv')).toBe('nothing')
})
