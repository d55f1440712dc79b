import { existsSync, readFileSync } from 'node:fs'
import { createRequire } from 'node:module'

const prompt = process.argv[1]
const name = '@langchain/openai'
const { ChatOpenAI } = await import(name).catch((error) => {
  console.log(`missing: ${error.message.split(' imported')[0]}`)
  process.exit()
})
const folders = createRequire(`${process.cwd()}/`).resolve.paths(name)
const manifest = folders.map((folder) => `${folder}/${name}/package.json`).find(existsSync)
console.log(`version: ${JSON.parse(readFileSync(manifest, 'utf8')).version}`)

// A model name that holds `codex` goes to the Responses route.
for (const model of ['gpt-5.5', 'gpt-5-codex']) {
  const reply = await new ChatOpenAI({ model, maxRetries: 0, streaming: false }).invoke(prompt)
  console.log(reply.text)
}
