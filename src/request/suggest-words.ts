import { stepFormats } from '../catalog/steps.ts'
import type { Catalog, Tool } from '../catalog/tool.ts'
import { type Message, say, written } from '../texts/message.ts'
import { type CommandName, type Field, fields, fieldsOf } from './fields.ts'
import { wishNames } from './folder-flags.ts'
import { verbs } from './request.ts'

/** A word that could stand where the cursor is. */
export interface Suggestion {
  readonly value: string
  readonly meaning?: Message
}

/** What suggestions are made from besides what is typed. */
export interface SuggestContext {
  readonly catalog: Catalog
  readonly commands: readonly CommandName[]
  /** Ids of the tools that are set up. */
  readonly setUp: readonly string[]
  /** Names under which a gateway and a key are saved. */
  readonly names: readonly string[]
}

/** What may follow a command without a flag and is no verb: the values, or the name of a file or folder. */
export const positionalValues: {
  readonly [Name in CommandName]?: 'path' | ((catalog: Catalog) => readonly string[])
} = {
  print: (catalog) => [...toolIds(catalog), ...catalog.byHand.map(({ id }) => id)],
  run: toolIds,
  switch: fields.printRegion.choices,
  lint: 'path',
  apply: 'path',
  invite: 'path',
}

function toolIds({ tools }: Catalog): string[] {
  return tools.map(({ id }) => id)
}

/** A command line as far as it is typed. */
interface Typed {
  /** The words in front of the one that is typed. */
  readonly words: readonly string[]
  /** The beginning of that one; empty behind a blank. */
  readonly begun: string
}

/**
 * What may follow a command line that is typed as far as the cursor; `path` where that is the name of a file or folder. The
 * line begins with the program. Quotes group words, and nothing in it is evaluated.
 */
export function suggestWords(line: string, context: SuggestContext): readonly Suggestion[] | 'path' {
  const { words, begun } = readLine(line)
  const found = suggest({ words, begun }, context)
  return found === 'path' ? found : found.filter(({ value }) => value.startsWith(begun))
}

