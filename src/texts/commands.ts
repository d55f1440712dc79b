/** Who reads a command of a hint: a shell as POSIX has it, or PowerShell. */
export type TypedIn = 'posix' | 'powershell'

type Assigned = readonly (readonly [name: string, value: string])[]

/** How a thing is done in one shell. Words come quoted, names of variables bare. */
interface Commands {
  readonly name: TypedIn
  /** At the end of a line that the next one goes on. */
  readonly lineGoesOn: string
  /** A word that the shell takes as it is; in quotes only where it needs them. */
  quote(word: string): string
  /** Shows what stands at a path. */
  look(path: string): string
  move(path: string, away: string): string
  remove(paths: readonly string[]): string
  unset(name: string): string
  assign(name: string, value: string): string
  /** For a whole command line. */
  inFolder(folder: string, line: string): string
  /** A command line that has these variables, and has not those; whatever is typed after it has what it had before. */
  forOnce(line: string, given: Assigned, taken: readonly string[]): string
  /** Of a program by its path, which may be a word in quotes. */
  start(words: readonly string[]): string
  exceptFromProxy(host: string): string
  /** Lets the user change a file, or a folder. */
  allow(path: string, right: 'u+w' | 'u+wx' | 'u+rw' | 'u+rwx'): string
  /** Lets nobody else read it; the mode is that of POSIX. */
  keepPrivate(path: string, mode: '600' | '700'): string
  /** Finds the other names of a file. */
  otherNames(inode: number, path: string): string
  addLine(line: string, file: string): string
}

const posix: Commands = {
  name: 'posix',
  lineGoesOn: '\\',
  quote: (word) => (/^[\w@%+=:,./-]+$/.test(word) ? word : `'${word.replaceAll("'", `'\\''`)}'`),
  look: (path) => `ls -ld ${path}`,
  move: (path, away) => `mv ${path} ${away}`,
  remove: (paths) => `rm ${paths.join(' ')}`,
  unset: (name) => `unset ${name}`,
  assign: (name, value) => `export ${name}=${value}`,
  inFolder: (folder, line) => `cd ${folder} && ${line}`,
  forOnce: (line, given, taken) => {
    const words = [...taken.map((name) => `-u ${name}`), ...given.map(([name, value]) => `${name}=${value}`)]
    return [...(taken.length > 0 ? ['env'] : []), ...words, line].join(' ')
  },
  start: (words) => words.join(' '),
  // Programs read one of the two alone: each gets what stood in either.
  exceptFromProxy: (host) => `export NO_PROXY="$NO_PROXY,$no_proxy,${host}"; export no_proxy="$NO_PROXY"`,
  allow: (path, right) => `chmod ${right} ${path}`,
  keepPrivate: (path, mode) => `chmod ${mode} ${path}`,
  otherNames: (inode) => `find ~ -xdev -inum ${inode}`,
  // The empty line before it is for a file that does not end in one.
  addLine: (line, file) => `printf '\\n%s\\n' ${line} >> ${file}`,
}

/** 5.1 and later: it has no `&&`, and `Remove-Item` takes a list where others take words. */
const powershell: Commands = {
  name: 'powershell',
  lineGoesOn: '`',
  quote: (word) => (/^[\w+./:-][\w+./:@=-]*$/.test(word) ? word : `'${word.replaceAll(/['‘’‚‛]/g, '$&$&')}'`),
  look: (path) => `Get-Item -Force -LiteralPath ${path}`,
  move: (path, away) => `Move-Item -LiteralPath ${path} ${away}`,
  remove: (paths) => `Remove-Item -Force -LiteralPath ${paths.join(',')}`,
  unset: (name) => `Remove-Item Env:${name}`,
  assign: (name, value) => `$env:${name} = ${/^['"]/.test(value) ? value : `'${value}'`}`,
  inFolder: (folder, line) => `Set-Location -LiteralPath ${folder}; ${line}`,
  // Variables are those of the whole window: what they were comes back even after Ctrl-C. $null takes one away.
  forOnce: (line, given, taken) => {
    const all = [...taken, ...given.map(([name]) => name)].map((name) => `$env:${name}`).join(', ')
    if (all === '') return line
    const set = [
      ...taken.map((name) => `$env:${name} = $null`),
      ...given.map(([name, value]) => powershell.assign(name, value)),
    ]
    return `& { $was = ${all}; try { ${[...set, line].join('; ')} } finally { ${all} = $was } }`
  },
  start: (words) => `${/^'/.test(words[0] ?? '') ? '& ' : ''}${words.join(' ')}`,
  exceptFromProxy: (host) => `$env:NO_PROXY = "$env:NO_PROXY,${host}"`,
  allow: (path, right) =>
    right === 'u+w' ? `attrib -R ${path}` : `icacls ${path} /grant "$($env:USERNAME):(OI)(CI)M"`,
  keepPrivate: (path, mode) =>
    `icacls ${path} /inheritance:r /grant:r "$($env:USERNAME):${mode === '700' ? '(OI)(CI)F' : 'F'}"`,
  otherNames: (_, path) => `fsutil hardlink list ${path}`,
  addLine: (line, file) => `Add-Content -LiteralPath ${file} -Value ${line}`,
}

const shells = { posix, powershell }

let shell: TypedIn = 'posix'

/** Said once, when the program starts; until then commands are those of POSIX. */
export function typeCommandsIn(one: TypedIn): void {
  shell = one
}

/** Git Bash and what else comes with MSYS is a shell as POSIX has it. */
export function shellForHints(
  platform: NodeJS.Platform,
  env: Readonly<Record<string, string | undefined>>,
): TypedIn {
  return platform === 'win32' && !env.MSYSTEM ? 'powershell' : 'posix'
}

/** How things are done in another shell than the user's. */
export function inShellNamed(name: TypedIn): Commands {
  return shells[name]
}

/** How things are done in the user's shell: a command in a hint is there to be copied. */
export function inShell(): Commands {
  return shells[shell]
}

/** A word for the user's shell, in quotes only where it needs them. */
export function quoteWord(word: string): string {
  return inShell().quote(word)
}

/** A hint of a tool's folder, in which variables are set and unset as POSIX does it, in the words of the user's shell. */
export function inOwnWords(hint: string): string {
  if (shell === 'posix') return hint
  return hint
    .replace(/\bunset ([A-Z_][A-Z\d_]*)/g, (_, name: string) => powershell.unset(name))
    .replace(/\bexport ([A-Z_][A-Z\d_]*)=("[^"]*"|[^\s;，；]+)/g, (_, name: string, value: string) =>
      powershell.assign(name, value.replaceAll(/\$(?=\w)/g, '$env:')),
    )
}
