import { existsSync, readFileSync } from 'node:fs'
import { createRequire } from 'node:module'

const prompt = process.argv[1]
const name = '@ai-sdk/openai'
const load = (module) =>
  import(module).catch((error) => {
    console.log(`missing: ${error.message.split(' imported')[0]}`)
    process.exit()
  })
const [{ openai }, { streamText }] = [await load(name), await load('ai')]
const folders = createRequire(`${process.cwd()}/`).resolve.paths(name)
const manifest = folders.map((folder) => `${folder}/${name}/package.json`).find(existsSync)
console.log(`version: ${JSON.parse(readFileSync(manifest, 'utf8')).version}`)

for (const model of [openai.chat('gpt-5.5'), openai('gpt-5.5')])
  console.log(await streamText({ model, prompt, maxRetries: 0 }).text)
