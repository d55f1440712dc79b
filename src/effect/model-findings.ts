import type { Tool } from '../catalog/tool.ts'
import type { KeyPath, Value } from '../documents/document.ts'
import type { Finding } from '../finding.ts'
import { findProtocol, type ProtocolId } from '../gateway/gateway.ts'
import { maskText } from '../secrets/mask-text.ts'
import { describeSource, remedyFor, whereOf } from './describe-source.ts'
import { type Found, resolveSettings, valueAt } from './find-setting.ts'
import type { ConnectionView, EffectContext, ToolView } from './tool-view.ts'

/**
 * Models of another vendor that a client would ask this gateway for. Which models the gateway has is not known without a
 * key; a name that begins as none of its families do was most likely left by the settings before. One that this program
 * was told to write is the user's word.
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
  const place = describeSource(found, profiles)
  const where = whereOf(found, profiles)
  const model = maskText(found.value.trim(), [])
  const hint = isWritten(found, tool)
    ? `qcode-setup --tool ${tool.id} --model ID`
    : `${remedyFor(found, profiles)} To choose a model: qcode-setup --tool ${tool.id} --model ID`
  return {
    id: 'foreign-model',
    level: 'warning',
    tool: tool.id,
    message: `${tool.title} asks for the model ${model}, from ${place}. That is not one which the gateway is known to serve by ${title}.`,
    messageZh: `${tool.title} 会请求模型 ${model}（来自 ${place}）。网关并不以 ${title} 提供该模型。`,
    hint,
    ...(where && { where }),
  }
}

/** Whether `--model` writes where the model stands, or where that beats it. */
function isWritten({ name, keyPath, source }: Found, { targets }: Tool): boolean {
  return targets.some(({ scope, content, when = [] }) => {
    if (source.level === 'environment') return when.some(({ env }) => env === name) && holdsModel(content)
    return keyPath !== undefined && source.level === scope && isModel(content, keyPath)
  })
}

function isModel(content: Value, keyPath: KeyPath): boolean {
  const value = valueAt(content, keyPath)
  return typeof value === 'string' && value.includes('{{ model }}')
}

function holdsModel(content: Value): boolean {
  return JSON.stringify(content).includes('{{ model }}')
}
