import { readFileSync } from 'node:fs'
import { basename, join } from 'node:path'
import type { Catalog, Completion } from '../catalog/tool.ts'
import type { CommandContext, CommandSpec, Outcome, WritingContext } from '../command.ts'
import { UserError } from '../errors.ts'
import type { Host } from '../host/host.ts'
import { unknownValue } from '../request/parse-arguments.ts'
import type { Input } from '../request/request.ts'
import { verbs } from '../request/request.ts'
import { suggestWords } from '../request/suggest-words.ts'
import { say } from '../texts/message.ts'

export const completionCommand: CommandSpec = {
  name: 'completion',
  summary: say('help.completion'),
  positional: { name: 'SHELL', required: true, many: true, choices: verbs.completion },
  examples: [
    ['qcode-setup completion install', say('help.completion.example-1')],
    ['qcode-setup completion uninstall', say('help.completion.example-2')],
    ['qcode-setup completion zsh > _qcode-setup', say('help.completion.example-3')],
  ],
  writes: 'files',
  onlyReads: ({ positionals: [verb = ''] }) => !isInstaller(verb),
  network: false,
  withoutOwnTools: Object.keys(verbs.completion).filter((verb) => verb !== 'suggest'),
  run: runCompletion,
}

/** Prints, installs or takes out the script that completes our commands in a shell, or answers that script. */
export async function runCompletion(input: Input, context: WritingContext): Promise<Outcome> {
  const [verb = '', shell, extra] = input.positionals
  const isPrinted = !isInstaller(verb) && verb !== 'suggest'
  const wrong = isPrinted ? shell : (extra ?? (shell && !isShell(shell, context.catalog) ? shell : undefined))
  if (wrong !== undefined) throw unknownValue('verb', wrong, isPrinted ? [] : shellsOf(context.catalog))
  if (verb === 'suggest') return suggest(context)
  if (isPrinted) return printScript(verb, context)
  const { installCompletion, uninstallCompletion } = await import('./install-completion.ts')
  const named = shell === undefined ? undefined : completionFor(shell, context)
  if (verb === 'uninstall') return uninstallCompletion(named, input, context)
  return installCompletion(named ?? completionFor(loginShell(context.host), context), input, context)
}

function isInstaller(verb: string): boolean {
  return verb === 'install' || verb === 'uninstall'
}

function printScript(shell: string, { catalog, host }: CommandContext): Outcome {
  const completion = completionFor(shell, { catalog, host })
  const script = readScript(completion, host)
  return { exit: 0, findings: [], data: { shell: completion.shell, script }, report: script.trimEnd() }
}

/** The script of a shell, as it is installed and printed. */
export function readScript({ script }: Completion, { packageFolder }: Pick<Host, 'packageFolder'>): string {
  return readFileSync(join(packageFolder, 'templates', 'completion', script), 'utf8')
}

const noWords = { setUp: [], names: [] }

/** In bytes; no command line is longer. */
const longestLine = 64 * 1024

/** The line as far as the cursor comes on standard input, from the script. Each answer is a line: the word, a tab, what it means. */
async function suggest(context: CommandContext): Promise<Outcome> {
  const { host } = context
  const bytes = host.terminal.interactive ? new Uint8Array() : await host.readStdin(longestLine)
  const line = typeof bytes === 'string' ? '' : new TextDecoder().decode(bytes).replace(/\r?\n$/, '')
  const { commandNames } = await import('./command-table.ts')
  const asksLedger = /\s(?:remove|switch)\s|\s--name[\s=]/.test(line)
  const known = asksLedger ? (await import('./install-completion.ts')).wordsOfLedger(context) : noWords
  const found = suggestWords(line, { catalog: context.catalog, commands: commandNames, ...known })
  if (found === 'path') return { exit: 0, findings: [], data: { path: true }, report: ':path' }
  const rows = found.map(({ value, meaning }) => ({ value, meaning: meaning?.in(host.texts) ?? '' }))
  return {
    exit: 0,
    findings: [],
    data: { suggestions: rows },
    report: rows.map(({ value, meaning }) => (meaning ? `${value}\t${meaning}` : value)).join('\n'),
  }
}

function loginShell({ env, platform }: Host): string {
  return platform === 'win32' ? 'powershell' : basename(env.SHELL || 'bash')
}

/** Where completion goes for a shell, by its id or the name of its program. Errors: UserError `unknown-shell`, exit 2. */
function completionFor(name: string, { catalog, host }: CommandContext): Completion {
  const known = catalog.completions.filter(({ shell, programs }) => shell === name || programs.includes(name))
  const [found] = known.filter(({ platforms }) => platforms?.includes(host.platform) ?? true)
  if (found) return found
  throw new UserError({
    code: 'unknown-shell',
    message: say('usage.shell', { shell: name }),
    hint: say('completion.shell.hint', { shells: shellsOf(catalog) }),
    exit: 2,
  })
}

function isShell(name: string, { completions }: Catalog): boolean {
  return completions.some(({ shell, programs }) => shell === name || programs.includes(name))
}

function shellsOf({ completions }: Catalog): string[] {
  return [...new Set(completions.map(({ shell }) => shell))]
}
