import { createAnthropic } from '@ai-sdk/anthropic'
import { createOpenAI } from '@ai-sdk/openai'
import { streamText } from 'ai'

const openai = createOpenAI({ baseURL: {{ baseUrl }}, apiKey: {{ key }} })
console.log(await streamText({ model: openai({{ model }}), prompt: 'Say pong.' }).text)

// This SDK adds /messages only, so its base URL ends in /v1, unlike that of the Anthropic SDK.
const anthropic = createAnthropic({ baseURL: {{ baseUrl:anthropic-messages }}, apiKey: {{ key }} })
console.log(await streamText({ model: anthropic({{ model:anthropic-messages }}), prompt: 'Say pong.' }).text)
