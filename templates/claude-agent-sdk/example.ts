import { query } from '@anthropic-ai/claude-agent-sdk'

const messages = query({
  prompt: 'Say pong.',
  options: {
    // This replaces the environment, so the present one goes in first.
    env: {
      ...process.env,
      ANTHROPIC_BASE_URL: {{ baseUrl }},
      ANTHROPIC_AUTH_TOKEN: {{ key }},
    },
  },
})

for await (const message of messages) {
  if (message.type === 'result') console.log(message)
}
