import { type Catalog, keyVariables, type Tool } from '../catalog/tool.ts'
import { UserError } from '../errors.ts'
import type { Finding } from '../finding.ts'
import type { Origin } from '../gateway/origin.ts'
import type { Host } from '../host/host.ts'
import type { Secret } from '../secrets/secret.ts'
import { refuseWithoutKeychain, refuseWithoutVariable } from './choose-key-way.ts'
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
  refuseWithoutVariable(choices)
  const findings = [
    ...(note === undefined ? [] : [{ id: 'trailing-slash', level: 'warning' as const, message: note }]),
    ...(key && isKept ? judgeKeyLook(key) : []),
    ...(isKept ? [] : tools.map((tool) => keyVariableFinding(tool, host))),
  ]
  return { request: { choices, ...(key && isKept && { key }) }, origin, findings }
}

/** Where the user has to put the key: a warning as long as it does not stand there. */
function keyVariableFinding(tool: Tool, { env }: Pick<Host, 'env'>): Finding {
  const names = keyVariables(tool)
  const isSet = names.every((name) => env[name])
  return {
    id: 'key-from-environment',
    level: isSet ? 'info' : 'warning',
    tool: tool.id,
    message: `${tool.title}: no key was written; set ${names.join(' and ')} in its environment yourself.`,
    messageZh: `${tool.title}：未写入密钥；请自行在其环境变量中设置 ${names.join(' 与 ')}。`,
  }
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
