import fc from 'fast-check'
import {
  claudeEntries,
  dotenvLines,
  envFileLines,
  fishLines,
  globalStateEntries,
  type Pieces,
  posixLines,
  powershellLines,
  providersEntries,
  secretsEntries,
  tomlRoots,
  tomlTables,
  yamlEntries,
} from './pieces.ts'

export interface HomeFile {
  /** With `{claude}`, `{codex}`, `{config}` and `{zdotdir}` for the folders that variables can move. */
  readonly path: string
  readonly text: string
  readonly mode: number
  /** Whether it is a link to a file in the dotfiles folder. */
  readonly linked: boolean
}

export interface HomeSpec {
  readonly name: string
  readonly files: readonly HomeFile[]
  /** Folders of the home that are links into the dotfiles folder. */
  readonly linkedFolders: readonly string[]
  /** Variables that move folders of the clients. */
  readonly moved: readonly string[]
  /** A key of the vendor's in the environment. */
  readonly apiKey: boolean
}

/** How often a file has content that no client would read: such a home is refused, so it must stay rare. */
const rarely = { arbitrary: fc.constant(true), weight: 1 }
const mostlyNot = (weight: number) => fc.oneof(rarely, { arbitrary: fc.constant(false), weight })

const shuffled = <T>(list: readonly T[]) => fc.shuffledSubarray([...list])

/** At most one piece of each list at our keys, the first ones likelier, and some foreign ones, in any order. */
function choosePieces({ ours, foreign }: Pieces): fc.Arbitrary<string[]> {
  const chosen = ours.map((options) =>
    fc.oneof(
      { arbitrary: fc.constant([]), weight: 4 },
      ...options.map((option, index) => ({
        arbitrary: fc.constant([option]),
        weight: Math.max(1, 4 - 2 * index),
      })),
    ),
  )
  return fc
    .tuple(fc.tuple(...chosen), shuffled(foreign))
    .chain(([own, others]) => shuffleAll([...own.flat(), ...others]))
}

const shuffleAll = <T>(list: readonly T[]) =>
  fc.shuffledSubarray([...list], { minLength: list.length, maxLength: list.length })

/** Comments and blank lines between the pieces; each comment occurs once. */
function withComments(pieces: readonly string[], mark: string): fc.Arbitrary<string> {
  const before = fc.constantFrom('', '', '\n', `${mark} note N\n`, `\n  ${mark} note N {"x": 'y'}\n\n`)
  return fc
    .array(before, { minLength: pieces.length, maxLength: pieces.length })
    .map((gaps) =>
      pieces.map((piece, at) => `${(gaps[at] ?? '').replace('N', String(at))}${piece}\n`).join(''),
    )
}

const toml = fc
  .tuple(choosePieces(tomlRoots), choosePieces(tomlTables))
  .chain(([roots, tables]) => withComments([...roots, ...tables], '#'))

const lines = (pieces: Pieces) =>
  choosePieces(pieces).map((chosen) => chosen.map((piece) => `${piece}\n`).join(''))
const yaml = choosePieces(yamlEntries).chain((pieces) => withComments(pieces, '#'))

function json(pieces: Pieces, always: readonly string[] = []): fc.Arbitrary<string> {
  const style = fc.constantFrom('\n  ', '\n    ', '\n\t', '', ' ')
  return fc.tuple(choosePieces(pieces), style).map(([chosen, indent]) => {
    const entries = [...always.filter((entry) => !sharesKey(entry, chosen)), ...chosen]
    const end = indent.startsWith('\n') ? '\n' : indent
    if (entries.length === 0) return `{${end}}\n`
    return `{${entries.map((entry) => indent + entry).join(',')}${end}}\n`
  })
}

const sharesKey = (entry: string, others: readonly string[]) =>
  others.some((other) => other.split(':')[0] === entry.split(':')[0])

const contents: Readonly<Record<string, fc.Arbitrary<string>>> = {
  '{codex}/config.toml': toml,
  '{codex}/.env': lines(dotenvLines),
  '{claude}/settings.json': json(claudeEntries),
  '.cline/data/settings/providers.json': json(providersEntries, ['"version": 1', '"providers": {}']),
  '.cline/data/globalState.json': json(globalStateEntries),
  '.cline/data/secrets.json': json(secretsEntries),
  '.aider.conf.yml': yaml,
  '{config}/qcode-setup/aider.env': lines(dotenvLines),
  '{config}/qcode-setup/env.sh': lines(envFileLines),
  '.bashrc': lines(posixLines),
  '.bash_profile': lines(posixLines),
  '.profile': lines(posixLines),
  '{zdotdir}/.zshenv': lines(posixLines),
  '.zshenv': lines(posixLines),
  '{config}/fish/config.fish': lines(fishLines),
  '{config}/powershell/profile.ps1': lines(powershellLines),
  'work/.env': lines(dotenvLines),
  'work/.claude/settings.local.json': json(claudeEntries),
  'work/.aider.conf.yml': yaml,
  'unrelated.txt': fc.constant('https://api.qcode.cc is nice\n'),
}

/** The broken tail is no line of a shell or of variables, whose readers disagree about it. */
function styled(text: string, canBreak: boolean): fc.Arbitrary<string> {
  return fc
    .record({ crlf: mostlyNot(3), bom: mostlyNot(5), noEnd: mostlyNot(3), broken: mostlyNot(120) })
    .map(({ crlf, bom, noEnd, broken }) => {
      const whole = (noEnd ? text.replace(/\n$/, '') : text) + (broken && canBreak ? '\n{[' : '')
      return (bom ? '\uFEFF' : '') + (crlf ? whole.replaceAll('\n', '\r\n') : whole)
    })
}

function fileAt([path, content]: [string, fc.Arbitrary<string>]): fc.Arbitrary<HomeFile[]> {
  const text = fc.oneof(
    { arbitrary: content.chain((whole) => styled(whole, /(json|toml|yml)$/.test(path))), weight: 12 },
    fc.constantFrom('', '\n', '\uFEFF'),
  )
  const mode = fc.constantFrom(0o600, 0o640, 0o644, 0o644, 0o755)
  const file = fc.record({ path: fc.constant(path), text, mode, linked: mostlyNot(3) })
  return fc.array(file, { maxLength: 1 })
}

/** A home in which any tool's files may be there already, with anything in them. */
export const arbitraryHome: fc.Arbitrary<HomeSpec> = fc.record({
  name: fc.constantFrom('home', 'my home', "o'neil", 'a "b" $c', '用户'),
  // Keys and addresses of other vendors are put out of the way, or refused: test/long/effect/no-leak.test.ts is about them.
  files: fc
    .tuple(...Object.entries(contents).map(fileAt))
    .map((found) =>
      found.flat().filter(({ text }) => !/ANTHROPIC_|OPENAI_|API_KEY|api-key|apiKey/.test(text)),
    ),
  linkedFolders: fc.oneof(
    { arbitrary: fc.constant([]), weight: 2 },
    shuffled(['.codex', '.claude', '.config', '.cline']),
  ),
  moved: fc.oneof(
    { arbitrary: fc.constant([]), weight: 3 },
    shuffled(['CLAUDE_CONFIG_DIR', 'CODEX_HOME', 'XDG_CONFIG_HOME', 'ZDOTDIR']),
  ),
  apiKey: fc.constant(false),
})
