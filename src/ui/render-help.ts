import type { Catalog } from '../catalog/tool.ts'
import type { CommandSpec } from '../command.ts'
import type { ExitCode } from '../errors.ts'
import type { Host } from '../host/host.ts'
import { type CommandName, type Field, fieldsOf, isFlagOf } from '../request/fields.ts'
import type { Positional } from '../request/parse-arguments.ts'
import { type Message, say } from '../texts/message.ts'
import { displayWidth, padEnd, wrapText } from './render-table.ts'

type HelpTopic = Pick<CommandSpec, 'name' | 'summary' | 'positional' | 'examples'>

/** A command, or a verb of one. */
type NarrowTopic = Omit<HelpTopic, 'name'> & { readonly name: string }

interface HelpContext {
  readonly host: Pick<Host, 'terminal' | 'texts'>
  readonly catalog: Catalog
}

/** Width of the column of names, and the widest and the narrowest a line of two columns gets. */
const nameColumn = 24
/** The same for commands with their arguments. */
const commandColumn = 30
const longestLine = 100
const shortestLine = 60

/**
 * `--help` of one command, or of one of its verbs (`key rotate`): usage, flags with their values and defaults, and
 * examples. Plain text.
 */
export function renderHelp(topic: HelpTopic, fullName: string, { host, catalog }: HelpContext): string {
  const { texts } = host
  const { columns } = host.terminal
  const narrow = narrowTopic(topic, fullName)
  return [
    ...wrapText(say('help.title', narrow).in(texts), columns),
    '',
    ...wrapText(texts['help.usage']({ line: usageOf(fullName, catalog) }), columns),
    ...describeVerbs(narrow.positional, host),
    '',
    texts['help.flags'],
    ...fieldsOf(fullName, catalog).map(([, field]) =>
      renderRow(flagOf(field), describe(field, narrow, catalog).in(texts), columns),
    ),
    '',
    texts['help.examples'],
    ...narrow.examples.map(([line, meaning]) => `  ${line}${meaning ? `\n      ${meaning.in(texts)}` : ''}`),
    '',
    ...wrapText(texts['help.more'], columns),
  ].join('\n')
}

/** Of a command the one verb, as if it were a command of its own. */
function narrowTopic(topic: HelpTopic, fullName: string): NarrowTopic {
  if (fullName === topic.name) return topic
  return {
    name: fullName,
    summary: topic.positional?.choices?.[fullName.slice(topic.name.length + 1)] ?? topic.summary,
    examples: topic.examples.filter(([line]) => line.includes(`qcode-setup ${fullName}`)),
  }
}

/** `qcode-setup --help`: what the program is for, all commands, the variables that it reads and the codes that it ends with. */
export function renderOverview(names: readonly CommandName[], { host, catalog }: HelpContext): string {
  const { texts } = host
  const { columns } = host.terminal
  return [
    ...wrapText(texts['help.about'], columns),
    '',
    texts['help.usage.any'],
    '',
    texts['help.commands'],
    ...names.map((name) => renderRow(usageOf(name, catalog), texts[`help.${name}`], columns, commandColumn)),
    '',
    texts['help.variables'],
    ...variablesOf(catalog).map(([variables, id]) => renderRow(variables, texts[`variable.${id}`], columns)),
    '',
    texts['help.exit-codes'],
    ...exitCodes.map((code) => renderRow(String(code), texts[`exit.${code}`], columns)),
    '',
    ...wrapText(texts['help.of-command'], columns),
  ].join('\n')
}

/** The codes that a command ends with, in order; their meaning is the text `exit.CODE`. */
export const exitCodes = [0, 1, 2, 3, 4, 130] as const satisfies readonly ExitCode[]

