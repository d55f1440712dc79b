import { prompt } from './client-runner.ts'
import { javascriptSdk, pythonSdk } from './sdk-runner.ts'

const facts = {
  tool: 'claude-agent-sdk',
  base: '/api',
  paths: ['/api/v1/messages'],
  auth: 'bearer',
  wrong: [
    { rule: 'doubled-v1', base: '{gateway}/api/v1', path: '/api/v1/v1/messages' },
    { rule: 'missing-prefix', base: '{gateway}', path: '/v1/messages' },
  ],
} as const

const agentJavascript = `
import { query } from '@anthropic-ai/claude-agent-sdk'
for await (const message of query({ prompt: '${prompt}' })) {
  if (message.type === 'result') console.log(message.result)
}`

const agentPython = `
import anyio
from claude_agent_sdk import ResultMessage, query
async def main():
    async for message in query(prompt='${prompt}'):
        if isinstance(message, ResultMessage):
            print(message.result)
anyio.run(main)`

const messagesJavascript = `
import Anthropic from '@anthropic-ai/sdk'
const messages = [{ role: 'user', content: '${prompt}' }]
const stream = new Anthropic({ maxRetries: 0 }).messages.stream({ model: 'claude-sonnet-5', max_tokens: 16, messages })
console.log(await stream.finalText())`

const messagesPython = `
from anthropic import Anthropic
messages = [{'role': 'user', 'content': '${prompt}'}]
with Anthropic(max_retries=0).messages.stream(model='claude-sonnet-5', max_tokens=16, messages=messages) as stream:
    print(stream.get_final_text())`

export const claudeAgentSdkJavascript = javascriptSdk({
  ...facts,
  name: 'claude-agent-sdk-js',
  package: '@anthropic-ai/claude-agent-sdk',
  script: agentJavascript,
})

export const claudeAgentSdkPython = pythonSdk({
  ...facts,
  name: 'claude-agent-sdk-python',
  package: 'claude-agent-sdk',
  script: agentPython,
})

/** The plain Anthropic SDKs read the same variables as the Agent SDKs. */
export const anthropicJavascript = javascriptSdk({
  ...facts,
  name: 'anthropic-js',
  package: '@anthropic-ai/sdk',
  script: messagesJavascript,
})

export const anthropicPython = pythonSdk({
  ...facts,
  name: 'anthropic-python',
  package: 'anthropic',
  script: messagesPython,
})
