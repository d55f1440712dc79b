import { existsSync, readFileSync } from 'node:fs'
import { createRequire } from 'node:module'

const prompt = process.argv[1]
const name = 'openai'
const { default: OpenAI } = await import(name).catch((error) => {
  console.log(`missing: ${error.message.split(' imported')[0]}`)
  process.exit()
})
const folders = createRequire(`${process.cwd()}/`).resolve.paths(name)
const manifest = folders.map((folder) => `${folder}/${name}/package.json`).find(existsSync)
console.log(`version: ${JSON.parse(readFileSync(manifest, 'utf8')).version}`)

const client = new OpenAI({ maxRetries: 0 })
const messages = [{ role: 'user', content: prompt }]
const chat = await client.chat.completions.create({ model: 'gpt-5.5', messages, stream: false })
console.log(chat.choices[0].message.content)
const response = await client.responses.create({ model: 'gpt-5.5', input: prompt, stream: false })
console.log(response.output_text)
