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

/** The plain Anthropic SDKs read the same variables as the Agent SDKs. */
export const claudeAgentSdkRunners = [
  javascriptSdk({
    ...facts,
    id: 'claude-agent-sdk-js-0.3.330',
    install: 'claude-agent-sdk-js-0.3.330',
    script: agentJavascript,
  }),
  pythonSdk({ ...facts, id: 'claude-agent-sdk-python-0.2.187', install: 'python-sdks', script: agentPython }),
  javascriptSdk({
    ...facts,
    id: 'anthropic-js-1.12.0',
    install: 'anthropic-js-1.12.0',
    script: messagesJavascript,
  }),
  pythonSdk({ ...facts, id: 'anthropic-python-2.12.0', install: 'python-sdks', script: messagesPython }),
]
