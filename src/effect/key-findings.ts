import { keyVariables, type Tool } from '../catalog/tool.ts'
import { valueAt } from '../documents/value.ts'
import type { Finding } from '../finding.ts'
import { findProtocol, type ProtocolId } from '../gateway/gateway.ts'
import { maskText } from '../secrets/mask-text.ts'
import { maskKey } from '../secrets/secret.ts'
import { asMessage, say } from '../texts/message.ts'
import { describeSource, remedyFor, whereOf } from './describe-source.ts'
import { type Found, type Resolved, resolveSettings } from './find-setting.ts'
import type { MachineView } from './machine-view.ts'
import type { Profile } from './read-profiles.ts'
import {
  type ConnectionView,
  type EffectContext,
  isGatewayKey,
  isPlaceholderKey,
  newTerminal,
  remedyForOther,
  type ToolView,
} from './tool-view.ts'

/** What is to be said of the keys that go to the gateway. Keys are shown masked. */
export function keyFindings(
  { tool, setups }: ToolView,
  { keys, destination, baseUrl, foreignKeys }: ConnectionView,
  context: EffectContext,
): Finding[] {
  const { profiles, machine } = context
  if (destination !== 'gateway') return []
  const { winner } = keys
  if (!winner || winner.value.trim() === '') return [noKey(tool, setups)]
  const needsShell = [baseUrl.winner, winner].some((found) => found?.source.level === 'profile')
  return [
    ...missingCommand(tool, winner, machine),
    ...foreignKeys.map((found) => {
      const remedy = remedyFor(found, profiles)
      const hint = hasOther(keys, context) ? remedy : say('remedy.then-set-up', { remedy, tool: tool.id })
      return { ...(isPlaceholderKey(found) ? placeholderKey : foreignKey)(tool, found, profiles), hint }
    }),
    ...(foreignKeys.length === 0 ? differentKeys(tool, keys.sent, profiles) : []),
    ...keys.overridden
      .filter((other) => isOtherKey(other, winner))
      .map((other) => overriddenKey(tool, winner, other, context)),
    ...keys.unsent
      .filter(({ other, sent }) => areTwoKeys(other, sent, context))
      .map(({ other, sent }) => overriddenKey(tool, sent, other, context)),
    ...(needsShell ? [newShell(tool.id, winner, machine)] : []),
  ]
}

/** Whether a key of the gateway is left when those of others are gone. */
function hasOther({ perSetting, overridden }: Resolved, context: EffectContext): boolean {
  return [...perSetting, ...overridden].some(
    ({ value, isCommand }) => isCommand || isGatewayKey(value, context),
  )
}

function noKey(tool: Tool, setups: ToolView['setups']): Finding {
  const inVariable = setups.some(({ keyStore }) => keyStore === 'env')
  return {
    id: 'no-key',
    level: 'error',
    tool: tool.id,
    message: say('effect.no-key', { tool: tool.title }),
    hint: inVariable
      ? say('effect.no-key.variable', { names: keyVariables(tool), tool: tool.id })
      : asMessage(`qcode-setup --tool ${tool.id}`),
  }
}

/** Somebody else's key is sent to the gateway: that leaks it, and the gateway refuses it. */
function foreignKey(tool: Tool, found: Found, profiles: readonly Profile[]): Finding {
  const source = describeSource(found, profiles)
  const where = whereOf(found, profiles)
  const key = maskKey(found.value.trim())
  return {
    id: 'foreign-key',
    level: 'error',
    tool: tool.id,
    message: say('effect.foreign-key', { tool: tool.title, key, source }),
    ...(where && { where }),
  }
}

/** No key at all stands where one belongs; it is short or a name, so it may be shown. */
function placeholderKey(tool: Tool, found: Found, profiles: readonly Profile[]): Finding {
  const source = describeSource(found, profiles)
  const where = whereOf(found, profiles)
  const text = found.value.trim()
  const shown = text.length <= 40 ? text : maskKey(text)
  return {
    id: 'placeholder-key',
    level: 'error',
    tool: tool.id,
    message: say('effect.placeholder-key', { tool: tool.title, text: shown, source }),
    ...(where && { where }),
  }
}

/** Two keys of the gateway in two headers: the gateway reads the first. */
function differentKeys(tool: Tool, sent: readonly Found[], profiles: readonly Profile[]): Finding[] {
  const [first, ...others] = sent.filter(({ isCommand }) => !isCommand)
  const other = others.find(({ value }) => value.trim() !== first?.value.trim())
  if (!first || !other) return []
  const where = whereOf(other, profiles)
  return [
    {
      id: 'two-keys',
      level: 'warning',
      tool: tool.id,
      message: say('effect.two-keys', { tool: tool.title, ...twoKeys(first, other, profiles) }),
      hint: remedyFor(other, profiles),
      ...(where && { where }),
    },
  ]
}

function twoKeys(used: Found, other: Found, profiles: readonly Profile[]) {
  return {
    key: maskKey(used.value),
    source: describeSource(used, profiles),
    other: maskKey(other.value),
    otherSource: describeSource(other, profiles),
  }
}

