import { existsSync, readFileSync } from 'node:fs'
import { createRequire } from 'node:module'

const prompt = process.argv[1]
const name = '@langchain/anthropic'
const { ChatAnthropic } = await import(name).catch((error) => {
  console.log(`missing: ${error.message.split(' imported')[0]}`)
  process.exit()
})
const folders = createRequire(`${process.cwd()}/`).resolve.paths(name)
const manifest = folders.map((folder) => `${folder}/${name}/package.json`).find(existsSync)
console.log(`version: ${JSON.parse(readFileSync(manifest, 'utf8')).version}`)

const reply = await new ChatAnthropic({ model: 'claude-opus-5', maxRetries: 0 }).invoke(prompt)
console.log(reply.text)
