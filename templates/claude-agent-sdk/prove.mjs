import { existsSync, readFileSync } from 'node:fs'
import { createRequire } from 'node:module'

const prompt = process.argv[1]
const name = '@anthropic-ai/claude-agent-sdk'
const { query } = await import(name).catch((error) => {
  console.log(`missing: ${error.message.split(' imported')[0]}`)
  process.exit()
})
const folders = createRequire(`${process.cwd()}/`).resolve.paths(name)
const manifest = folders.map((folder) => `${folder}/${name}/package.json`).find(existsSync)
console.log(`version: ${JSON.parse(readFileSync(manifest, 'utf8')).version}`)

// Away from the project, whose own settings would count as well.
const options = { cwd: process.env.HOME, settingSources: ['user'] }
for await (const message of query({ prompt, options })) {
  if (message.type === 'result') console.log(message.result)
}