/** The variables that this program reads, each row with the id of what they mean; those of a tool come from its folder. */
export function variablesOf({ tools }: Catalog) {
  const candidates = tools.flatMap(({ places }) => Object.values(places).flat())
  const ofTools = new Set(candidates.flatMap(({ env }) => (env?.includes('_') ? [env] : [])))
  return [
    ['QCODE_API_KEY', 'key'],
    ['QCODE_LANG', 'lang'],
    ['LC_ALL, LC_MESSAGES, LANG', 'locale'],
    ['QCODE_DEBUG', 'debug'],
    ['NO_COLOR, FORCE_COLOR', 'color'],
    ['CI', 'ci'],
    ['HTTPS_PROXY, HTTP_PROXY, NO_PROXY', 'proxy'],
    ['NODE_EXTRA_CA_CERTS', 'certificates'],
    ['SHELL', 'shell'],
    ['XDG_CONFIG_HOME', 'config'],
    ['XDG_STATE_HOME', 'state'],
    ['XDG_DATA_HOME', 'data'],
    [[...ofTools, 'ZDOTDIR'].join(', '), 'tools'],
  ] as const
}

/**
 * What may follow a command without a flag, as `--help` writes it; the command itself says how that is read. Tools may follow
 * wherever there is a flag `--tool`.
 */
const positionalNames: { readonly [Name in CommandName]?: string } = {
  print: 'TOOL',
  lint: '[PATH ...]',
  switch: '[REGION]',
  undo: '[RUN]',
  run: 'TOOL [-- ARGUMENT ...]',
  key: 'VERB',
  completion: 'SHELL',
  apply: 'FILE',
  invite: 'FILE',
}

/** A command, or a verb of one, as it is typed, with its arguments: `switch [REGION] [TOOL ...]`. */
export function usageOf(fullName: string, catalog: Catalog): string {
  const [name = '', verb] = fullName.split(' ')
  const own = verb === undefined ? positionalNames[name as CommandName] : undefined
  const takesTools = fieldsOf(fullName, catalog).some(([, { flag }]) => flag === 'tool')
  return [fullName, own, takesTools && '[TOOL ...]'].filter(Boolean).join(' ')
}

function describeVerbs(
  positional: Positional | undefined,
  { terminal, texts }: HelpContext['host'],
): string[] {
  if (!positional?.choices) return []
  const rows = Object.entries(positional.choices).map(([word, meaning]) =>
    renderRow(word, meaning.in(texts), terminal.columns),
  )
  return ['', texts['help.verbs']({ name: positional.name }), ...rows]
}

function flagOf({ flag, short, value, many }: Field): string {
  return [`--${flag}${short ? `, -${short}` : ''}`, value, many && '...'].filter(Boolean).join(' ')
}

function describe(field: Field, topic: NarrowTopic, catalog: Catalog): Message {
  const { summary } = field
  const values = field.choices?.(catalog)
  const facts = [
    ...(values ? [say('help.one-of', { values })] : []),
    ...(field.default === undefined ? [] : [say('help.default', { value: field.default })]),
    ...describeOwners(field, topic),
  ]
  return facts.length === 0 ? summary : say('help.facts', { summary, facts })
}

/** The verbs that take the flag, where others do not. */
function describeOwners(field: Field, { name, positional }: NarrowTopic): Message[] {
  const all = Object.keys(positional?.choices ?? {})
  const verbs = all.filter((verb) => isFlagOf(`${name} ${verb}`, field))
  return verbs.length === all.length ? [] : [say('help.applies-to', { verbs })]
}

/** A name and what it means, side by side; below each other where the name is long or the terminal narrow. */
function renderRow(name: string, meaning: string, columns: number, column = nameColumn): string {
  const width = Math.min(columns, longestLine)
  const beside = displayWidth(name) < column - 2 && width >= shortestLine
  const indent = beside ? column : 6
  const lines = wrapText(meaning, width - indent).map((line) => ' '.repeat(indent) + line)
  if (!beside) return [...wrapText(name, width - 2).map((line) => `  ${line}`), ...lines].join('\n')
  return padEnd(`  ${name}`, indent) + lines.join('\n').trimStart()
}
