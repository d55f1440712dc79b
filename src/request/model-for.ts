import type { Tool } from '../catalog/tool.ts'
import { type Gateway, type ProtocolId, servesModel } from '../gateway/gateway.ts'

/** The model among the values of `--model` that fits a protocol: by the tool in front of it, else by its maker. */
export function modelFor(
  protocol: ProtocolId,
  models: readonly string[],
  tools: readonly Tool[],
  gateway: Gateway,
): string | undefined {
  const fitting = models.flatMap((value) => {
    const [, id, named] = /^([^=]+)=(.+)$/.exec(value) ?? []
    const tool = tools.find((candidate) => candidate.id === id)
    if (tool && named !== undefined) return speaks(tool, protocol) ? [named] : []
    return servesModel(gateway, protocol, value) ? [value] : []
  })
  return fitting.at(-1)
}

function speaks({ variants }: Tool, protocol: ProtocolId): boolean {
  return variants.some(({ endpoints }) => endpoints.some((endpoint) => endpoint.protocol === protocol))
}
