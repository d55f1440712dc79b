import { execFileSync } from 'node:child_process'
import { existsSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { readPowershellScript } from '../../../src/documents/script/powershell-script.ts'
import { powershellCommands } from '../../../src/documents/shell/commands.ts'
import { programPath, projectPath, runProgram, sampleKey } from '../../support/run-program.ts'
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

interface Line {
  readonly typed: string
  /** What the line has become after Tab, and what is typed then. */
  readonly completed: string
  readonly rest?: string
  /** What the program gets. */
  readonly args: readonly string[]
}

const lines: Readonly<Record<string, Line>> = {
  'a command': {
    typed: 'qcode-setup sw',
    completed: 'qcode-setup switch',
    rest: 'eu',
    args: ['switch', 'eu'],
  },
  'the region behind a command': {
    typed: 'qcode-setup switch as',
    completed: 'switch asia',
    args: ['switch', 'asia'],
  },
  'the value of --region': {
    typed: 'qcode-setup --region chi',
    completed: '--region china',
    rest: '--yes',
    args: ['--region', 'china', '--yes'],
  },
  'the value of --tool': {
    typed: 'qcode-setup --tool claude-c',
    completed: '--tool claude-code',
    args: ['--tool', 'claude-code'],
  },
  'one more of a list with commas': {
    typed: 'qcode-setup --tool codex,claude-c',
    completed: 'codex,claude-code',
    args: ['--tool', 'codex,claude-code'],
  },
  'a value behind an equals sign': {
    typed: 'qcode-setup --region=chi',
    completed: '--region=china',
    args: ['--region=china'],
  },
  'a flag of the command': {
    typed: 'qcode-setup switch --on-c',
    completed: '--on-conflict',
    rest: 'skip',
    args: ['switch', '--on-conflict', 'skip'],
  },
  'a name behind switch': {
    typed: 'qcode-setup switch off',
    completed: 'switch office',
    args: ['switch', 'office'],
  },
  'the value of --name': {
    typed: 'qcode-setup run codex --name off',
    completed: '--name office',
    args: ['run', 'codex', '--name', 'office'],
  },
  'a verb': { typed: 'qcode-setup key rot', completed: 'key rotate', args: ['key', 'rotate'] },
  'a tool for print': { typed: 'qcode-setup print cod', completed: 'print codex', args: ['print', 'codex'] },
  'a file whose name needs quotes': {
    typed: 'qcode-setup --key-file my',
    completed: 'my\\ key',
    args: ['--key-file', 'my key $(x).txt'],
  },
  'the tool of --model': {
    typed: 'qcode-setup --model copil',
    completed: '--model copilot=',
    rest: 'x',
    args: ['--model', 'copilot=x'],
  },
  'the role behind the tool of --model': {
    typed: 'qcode-setup --model claude-code:op',
    completed: '--model claude-code:opus=',
    rest: 'x',
    args: ['--model', 'claude-code:opus=x'],
  },
  'the role behind --model=': {
    typed: 'qcode-setup --model=claude-code:su',
    completed: '--model=claude-code:subagent=',
    rest: 'y',
    args: ['--model=claude-code:subagent=y'],
  },
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

async function install(shell: Shell | 'nushell'): Promise<Place> {
  const { rc, before } = shell === 'nushell' ? { rc: 'notes', before: '' } : shells[shell]
  // Where this folder is missing, fish fills it at its first start, and goes on when it has ended.
  const ready = '.local/share/fish/generated_completions/ready.fish'
  const home = createHome({ [rc]: before, 'my key $(x).txt': '', [ready]: '' })
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
  // No key is read to complete a name: its file is no file any more.
  const save = ['key', 'set', '--name', 'office', '--region', 'eu', '--key-file', '-', '--yes']
  expect((await runProgram(save, { home, env, input: sampleKey })).exit).toBe(0)
  rmSync(join(home, '.config/qcode-setup/names/office.json'))
  if (shell === 'bash') {
    const installed = join(home, '.local/share/bash-completion/completions/qcode-setup')
    writeFileSync(join(home, rc), `${before}. ${existsSync(loader) ? loader : installed}\n`)
  }
  return { home, env, called, asked }
}

const soon = () => new Promise((resolve) => setTimeout(resolve, 20))

/** Types, presses Tab, goes on when the line is completed, and gives the arguments of the program that it starts. */
async function typeIn(
  run: TerminalRun,
  { typed, completed, rest = '' }: Line,
  { called }: Place,
): Promise<unknown> {
  rmSync(called, { force: true })
  run.press(typed)
  await run.waitFor(typed)
  run.press('\t')
  await run.waitFor(completed)
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
      for (const [name, line] of Object.entries(lines)) found[name] = await typeIn(run, line, place)
      run.press('exit\r')
      await run.exit
      expect(found).toEqual(Object.fromEntries(Object.entries(lines).map(([name, { args }]) => [name, args])))
      // Nothing that was typed is among the arguments of a program.
      const questions = new Set(readFileSync(place.asked, 'utf8').trim().split('\n'))
      expect([...questions]).toEqual([`completion suggest ${shell}`])
    })
  }
})

