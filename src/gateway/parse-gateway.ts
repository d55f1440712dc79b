import * as z from 'zod/mini'
import type { Gateway } from './gateway.ts'

const path = z
  .string()
  .check(z.regex(/^(\/[\w.-]+)+$/, 'must be a path such as /api/v1, without a trailing slash'))

const gatewaySchema = z.strictObject({
  schema: z.literal(1),
  models_route: path,
  regions: z.array(
    z.strictObject({
      id: z.string(),
      aliases: z.optional(z.array(z.string())),
      origin: z.string().check(z.regex(/^https?:\/\/[\w.-]+$/, 'must be scheme and host only')),
      title: z.string(),
      title_zh: z.string(),
      audience: z.string(),
      audience_zh: z.string(),
    }),
  ),
  protocols: z.array(
    z.strictObject({
      id: z.enum(['anthropic-messages', 'openai-chat', 'openai-responses']),
      title: z.string(),
      routes: z.array(path),
      models_begin_with: z.optional(z.array(z.string())),
      model_families: z._default(z.array(z.string()), []),
    }),
  ),
})

/** The parsed content of gateway.toml as a Gateway. Throws a ZodError that names the field. */
export function parseGateway(data: unknown): Gateway {
  const { models_route, regions, protocols } = gatewaySchema.parse(data)
  return {
    modelsRoute: models_route,
    protocols: protocols.map(({ models_begin_with, model_families, ...protocol }) => ({
      ...protocol,
      modelFamilies: model_families,
      ...(models_begin_with && { modelsBeginWith: models_begin_with }),
    })),
    regions: regions.map(({ title_zh, audience_zh, aliases = [], ...region }) => ({
      ...region,
      aliases,
      titleZh: title_zh,
      audienceZh: audience_zh,
    })),
  }
}
