import { prompt } from './client-runner.ts'
import { javascriptSdk, pythonSdk } from './sdk-runner.ts'

const openai = {
  base: '/openai/v1',
  auth: 'bearer',
  wrong: [{ rule: 'missing-v1', base: '{gateway}/openai', path: '/openai/chat/completions' }],
} as const

const anthropic = {
  base: '/api',
  paths: ['/api/v1/messages'],
  auth: 'x-api-key',
  wrong: [{ rule: 'doubled-v1', base: '{gateway}/api/v1', path: '/api/v1/v1/messages' }],
} as const

const litellm = (model: string) => `
import os
os.environ['LITELLM_LOCAL_MODEL_COST_MAP'] = 'True'
from litellm import completion
messages = [{'role': 'user', 'content': '${prompt}'}]
reply = completion(model='${model}', messages=messages, stream=True, max_retries=0)
print(''.join(part.choices[0].delta.content or '' for part in reply))`

const llamaIndex = (module: string, name: string, model: string) => `
from llama_index.llms.${module} import ${name}
print(${name}(model='${model}', max_retries=0).complete('${prompt}'))`

const aiSdk = `
import { openai } from '@ai-sdk/openai'
import { streamText } from 'ai'
for (const model of [openai.chat('gpt-5.5'), openai('gpt-5.5')])
  console.log(await streamText({ model, prompt: '${prompt}', maxRetries: 0, onError() {} }).text)`

export const litellmOpenai = pythonSdk({
  ...openai,
  name: 'litellm-openai',
  tool: 'litellm',
  package: 'litellm',
  paths: ['/openai/v1/chat/completions'],
  script: litellm('openai/gpt-5.5'),
})

export const litellmAnthropic = pythonSdk({
  ...anthropic,
  name: 'litellm-anthropic',
  tool: 'litellm',
  package: 'litellm',
  script: litellm('anthropic/claude-sonnet-5'),
})

export const llamaIndexOpenai = pythonSdk({
  ...openai,
  name: 'llama-index-openai',
  tool: 'llama-index',
  package: 'llama-index-llms-openai',
  paths: ['/openai/v1/chat/completions'],
  script: llamaIndex('openai', 'OpenAI', 'gpt-4.1'),
})

export const llamaIndexAnthropic = pythonSdk({
  ...anthropic,
  name: 'llama-index-anthropic',
  tool: 'llama-index',
  package: 'llama-index-llms-anthropic',
  script: llamaIndex('anthropic', 'Anthropic', 'claude-sonnet-4-5'),
})

export const aiSdkOpenai = javascriptSdk({
  ...openai,
  name: 'ai-sdk-openai',
  tool: 'ai-sdk',
  package: '@ai-sdk/openai',
  paths: ['/openai/v1/chat/completions', '/openai/v1/responses'],
  script: aiSdk,
})
