import { type MakeRunner, prompt } from './client-runner.ts'
import { javascriptSdk, pythonSdk } from './sdk-runner.ts'

const facts = {
  tool: 'openai-sdk',
  base: '/openai/v1',
  paths: ['/openai/v1/chat/completions', '/openai/v1/responses'],
  auth: 'bearer',
  wrong: [
    { rule: 'missing-v1', base: '{gateway}/openai', path: '/openai/chat/completions' },
    { rule: 'missing-prefix', base: '{gateway}', path: '/chat/completions' },
    {
      rule: 'full-endpoint',
      base: '{gateway}/openai/v1/chat/completions',
      path: '/openai/v1/chat/completions/chat/completions',
    },
    { rule: 'double-slash', base: '{gateway}//openai/v1', path: '//openai/v1/chat/completions' },
    { rule: 'scheme', base: '{authority}/openai/v1' },
    { rule: 'unknown-host', base: '{stranger}/openai/v1' },
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

/** What the client appends ends up in the query. */
const query = (path: string) =>
  ({ rule: 'query-or-fragment', base: '{gateway}/openai/v1?x=1', path }) as const

/** JavaScript refuses such a URL; Python sends them in the place of the key. */
const credentials = { rule: 'credentials-in-url', base: 'http://me:secret@{authority}/openai/v1' } as const
const sentByPython = { path: '/openai/v1/chat/completions', status: 401 } as const

/** JavaScript takes it off. */
const whitespace = {
  rule: 'whitespace',
  base: '{gateway}/openai/v1 ',
  path: '/openai/v1%20/chat/completions',
} as const

/** From 7.x on, JavaScript keeps a query behind the path that it appends. */
export const openaiJavascript: MakeRunner = (client) =>
  javascriptSdk({
    ...facts,
    name: 'openai-js',
    package: 'openai',
    script: javascript,
    wrong: [
      ...facts.wrong,
      ...(client.packages.openai?.startsWith('6.') ? [query('/openai/v1')] : []),
      credentials,
    ],
  })(client)

export const openaiPython = pythonSdk({
  ...facts,
  name: 'openai-python',
  package: 'openai',
  script: python,
  wrong: [...facts.wrong, query('/openai/v1/'), { ...credentials, ...sentByPython }, whitespace],
})
