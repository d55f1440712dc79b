import { prompt } from './client-runner.ts'
import { javascriptSdk, pythonSdk } from './sdk-runner.ts'

const facts = {
  tool: 'openai-sdk',
  base: '/openai/v1',
  paths: ['/openai/v1/chat/completions', '/openai/v1/responses'],
  auth: 'bearer',
  wrong: [
    { base: '/openai', path: '/openai/chat/completions' },
    { base: '', path: '/chat/completions' },
  ],
} as const

const javascript = `
import OpenAI from 'openai'
const client = new OpenAI({ maxRetries: 0 })
const messages = [{ role: 'user', content: '${prompt}' }]
const chat = await client.chat.completions.create({ model: 'gpt-5.5', messages, stream: false })
console.log(chat.choices[0].message.content)
const response = client.responses.stream({ model: 'gpt-5.5', input: '${prompt}' })
console.log((await response.finalResponse()).output_text)`

const python = `
from openai import OpenAI
client = OpenAI(max_retries=0)
messages = [{'role': 'user', 'content': '${prompt}'}]
chat = client.chat.completions.create(model='gpt-5.5', messages=messages, stream=False)
print(chat.choices[0].message.content)
with client.responses.stream(model='gpt-5.5', input='${prompt}') as response:
    print(response.get_final_response().output_text)`

export const openaiSdkRunners = [
  javascriptSdk({ ...facts, id: 'openai-js-6.49.0', install: 'openai-js-6.49.0', script: javascript }),
  pythonSdk({ ...facts, id: 'openai-python-3.54.0', install: 'python-sdks', script: python }),
]
