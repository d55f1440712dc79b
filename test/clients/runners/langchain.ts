import { prompt } from './client-runner.ts'
import { javascriptSdk, pythonSdk } from './sdk-runner.ts'

const openai = {
  tool: 'langchain',
  base: '/openai/v1',
  paths: ['/openai/v1/chat/completions', '/openai/v1/responses'],
  auth: 'bearer',
  wrong: [{ rule: 'missing-v1', base: '{gateway}/openai', path: '/openai/chat/completions' }],
} as const

const anthropic = {
  tool: 'langchain',
  base: '/api',
  paths: ['/api/v1/messages'],
  wrong: [{ rule: 'doubled-v1', base: '{gateway}/api/v1', path: '/api/v1/v1/messages' }],
} as const

/** A model name that holds `codex` goes to the Responses route. */
const openaiJavascript = `
import { ChatOpenAI } from '@langchain/openai'
for (const model of ['gpt-4.1', 'gpt-5-codex']) {
  console.log((await new ChatOpenAI({ model, maxRetries: 0 }).invoke('${prompt}')).text)
}`

const openaiPython = `
from langchain_openai import ChatOpenAI
for model in ['gpt-4.1', 'gpt-5-codex']:
    print(ChatOpenAI(model=model, max_retries=0).invoke('${prompt}').text)`

const anthropicJavascript = `
import { ChatAnthropic } from '@langchain/anthropic'
console.log((await new ChatAnthropic({ model: 'claude-sonnet-5', maxRetries: 0 }).invoke('${prompt}')).text)`

const anthropicPython = `
from langchain_anthropic import ChatAnthropic
print(ChatAnthropic(model='claude-sonnet-5', max_retries=0).invoke('${prompt}').text)`

export const langchainOpenaiJavascript = javascriptSdk({
  ...openai,
  name: 'langchain-openai-js',
  package: '@langchain/openai',
  script: openaiJavascript,
})

export const langchainOpenaiPython = pythonSdk({
  ...openai,
  name: 'langchain-openai-python',
  package: 'langchain-openai',
  script: openaiPython,
})

/** The key's header is that of the Anthropic SDK inside: 0.122 in JavaScript, 2.12 in Python. */
export const langchainAnthropicJavascript = javascriptSdk({
  ...anthropic,
  name: 'langchain-anthropic-js',
  package: '@langchain/anthropic',
  auth: 'x-api-key',
  script: anthropicJavascript,
})

export const langchainAnthropicPython = pythonSdk({
  ...anthropic,
  name: 'langchain-anthropic-python',
  package: 'langchain-anthropic',
  auth: 'bearer',
  script: anthropicPython,
})
