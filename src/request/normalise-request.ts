import type { Catalog, Tool } from '../catalog/tool.ts'
import { UserError } from '../errors.ts'
import type { Finding } from '../finding.ts'
import type { Origin } from '../gateway/origin.ts'
import type { Host } from '../host/host.ts'
import type { Secret } from '../secrets/secret.ts'
import { refuseWithoutKeychain } from './choose-key-way.ts'
import { chooseOrigin } from './choose-origin.ts'
import { completeChoice } from './choose-tools.ts'
import { type Input, listOf, textOf } from './input.ts'
import { judgeKeyLook } from './judge-key-look.ts'
import type { Request } from './request.ts'
import { unknownValue } from './unknown-value.ts'

interface Normalised {
  readonly request: Request
  /** The one that all choices are for. */
  readonly origin: Origin
  readonly findings: readonly Finding[]
}

/** What was said, made complete for these tools. Errors: UserError with exit 2, naming the flag that is missing or wrong. */
export async function normaliseRequest(
  input: Input,
  tools: readonly Tool[],
  key: Secret | undefined,
  catalog: Catalog,
  host: Host,
): Promise<Normalised> {
  refuseAmbiguousModel(input, tools)
  const { origin, note } = chooseOrigin(input, catalog.gateway)
  const isKept = textOf(input, 'keyStore') !== 'env'
  if (isKept && !key) throw missingKey()
  const choices = await Promise.all(tools.map((tool) => completeChoice(tool, origin, input, catalog, host)))
  refuseWithoutKeychain(choices)
  const findings = [
    ...(note === undefined ? [] : [{ id: 'trailing-slash', level: 'warning' as const, message: note }]),
    ...(key && isKept ? judgeKeyLook(key) : []),
    ...(isKept ? [] : tools.flatMap(keyVariableFinding)),
  ]
  return { request: { choices, ...(key && isKept && { key }) }, origin, findings }
}

function keyVariableFinding(tool: Tool): Finding[] {
  const variables = Object.entries(tool.env?.variables ?? {}).filter(([, value]) => value === '{{ key }}')
  const names = variables.map(([name]) => name)
  if (names.length === 0) return []
  const message = `${tool.title}: no key was written; set ${names.join(' and ')} in its environment yourself.`
  return [{ id: 'key-from-environment', level: 'warning', message }]
}

/** UserError `key-missing`, exit 2: there is none, and nobody can be asked. */
export function missingKey(): UserError {
  return new UserError({
    code: 'key-missing',
    message: 'The key is missing.',
    hint: 'Give --key-file PATH (or - for standard input), or set QCODE_API_KEY.',
    exit: 2,
  })
}

/** One bare model for tools of different vendors cannot be meant. */
function refuseAmbiguousModel(input: Input, tools: readonly Tool[]): void {
  const models = listOf(input, 'model')
  const named = models.filter((value) => value.includes('=')).map((value) => value.split('=')[0] ?? '')
  const ids = tools.map((tool) => tool.id)
  const unknown = named.find((id) => !ids.includes(id))
  if (unknown !== undefined) throw unknownValue('tool in --model', unknown, ids)
  const families = new Set(tools.map((tool) => tool.variants[0]?.endpoints[0]?.protocol.split('-')[0]))
  if (named.length === models.length || families.size < 2) return
  throw new UserError({
    code: 'model-ambiguous',
    message: 'One --model was given for tools that speak to different model families.',
    hint: `Name the tool: --model ${ids[0]}=ID`,
    exit: 2,
  })
}
