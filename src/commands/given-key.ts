import type { Tool } from '../catalog/tool.ts'
import type { CheckPlan, GatewayCheck } from '../checks/check-gateway.ts'
import type { CommandContext } from '../command.ts'
import { type UserError, usageError } from '../errors.ts'
import type { Finding } from '../finding.ts'
import type { Origin } from '../gateway/origin.ts'
import type { Host } from '../host/host.ts'
import { readState } from '../host/read-file-state.ts'
import { setupId } from '../ledger.ts'
import type { PlanContext } from '../plan/plan-work.ts'
import { setupOf } from '../plan/setups.ts'
import { findWrittenKeys, keysInFiles } from '../plan/written-keys.ts'
import { chooseOrigin } from '../request/normalise-request.ts'
import { type Input, nameIn, type ToolChoice, textOf } from '../request/request.ts'
import { rememberKey } from '../secrets/mask-text.ts'
import { readKey } from '../secrets/read-key.ts'
import { hashKey, Secret } from '../secrets/secret.ts'
import { asMessage, say } from '../texts/message.ts'
import type { KeyAsking } from '../wizard/ask-key.ts'
import { existingChoices, loadLedger, storedKey } from './choices-of.ts'
import { readNamed, refuseBesideName, refuseOwnKey } from './names.ts'

/**
 * The key that the flags or QCODE_API_KEY give, as `readKey`. Standard input that is a terminal would show the key while it
 * is typed, so there `--key-file -` asks for it, masked. Errors: those of `readKey`, `cancelled`, `key-file` (exit 2).
 */
export async function givenKey(input: Input, host: Host, question?: KeyAsking): Promise<Secret | undefined> {
  const keyFile = textOf(input, 'keyFile')
  if (keyFile !== '-' || !isTerminal(host)) return readKey(keyFile, host)
  if (!host.terminal.interactive) throw cannotAsk()
  const { askKey } = await import('../wizard/ask-key.ts')
  return askKey(host, question)
}

function isTerminal({ terminal }: Host): boolean {
  return Boolean((terminal.input as { isTTY?: boolean }).isTTY)
}

/** Standard error goes elsewhere, or this is a job of CI: a question would not be seen. */
function cannotAsk(): UserError {
  const message = say('key-file.terminal', { source: say('key-file.stdin') })
  return usageError('key-file', message, say('key-file.hint'))
}

/** A key of the right look that opens nothing but a gateway on loopback. */
export function throwAwayKey(host: Pick<Host, 'randomId'>): string {
  return `cr_${host.randomId().repeat(6).slice(0, 64).padEnd(64, '0')}`
}

/** The gateway that a command asks which writes nothing, and what of the setups is for it. */
export interface PresentGateway {
  readonly origin: Origin
  /** What is set up for this gateway, that of the tool first. */
  readonly choices: readonly ToolChoice[]
  /** What has a name brings its key along: no other one goes there. */
  readonly key?: Secret
}

/**
 * The gateway that the flags name, else the one that the tool is set up for, else the only one that others are, else global.
 * Errors: those of `readNamed`; UserError `name-says-gateway`, exit 2.
 */
export async function presentGateway(
  input: Input,
  context: CommandContext,
  tool?: Tool,
): Promise<PresentGateway> {
  refuseBesideName(input)
  const isOther = (choice: ToolChoice) => Number(choice.tool.id !== tool?.id)
  const all = existingChoices(context).choices.toSorted((one, other) => isOther(one) - isOther(other))
  const region = textOf(input, 'presentRegion')
  const isSaid = region !== undefined || textOf(input, 'gateway') !== undefined
  const choices = all.filter(({ name }) => name === undefined)
  const candidates = textOf(input, 'name') === undefined && !isSaid ? all : choices
  const standing = tool && standingHere(tool, candidates, context)
  const [only, ...more] = new Set(candidates.map((choice) => choice.name))
  const name = nameIn(input) ?? (standing ? standing.name : more.length === 0 ? only : undefined)
  if (name !== undefined) {
    refuseOwnKey(name, input)
    const { origin, key } = await readNamed(name, loadLedger(context), context)
    return { origin, key, choices: all.filter((choice) => choice.name === name) }
  }
  const [first, ...others] = new Map(choices.map(({ origin }) => [origin.text, origin])).values()
  const present = standing?.origin ?? (others.length === 0 ? first : undefined)
  const origin = (!isSaid && present) || chooseOrigin(input, context.catalog.gateway, region).origin
  return { origin, choices: choices.filter((choice) => isSameService(choice.origin, origin)) }
}

/** Of what a tool is set up with, what the client would find if it were started now; else the first. */
function standingHere(
  tool: Tool,
  choices: readonly ToolChoice[],
  { host }: CommandContext,
): ToolChoice | undefined {
  const own = choices.filter((choice) => choice.tool === tool)
  const placeOf = ({ folders: _, ...choice }: ToolChoice) => setupOf(choice, host).place
  const isHere = (choice: ToolChoice) => setupOf(choice, host).place === placeOf(choice)
  return own.find((choice) => choice.scope === 'user' && isHere(choice)) ?? own[0]
}

