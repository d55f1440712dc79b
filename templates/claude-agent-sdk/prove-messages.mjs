import { existsSync, readFileSync } from 'node:fs'
import { createRequire } from 'node:module'

const prompt = process.argv[1]
const name = '@anthropic-ai/sdk'
const { default: Anthropic } = await import(name).catch((error) => {
  console.log(`missing: ${error.message.split(' imported')[0]}`)
  process.exit()
})
const folders = createRequire(`${process.cwd()}/`).resolve.paths(name)
const manifest = folders.map((folder) => `${folder}/${name}/package.json`).find(existsSync)
console.log(`version: ${JSON.parse(readFileSync(manifest, 'utf8')).version}`)

const messages = [{ role: 'user', content: prompt }]
const client = new Anthropic({ maxRetries: 0 })
const reply = await client.messages.create({
  model: 'claude-opus-5',
  max_tokens: 16,
  messages,
  stream: false,
})
console.log(reply.content[0].text)
