import OpenAI from 'openai'

const client = new OpenAI({ baseURL: {{ baseUrl }}, apiKey: {{ key }} })

// `stream` is passed explicitly: left out, the gateway may never end its reply.
const reply = await client.chat.completions.create({
  model: {{ model }},
  messages: [{ role: 'user', content: 'Say pong.' }],
  stream: false,
})
console.log(reply.choices[0]?.message.content)
