import { takesModel } from '../catalog/steps.ts'
import type { Catalog, Tool } from '../catalog/tool.ts'
import { nearest, type UserError, usageError } from '../errors.ts'
import { type Message, say, written } from '../texts/message.ts'
import { type Input, listOf, textOf } from './request.ts'

/** As a `Field` of the table of fields. */
interface FolderFlag {
  readonly flag: string
  readonly value?: string
  readonly summary: Message
  readonly commands: readonly ('setup' | 'print' | 'run')[]
  readonly choices?: () => readonly string[]
}

/** Flags that the folders of tools add: `--codex-base` pins a variant, as `pin:TOOL`; the others are options, as `option:ID`. */
export function folderFlags({ tools }: Pick<Catalog, 'tools'>): [name: string, field: FolderFlag][] {
  const pins = tools.flatMap(({ id, title, pinFlag, variants }) =>
    pinFlag === undefined
      ? []
      : {
          name: `pin:${id}`,
          flag: pinFlag,
          value: 'VARIANT',
          summary: say('flag.pin', { tool: title }),
          choices: () => variants.map((variant) => variant.id),
        },
  )
  const options = new Map(tools.flatMap((tool) => tool.options.map((option) => [option.id, option] as const)))
  const inOwnFiles = new Set(tools.flatMap(({ targets }) => targets.map(({ needsOption }) => needsOption)))
  const switches = [...options.values()].map((option) => ({
    name: `option:${option.id}`,
    // A file that is there for an option alone is neither printed nor a matter of one run.
    ...(inOwnFiles.has(option.id) && { commands: ['setup'] as const }),
    flag: option.id,
    ...(option.number !== undefined && { value: option.number }),
    summary: say('flag.option', {
      what: written(option.text, option.textZh),
      tools: titlesWith(option.id, tools),
    }),
  }))
  return [...pins, ...switches].map(({ name, ...field }) => [
    name,
    { commands: ['setup', 'print', 'run'], ...field },
  ])
}

function titlesWith(option: string, tools: readonly Tool[]): string[] {
  return tools.filter(({ options }) => options.some(({ id }) => id === option)).map(({ title }) => title)
}

/** A whole number, as the options that take one want it. */
export const wholeNumber = /^[1-9]\d{0,8}$/

/**
 * Errors: UserError, exit 2, for what no tool of these has, or the one that it names: `option-not-supported` (a model too),
 * `unknown-role` and `unknown-unset`; and `bad-number` and `model-blank` for a value that is none.
 */
export function refuseForeignWishes(
  input: Input,
  tools: readonly Tool[],
  { tools: all }: Pick<Catalog, 'tools'>,
): void {
  const given = [...Object.keys(input.values), ...input.switches]
  for (const name of given.filter((one) => one.startsWith('option:'))) {
    const id = name.slice('option:'.length)
    if (titlesWith(id, tools).length === 0) throw notSupported(id, tools, all)
    const number = textOf(input, name)
    if (number !== undefined && !wholeNumber.test(number)) throw badNumber(id, number)
  }
  const models = listOf(input, 'model')
  for (const value of models) refuseWrongModel(value, tools)
  if (models.some((one) => !one.includes('=')) && !tools.some(takesModel)) throw notSupported('model', tools)
  for (const word of listOf(input, 'unset')) {
    const [, id, own] = /^([^=]+)=(.*)$/.exec(word) ?? []
    const meant = tools.filter((tool) => id === undefined || tool.id === id)
    const names = [...new Set(meant.flatMap(wishNames))]
    if (!names.includes(own ?? word))
      throw unknownUnset(word, names.length > 0 ? names : tools.map((tool) => tool.id))
  }
}

function refuseWrongModel(value: string, tools: readonly Tool[]): void {
  const [, whose = '', model] = /^([^=]*)(?:=(.*))?$/s.exec(value) ?? []
  const [, id, role] = /^([^:]*)(?::(.*))?$/s.exec(whose) ?? []
  const tool = tools.find((one) => one.id === id)
  if (!tool) return
  if (whose === tool.id && model !== undefined && !takesModel(tool)) throw notSupported('model', [tool])
  const isRole = role !== undefined && tool.modelRoles.includes(role)
  if (model !== undefined && role !== undefined && !isRole) throw unknownRole(role, tool)
  // A model may be called TOOL:NAME, but none is called as a role is.
  if (model === '' || (model === undefined && isRole)) throw noModel(whose, tool.id, role ?? 'model')
}

function noModel(whose: string, tool: string, name: string): UserError {
  const hint = say('model.blank.hint', { whose, tool, name })
  return usageError('model-blank', say('model.blank', { whose }), hint)
}

/** Of an option that none of these tools has, or of a model that none of them can be told. */
function notSupported(flag: string, tools: readonly Tool[], all: readonly Tool[] = []): UserError {
  const message = say('option.not-supported', { flag, tools: tools.map(({ title }) => title) })
  const others = say('option.not-supported.hint', { flag, tools: titlesWith(flag, all) })
  const hint = flag === 'model' ? say('model.not-supported.hint') : others
  return usageError('option-not-supported', message, hint)
}

function badNumber(id: string, value: string): UserError {
  const hint = say('option.number.hint', { flag: id })
  return usageError('bad-number', say('option.number', { flag: id, value }), hint)
}

function unknownRole(role: string, { id, title, modelRoles }: Tool): UserError {
  const near = nearest(role, modelRoles)
  const hint =
    modelRoles.length === 0
      ? say('usage.model.hint', { tool: id })
      : say('model.unknown-role.hint', { tool: id, role: near ?? modelRoles[0] ?? '', roles: modelRoles })
  return usageError('unknown-role', say('model.unknown-role', { role, tool: title }), hint)
}

function unknownUnset(word: string, valid: readonly string[]): UserError {
  const message = say('unknown.value', { flag: 'unset', value: word })
  return usageError('unknown-unset', message, say('usage.valid', { values: valid }))
}

/** Names that can be wished for one tool, and so be taken out. */
export function wishNames({ modelRoles, options }: Tool): string[] {
  return ['model', ...modelRoles, ...options.map(({ id }) => id)]
}
