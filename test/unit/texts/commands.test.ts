import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it, onTestFinished } from 'vitest'
import { inOwnWords, inShell, quoteWord, shellForHints, typeCommandsIn } from '../../../src/texts/commands.ts'
import { en } from '../../../src/texts/en.ts'
import type { TextId } from '../../../src/texts/message.ts'
import { zhCN } from '../../../src/texts/zh-CN.ts'
import { shownText } from '../../support/shown-text.ts'
import { projectFolder, testCatalog } from '../../support/test-catalog.ts'

/** From here to the end of the test commands are those of PowerShell. */
function inPowershell(): void {
  typeCommandsIn('powershell')
  onTestFinished(() => typeCommandsIn('posix'))
}

/** What PowerShell on Windows does not have, or has under the same name with other arguments. */
const posixOnly =
  /(?<![\w-])(?:chmod|chown|sudo|ls -l|mv|rm|unset (?=[A-Z‹])|export (?=[A-Z‹])|sed|perl|find ~|printf|cd \S+ &&|env -u)/

/** Said only where a system has numbers for its users, or modes, which is never on Windows. */
const neverOnWindows: readonly TextId[] = [
  'error.owner-not-kept.hint',
  'error.home-of-another.container',
  'error.home-of-another.without-sudo',
  'managed.not-root.hint',
  'managed.needs-flag.hint',
  'install.not-allowed.hint',
  'doctor.key-mode-not-kept.hint',
  'doctor.backups-mode-not-kept.hint',
]

describe('the shell in which commands of hints are typed', () => {
  it.each([
    ['linux', {}, 'posix'],
    ['darwin', {}, 'posix'],
    ['win32', {}, 'powershell'],
    ['win32', { MSYSTEM: 'MINGW64' }, 'posix'],
    ['linux', { MSYSTEM: 'MINGW64' }, 'posix'],
  ] as const)('on %s with %j is %s', (platform, env, shell) => {
    expect(shellForHints(platform, env)).toBe(shell)
  })
})

