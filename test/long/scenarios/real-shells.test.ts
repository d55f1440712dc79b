import { mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { findShell, readVariables, wanted } from '../../support/real-shells.ts'
import { makeHome, runProgram, setUp } from '../../support/run-program.ts'

interface ShellCase {
  readonly shell: string
  /** How it is started, by name; only those ways in which this shell reads a profile at all. */
  readonly ways: Readonly<Record<string, readonly string[]>>
  readonly before?: Readonly<Record<string, string>>
  readonly env?: (home: string) => Readonly<Record<string, string>>
  /** What its ways have when everything was taken out again; by default nothing. */
  readonly after?: Readonly<Record<string, Readonly<Record<string, string>>>>
}

/** Found by SHELL, and called `sh` by `--shell`. */
const scriptShells = ['dash', 'ksh', 'mksh']

const old = { OPENAI_BASE_URL: 'http://127.0.0.1:8787/v1' }
const oldLine = `export OPENAI_BASE_URL="${old.OPENAI_BASE_URL}"\n`

const cases: Readonly<Record<string, ShellCase>> = {
  'bash, no profile yet': { shell: 'bash', ways: { login: ['-l', '-c'], interactive: ['-i', '-c'] } },
  'bash with profiles that name each other': {
    shell: 'bash',
    ways: { login: ['-l', '-c'], interactive: ['-i', '-c'], both: ['-l', '-i', '-c'] },
    before: {
      '.bash_profile': '[ -f ~/.bashrc ] && . ~/.bashrc\n',
      '.bashrc': '# mine\ncase $- in *i*) ;; *) return ;; esac\n',
      '.profile': 'echo never read\n',
    },
  },
  'zsh, no profile yet': {
    shell: 'zsh',
    ways: { login: ['-l', '-c'], interactive: ['-i', '-c'], script: ['-c'] },
  },
  'zsh with ZDOTDIR': {
    shell: 'zsh',
    ways: { login: ['-l', '-c'], interactive: ['-i', '-c'], script: ['-c'] },
    before: { 'zsh/.zshrc': '# mine\n' },
    env: (home) => ({ ZDOTDIR: join(home, 'zsh') }),
  },
  'zsh whose ~/.zshenv sets ZDOTDIR': {
    shell: 'zsh',
    ways: { login: ['-l', '-c'], interactive: ['-i', '-c'], script: ['-c'] },
    before: { '.zshenv': 'export ZDOTDIR=~/zsh\n', 'zsh/.zshrc': '# mine\n' },
  },
  'zsh with old values in .zshrc': {
    shell: 'zsh',
    ways: { login: ['-l', '-i', '-c'], interactive: ['-i', '-c'], script: ['-c'] },
    before: { '.zshrc': `# mine\n${oldLine}` },
    after: { login: old, interactive: old },
  },
  'zsh with old values in .zprofile and a file that .zlogin reads': {
    shell: 'zsh',
    ways: { login: ['-l', '-i', '-c'], interactive: ['-i', '-c'], script: ['-c'] },
    before: { '.zprofile': oldLine, '.zlogin': '. ~/exports\n', exports: oldLine },
    after: { login: old },
  },
  'bash with old values in every profile': {
    shell: 'bash',
    ways: { login: ['-l', '-c'], interactive: ['-i', '-c'] },
    before: { '.bashrc': oldLine, '.bash_profile': `. ~/.bashrc\n${oldLine}` },
    after: { login: old, interactive: old },
  },
  'fish with old values in conf.d and a universal variable': {
    shell: 'fish',
    ways: { login: ['-l', '-c'], interactive: ['-i', '-c'], script: ['-c'] },
    before: {
      '.config/fish/conf.d/old.fish': `set -gx OPENAI_BASE_URL ${old.OPENAI_BASE_URL}\n`,
      '.config/fish/fish_variables': '# VERSION: 3.0\nSETUVAR --export OPENAI_BASE_URL:other\n',
    },
    after: { login: old, interactive: old, script: old },
  },
  'dash, no profile yet': { shell: 'dash', ways: { login: ['-l', '-c'] } },
  'dash with old values in its profile': {
    shell: 'dash',
    ways: { login: ['-l', '-c'] },
    before: { '.profile': oldLine },
    after: { login: old },
  },
  sh: { shell: 'sh', ways: { login: ['-l', '-c'] } },
  ksh: { shell: 'ksh', ways: { login: ['-l', '-c'] } },
  mksh: { shell: 'mksh', ways: { login: ['-l', '-c'] } },
  fish: { shell: 'fish', ways: { login: ['-l', '-c'], interactive: ['-i', '-c'], script: ['-c'] } },
}

describe.concurrent('the variables in real shells', () => {
  for (const [name, each] of Object.entries(cases)) {
    const path = findShell(each.shell)
    it.skipIf(path === undefined)(path === undefined ? `${name} (not installed)` : name, async () => {
      const { home, drop } = makeHome("it's a home")
      try {
        await tryShell(path ?? '', each, home)
      } finally {
        drop()
      }
    })
  }
})

async function tryShell(
  path: string,
  { shell, ways, before = {}, env, after = {} }: ShellCase,
  home: string,
): Promise<void> {
  for (const [file, text] of Object.entries(before)) {
    mkdirSync(join(home, file, '..'), { recursive: true })
    writeFileSync(join(home, file), text)
  }
  const surroundings = { PATH: process.env.PATH ?? '', HOME: home, TERM: 'dumb', ...env?.(home) }
  const seen = () =>
    Object.entries(ways).map(([way, flags]) => [way, readVariables(path, flags, home, surroundings)] as const)

  const tools = ['openai-sdk', 'claude-agent-sdk']
  const named = scriptShells.includes(shell) ? [] : ['--shell', shell]
  const ran = await setUp(tools, { home, env: { SHELL: path, ...env?.(home) } }, ...named)
  expect(ran.exit, ran.stderr).toBe(0)
  for (const [way, values] of seen()) expect(values, way).toEqual(wanted)

  const removed = await runProgram(['remove', '--yes'], { home, env: { SHELL: path, ...env?.(home) } })
  expect(removed.exit, removed.stderr).toBe(0)
  for (const [way, values] of seen()) expect(values, way).toEqual(after[way] ?? {})
}
