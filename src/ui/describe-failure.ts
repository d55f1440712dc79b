import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { type ExitCode, formatWhere, UserError } from '../errors.ts'
import type { Host } from '../host/host.ts'
import { maskText } from '../secrets/mask-text.ts'
import { escapeNewlines, joined, say } from '../texts/message.ts'
import { styleFor } from './style.ts'

/** How a run ends that an error broke off; keys and the home are masked in it. */
export interface Failure {
  readonly exit: ExitCode
  /** For a person, on standard error. */
  readonly text: string
  /** For `--json`. */
  readonly data: Readonly<Record<string, unknown>>
}

/**
 * What to say of an error, and the exit code. Whatever is no UserError is a fault of this program, to be reported;
 * `commandLine` is what was typed, without what was given to flags.
 */
export function describeFailure(error: unknown, commandLine: string, host: Host): Failure {
  if (error instanceof UserError) {
    const { code, message, hint, where, exit } = error
    return {
      exit,
      text: renderError(error, host),
      data: { code, message, hint: hint ?? null, where: where ?? null },
    }
  }
  const { version, url } = aboutProgram(host)
  const stack = error instanceof Error ? stackOf(error) : escapeNewlines(String(error))
  const report = [
    say('error.internal.version', {
      version: version ?? say('error.internal.unknown-version'),
      runtime: host.runtime,
    }),
    say('error.internal.command', { command: commandLine }),
    stack,
  ]
  const hidden = joined(report).map((text) => maskText(text.replaceAll(host.home, '~'), []))
  const message = joined([say('error.internal', { url }), hidden, say('error.internal.debug')])
  return {
    exit: 1,
    text: message.in(host.texts),
    data: { code: 'internal', message, hint: null, where: null },
  }
}

/** The program's version and where faults are reported: `bugs` of package.json, else its homepage. */
export function aboutProgram({ packageFolder }: Host): { version: string | undefined; url: string } {
  try {
    const { version, bugs, homepage } = JSON.parse(readFileSync(join(packageFolder, 'package.json'), 'utf8'))
    return { version, url: bugs?.url ?? bugs ?? homepage }
  } catch {
    // What the fault is may keep this from being read as well.
    return { version: undefined, url: 'https://qcode.cc' }
  }
}

function stackOf({ message, stack = message }: Error): string {
  return stack.replace(message, () => escapeNewlines(message))
}

/** An error for standard error: what happened, where, and what to do next. */
export function renderError(error: UserError, host: Pick<Host, 'terminal' | 'texts'>): string {
  const { texts } = host
  const style = styleFor(host, 'stderr')
  const label = style.red(style.bold(texts['error.label']))
  // A user who leaves has made no error.
  const said = error.code === 'cancelled' ? error.text : say('error.labelled', { label, error: error.text })
  return [
    said.in(texts).replace(/\n(?! )/g, '\n  '),
    ...(error.where
      ? [style.dim(`  ${say('error.at', { where: formatWhere(error.where) }).in(texts)}`)]
      : []),
    ...(error.hintText
      ? [`  ${style.cyan('→')} ${error.hintText.in(texts).replaceAll('\n', '\n    ')}`]
      : []),
  ].join('\n')
}
