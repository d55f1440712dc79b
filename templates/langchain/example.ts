import { ChatAnthropic } from '@langchain/anthropic'
import { ChatOpenAI } from '@langchain/openai'

// `streaming` is passed explicitly: left out, the gateway may never end its reply.
const gpt = new ChatOpenAI({
  configuration: { baseURL: {{ baseUrl }} },
  apiKey: {{ key }},
  model: {{ model }},
  streaming: true,
})
console.log((await gpt.invoke('Say pong.')).content)

const claude = new ChatAnthropic({
  anthropicApiUrl: {{ baseUrl:anthropic-messages }},
  apiKey: {{ key }},
  model: {{ model:anthropic-messages }},
})
console.log((await claude.invoke('Say pong.')).content)