function overriddenKey(tool: Tool, winner: Found, other: Found, context: EffectContext): Finding {
  const { profiles } = context
  const where = whereOf(other, profiles)
  return {
    id: 'different-keys',
    level: 'warning',
    tool: tool.id,
    message: say('effect.different-keys', twoKeys(winner, other, profiles)),
    hint: remedyForOther(other, winner, context),
    ...(where && { where }),
  }
}

/** The client would start a program for its key that is not there. */
function missingCommand(
  tool: Tool,
  { value, isCommand, source }: Found,
  { hasProgram }: MachineView,
): Finding[] {
  const { program, path } = isCommand ? programOf(value) : {}
  if (program === undefined || hasProgram(program, path)) return []
  return [
    {
      id: 'key-command-missing',
      level: 'error',
      tool: tool.id,
      message: say('effect.key-command-missing', { tool: tool.title, program }),
      hint: say('effect.key-command-missing.hint', { tool: tool.id }),
      ...(source.file && { where: { file: source.file.path } }),
    },
  ]
}

/** The name that a command begins with, and where it is looked for; nothing for a path, a script or what a shell has to work out. */
function programOf(command: string): { program?: string; path?: string } {
  const [, path, found, plain] =
    /^(?:\$\()?(?:\/usr\/bin\/env '?PATH=(.*?)'? ([\w.-]+)|([\w.-]+))(?:[ )]|$)/.exec(command) ?? []
  const program = found ?? plain
  return { ...(program !== undefined && { program }), ...(path !== undefined && { path }) }
}

/** The same setting with another value. */
function isOtherKey(other: Found, winner: Found): boolean {
  if (other.isCommand || winner.isCommand) return false
  return other.name === winner.name && other.value.trim() !== '' && other.value !== winner.value
}

/** Two keys of the gateway for one header, under different names; of somebody else's key, it is well that it is not sent. */
function areTwoKeys(other: Found, sent: Found, context: EffectContext): boolean {
  if (other.isCommand || sent.isCommand || other.name === sent.name) return false
  return (
    other.value.trim() !== sent.value.trim() &&
    [other, sent].every(({ value }) => isGatewayKey(value, context))
  )
}

function newShell(tool: string, { source }: Found, machine: MachineView): Finding {
  return {
    id: 'new-shell-needed',
    level: 'info',
    tool,
    message: say('effect.new-terminal'),
    hint: newTerminal(machine),
    ...(source.file && { where: { file: source.file.path } }),
  }
}

/**
 * Models of another vendor that a client would ask this gateway for. Which models the gateway has is not known without a
 * key; a name that begins as none of its families do was most likely left by the settings before. One that this program
 * was asked to write is the user's choice.
 */
export function modelFindings(
  view: ToolView,
  { connection, destination }: ConnectionView,
  context: EffectContext,
): Finding[] {
  if (destination !== 'gateway') return []
  const chosen = connection.models.flatMap((settings) => resolveSettings(settings, view).winner ?? [])
  return chosen
    .filter(({ value }) => value.trim() !== '' && !context.ownKeys.includes(value))
    .filter(({ value }) => !isOfFamily(value.trim(), connection.protocol, view.tool, context))
    .map((found) => foreignModel(found, connection.protocol, view.tool, context))
}

function isOfFamily(
  value: string,
  protocol: ProtocolId,
  { modelPrefix = '', diagnosis }: Tool,
  { catalog }: EffectContext,
): boolean {
  const bare = value.startsWith(modelPrefix) ? value.slice(modelPrefix.length) : value
  // Claude Code asks for a larger context by such an ending.
  const name = bare.toLowerCase().replace(/\[\w+\]$/, '')
  const { modelFamilies } = findProtocol(catalog.gateway, protocol)
  return diagnosis.modelAliases.includes(name) || modelFamilies.some((start) => name.startsWith(start))
}

function foreignModel(
  found: Found,
  protocol: ProtocolId,
  tool: Tool,
  { catalog, profiles }: EffectContext,
): Finding {
  const { title } = findProtocol(catalog.gateway, protocol)
  const source = describeSource(found, profiles)
  const where = whereOf(found, profiles)
  const model = maskText(found.value.trim(), [])
  const named = modelFlag(found, tool)
  const hint = named
    ? asMessage(`qcode-setup --tool ${tool.id} --model ${named}`)
    : say('effect.foreign-model.hint', { remedy: remedyFor(found, profiles), tool: tool.id })
  return {
    id: 'foreign-model',
    level: 'warning',
    tool: tool.id,
    message: say('effect.foreign-model', { tool: tool.title, model, source, protocol: title }),
    hint,
    ...(where && { where }),
  }
}

/** What `--model` takes to write where the model stands, or where that beats it; undefined where it writes elsewhere. */
function modelFlag({ name, keyPath, source }: Found, { id, targets }: Tool): string | undefined {
  for (const { scope, content, when = [] } of targets) {
    const isMet = source.level === 'environment' && when.some(({ env }) => env === name)
    const text = isMet
      ? JSON.stringify(content)
      : keyPath !== undefined && source.level === scope && valueAt(content, keyPath)
    const [model, role] = /\{\{ model(?:@([\w-]+))? \}\}/.exec(typeof text === 'string' ? text : '') ?? []
    if (model !== undefined) return role === undefined ? 'ID' : `${id}:${role}=ID`
  }
  return undefined
}
