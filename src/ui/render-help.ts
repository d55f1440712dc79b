import type { Catalog } from '../catalog/tool.ts'
import type { CommandSpec } from '../command.ts'
import type { Host } from '../host/host.ts'
import { type CommandName, type Field, fieldsOf, isFlagOf } from '../request/fields.ts'
import type { Positional } from '../request/parse-arguments.ts'
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
const longestLine = 100
const shortestLine = 60

/**
 * `--help` of one command, or of one of its verbs (`key rotate`): usage, flags with their values and defaults, and
 * examples. English and plain text.
 */
export function renderHelp(topic: HelpTopic, fullName: string, { host, catalog }: HelpContext): string {
  const { texts } = host
  const { columns } = host.terminal
  const narrow = narrowTopic(topic, fullName)
  return [
    ...wrapText(`qcode-setup ${narrow.name}: ${narrow.summary.in(texts)}`, columns),
    '',
    `Usage: qcode-setup ${usageOf(narrow)} [flags]`,
    ...describeVerbs(narrow.positional, host),
    '',
    'Flags:',
    ...fieldsOf(fullName, catalog).map(([, field]) =>
      renderRow(flagOf(field), describe(field, narrow, catalog), columns),
    ),
    '',
    'Examples:',
    ...narrow.examples.map(([line, meaning]) => `  ${line}${meaning ? `\n      ${meaning.in(texts)}` : ''}`),
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

/** `qcode-setup --help`: what the program is for, and all commands. */
export function renderOverview(
  names: readonly CommandName[],
  { terminal, texts }: HelpContext['host'],
): string {
  return [
    ...wrapText('Points AI coding tools at the QCode.cc gateway.', terminal.columns),
    '',
    'Usage: qcode-setup [command] [flags]',
    '',
    'Commands:',
    ...names.map((name) => renderRow(name, texts[`help.${name}`], terminal.columns)),
    '',
    'Flags of a command: qcode-setup COMMAND --help',
  ].join('\n')
}

function usageOf({ name, positional }: NarrowTopic): string {
  if (!positional) return name
  return `${name} ${positional.required ? positional.name : `[${positional.name}]`}`
}

function describeVerbs(
  positional: Positional | undefined,
  { terminal, texts }: HelpContext['host'],
): string[] {
  if (!positional?.choices) return []
  const rows = Object.entries(positional.choices).map(([word, meaning]) =>
    renderRow(word, meaning.in(texts), terminal.columns),
  )
  return ['', `${positional.name} is one of:`, ...rows]
}

function flagOf({ flag, value, many }: Field): string {
  return [`--${flag}`, value, many && '...'].filter(Boolean).join(' ')
}

function describe(field: Field, topic: NarrowTopic, catalog: Catalog): string {
  const choices = field.choices?.(catalog)
  const facts = [
    ...(choices ? [`one of ${choices.join(', ')}`] : []),
    ...(field.default === undefined ? [] : [`default ${field.default}`]),
    ...describeOwners(field, topic),
  ]
  return facts.length === 0 ? field.summary : `${field.summary} (${facts.join('; ')})`
}

/** The verbs that take the flag, where others do not. */
function describeOwners(field: Field, { name, positional }: NarrowTopic): string[] {
  const verbs = Object.keys(positional?.choices ?? {})
  const owners = verbs.filter((verb) => isFlagOf(`${name} ${verb}`, field))
  return owners.length === verbs.length ? [] : [`only with ${owners.join(', ')}`]
}

/** A name and what it means, side by side; below each other where the name is long or the terminal narrow. */
function renderRow(name: string, meaning: string, columns: number): string {
  const width = Math.min(columns, longestLine)
  const beside = displayWidth(name) < nameColumn - 2 && width >= shortestLine
  const indent = beside ? nameColumn : 6
  const lines = wrapText(meaning, width - indent).map((line) => ' '.repeat(indent) + line)
  if (!beside) return [`  ${name}`, ...lines].join('\n')
  return padEnd(`  ${name}`, indent) + lines.join('\n').trimStart()
}
