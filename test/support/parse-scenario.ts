/** One line of a scenario with the `| ` lines below it. */
export interface Step {
  readonly line: number
  readonly verb: string
  readonly rest: string
  readonly body: readonly string[]
}

/** Words of a step that may follow a path, such as `crlf` or `mode=0600`. */
export interface FileSpec {
  readonly path: string
  readonly bytes: Buffer
  readonly mode: number | undefined
}

/** The steps of a scenario: `verb rest`, its body in lines that start with `|`, comments in lines that start with `#`. */
export function parseScenario(text: string): Step[] {
  const steps: { line: number; verb: string; rest: string; body: string[] }[] = []
  for (const [index, line] of text.split('\n').entries()) {
    if (line.trim() === '' || line.startsWith('#')) continue
    if (line.startsWith('|')) steps.at(-1)?.body.push(line.replace(/^\| ?/, ''))
    else steps.push({ line: index + 1, ...splitVerb(line), body: [] })
  }
  return steps
}

/** Fills in {home}, {key}, {tools} and characters written as {U+000A}. */
export function fillIn(text: string, values: Readonly<Record<string, string>>): string {
  return text
    .replace(/\{(\w+)\}/g, (whole, name: string) => values[name] ?? whole)
    .replace(/\{U\+([0-9A-F]{4,6})\}/g, (_, code: string) => String.fromCodePoint(Number.parseInt(code, 16)))
}

/** A file as a step describes it: path, then any of mode=0600, crlf, bom and no-final-newline, and its lines. */
export function fileOf({ rest, body }: Step): FileSpec {
  const [path = '', ...words] = rest.split(' ')
  const mode = words.find((word) => word.startsWith('mode='))?.slice('mode='.length)
  const end = words.includes('crlf') ? '\r\n' : '\n'
  const text = body.map((line) => line + end).join('')
  const whole = words.includes('no-final-newline') ? text.slice(0, -end.length) : text
  const bytes = Buffer.from((words.includes('bom') ? '\uFEFF' : '') + whole)
  return { path, bytes, mode: mode === undefined ? undefined : Number.parseInt(mode, 8) }
}

/** A command line in words; quotes group, nothing else is special. */
export function splitWords(line: string): string[] {
  return [...line.matchAll(/'([^']*)'|"([^"]*)"|(\S+)/g)].map(
    ([, single, double, bare]) => single ?? double ?? bare ?? '',
  )
}

function splitVerb(line: string): { verb: string; rest: string } {
  const [verb = ''] = line.split(' ')
  return { verb, rest: line.slice(verb.length).trim() }
}
