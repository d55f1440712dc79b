import { existsSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { programPath, runProgram } from '../../support/run-program.ts'
import { startTerminal, type TerminalRun } from '../../support/terminal.ts'
import { createHome } from '../../support/terminal-home.ts'

/** How a person has each shell, with our completion installed by the command. */
const shells = {
  bash: { program: ['bash', '--noprofile', '-i'], rc: '.bashrc', before: "PS1='> '\n" },
  zsh: { program: ['zsh', '-i'], rc: '.zshrc', before: "PS1='> '\nunsetopt prompt_sp zle_bracketed_paste\n" },
  fish: {
    program: ['fish', '-i'],
    rc: '.config/fish/config.fish',
    before:
      "set -g fish_greeting\nset -g fish_autosuggestion_enabled 0\nfunction fish_prompt; echo -n '> '; end\n",
  },
} as const

type Shell = keyof typeof shells

/** What is typed, `⇥` for Tab, and the arguments that the program then gets. */
const lines: Readonly<Record<string, readonly [typed: string, args: readonly string[]]>> = {
  'a command': ['qcode-setup sw⇥eu', ['switch', 'eu']],
  'the region behind a command': ['qcode-setup switch as⇥', ['switch', 'asia']],
  'the value of --region': ['qcode-setup --region chi⇥--yes', ['--region', 'china', '--yes']],
  'the value of --tool': ['qcode-setup --tool claude-c⇥', ['--tool', 'claude-code']],
  'one more of a list with commas': ['qcode-setup --tool codex,claude-c⇥', ['--tool', 'codex,claude-code']],
  'a value behind an equals sign': ['qcode-setup --region=chi⇥', ['--region=china']],
  'a flag of the command': ['qcode-setup switch --on-c⇥skip', ['switch', '--on-conflict', 'skip']],
  'a verb': ['qcode-setup key rot⇥', ['key', 'rotate']],
  'a tool for print': ['qcode-setup print co⇥', ['print', 'codex']],
  'a file whose name needs quotes': ['qcode-setup --key-file my⇥', ['--key-file', 'my key $(x).txt']],
  'the tool of --model': ['qcode-setup --model claude-c⇥x', ['--model', 'claude-code=x']],
}

/** Where bash-completion is; without it bash reads our script itself. */
const loader = '/usr/share/bash-completion/bash_completion'

/** A home in which completion is installed, and a folder for PATH with a program that writes down how it is called. */
interface Place {
  readonly home: string
  readonly env: Readonly<Record<string, string>>
  /** Arguments of the last call that was no question of the completion, as JSON. */
  readonly called: string
  /** Arguments of all those questions, a line each. */
  readonly asked: string
}

async function install(shell: Shell): Promise<Place> {
  const { rc, before } = shells[shell]
  const home = createHome({ [rc]: before, 'my key $(x).txt': '' })
  const programs = createHome()
  const [called, asked] = [join(programs, 'called'), join(programs, 'asked')]
  const script = `#!/bin/sh
if [ "$1" = completion ]; then
  printf '%s\\n' "$*" >>'${asked}'
  exec '${process.execPath}' '${programPath}' "$@"
fi
exec '${process.execPath}' -e '
  const { renameSync, writeFileSync } = require("fs")
  const [, file, , ...args] = process.argv
  writeFileSync(file + ".new", JSON.stringify(args))
  renameSync(file + ".new", file)
' '${called}' -- "$@"
`
  writeFileSync(join(programs, 'qcode-setup'), script, { mode: 0o755 })
  const env = { PATH: `${programs}:/usr/bin:/bin` }
  const { exit, stderr } = await runProgram(['completion', 'install', shell, '--yes'], { home, env })
  expect(exit, stderr).toBe(0)
  if (shell === 'bash') {
    const installed = join(home, '.local/share/bash-completion/completions/qcode-setup')
    writeFileSync(join(home, rc), `${before}. ${existsSync(loader) ? loader : installed}\n`)
  }
  return { home, env, called, asked }
}

const soon = () => new Promise((resolve) => setTimeout(resolve, 20))

/** Types up to the Tab, goes on when the line has changed, and gives the arguments of the program that it starts. */
async function typeIn(run: TerminalRun, typed: string, { called }: Place): Promise<unknown> {
  const [first = '', rest = ''] = typed.split('⇥')
  rmSync(called, { force: true })
  run.press(first)
  await run.waitFor(first)
  const before = run.sent().length
  run.press('\t')
  while (run.sent().length === before) await soon()
  run.press(`${rest}\r`)
  while (!existsSync(called)) await soon()
  return JSON.parse(readFileSync(called, 'utf8'))
}

describe('with completion installed, Tab completes commands, flags, values and files', () => {
  for (const shell of Object.keys(shells) as Shell[]) {
    const isThere = existsSync(join('/usr/bin', shell))
    it.skipIf(!isThere)(isThere ? `in ${shell}` : `in ${shell} (not installed)`, async () => {
      const place = await install(shell)
      const { home, env } = place
      const run = startTerminal({ home, command: shells[shell].program, env: { LC_ALL: 'C.UTF-8', ...env } })
      await run.waitFor('>')
      const found: Record<string, unknown> = {}
      for (const [name, [typed]] of Object.entries(lines)) found[name] = await typeIn(run, typed, place)
      run.close()
      expect(found).toEqual(Object.fromEntries(Object.entries(lines).map(([name, [, args]]) => [name, args])))
      // Nothing that was typed is among the arguments of a program.
      const questions = new Set(readFileSync(place.asked, 'utf8').trim().split('\n'))
      expect([...questions]).toEqual([`completion suggest ${shell}`])
    })
  }
})