/** Splits at blanks outside of quotes, as every shell does in the main. */
export function readLine(line: string): Typed {
  const words: string[] = ['']
  let quote = ''
  let isOpen = false
  for (let at = 0; at < line.length; at += 1) {
    const char = line.charAt(at)
    if (quote === '' && /\s/.test(char)) {
      if (isOpen) words.push('')
      isOpen = false
      continue
    }
    isOpen = true
    if (char === quote) quote = ''
    else if (quote === '' && /["']/.test(char)) quote = char
    else if (quote !== "'" && /[\\`]/.test(char)) words.push(`${words.pop()}${line.charAt(++at)}`)
    else words.push(`${words.pop()}${char}`)
  }
  const program = words.findIndex((word) => /(?:^|[\\/])qcode-setup(?:\.\w+)?$/.test(word))
  const typed = words.slice(Math.max(program, 0) + 1)
  return { words: typed.slice(0, -1), begun: typed.at(-1) ?? '' }
}

function suggest({ words, begun }: Typed, context: SuggestContext): readonly Suggestion[] | 'path' {
  // Behind two dashes another program's words begin.
  if (words.includes('--')) return 'path'
  const [first = ''] = words
  const named = context.commands.find((name) => name === first)
  const command = named ?? 'setup'
  const { own, flags, positionals, open } = readWords(named ? words.slice(1) : words, command, context)
  if (open) return suggestValues(open, begun, positionals, context)
  const [, flag, value] = /^--([\w-]+)=(.*)$/s.exec(begun) ?? []
  if (flag !== undefined && value !== undefined) {
    const field = own.find((each) => each.flag === flag && each.value !== undefined)
    return field ? behindFlag(`--${flag}=`, suggestValues(field, value, positionals, context)) : []
  }
  if (begun.startsWith('-')) return suggestFlags(own, flags)
  const values =
    named || words.length > 0 ? suggestPositionals(command, positionals, context) : suggestCommands(context)
  return values.length === 0 && begun === '' ? suggestFlags(own, flags) : values
}

/** What the words behind a command come to; `open` is the flag whose value is due. */
function readWords(words: readonly string[], command: CommandName, { catalog }: SuggestContext) {
  const flags: string[] = []
  const positionals: string[] = []
  let own = fieldsOf(command, catalog).map(([, field]) => field)
  let open: Field | undefined
  for (const word of words) {
    const [, flag, value] = /^--([\w-]+)(=.*)?$/s.exec(word) ?? []
    if (open) open = undefined
    else if (flag !== undefined) {
      flags.push(flag)
      const field = own.find((each) => each.flag === flag)
      if (value === undefined && field?.value !== undefined) open = field
    } else {
      if (positionals.length === 0 && Object.hasOwn(verbsOf(command), word))
        own = fieldsOf(`${command} ${word}`, catalog).map(([, field]) => field)
      positionals.push(word)
    }
  }
  return { own, flags, positionals, open }
}

function suggestCommands({ commands }: SuggestContext): Suggestion[] {
  return commands.map((name) => ({ value: name, meaning: say(`help.${name}`) }))
}

/** Those that were not given yet, and those that may be given again. */
function suggestFlags(own: readonly Field[], given: readonly string[]): Suggestion[] {
  const open = own.filter(({ flag, many }) => many || !given.includes(flag))
  const shown = open.map(({ flag, summary }) => ({ value: `--${flag}`, meaning: summary }))
  return [...shown, { value: '--help', meaning: say('flag.help') }]
}

function suggestPositionals(
  command: CommandName,
  given: readonly string[],
  { catalog, names }: SuggestContext,
): readonly Suggestion[] | 'path' {
  const words = verbsOf(command)
  const [verb = ''] = given
  if (command === 'completion' && /install$/.test(verb) && given.length === 1) return shellsOf(catalog)
  if (given.length === 0 && Object.keys(words).length > 0)
    return Object.entries(words).map(([value, meaning]) => ({ value, meaning }))
  const values = positionalValues[command]
  if (values === 'path') return 'path'
  const saved = command === 'switch' ? names : []
  return values && given.length === 0 ? withTitles([...values(catalog), ...saved], catalog) : []
}

function verbsOf(command: CommandName): Readonly<Record<string, Message>> {
  return command === 'key' || command === 'completion' ? verbs[command] : {}
}

/** The values of a flag; of a list with commas those of its last part. */
function suggestValues(
  field: Field,
  begun: string,
  positionals: readonly string[],
  context: SuggestContext,
): readonly Suggestion[] | 'path' {
  const { catalog } = context
  if (field.value === 'PATH') return 'path'
  const before = field.many ? begun.slice(0, begun.lastIndexOf(',') + 1) : ''
  const given = before.split(',')
  const values = withTitles(valuesOf(field, positionals, context), catalog)
  return behindFlag(
    before,
    values.filter(({ value }) => !given.includes(value)),
  )
}

function valuesOf(
  field: Field,
  [tool]: readonly string[],
  { catalog, setUp, names }: SuggestContext,
): readonly string[] {
  if (field.choices) return field.choices(catalog)
  if (field.flag === 'name') return names.length > 0 ? [...names, 'default'] : []
  if (field.flag === 'tool') return [...new Set([...setUp, 'all', 'detected'])]
  if (field.flag === 'model')
    return catalog.tools.flatMap(({ id, modelRoles }) => [
      `${id}=`,
      ...modelRoles.map((role) => `${id}:${role}=`),
    ])
  if (field.flag === 'unset') return [...new Set(catalog.tools.flatMap(wishNames))]
  if (field.flag !== 'format') return []
  const printed = [...catalog.tools, ...catalog.byHand]
  const named = printed.filter(({ id }) => id === tool)
  return [...new Set((named.length > 0 ? named : printed).flatMap(formatsOf))]
}

/** As `print` has them for a tool that is set up in the default way. */
export function formatsOf(tool: Tool): string[] {
  const { targets, env, snippets, importLinks } = tool
  const files = targets.filter(
    ({ scope, when, keyDelivery = ['file'] }) =>
      scope === 'user' && when === undefined && keyDelivery.includes('file'),
  )
  const shells = ['sh', 'fish', 'powershell', 'cmd']
  const inFile = files.some(({ format }) => format === 'dotenv') ? shells : []
  const variables = env ? [...shells, 'dotenv'] : inFile
  const others = [...variables, ...Object.keys(snippets), ...Object.keys(importLinks), ...stepFormats(tool)]
  return [...new Set([...files.map(({ format }) => format), ...others])]
}

function shellsOf({ completions }: Catalog): Suggestion[] {
  return [...new Set(completions.map(({ shell }) => shell))].map((value) => ({ value }))
}

function behindFlag(start: string, found: readonly Suggestion[] | 'path'): readonly Suggestion[] | 'path' {
  return found === 'path' ? found : found.map((each) => ({ ...each, value: start + each.value }))
}

/** Ids of tools and regions with the name that people know them by; one name of a region is enough. */
function withTitles(values: readonly string[], { tools, byHand, gateway }: Catalog): Suggestion[] {
  const aliases = gateway.regions.flatMap((region) => region.aliases)
  return values
    .filter((value) => !aliases.includes(value))
    .map((value) => {
      const tool = [...tools, ...byHand].find(({ id }) => id === value || `${id}=` === value)
      const region = gateway.regions.find(({ id }) => id === value)
      if (tool) return { value, meaning: written(tool.title) }
      return region ? { value, meaning: written(region.title, region.titleZh) } : { value }
    })
}
