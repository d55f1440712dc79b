import { entriesOf } from './entries-of.ts'
import { isAddress } from './is-address.ts'
import { findLeadElsewhere, findLeadInCode } from './lead-elsewhere.ts'
import type { Tool } from './tool.ts'

/** Keywords of JSON Schema that can take for ever on a hostile value, or lead back to themselves. */
const endless = ['pattern', 'patternProperties', 'format', '$ref', '$dynamicRef', '$recursiveRef']

/** Each may take a second, where it is a bad one. */
const mostPatterns = 10

const settingsFormats = ['toml', 'json', 'jsonc', 'yaml', 'dotenv']

/** What is wrong with a tool of the user's own, beside what would be wrong with any: its field and why, or undefined. */
export function findOwnToolFault(tool: Tool, takenFlags: readonly string[]): string | undefined {
  const { pinFlag, env, keyWays, targets, shapes, diagnosis } = tool
  if (pinFlag !== undefined && takenFlags.includes(pinFlag))
    return `pin_flag: there is a --${pinFlag} already`
  const besides = keyWays.flatMap(({ beside = {} }) => Object.entries(beside))
  const variables = [...Object.entries(env?.variables ?? {}), ...besides]
  const joined = variables.find(([, value]) => !/^\{\{ [^{}]+ \}\}$/.test(value))
  if (joined) return `env.variables.${joined[0]} must be one placeholder, since a shell reads it`
  const patterns = diagnosis.traps.flatMap(({ when }) => when).filter(({ matches }) => matches !== undefined)
  if (patterns.length > mostPatterns)
    return `traps: a folder of your own has at most ${mostPatterns} patterns`
  const keyword = shapes.flatMap(({ schema }) => entriesOf(schema)).find(({ name }) => endless.includes(name))
  if (keyword) return `shapes cannot use ${keyword.name} in a folder of your own`
  return targets.map(findTargetFault).find((fault) => fault !== undefined) ?? findOtherLead(tool)
}

function findTargetFault({ format, content }: Tool['targets'][number], index: number) {
  const target = `targets.${index}`
  if (!settingsFormats.includes(format))
    return `${target}.format must be one of ${settingsFormats.join(', ')}`
  const lead = findLeadElsewhere(content)
  return lead && `${target}.content ${lead}`
}

/** What the settings of its variables, its models and its code lead to. */
function findOtherLead({ env, keyWays, modelPrefix, snippets }: Tool): string | undefined {
  const variables = findLeadElsewhere(env?.variables ?? {})
  if (variables !== undefined) return `env.variables ${variables}`
  const beside = findLeadElsewhere(keyWays.map((way) => way.beside ?? {}))
  if (beside !== undefined) return `key_ways.beside ${beside}`
  if (modelPrefix !== undefined && isAddress(modelPrefix, [])) return 'model_prefix is an address'
  const [code] = Object.entries(snippets).flatMap(([language, text]) => {
    const lead = findLeadInCode(text)
    return lead === undefined ? [] : `snippets.${language} ${lead}`
  })
  return code
}