/** The regions are one service with one key; another gateway never gets it. */
function isSameService(one: Origin, other: Origin): boolean {
  return one.text === other.text || (one.region !== 'custom' && other.region !== 'custom')
}

/**
 * The key that these setups have, which are of no name: of the first of them that has one, from its files, else from the
 * keychain. Undefined where none can be read.
 */
export async function presentKey(
  choices: readonly ToolChoice[],
  context: CommandContext,
): Promise<Secret | undefined> {
  const ledger = loadLedger(context)
  const named = new Set(ledger.setups.filter(({ name }) => name !== undefined).map(setupId))
  for (const { tool, origin } of choices) {
    const ids = ledger.entries.filter(
      (entry) => entry.tool === tool.id && !entry.setups.some((id) => named.has(id)),
    )
    const setUp = { ...ledger, entries: ids }
    const { keys } = await findWrittenKeys({ ledgers: [setUp], copies: [] }, [tool], [], {
      read: (path) => readState(path, context.host),
    })
    const isAlone = choices.every((other) => other.tool !== tool || other.origin.text === origin.text)
    const [key, ...others] = isAlone ? keys : []
    if (key !== undefined && others.length === 0) return rememberKey(new Secret(key))
  }
  return storedKey(choices, context)
}

/** One key, and the tools that have it. */
export interface KeyInUse {
  readonly secret: Secret
  /** For a person; none of a key that was given. */
  readonly tools: readonly string[]
  readonly name?: string
}

/** Every key that these setups have in their files, in the keychain or by a name, each once. One that cannot be read is left out. */
export async function keysInUse(
  choices: readonly ToolChoice[],
  plan: PlanContext,
  { host, keyOfName }: { readonly host: Host; keyOfName(name: string): Promise<Secret | undefined> },
): Promise<KeyInUse[]> {
  const stored = await storedKey(choices, { host })
  const names = [...new Set(choices.flatMap(({ name }) => name ?? []))]
  const named = new Map(await Promise.all(names.map(async (name) => [name, await keyOfName(name)] as const)))
  const found = choices.map(async (choice) => {
    const { tool, name, keyStore } = choice
    const own = keyStore === 'keychain' ? [stored] : await keysInFiles([choice], plan)
    return (name === undefined ? own : [named.get(name)]).flatMap((secret) =>
      secret ? [{ secret, tools: [tool.title], ...(name !== undefined && { name }) }] : [],
    )
  })
  return eachOnce((await Promise.all(found)).flat())
}

/** The same keys, those that are one joined. */
export function eachOnce(keys: readonly KeyInUse[]): KeyInUse[] {
  const once = new Map<string, KeyInUse>()
  for (const key of keys) {
    const id = hashKey(key.secret)
    const { tools = [], ...known } = once.get(id) ?? key
    once.set(id, { ...known, tools: [...new Set([...tools, ...key.tools])] })
  }
  return [...once.values()]
}

/** Checks a gateway with the plan's own key, `own`, and then with every other one; where there are several, each result says whose it is. */
export async function checkEachKey(
  plan: CheckPlan,
  [own, ...others]: readonly KeyInUse[],
  ask: (plan: CheckPlan) => Promise<GatewayCheck>,
): Promise<GatewayCheck> {
  const check = await ask(plan)
  if (!own || !plan.key || others.length === 0) return check
  const { origin, routes, key } = plan
  const asked = others.map(async (one) => {
    return ofKey(await ask({ origin, routes, key: { ...key, secret: one.secret } }), one)
  })
  return { ...check, key: [...ofKey(check, own), ...(await Promise.all(asked)).flat()] }
}

function ofKey({ key = [] }: GatewayCheck, { secret, tools }: KeyInUse): NonNullable<GatewayCheck['key']> {
  if (tools.length === 0) return key
  return key.map(({ message, ...probe }) => {
    const said = say('check.key-of', { key: String(secret), tools, message })
    return { ...probe, tools, message: said }
  })
}

/** What is to be said where of several keys that stay in place one alone was tested. */
export async function untestedKeys(
  choices: readonly ToolChoice[],
  tested: Secret | undefined,
  plan: PlanContext,
  { host }: CommandContext,
): Promise<Finding[]> {
  if (!tested) return []
  const keys = await keysInUse(choices, plan, { host, keyOfName: async () => undefined })
  return keys
    .filter(({ secret }) => hashKey(secret) !== hashKey(tested))
    .map(({ secret, tools }) => ({
      id: 'key-not-tested',
      level: 'warning',
      message: say('check.key-untested', { key: String(secret), tools }),
      hint: asMessage('qcode-setup check'),
    }))
}
