import { execFileSync } from 'node:child_process'
import { existsSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { describe, expect, it, onTestFinished } from 'vitest'
import { viewMachine } from '../../../src/effect/machine-view.ts'
import { startShell } from '../../../src/effect/shell-start.ts'
import { testCatalog } from '../../support/test-catalog.ts'
import { createTestHost } from '../../support/test-host.ts'

/** How each shell is started so that it prints a variable, by the way that shells.toml names. */
const flags: Readonly<Record<string, Readonly<Record<string, readonly string[]>>>> = {
  bash: { terminal: ['-i', '-c'], login: ['-l', '-c'] },
  zsh: { terminal: ['-i', '-c'], login: ['-l', '-i', '-c'], script: ['-c'] },
  fish: { terminal: ['-i', '-c'] },
}

interface Row {
  readonly name: string
  readonly shell: 'bash' | 'zsh' | 'fish'
  readonly kind?: 'terminal' | 'login' | 'script'
  readonly files: Readonly<Record<string, string>>
  readonly env?: (home: string) => Readonly<Record<string, string>>
  /** What the variable URL is in the end; undefined where it is not in the environment. */
  readonly wanted: string | undefined
  /** File and line where the shell stops reading, where it does. */
  readonly stops?: string
}

const set = (value: string) => `export URL=${value}\n`
const fishSet = (value: string) => `set -gx URL ${value}\n`
const fishFile = '.config/fish/config.fish'

/** Texts behind which nothing is read, in bash and zsh alike; the line on which the reading stops. */
const unreached: Readonly<Record<string, readonly [text: string, line: number]>> = {
  return: ['return\n', 1],
  'return with a status': ['# mine\nreturn 0\n', 2],
  'exit at the end of a list': ['true; exit 0\n', 1],
  'an if without fi': ['if true; then\n', 1],
  'an if without then': ['if true\n', 1],
  'an open single quote': ["A='open\n", 1],
  'an open double quote': ['A=1\nB="open\n', 2],
  'an open quote by an apostrophe': ["A=1\necho it's fine\n", 2],
  'an open backtick': ['A=`date\n', 1],
  'an open substitution': ['A=$(date\n', 1],
  'an open parameter': ['A=${B\n', 1],
  'an open here-document': ['cat >/dev/null <<EOF\nhello\n', 1],
  'an open here-document with tabs': ['cat >/dev/null <<-EOF\n\thello\n', 1],
  'an open here-document whose end has a blank': ['cat >/dev/null <<EOF\nhello\nEOF \n', 1],
  'an open brace': ['f() {\n  echo hi\n', 1],
  'a while without done': ['while false; do\n  true\n', 1],
  'a for without done': ['for a in b; do\n', 1],
  'a case without esac': ['case x in\n  x) true ;;\n', 1],
  'an open subshell': ['(\ntrue\n', 1],
  'an open list': ['a=(b\nc\n', 1],
  'fi alone': ['fi\n', 1],
  'done alone': ['A=1\ndone\n', 2],
  'exec in the way of a shell': ['exec env\n', 1],
}

/** Texts behind which everything is read, in bash and zsh alike. */
const reached: Readonly<Record<string, string>> = {
  nothing: '',
  'a guard for shells without a terminal': 'case $- in *i*) ;; *) return ;; esac\n',
  'a guard in one line': '[[ $- != *i* ]] && return\n',
  'a return in a function': 'f() { return 1; }\nfunction g { return 2; }\n',
  'an exit in a subshell': '(exit 3)\nA=$(exit 4)\n',
  'exec with a redirection only': 'exec 3>/dev/null\nexec 3>&-\n',
  'words that look like ends': "echo return >/dev/null; A=exit; alias fi='true'; unalias fi\n",
  'an apostrophe in a comment': "# it's fine\nA=1 # isn't it\n",
  'a quote in a here-document': "cat >/dev/null <<'EOF'\nit's $(open and `so\nif true; then\nEOF\n",
  'a here-document with tabs': 'cat >/dev/null <<-EOF\n\thello\n\tEOF\n',
  'two here-documents': 'cat >/dev/null <<A <<B\nx\nA\ny\nB\n',
  'quotes in quotes': 'A="it\'s $(echo "a b" \'c\')"\nB=\'say "hi"\'\n',
  'an escaped quote': "A=it\\'s\nB=\"a\\\"b\"\nC=$'it\\'s'\n",
  'a case in a substitution': 'A=$(case x in x) echo y ;; esac)\n',
  arithmetic: 'A=$((1 + (2 * 3)))\n((A > 1)) && true\nfor ((i = 0; i < 2; i++)); do true; done\n',
  'a hash in a word': `A=a#b\nB=\${A#a}\nC=\${#A}\n`,
  'a test with patterns': '[[ "ab c" =~ ^(a|b) ]] && true\n[[ -n x && ( -n y || -z z ) ]] || true\n',
  lists: "a=(one 'two three'\n  # it's\n  four)\n",
  'a continued line': 'A=1 \\\n  B=2\n',
  'process substitutions': 'cat <(echo a) >/dev/null\n',
  'a pattern in a parameter': `A=\${B//'x'/y}\nC=\${D:-it}\nE="\${F:-it}"\n`,
  'nested conditions': 'if true; then if false; then return; elif false; then :; else :; fi; fi\n',
  'a loop with a case': 'while read -r l; do case $l in a|b) ;; *) continue ;; esac; done </dev/null\n',
  'return behind or': 'true || return\n',
}

const posixRows = (['bash', 'zsh'] as const).flatMap((shell): Row[] => {
  const file = shell === 'bash' ? '.bashrc' : '.zshrc'
  return [
    ...Object.entries(unreached).map(
      ([what, [text, line]]): Row => ({
        name: `${what}: nothing behind it is read`,
        shell,
        files: { [file]: text + set('behind') },
        wanted: undefined,
        stops: `${file}:${line}`,
      }),
    ),
    ...Object.entries(unreached)
      // There, nobody is left to be asked.
      .filter(([what]) => !/^(exit|exec)/.test(what))
      .map(
        ([what, [text, line]]): Row => ({
          name: `${what}: what stands in front of it counts`,
          shell,
          files: { [file]: set('before') + text + set('behind') },
          wanted: 'before',
          stops: `${file}:${line + 1}`,
        }),
      ),
    ...Object.entries(reached).map(
      ([what, text]): Row => ({
        name: `${what}: what stands behind it is read`,
        shell,
        files: { [file]: set('before') + text + set('behind') },
        wanted: 'behind',
      }),
    ),
  ]
})

const valueRows = (['bash', 'zsh'] as const).flatMap((shell): Row[] => {
  const file = shell === 'bash' ? '.bashrc' : '.zshrc'
  const row = (name: string, text: string, wanted: string | undefined, stops?: string): Row => ({
    name,
    shell,
    files: { [file]: text, more: set('more'), 'a b/more': set('blank'), returning: `${set('in')}return\n` },
    wanted,
    ...(stops !== undefined && { stops }),
  })
  return [
    row('two on one line', 'A=1; export URL=a; export URL=b\n', 'b'),
    row('set, then exported', 'URL=a\nexport URL\n', 'a'),
    row('exported, then set', 'export URL\nURL=a\n', 'a'),
    row('set and never exported', 'URL=a\n', undefined),
    row('exported, then set without export', 'export URL=a\nURL=b\n', 'b'),
    row('declare -x', 'declare -x URL=a\n', 'a'),
    row('typeset -gx', 'typeset -x URL=a\n', 'a'),
    row('set -a', 'set -a\nURL=a\nset +a\nOTHER=b\n', 'a'),
    row('for one command only', 'export URL=a\nURL=b true\n', 'a'),
    row('in a subshell', 'export URL=a\n(export URL=b)\n', 'a'),
    row('in a pipeline', 'export URL=a\ntrue | export URL=b | true\n', 'a'),
    row('in a function that is called', 'f() { export URL=f; }\nexport URL=a\nf\n', 'f'),
    row('in a function that is not', 'export URL=a\nf() { export URL=f; }\n', 'a'),
    row('in braces', 'export URL=a\n{ export URL=b; }\n', 'b'),
    row('quotes', 'export URL="a"\'b\'c\\d\n', 'abcd'),
    row('another variable', 'HOST=h.example\nexport URL="https://$HOST/v1"\n', 'https://h.example/v1'),
    row('another word for an empty variable', `export URL=\${NO_SUCH:-a}\${NO_SUCH}\n`, 'a'),
    row('many in one export', 'export A=1 URL=a B=2\n', 'a'),
    row('a file by the home', '. ~/more\n', 'more'),
    row('a file by a variable', 'source "$HOME/more"\n', 'more'),
    row('a file with a blank', '. "$HOME/a b/more"\n', 'blank'),
    row('a file that returns', '. ~/returning\nexport URL=out\n', 'out', 'returning:2'),
    row('a file under a condition that is about it', '[ -f ~/more ] && . ~/more\n', 'more'),
    row('a file that is not there', 'export URL=a\n[ -f ~/none ] && . ~/none\n', 'a'),
    row('a file that reads itself', 'export URL=a\n[ -n "$TWICE" ] || { TWICE=1; . ~/more; }\n', 'more'),
  ]
})

const rows: readonly Row[] = [
  ...posixRows,
  ...valueRows,
  {
    name: 'the terminal’s file',
    shell: 'bash',
    files: { '.bashrc': set('rc'), '.profile': set('profile') },
    wanted: 'rc',
  },
  {
    name: 'the login’s first file',
    shell: 'bash',
    kind: 'login',
    files: { '.bash_profile': set('bp'), '.bash_login': set('bl'), '.profile': set('p') },
    wanted: 'bp',
  },
  {
    name: 'the login’s second file',
    shell: 'bash',
    kind: 'login',
    files: { '.bash_login': set('bl'), '.profile': set('p') },
    wanted: 'bl',
  },
  {
    name: 'the login’s last file',
    shell: 'bash',
    kind: 'login',
    files: { '.bashrc': set('rc'), '.profile': set('p') },
    wanted: 'p',
  },
  {
    name: 'a login that reads .bashrc last',
    shell: 'bash',
    kind: 'login',
    files: { '.bashrc': set('rc'), '.bash_profile': `${set('p')}. ~/.bashrc\n` },
    wanted: 'rc',
  },
  {
    name: 'a login that reads .bashrc first',
    shell: 'bash',
    kind: 'login',
    files: { '.bashrc': set('rc'), '.bash_profile': `. ~/.bashrc\n${set('p')}` },
    wanted: 'p',
  },
  {
    name: 'aliases that .bashrc reads',
    shell: 'bash',
    files: {
      '.bashrc': `${set('rc')}if [ -f ~/.bash_aliases ]; then . ~/.bash_aliases; fi\n`,
      '.bash_aliases': set('aliases'),
    },
    wanted: 'aliases',
  },
  {
    name: 'CRLF: fi with a CR is no fi',
    shell: 'bash',
    files: { '.bashrc': `if true; then\r\n:\r\nfi\r\n${set('behind')}` },
    wanted: undefined,
    stops: '.bashrc:1',
  },
  {
    name: 'bash: a brace behind a command is a word',
    shell: 'bash',
    files: { '.bashrc': `{ true }\n${set('behind')}` },
    wanted: undefined,
    stops: '.bashrc:1',
  },
  {
    name: '.zshrc beats .zshenv',
    shell: 'zsh',
    files: { '.zshenv': set('env'), '.zshrc': set('rc') },
    wanted: 'rc',
  },
  {
    name: '.zshrc beats .zprofile',
    shell: 'zsh',
    kind: 'login',
    files: { '.zprofile': set('profile'), '.zshrc': set('rc') },
    wanted: 'rc',
  },
  {
    name: '.zlogin beats all',
    shell: 'zsh',
    kind: 'login',
    files: {
      '.zshenv': set('env'),
      '.zprofile': set('profile'),
      '.zshrc': set('rc'),
      '.zlogin': set('login'),
    },
    wanted: 'login',
  },
  {
    name: '.zlogin is none of a terminal’s',
    shell: 'zsh',
    files: { '.zshrc': set('rc'), '.zlogin': set('login'), '.zprofile': set('profile') },
    wanted: 'rc',
  },
  {
    name: 'a script reads .zshenv alone',
    shell: 'zsh',
    kind: 'script',
    files: { '.zshenv': set('env'), '.zshrc': set('rc') },
    wanted: 'env',
  },
  {
    name: 'ZDOTDIR in the environment',
    shell: 'zsh',
    files: { '.zshrc': set('home'), 'z/.zshrc': set('z') },
    env: (home) => ({ ZDOTDIR: join(home, 'z') }),
    wanted: 'z',
  },
  {
    name: 'bash: an apostrophe in a parameter in quotes',
    shell: 'bash',
    files: { '.bashrc': `A="\${F:-it's}"\n${set('behind')}` },
    wanted: undefined,
    stops: '.bashrc:1',
  },
  {
    name: 'zsh: an apostrophe in a parameter in quotes',
    shell: 'zsh',
    files: { '.zshrc': `A="\${F:-it's}"\n${set('behind')}` },
    wanted: 'behind',
  },
  {
    name: 'ZDOTDIR set by ~/.zshenv',
    shell: 'zsh',
    files: { '.zshenv': 'export ZDOTDIR=~/z\n', '.zshrc': set('home'), 'z/.zshrc': set('z') },
    wanted: 'z',
  },
  {
    name: 'a return in .zshenv ends that file only',
    shell: 'zsh',
    files: { '.zshenv': 'return\n', '.zshrc': set('rc') },
    wanted: 'rc',
    stops: '.zshenv:1',
  },
  {
    name: 'zsh: forms that bash has not',
    shell: 'zsh',
    files: {
      '.zshrc':
        'if [[ -n x ]] { : } else { : }\nfor a (b c) { : }\na=(*(N))\n() { local x=1 }\n' +
        `print -l \${(f)"$(<$HOME/.zshrc)"} >/dev/null\n` +
        set('behind'),
    },
    wanted: 'behind',
  },
  { name: 'fish: config.fish', shell: 'fish', files: { [fishFile]: fishSet('a') }, wanted: 'a' },
  {
    name: 'fish: config.fish beats conf.d',
    shell: 'fish',
    files: { '.config/fish/conf.d/z.fish': fishSet('d'), [fishFile]: fishSet('a') },
    wanted: 'a',
  },
  {
    name: 'fish: conf.d by name',
    shell: 'fish',
    files: { '.config/fish/conf.d/b.fish': fishSet('b'), '.config/fish/conf.d/a.fish': fishSet('a') },
    wanted: 'b',
  },
  {
    name: 'fish: a global variable beats a universal one',
    shell: 'fish',
    files: {
      '.config/fish/fish_variables': '# x\n# VERSION: 3.0\nSETUVAR --export URL:old\n',
      [fishFile]: fishSet('a'),
    },
    wanted: 'a',
  },
  {
    name: 'fish: a universal variable alone',
    shell: 'fish',
    files: {
      '.config/fish/fish_variables':
        '# x\n# VERSION: 3.0\nSETUVAR --export URL:https\\x3a//old\\x2eexample/a\\x20b\n',
    },
    wanted: 'https://old.example/a b',
  },
  {
    name: 'fish: a universal variable that is not exported',
    shell: 'fish',
    files: { '.config/fish/fish_variables': '# x\n# VERSION: 3.0\nSETUVAR URL:old\n' },
    wanted: undefined,
  },
  {
    name: 'fish: XDG_CONFIG_HOME',
    shell: 'fish',
    files: { 'c/fish/config.fish': fishSet('c'), [fishFile]: fishSet('a') },
    env: (home) => ({ XDG_CONFIG_HOME: join(home, 'c') }),
    wanted: 'c',
  },
  ...fishRows(),
]

function fishRows(): Row[] {
  const behind = (
    what: string,
    text: string,
    stops: string | undefined,
    before = '',
    wanted = 'behind',
  ): Row => ({
    name: `fish, ${what}`,
    shell: 'fish',
    files: { [fishFile]: before + text + fishSet('behind'), more: fishSet('more') },
    wanted: stops === undefined ? wanted : before && !stops.endsWith('!') ? 'before' : undefined,
    ...(stops !== undefined && { stops: `${fishFile}:${stops.replace('!', '')}` }),
  })
  const value = (what: string, text: string, wanted: string | undefined): Row => ({
    name: `fish, ${what}`,
    shell: 'fish',
    files: { [fishFile]: text, more: fishSet('more') },
    wanted,
  })
  return [
    // Where it does not parse, nothing of the file is run, not even what stands in front.
    behind('an open quote', "set A 'open\n", '2!', fishSet('before')),
    behind('an open double quote', 'set A "open\n', '1'),
    behind('an open parenthesis', 'set A (date\n', '1'),
    behind('an if without end', 'if true\n', '2!', fishSet('before')),
    behind('a function without end', 'function f\n  true\n', '1'),
    behind('end alone', 'end\n', '1'),
    behind('NAME=value as in bash', 'A=b\n', '2!', fishSet('before')),
    behind('a name in braces as in bash', `echo \${A}\n`, '1'),
    behind('$? as in bash', 'echo $?\n', '1'),
    behind('return', 'return\n', '2', fishSet('before')),
    behind('exec', 'exec env\n', '1'),
    behind('exit under a condition that does not hold', 'if false\n  exit\nend\n', undefined),
    behind('return in a function', 'function f\n  return 1\nend\n', undefined),
    behind('an apostrophe in a comment', "# it's\n", undefined),
    behind(
      'nested blocks',
      'if true; for a in b; switch $a; case b; begin; true; end; end; end; end\n',
      undefined,
    ),
    behind('words that look like keywords', 'echo if end >/dev/null\n', undefined),
    behind('status', 'status is-interactive; or return\n', undefined),
    behind('a substitution with a quote', 'set A (string join "(" a b)\n', undefined),
    value('-x alone', 'set -x URL a\n', 'a'),
    value('--export', 'set --global --export URL a\n', 'a'),
    value('not exported', 'set -g URL a\n', undefined),
    value('export', 'export URL=a\n', 'a'),
    value('erased', 'set -gx URL a\nset -e URL\n', undefined),
    value('a query is no assignment', 'set -gx URL a\nset -q URL\n', 'a'),
    value('quotes', 'set -gx URL "a"\'b\'c\n', 'abc'),
    value('another variable', 'set H h.example\nset -gx URL "https://$H/v1"\n', 'https://h.example/v1'),
    value('a list', 'set -gx URL a b\n', 'a b'),
    value('another file', 'source ~/more\n', 'more'),
    value('begin', 'begin\n  set -gx URL a\nend\n', 'a'),
    value('a function that is called', 'function f\n  set -gx URL f\nend\nf\n', 'f'),
    value('local to a block', 'begin\n  set -lx URL a\nend\n', undefined),
  ]
}

describe.each(rows)('$shell, $kind: $name', ({ shell, kind = 'terminal', files, env, wanted, stops }) => {
  it('is told without running it', () => {
    const home = makeHome(files)
    const started = startHere(shell, kind, home, env?.(home) ?? {})
    const [line] = (started.variables.get('URL') ?? []).filter(({ maybe }) => !maybe)
    expect(line?.value || undefined).toBe(wanted)
    const sure = started.stops
      .filter(({ maybe }) => !maybe)
      .map((stop) => `${stop.file.slice(home.length + 1)}:${stop.line}`)
    expect(sure).toEqual(stops === undefined ? [] : [stops])
  })

  const path = findShell(shell)
  it.skipIf(path === undefined)('is what the real shell has', () => {
    const home = makeHome(files)
    expect(askShell(path ?? '', flags[shell]?.[kind] ?? [], home, env?.(home) ?? {})).toBe(wanted)
  })
})

function makeHome(files: Readonly<Record<string, string>>): string {
  const home = mkdtempSync(join(tmpdir(), 'qcode-shell-'))
  onTestFinished(() => rmSync(home, { recursive: true, force: true }))
  for (const [path, text] of Object.entries(files)) {
    mkdirSync(dirname(join(home, path)), { recursive: true })
    writeFileSync(join(home, path), text)
  }
  return home
}

function startHere(id: string, kind: string, home: string, env: Readonly<Record<string, string>>) {
  const shell = testCatalog.shells.find((one) => one.id === id)
  const start = shell?.starts.find((one) => one.kind === kind)
  if (!shell || !start) throw new Error(`no ${kind} of ${id}`)
  const host = createTestHost(home, {
    env: { HOME: home, ...env },
    platform: 'linux',
    systemFolder: join(home, 'system'),
  })
  return startShell(shell, start, viewMachine(host))
}

/** The variable as a program sees it that the shell starts; undefined where it does not. */
function askShell(path: string, how: readonly string[], home: string, env: Readonly<Record<string, string>>) {
  const command = 'env; echo DONE'
  let text: string
  try {
    text = execFileSync(path, [...how, command], {
      cwd: home,
      env: { PATH: process.env.PATH ?? '', HOME: home, TERM: 'dumb', ...env },
      encoding: 'utf8',
      stdio: ['ignore', 'pipe', 'ignore'],
    })
  } catch (error) {
    text = String((error as { stdout?: unknown }).stdout ?? '')
  }
  return /^URL=(.*)$/m.exec(text)?.[1]
}

function findShell(name: string): string | undefined {
  return ['/bin', '/usr/bin', '/usr/local/bin', '/opt/homebrew/bin']
    .map((folder) => join(folder, name))
    .find(existsSync)
}
