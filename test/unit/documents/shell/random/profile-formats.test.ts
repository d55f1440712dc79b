import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import {
  fishProfileFormat,
  posixProfileFormat,
  powershellProfileFormat,
} from '../../../../../src/documents/shell/profile-document.ts'
import { refusalOf } from '../../../../support/refusal-of.ts'
import { fileOf, hostileText, rubble } from '../arbitraries.ts'
import { expectLaws, runs, setIn, unsetIn } from '../laws.ts'
import { environmentAsJson, inEachShell, scratchFolder, useScratchFolder } from '../run-shell.ts'

useScratchFolder()

const start = '# >>> qcode-setup >>>'
const end = '# <<< qcode-setup <<<'
const note = '# Loads the settings that qcode-setup wrote. To remove this block: qcode-setup remove'
const source = ['source']
const absolute = hostileText.map((text) => `/${text}`)
const below = (variable: string) => hostileText.map((text) => `${variable}/${text}`)

const formats = [
  ['posix', posixProfileFormat, "if [ -r '/a b/env' ]; then . '/a b/env'; fi", below('$HOME')],
  ['fish', fishProfileFormat, "if test -r '/a b/env'; source '/a b/env'; end", below('$HOME')],
  [
    'powershell',
    powershellProfileFormat,
    "if (Test-Path -LiteralPath '/a b/env') { . '/a b/env' }",
    fc.oneof(below('$HOME'), below('$env:APPDATA'), below('$env:USERPROFILE')),
  ],
] as const

const lines = fc.oneof(
  fc.constantFrom(
    '',
    '  ',
    '\t',
    `${start} my own notes`,
    ` ${start}`,
    `#${start}`,
    '# >>> qcode-setup',
    `${end}<`,
    `echo "${start}"`,
    `export A="don't"`,
    'cmd \\',
    'cat <<EOF',
    'if true; then',
  ),
  hostileText,
)
const blockPieces = [`${start}\n`, `${end}\n`, `${note}\n`, "if [ -r 'x' ]; then . 'x'; fi\n"]

describe.each(formats)('the two blocks in a %s profile', (_shell, format, _line, fromHome) => {
  const paths = fc.oneof(absolute, fromHome)
  const completion = ['completion']

  it('keep the laws of a document, the one as the other', () => {
    expectLaws(format, completion, fileOf(lines), paths)
  })

  it('are written and taken out without each other, in whatever order', () => {
    fc.assert(
      fc.property(fileOf(lines), fc.boolean(), fc.boolean(), (text, isFirst, leavesFirst) => {
        const [one, other] = isFirst ? [source, completion] : [completion, source]
        const written = setIn(format, setIn(format, text, one, '/one'), other, '/other')
        const both = { [one[0] ?? '']: '/one', [other[0] ?? '']: '/other' }
        expect(format.parseStrict(written)).toEqual(both)
        expect(format.open(written, 'file').get([])).toEqual(both)
        const [gone, left] = leavesFirst ? [one, other] : [other, one]
        const less = unsetIn(format, written, gone)
        expect(format.open(less, 'file').get(left)).toBe(left === one ? '/one' : '/other')
        expect(unsetIn(format, less, left)).toBe(text)
      }),
      runs,
    )
  })
})

