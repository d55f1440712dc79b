import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { type FileState, hashBytes } from '../../../../src/host/read-file-state.ts'
import type { FileEdit } from '../../../../src/plan/plan.ts'
import { Secret } from '../../../../src/secrets/secret.ts'
import { en } from '../../../../src/texts/en.ts'
import { zhCN } from '../../../../src/texts/zh-CN.ts'
import { renderDiff } from '../../../../src/ui/render-diff.ts'
import { randomCases } from '../../../support/random-cases.ts'
import { plainStyle, tagStyle } from '../styles.ts'

const path = '/home/ada/.codex/config.toml'
const bytesOf = (text: string) => new TextEncoder().encode(text)

function stateOf(text: string | undefined, mode: number): FileState {
  if (text === undefined) return { kind: 'absent', path, resolvedPath: path }
  const bytes = bytesOf(text)
  const owner = { uid: 0, gid: 0, names: 1, inode: 1 }
  return { kind: 'file', path, resolvedPath: path, mode, ...owner, bytes, hash: hashBytes(bytes) }
}

function edit(before: string | undefined, after: string | undefined, modes = [0o644, 0o644]): FileEdit {
  return {
    path,
    before: stateOf(before, modes[0] ?? 0),
    after:
      after === undefined ? { kind: 'absent' } : { kind: 'file', bytes: bytesOf(after), mode: modes[1] ?? 0 },
    tools: [],
  }
}

const show = (one: FileEdit, ...secrets: string[]) =>
  renderDiff(
    [one],
    secrets.map((secret) => new Secret(secret)),
    plainStyle,
    en,
  )

describe('renderDiff', () => {
  it('says in the head that other names of the file keep what it held', () => {
    const one = edit('a\n', 'b\n', [0o644, 0o600])
    const linked = { ...one, before: { ...one.before, names: 2 } } as FileEdit
    expect(show(linked)).toContain(
      `+++ ${path} (mode 0644 to 0600; other names of it keep the old content)\n`,
    )
    const gone = { ...linked, after: { kind: 'absent' } } as FileEdit
    expect(show(gone)).toContain('+++ /dev/null (deleted; other names of it keep the old content)\n')
  })

  it('shows the changed lines with three lines around them', () => {
    const before = 'a\nb\nc\nd\nold\ne\n'
    expect(show(edit(before, before.replace('old', 'new')))).toBe(
      [`--- ${path}`, `+++ ${path}`, '@@ -2,5 +2,5 @@', ' b', ' c', ' d', '-old', '+new', ' e'].join('\n'),
    )
  })

  it('names a new file with its mode, a deleted file, and a new mode', () => {
    expect(show(edit(undefined, 'A=1\n', [0, 0o600]))).toBe(
      ['--- /dev/null', `+++ ${path} (new file, mode 0600)`, '@@ -0,0 +1,1 @@', '+A=1'].join('\n'),
    )
    expect(show(edit('A=1\n', undefined))).toBe(
      [`--- ${path}`, '+++ /dev/null (deleted)', '@@ -1,1 +0,0 @@', '-A=1'].join('\n'),
    )
    expect(show(edit('A=1\n', 'A=1\n', [0o644, 0o600]))).toBe(`--- ${path}\n+++ ${path} (mode 0644 to 0600)`)
  })

  it('names no mode where modes say nothing', () => {
    const shown = (one: FileEdit) => renderDiff([one], [], plainStyle, en, { showsModes: false })
    expect(shown(edit(undefined, 'A=1\n', [0, 0o600]))).toContain(`+++ ${path} (new file)\n`)
    expect(shown(edit('A=1\n', 'A=2\n', [0o666, 0o600]))).toContain(`+++ ${path}\n`)
  })

  it.each([
    [edit(undefined, 'A=1\n', [0, 0o600]), '（新文件，权限 0600）'],
    [edit('A=1\n', undefined), '（已删除）'],
    [edit('A=1\n', 'A=1\n', [0o644, 0o600]), '（权限由 0644 改为 0600）'],
  ])('given Chinese, writes the notes of a diff in Chinese (%#)', (one, note) => {
    expect(renderDiff([one], [], plainStyle, zhCN)).toContain(note)
  })

  it('paints what goes red and what comes green', () => {
    expect(renderDiff([edit('a\n', 'b\n')], [], tagStyle, en)).toBe(
      [
        `<bold>--- ${path}</bold>`,
        `<bold>+++ ${path}</bold>`,
        '<cyan>@@ -1,1 +1,1 @@</cyan>',
        '<red>-a</red>',
        '<green>+b</green>',
      ].join('\n'),
    )
  })

  it('shows CRLF as a line end, and says when the last line has none', () => {
    expect(show(edit('a\r\nb\r\n', 'a\r\nc\r\n'))).toContain('\n a\n-b\n+c')
    expect(show(edit('a', 'a\nb\n'))).toContain('\\ No newline at end of file')
  })

  it('writes control characters out instead of sending them to the terminal', () => {
    const text = show(edit('', '\x1b]0;owned\x07 \x9b2J \u202ecba\tend \ufeff\n'))
    expect(text).toContain('+\\x1b]0;owned\\x07 \\x9b2J \\u{202e}cba\tend \\u{feff}')
    expect(text).not.toMatch(/[^\n\t\P{Cc}]/u)
  })

  it('masks keys before and after, and says so when nothing else changes', () => {
    const [old, fresh] = [`cr_${'a'.repeat(64)}`, `cr_${'b'.repeat(64)}`]
    expect(show(edit(`K=${old}\n`, `K=${fresh}\n`), old, fresh)).toContain('-K=cr_…aaaa\n+K=cr_…bbbb')
    expect(show(edit('K=longpassword\n', 'K=wordlongpass\n'), 'longpassword', 'wordlongpass')).toContain(
      '  (only masked values change)',
    )
  })

  it('law: no 8 characters of a key reach the screen, however the file spells it', () => {
    const key = fc.string({
      unit: fc.constantFrom(...'abcdef0123456789_-"\\\'$%{}'),
      minLength: 16,
      maxLength: 80,
    })
    const line = fc.string({ unit: fc.constantFrom(...'αβγ =#\n'), maxLength: 20 })
    fc.assert(
      fc.property(key, key, line, (old, fresh, text) => {
        const file = (value: string) =>
          `${text}\nA=${value}\nB=${JSON.stringify(value)}\nC=${encodeURIComponent(value)}\n${text}`
        const shown = show(edit(file(old), file(fresh)), old, fresh)
        const parts = [old, fresh].flatMap((value) => [value, JSON.stringify(value)]).flatMap(stretches)
        expect(parts.filter((part) => shown.includes(part))).toEqual([])
      }),
      randomCases(400),
    )
  })
})

function stretches(text: string): string[] {
  return Array.from({ length: Math.max(0, text.length - 7) }, (_, start) => text.slice(start, start + 8))
}
