import { isSomethingAt } from '../catalog/places.ts'
import { takesModel } from '../catalog/steps.ts'
import type { Tool, ToolOption } from '../catalog/tool.ts'
import type { Host } from '../host/host.ts'
import { type Input, isOn, listOf, type ToolChoice, textOf } from './request.ts'

/** What the user wants of a client beside its connection. */
export type Wishes = Pick<ToolChoice, 'model' | 'models' | 'options'>

/** Stands for a switch that is on, where its value would. */
export const switchedOn = 'on'

/** What the flags say for one tool: of `--model`, `TOOL=ID` names it, `TOOL:ROLE=ID` one of its roles, a bare `ID` any single tool. */
export function givenWishes(tool: Tool, input: Input): Wishes {
  const values = takesModel(tool) ? listOf(input, 'model') : []
  const named = (prefix: string) => values.findLast((value) => value.startsWith(prefix))?.slice(prefix.length)
  const roles = tool.modelRoles.map((role) => [role, named(`${tool.id}:${role}=`)] as const)
  const options = tool.options.map(({ id, number }) => {
    const name = `option:${id}`
    const asSwitch = isOn(input, name) ? switchedOn : undefined
    return [id, number === undefined ? asSwitch : textOf(input, name)] as const
  })
  return wishesOf(named(`${tool.id}=`) ?? values.findLast((value) => !value.includes('=')), roles, options)
}

type Named = readonly (readonly [name: string, value: string | undefined])[]

function wishesOf(model: string | undefined, models: Named, options: Named): Wishes {
  const some = (named: Named) => {
    const set = named.filter((entry): entry is readonly [string, string] => entry[1] !== undefined)
    return set.length > 0 ? Object.fromEntries(set) : undefined
  }
  const [byRole, byOption] = [some(models), some(options)]
  return {
    ...(model !== undefined && { model }),
    ...(byRole && { models: byRole }),
    ...(byOption && { options: byOption }),
  }
}

/** A choice with what was wished for before: flags win, `--unset` takes out, and what its folder no longer has is left out. */
export function keepWishes<Choice extends ToolChoice>(choice: Choice, before: Wishes, input: Input): Choice {
  const { tool } = choice
  const unset = listOf(input, 'unset')
  const kept = (name: string, value: string | undefined) =>
    unset.includes(name) || unset.includes(`${tool.id}=${name}`) ? undefined : value
  return {
    ...choice,
    ...wishesOf(
      choice.model ?? kept('model', before.model),
      tool.modelRoles.map((role) => [role, choice.models?.[role] ?? kept(role, before.models?.[role])]),
      tool.options.map(({ id }) => [id, choice.options?.[id] ?? kept(id, before.options?.[id])]),
    ),
  }
}

/** Wishes as what the parser makes of their flags. */
export function wishInput({ id, options }: Tool, wishes: Wishes): Pick<Input, 'values' | 'switches'> {
  const { model, models = {}, options: wished = {} } = wishes
  const roles = Object.entries(models).map(([role, name]) => `${id}:${role}=${name}`)
  const named = [...(model === undefined ? [] : [`${id}=${model}`]), ...roles]
  const own = options.filter((option) => wished[option.id] !== undefined)
  const numbers = own.filter(({ number }) => number !== undefined)
  return {
    values: {
      ...(named.length > 0 && { model: named }),
      ...Object.fromEntries(numbers.map((option) => [`option:${option.id}`, [wished[option.id] ?? '']])),
    },
    switches: new Set(
      own.filter(({ number }) => number === undefined).map((option) => `option:${option.id}`),
    ),
  }
}

/** Wishes as flags of `setup`. */
export function wishFlags(tool: Tool, wishes: Wishes): string[] {
  const { values, switches } = wishInput(tool, wishes)
  const { model = [], ...numbers } = values
  return [
    ...model.flatMap((value) => ['--model', value]),
    ...Object.entries(numbers).flatMap(([name, [value = '']]) => [
      `--${name.slice('option:'.length)}`,
      value,
    ]),
    ...[...switches].map((name) => `--${name.slice('option:'.length)}`),
  ]
}

/** Wishes as a setup file says them: a switch is true, and an empty table takes out what was wished before. */
export interface WishesSaid {
  readonly model?: string | undefined
  readonly models?: Readonly<Record<string, string>> | undefined
  readonly options?: Readonly<Record<string, number | boolean>> | undefined
}

export function readWishes({ model, models, options }: WishesSaid): Wishes {
  const wished = Object.entries(options ?? {}).filter(([, value]) => value !== false)
  const texts = wished.map(([id, value]) => [id, value === true ? switchedOn : String(value)])
  return {
    ...(model !== undefined && { model }),
    ...(models && { models }),
    ...(options && { options: Object.fromEntries(texts) }),
  }
}

/** The wishes of a choice in the words of a setup file. */
export function sayWishes({ model, models, options }: Wishes): WishesSaid {
  const said = Object.entries(options ?? {}).map(([id, value]) => [id, value === switchedOn || Number(value)])
  return {
    ...(model !== undefined && { model }),
    ...(models && { models }),
    ...(options && { options: Object.fromEntries(said) }),
  }
}

/** Wishes as short texts, such as `opus=ID` and `less-traffic`. */
export function describeWishes({ model, models = {}, options = {} }: Wishes): string[] {
  const named = Object.entries({ ...(model !== undefined && { model }), ...models, ...options })
  return named.map(([name, value]) => (value === switchedOn ? name : `${name}=${value}`))
}

/** Whether an option is worth a question: in its region, or where a file that is there for it alone would be written. */
export function isOffered({ id, offerIn }: ToolOption, choice: ToolChoice, host: Host): boolean {
  const own = choice.tool.targets.filter((one) => one.needsOption === id && one.scope === choice.scope)
  const paths = own.flatMap(({ when = [] }) => when.flatMap(({ exists }) => exists ?? []))
  const isHere = choice.method === 'file' && paths.some((path) => isSomethingAt(path, host))
  return isHere || offerIn.includes(choice.origin.region)
}
