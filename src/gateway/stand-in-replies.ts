import type { ProtocolId } from './gateway.ts'

/** What a client sent, as far as a reply depends on it. */
export interface ModelRequest {
  readonly model?: string
  readonly stream?: boolean
  readonly messages?: unknown
  readonly tools?: readonly { readonly name?: string }[]
}

type Event = Readonly<Record<string, unknown>> & { readonly type: string }

interface Replies {
  readonly json: (request: ModelRequest) => unknown
  /** The server-sent events of a streamed reply, as text. */
  readonly stream: (request: ModelRequest) => string
}

const text = 'pong'

/** The smallest replies with which real clients end a turn and show its text. */
export const standInReplies: Readonly<Record<ProtocolId, Replies>> = {
  'anthropic-messages': {
    json: (request) => message(request, [messageBlock(request)]),
    stream: (request) => messageEvents(request).map(namedEvent).join(''),
  },
  'openai-chat': {
    json: (request) => ({
      ...chat(request, 'chat.completion'),
      choices: [{ index: 0, message: { role: 'assistant', content: text }, finish_reason: 'stop' }],
      usage: { prompt_tokens: 1, completion_tokens: 1, total_tokens: 2 },
    }),
    stream: (request) =>
      [...chatChunks(request).map((chunk) => JSON.stringify(chunk)), '[DONE]'].map(dataLine).join(''),
  },
  'openai-responses': {
    json: (request) => response(request, 'completed', [outputItem]),
    stream: (request) =>
      responseEvents(request)
        .map((event, index) => namedEvent({ ...event, sequence_number: index }))
        .join(''),
  },
}

function dataLine(data: string): string {
  return `data: ${data}\n\n`
}

function namedEvent(event: Event): string {
  return `event: ${event.type}\n${dataLine(JSON.stringify(event))}`
}

function message(
  request: ModelRequest,
  content: readonly unknown[],
  stopReason: string | null = stop(request),
): Event {
  return {
    id: 'msg_1',
    type: 'message',
    role: 'assistant',
    model: request.model ?? 'stand-in',
    content,
    stop_reason: stopReason,
    stop_sequence: null,
    usage: { input_tokens: 1, output_tokens: 1 },
  }
}

/** Cline 2.x takes a bare text for a failure: it wants its own tool to be called. */
function endsByTool(request: ModelRequest): boolean {
  return request.tools?.some((tool) => tool.name === 'attempt_completion') ?? false
}

function stop(request: ModelRequest): string {
  return endsByTool(request) ? 'tool_use' : 'end_turn'
}

function messageBlock(request: ModelRequest): unknown {
  return endsByTool(request)
    ? { type: 'tool_use', id: 'toolu_1', name: 'attempt_completion', input: { result: text } }
    : { type: 'text', text }
}

function messageEvents(request: ModelRequest): Event[] {
  const byTool = endsByTool(request)
  return [
    { type: 'message_start', message: message(request, [], null) },
    {
      type: 'content_block_start',
      index: 0,
      content_block: byTool
        ? { type: 'tool_use', id: 'toolu_1', name: 'attempt_completion', input: {} }
        : { type: 'text', text: '' },
    },
    {
      type: 'content_block_delta',
      index: 0,
      delta: byTool
        ? { type: 'input_json_delta', partial_json: JSON.stringify({ result: text }) }
        : { type: 'text_delta', text },
    },
    { type: 'content_block_stop', index: 0 },
    {
      type: 'message_delta',
      delta: { stop_reason: stop(request), stop_sequence: null },
      usage: { output_tokens: 1 },
    },
    { type: 'message_stop' },
  ]
}

function chat(request: ModelRequest, object: string): Record<string, unknown> {
  return { id: 'chatcmpl_1', object, created: 1, model: request.model ?? 'stand-in' }
}

function chatChunks(request: ModelRequest): unknown[] {
  const chunk = chat(request, 'chat.completion.chunk')
  return [
    { ...chunk, choices: [{ index: 0, delta: { role: 'assistant', content: text }, finish_reason: null }] },
    { ...chunk, choices: [{ index: 0, delta: {}, finish_reason: 'stop' }] },
  ]
}

const outputPart = { type: 'output_text', text, annotations: [] }

const outputItem = {
  id: 'msg_1',
  type: 'message',
  role: 'assistant',
  status: 'completed',
  content: [outputPart],
}

function response(
  request: ModelRequest,
  status: string,
  output: readonly unknown[],
): Record<string, unknown> {
  return {
    id: 'resp_1',
    object: 'response',
    created_at: 1,
    status,
    model: request.model ?? 'stand-in',
    output,
    usage: { input_tokens: 1, output_tokens: 1, total_tokens: 2 },
  }
}

function responseEvents(request: ModelRequest): Event[] {
  const place = { item_id: outputItem.id, output_index: 0, content_index: 0 }
  return [
    { type: 'response.created', response: response(request, 'in_progress', []) },
    {
      type: 'response.output_item.added',
      output_index: 0,
      item: { ...outputItem, status: 'in_progress', content: [] },
    },
    { type: 'response.content_part.added', ...place, part: { ...outputPart, text: '' } },
    { type: 'response.output_text.delta', ...place, delta: text },
    { type: 'response.output_text.done', ...place, text },
    { type: 'response.content_part.done', ...place, part: outputPart },
    { type: 'response.output_item.done', output_index: 0, item: outputItem },
    { type: 'response.completed', response: response(request, 'completed', [outputItem]) },
  ]
}