describe.each(formats)('the block in a %s profile', (_shell, format, line, fromHome) => {
  const paths = fc.oneof(absolute, fromHome)
  const block = [start, note, line, end].join('\n')

  it('keeps the laws of a document, and all bytes of the user in place', () => {
    expectLaws(format, source, fileOf(lines), paths)
  })

  it('keeps the laws on broken texts', () => {
    const texts = rubble(...blockPieces).filter((text) => !/^# >>> qcode-setup >>>\r?$/m.test(text))
    expectLaws(format, source, texts, paths)
  })

  it('is read by the second reader as it was written', () => {
    fc.assert(
      fc.property(fileOf(lines), paths, (text, path) => {
        const written = setIn(format, text, source, path)
        expect(format.parseStrict(written)).toEqual({ source: path })
        expect(format.open(written, 'file').get([])).toEqual({ source: path })
        expect(format.parseStrict(text)).toEqual({})
      }),
      runs,
    )
  })

  it.each([
    ['an empty file', '', `${block}\n`],
    ['a file', 'a\n', `a\n\n${block}\n`],
    ['a file without a last line end', 'a', `a\n\n${block}`],
    ['blank lines at the end', 'a\n\n\n', `a\n\n\n\n${block}\n`],
    ['one blank line alone', '\n', `\n\n${block}\n`],
    ['a byte order mark alone', '\uFEFF', `\uFEFF\n\n${block}`],
  ])('goes to the end of %s', (_title, text, written) => {
    expect(setIn(format, text, source, '/a b/env')).toBe(written)
    expect(unsetIn(format, written, source)).toBe(text)
  })

  it('is removed with the blank line above it when nothing else is left', () => {
    expect(unsetIn(format, `\n${block}\n`, source)).toBe('')
  })

  it('has the line ends of the file', () => {
    const written = setIn(format, 'a\r\nb\r\n', source, '/env')
    expect(written.replaceAll('\r\n', '')).not.toMatch(/[\r\n]/)
    expect(unsetIn(format, written, source)).toBe('a\r\nb\r\n')
  })

  it('is found again after the file was turned to CRLF', () => {
    const text = `a\r\n\r\n${block}\n`.replace(/\r?\n/g, '\r\n')
    expect(format.open(text, 'file').get(source)).toBe('/a b/env')
    expect(unsetIn(format, text, source)).toBe('a\r\n')
    const changed = setIn(format, text, source, '/new')
    expect(format.parseStrict(changed)).toEqual({ source: '/new' })
    expect(unsetIn(format, changed, source)).toBe('a\r\n')
  })

  it('stays where it is when the path changes, with what the user put around it', () => {
    const text = `a\n${block}\nexport B=1\n\n# end`
    expect(setIn(format, text, source, '/x')).toBe(text.replaceAll('/a b/env', '/x'))
    expect(unsetIn(format, text, source)).toBe('a\nexport B=1\n\n# end')
  })

  it.each([
    ['two blocks', [block, 'mine', block], 1, /line(s)? 1, 6.*lines 4, 9/],
    ['no end', ['a', start, 'mine'], 2, /on line 2.*is missing/],
    ['no start', ['a', 'b', end], 3, /is missing.*on line 3/],
    ['end before start', [end, 'mine', start], 1, /on line 3.*on line 1/],
    ['a start inside', [start, start, end], 1, /lines 1, 2.*line 3/],
  ])('is refused when broken: %s', (_title, parts, line, message) => {
    const error = refusalOf(() => format.open(parts.join('\n'), '/home/me/.profile'))
    expect(error).toMatchObject({ code: 'profile-block-broken', where: { file: '/home/me/.profile', line } })
    expect(String(error.message)).toMatch(message)
    expect(String(error.hint)).toContain('/home/me/.profile')
  })

  it('thousands of markers made a message of as many line numbers', () => {
    const error = refusalOf(() => format.open(`${start}\n`.repeat(9000), 'file'))
    expect(String(error.message)).toContain('is on lines 1, 2, 3, 4, 5 and 8995 more')
    expect(error.message.length).toBeLessThan(300)
  })

  it.each([
    ['a line more', [start, note, line, 'export MINE=1', end]],
    ['a changed source line', [start, note, `${line} || true`, end]],
    ['two paths', [start, note, line.replace('/a b/env', '/other'), end]],
    ['commented out', [start, note, `# ${line}`, end]],
    ['nothing left', [start, end]],
    ['the comment replaced', [start, 'export MINE=1', line, end]],
  ])('is neither replaced nor removed when the user worked on it: %s', (_title, parts) => {
    const text = ['a', ...parts, ''].join('\n')
    const document = format.open(text, 'file')
    expect(document.get(source)).toBeUndefined()
    for (const action of [() => document.set(source, '/x'), () => document.unset(source)]) {
      const error = refusalOf(action)
      expect(error).toMatchObject({ code: 'profile-block-edited', where: { file: 'file', line: 2 } })
      expect(String(error.message)).toContain(`lines 2 to ${parts.length + 1}`)
    }
    expect(document.toText()).toBe(text)
  })

  it('a carriage return in the path of an edited block made reading it fail', () => {
    const text = block.replace('/a b', '/a\rb')
    const document = format.open(text, 'file')
    expect(document.get(source)).toBeUndefined()
    expect(refusalOf(() => document.set(source, '/x')).code).toBe('profile-block-edited')
    expect(document.toText()).toBe(text)
  })

  it('holds nothing but a path to read', () => {
    const document = format.open('', 'file')
    expect(refusalOf(() => document.set(['other'], 'x')).code).toBe('path-taken')
    expect(refusalOf(() => document.set(source, 1)).code).toBe('path-taken')
    expect(refusalOf(() => document.set(source, 'a\nb')).code).toBe('value-not-writable')
    document.unset(['other'])
    expect(document.toText()).toBe('')
  })
})

const folderNames = ["it's", 'a b', '$HOME', 'a`id`', '!!', '#', '键', 'a"b', '-r', '[x]*', 'a\\']

for (const [family, format, strict, assignment] of [
  ['posix', posixProfileFormat, 'set -e\n', 'export FROM_FILE=yes\n'],
  ['fish', fishProfileFormat, '', 'set -gx FROM_FILE yes\n'],
] as const) {
  describe(`the block in the real shells (${family})`, () => {
    inEachShell(family, 'does nothing and succeeds when the file is missing', (run) => {
      const block = setIn(format, strict, source, join(scratchFolder(), 'missing'))
      expect(run(block)).toMatchObject({ status: 0, stdout: '', stderr: '' })
      expect(run(`${block}echo went on`)).toMatchObject({ status: 0, stdout: 'went on\n', stderr: '' })
    })

    inEachShell(family, 'reads the file, whatever its name', (run) => {
      for (const name of folderNames) {
        const path = join(scratchFolder(), name)
        writeFileSync(path, assignment)
        const { status, stdout, stderr } = run(setIn(format, strict, source, path) + environmentAsJson())
        expect({ name, status, stderr }).toEqual({ name, status: 0, stderr: '' })
        expect(JSON.parse(stdout)).toMatchObject({ FROM_FILE: 'yes' })
      }
    })

    inEachShell(family, 'works between lines with CRLF', (run) => {
      const path = join(scratchFolder(), 'env')
      writeFileSync(path, assignment)
      const { stdout } = run(`${setIn(format, '# mine\r\n', source, path)}${environmentAsJson()} #\r\n`)
      expect(JSON.parse(stdout)).toMatchObject({ FROM_FILE: 'yes' })
    })
  })
}
