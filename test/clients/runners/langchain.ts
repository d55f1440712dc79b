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

/** The key's header is that of the Anthropic SDK inside: 0.122 in JavaScript, 2.12 in Python. */
export const langchainRunners = [
  javascriptSdk({
    ...openai,
    id: 'langchain-openai-js-1.5.8',
    install: 'langchain-js',
    script: openaiJavascript,
  }),
  pythonSdk({ ...openai, id: 'langchain-openai-python-1.7.3', install: 'python-sdks', script: openaiPython }),
  javascriptSdk({
    ...anthropic,
    id: 'langchain-anthropic-js-1.5.11',
    auth: 'x-api-key',
    install: 'langchain-js',
    script: anthropicJavascript,
  }),
  pythonSdk({
    ...anthropic,
    id: 'langchain-anthropic-python-1.7.7',
    auth: 'bearer',
    install: 'python-sdks',
    script: anthropicPython,
  }),
]