/** nushell is packed by few systems: `npm install --no-save nushell@0.115.1` brings it. */
const nushell = [
  ...['/usr/bin', '/usr/local/bin', '/opt/homebrew/bin'].map((folder) => join(folder, 'nu')),
  join(projectPath, `node_modules/@nushell/${process.platform}-${process.arch}/bin/nu`),
].find(existsSync)

/** Lines as they are typed, and what nushell then offers; '' for the names of files. */
const offers: Readonly<Record<string, readonly string[]>> = {
  'qcode-setup sw': ['switch'],
  'qcode-setup switch as': ['asia'],
  'qcode-setup --region chi': ['china'],
  'qcode-setup --tool claude-c': ['claude-code'],
  'qcode-setup --tool codex,claude-c': ['codex,claude-code'],
  'qcode-setup switch --on-c': ['--on-conflict'],
  'qcode-setup switch off': ['office'],
  'qcode-setup undo --name ': ['default', 'office'],
  'qcode-setup key rot': ['rotate'],
  'qcode-setup print cod': ['codex'],
  'qcode-setup --model claude-c': [
    'claude-code=',
    ...['opus', 'sonnet', 'haiku', 'fable', 'subagent'].map((role) => `claude-code:${role}=`),
  ],
  'qcode-setup --model claude-code:op': ['claude-code:opus='],
  'qcode-setup --key-file my': ['`my key $(x).txt`'],
}

describe('in nushell', () => {
  const title = 'with completion installed, the same lines are completed'
  it.skipIf(nushell === undefined)(nushell ? title : `${title} (not installed)`, async () => {
    const { home, env, asked } = await install('nushell')
    const installed = readFileSync(join(home, '.config/nushell/autoload/qcode-setup.nu'), 'utf8')
    const found = Object.keys(offers).map((typed) => {
      // nushell answers an editor as it answers Tab.
      const file = join(home, 'typed.nu')
      writeFileSync(file, `${installed}${typed}`)
      const args = ['--no-config-file', '--ide-complete', String(Buffer.byteLength(installed + typed)), file]
      const options = { cwd: home, env: { HOME: home, ...env }, encoding: 'utf8' } as const
      return [typed, JSON.parse(execFileSync(nushell ?? '', args, options)).completions]
    })
    expect(Object.fromEntries(found)).toEqual(offers)
    const questions = new Set(readFileSync(asked, 'utf8').trim().split('\n'))
    expect([...questions]).toEqual(['completion suggest nushell'])
  })
})

describe('the script for PowerShell, which no test runs', () => {
  const script = readFileSync(join(projectPath, 'templates/completion/qcode-setup.ps1'), 'utf8')

  it('closes what it opens, and is read alike in every code page', () => {
    expect(readPowershellScript(script).problem).toBeUndefined()
    expect(script).toMatch(/^[\n -~]*$/)
    // A reader that finds every bracket closed would find one that is not.
    for (const broken of [
      script.replace(/\}\s*$/, ''),
      script.replace("':path'", "':path"),
      script.replace('(', ''),
    ])
      expect(readPowershellScript(broken).problem).toBeDefined()
  })

  it('asks the program by name, with what is typed on standard input alone', () => {
    const commands = powershellCommands(script).filter((command) => command.length > 0)
    const words = commands.map((command) => command.map(({ text }) => text))
    expect(words[0]?.slice(0, 4)).toEqual([
      'Register-ArgumentCompleter',
      '-Native',
      '-CommandName',
      'qcode-setup',
    ])
    const calls = words.filter((command) => command.includes('completion'))
    expect(calls).toHaveLength(1)
    const call = calls[0] ?? []
    expect(call.slice(call.indexOf('qcode-setup'), call.indexOf('powershell') + 1)).toEqual([
      'qcode-setup',
      'completion',
      'suggest',
      'powershell',
    ])
  })
})
