import { createServer, type IncomingMessage } from 'node:http'
import type { AddressInfo } from 'node:net'
import { onTestFinished } from 'vitest'
import type { StandIn } from '../../src/gateway/stand-in.ts'

/** One call of a tool, as a model would want it. */
export interface ToolCall {
  readonly name: string
  readonly input: object
}

/**
 * The gateway for the running test with a model that has something to do: the first request that offers the tool is answered with
 * a call of it (Anthropic Messages, streamed), and everything else by the stand-in, which has the key and the rules. Gives its origin.
 */
export async function callToolOnce(standIn: StandIn, call: ToolCall): Promise<string> {
  let isCalled = false
  const server = createServer(async (request, reply) => {
    const body = await readBody(request)
    if (!isCalled && offers(body, call.name)) {
      isCalled = true
      reply.writeHead(200, { 'content-type': 'text/event-stream' })
      reply.end(streamOf(call))
      return
    }
    const { method = 'GET', url = '/', headers } = request
    const sent = Object.entries(headers).filter(([name]) =>
      /^(?:x-api-key|authorization|content-type)$/.test(name),
    )
    const answer = await fetch(standIn.origin + url, {
      method,
      headers: sent.map(([name, value]) => [name, String(value)] as [string, string]),
      ...(method === 'POST' ? { body } : {}),
    })
    reply.writeHead(answer.status, { 'content-type': answer.headers.get('content-type') ?? 'text/plain' })
    reply.end(await answer.text())
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  onTestFinished(() => {
    server.closeAllConnections()
    server.close()
  })
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`
}

async function readBody(request: IncomingMessage): Promise<string> {
  const chunks: Buffer[] = []
  for await (const chunk of request) chunks.push(chunk as Buffer)
  return Buffer.concat(chunks).toString('utf8')
}

function offers(body: string, name: string): boolean {
  try {
    const { tools } = JSON.parse(body) as { tools?: readonly { name: string }[] }
    return tools?.some((tool) => tool.name === name) ?? false
  } catch {
    return false
  }
}

function streamOf({ name, input }: ToolCall): string {
  const usage = { input_tokens: 1, output_tokens: 1 }
  const message = {
    id: 'msg_1',
    type: 'message',
    role: 'assistant',
    model: 'm',
    content: [],
    stop_reason: null,
    usage,
  }
  const events = [
    { type: 'message_start', message },
    {
      type: 'content_block_start',
      index: 0,
      content_block: { type: 'tool_use', id: 'toolu_1', name, input: {} },
    },
    {
      type: 'content_block_delta',
      index: 0,
      delta: { type: 'input_json_delta', partial_json: JSON.stringify(input) },
    },
    { type: 'content_block_stop', index: 0 },
    {
      type: 'message_delta',
      delta: { stop_reason: 'tool_use', stop_sequence: null },
      usage: { output_tokens: 1 },
    },
    { type: 'message_stop' },
  ]
  return events.map((event) => `event: ${event.type}\ndata: ${JSON.stringify(event)}\n\n`).join('')
}
