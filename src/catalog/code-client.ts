import * as z from 'zod/mini'
import { type Endpoint, findProtocol, type Gateway } from '../gateway/gateway.ts'
import { endpointSchema } from './manifest-schema.ts'

/** A client that source code or a program's settings name by themselves. */
export interface CodeClient {
  readonly title: string
  /** Id of the tool that sets this client up, where there is one. */
  readonly tool?: string
  /** `code`: program text. `config`: settings of programs. */
  readonly in: 'code' | 'config'
  /** Words that tell the client, as whole words and in this case. */
  readonly words: readonly string[]
  /** Variables that it reads as its base URL, though no tool here sets them up for it. */
  readonly variables: readonly string[]
  readonly endpoint: Endpoint
}

const schema = z.strictObject({
  schema: z.literal(1),
  clients: z.array(
    z.strictObject({
      title: z.string(),
      tool: z.exactOptional(z.string()),
      in: z.enum(['code', 'config']),
      words: z.array(z.string()).check(z.minLength(1)),
      variables: z._default(z.array(z.string()), []),
      endpoint: endpointSchema,
    }),
  ),
})

/** The parsed content of code-clients.toml. Throws for a field of the wrong kind, and for an endpoint that is no route. */
export function parseCodeClients(data: unknown, gateway: Gateway): CodeClient[] {
  const { clients } = schema.parse(data)
  const wrong = clients.find(({ endpoint }) => !isRoute(endpoint, gateway))
  if (wrong) throw new Error(`code-clients.toml: the endpoint of ${wrong.title} is no route`)
  return clients
}

function isRoute({ protocol, prefix, appends }: Endpoint, gateway: Gateway): boolean {
  return findProtocol(gateway, protocol).routes.includes(prefix + appends)
}