describe('commands of hints', () => {
  it.each([
    ['look', () => inShell().look('A'), 'ls -ld A', 'Get-Item -Force -LiteralPath A'],
    ['move', () => inShell().move('A', 'B'), 'mv A B', 'Move-Item -LiteralPath A B'],
    ['remove', () => inShell().remove(['A', 'B']), 'rm A B', 'Remove-Item -Force -LiteralPath A,B'],
    ['unset', () => inShell().unset('NAME'), 'unset NAME', 'Remove-Item Env:NAME'],
    ['assign', () => inShell().assign('NAME', 'a'), 'export NAME=a', "$env:NAME = 'a'"],
    ['assign in quotes', () => inShell().assign('NAME', "'a'"), "export NAME='a'", "$env:NAME = 'a'"],
    ['go to a folder', () => inShell().inFolder('A', 'x'), 'cd A && x', 'Set-Location -LiteralPath A; x'],
    [
      'variables for once',
      () => inShell().forOnce('x', [['ONE', "'a b'"]], ['TWO']),
      "env -u TWO ONE='a b' x",
      "& { $was = $env:TWO, $env:ONE; try { $env:TWO = $null; $env:ONE = 'a b'; x } finally { $env:TWO, $env:ONE = $was } }",
    ],
    [
      'one variable for once',
      () => inShell().forOnce('x', [['ONE', 'a']], []),
      'ONE=a x',
      "& { $was = $env:ONE; try { $env:ONE = 'a'; x } finally { $env:ONE = $was } }",
    ],
    [
      'without a variable for once',
      () => inShell().forOnce('x', [], ['ONE']),
      'env -u ONE x',
      '& { $was = $env:ONE; try { $env:ONE = $null; x } finally { $env:ONE = $was } }',
    ],
    ['no variables for once', () => inShell().forOnce('x', [], []), 'x', 'x'],
    ['start', () => inShell().start(["'a b'", 'c']), "'a b' c", "& 'a b' c"],
    ['start by name', () => inShell().start(['claude', 'c']), 'claude c', 'claude c'],
    [
      'no proxy',
      () => inShell().exceptFromProxy('h'),
      'export NO_PROXY="$NO_PROXY,$no_proxy,h"; export no_proxy="$NO_PROXY"',
      '$env:NO_PROXY = "$env:NO_PROXY,h"',
    ],
    ['write a file', () => inShell().allow('A', 'u+w'), 'chmod u+w A', 'attrib -R A'],
    [
      'write a folder',
      () => inShell().allow('A', 'u+wx'),
      'chmod u+wx A',
      'icacls A /grant "$($env:USERNAME):(OI)(CI)M"',
    ],
    [
      'a private file',
      () => inShell().keepPrivate('A', '600'),
      'chmod 600 A',
      'icacls A /inheritance:r /grant:r "$($env:USERNAME):F"',
    ],
    [
      'a private folder',
      () => inShell().keepPrivate('A', '700'),
      'chmod 700 A',
      'icacls A /inheritance:r /grant:r "$($env:USERNAME):(OI)(CI)F"',
    ],
    ['other names', () => inShell().otherNames(7, 'A'), 'find ~ -xdev -inum 7', 'fsutil hardlink list A'],
    [
      'add a line',
      () => inShell().addLine('A', 'F'),
      "printf '\\n%s\\n' A >> F",
      'Add-Content -LiteralPath F -Value A',
    ],
    [
      'a hint of a tool’s folder',
      () => inOwnWords('unset ONE; for TWO: export TWO="$ONE"; or export TWO=FILE'),
      'unset ONE; for TWO: export TWO="$ONE"; or export TWO=FILE',
      'Remove-Item Env:ONE; for TWO: $env:TWO = "$env:ONE"; or $env:TWO = \'FILE\'',
    ],
    ['a word with a quote', () => quoteWord("O'Neil"), "'O'\\''Neil'", "'O''Neil'"],
    ['a path', () => quoteWord('C:\\a b'), "'C:\\a b'", "'C:\\a b'"],
    ['a list', () => quoteWord('a,b'), 'a,b', "'a,b'"],
  ])('%s', (_, command, posix, powershell) => {
    expect(command()).toBe(posix)
    inPowershell()
    expect(command()).toBe(powershell)
  })

  it.each([
    ['English', en],
    ['Chinese', zhCN],
  ] as const)('in no %s text for Windows are those of POSIX', (_, texts) => {
    const wrong = () =>
      (Object.keys(en) as TextId[])
        .filter((id) => !neverOnWindows.includes(id))
        .filter((id) => posixOnly.test(shownText(texts, id)))
    expect(wrong().length).toBeGreaterThan(5)
    inPowershell()
    expect(wrong()).toEqual([])
  })

  it('in no way out of a trap for Windows are those of POSIX', () => {
    const traps = [testCatalog.machine, ...testCatalog.tools.map(({ diagnosis }) => diagnosis)].flatMap(
      (diagnosis) => diagnosis.traps,
    )
    const hints = () =>
      traps.flatMap(({ fix, fixZh = fix, fixPowershell }) =>
        inShell().name === 'powershell' && fixPowershell !== undefined
          ? [fixPowershell]
          : [inOwnWords(fix), inOwnWords(fixZh)],
      )
    const wrong = () => hints().filter((hint) => posixOnly.test(hint))
    expect(wrong().length).toBeGreaterThan(1)
    inPowershell()
    expect(wrong()).toEqual([])
  })

  it('stand in no other file of the program', () => {
    const folder = join(projectFolder, 'src')
    const files = readdirSync(folder, { recursive: true, encoding: 'utf8' }).filter(
      (file) => /\.ts$/.test(file) && !/^(texts|documents)[/\\]/.test(file),
    )
    const literal = /`[^`]*\$\{(?:quoteWord\()?[^`]*`|'[^']*'/g
    const found = files.flatMap((file) =>
      (readFileSync(join(folder, file), 'utf8').match(literal) ?? [])
        .filter((text) => /(?:`|; )(?:chmod|sudo|ls -ld|mv|rm|unset|export|printf|cd) /.test(text))
        .map((text) => `${file}: ${text}`),
    )
    expect(found.map((one) => one.split(':')[0])).toEqual([
      'host/ownership.ts',
      'host/ownership.ts',
      'host/ownership.ts',
    ])
  })
})
