import type { Catalog } from '../catalog/tool.ts'
import type { CommandSpec } from '../commands/command.ts'
import type { Host } from '../host/host.ts'
import type { Field } from '../request/fields.ts'
import { displayWidth, padEnd } from './display-width.ts'
import { wrapText } from './wrap-text.ts'

type HelpTopic = Pick<CommandSpec, 'name' | 'summary' | 'positional' | 'examples'>
type NamedField = readonly [name: string, field: Field]

interface HelpContext {
  readonly host: Pick<Host, 'terminal'>
  readonly catalog: Catalog
}

/** Width of the column of names, and the widest and the narrowest a line of two columns gets. */
const nameColumn = 24
const longestLine = 100
const shortestLine = 60

/** `--help` of one command: usage, its flags with their values and defaults, and examples. English and plain text. */
export function renderHelp(
  topic: HelpTopic,
  fields: readonly NamedField[],
  { host, catalog }: HelpContext,
): string {
  const { columns } = host.terminal
  const examples = topic.examples.map(([line, meaning]) => `  ${line}${meaning && `\n      ${meaning}`}`)
  return [
    ...wrapText(`qcode-setup ${topic.name}: ${topic.summary}`, columns),
    '',
    `Usage: ${['qcode-setup', usageOf(topic), '[flags]'].join(' ')}`,
    ...describePositional(topic, columns),
    '',
    'Flags:',
    ...fields.map(([, field]) => renderRow(flagOf(field), describe(field, catalog), columns)),
    '',
    'Examples:',
    ...examples,
  ].join('\n')
}

/** `qcode-setup --help`: what the program is for, and all commands. */
export function renderOverview(topics: readonly HelpTopic[], { terminal }: Pick<Host, 'terminal'>): string {
  return [
    ...wrapText('Points AI coding tools at the QCode.cc gateway.', terminal.columns),
    '',
    'Usage: qcode-setup [command] [flags]',
    '',
    'Commands:',
    ...topics.map((topic) => renderRow(usageOf(topic), topic.summary, terminal.columns)),
    '',
    'Flags of a command: qcode-setup COMMAND --help',
  ].join('\n')
}

function usageOf({ name, positional }: HelpTopic): string {
  if (!positional) return name
  return `${name} ${positional.required ? positional.name : `[${positional.name}]`}`
}

function describePositional({ positional }: HelpTopic, columns: number): string[] {
  if (!positional?.choices) return []
  return ['', renderRow(positional.name, `one of ${positional.choices.join(', ')}`, columns)]
}

function flagOf({ flag, value, many }: Field): string {
  return [`--${flag}`, value, many && '...'].filter(Boolean).join(' ')
}

function describe(field: Field, catalog: Catalog): string {
  const choices = field.choices?.(catalog)
  const facts = [
    ...(choices ? [`one of ${choices.join(', ')}`] : []),
    ...(field.default === undefined ? [] : [`default ${field.default}`]),
  ]
  return facts.length === 0 ? field.summary : `${field.summary} (${facts.join('; ')})`
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
