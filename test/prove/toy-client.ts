import { chmodSync, mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'

export type ToyMode =
  | 'good'
  | 'wrong-base'
  | 'wrong-key'
  | 'silent'
  | 'mute'
  | 'leaving'
  | 'hanging'
  | 'telling'
  | 'library'

/** A client that a user has a folder of their own for: it reads ~/.toy.json and does what the mode says. */
const program = (home: string) => `#!${process.execPath}
const { readFileSync, writeFileSync, readdirSync } = require('node:fs')
const { spawn } = require('node:child_process')
const [mode, prompt] = process.argv.slice(2)
if (mode === '--version') {
  console.log('toy 4.5.6')
  process.exit()
}
const { baseUrl, key } = JSON.parse(readFileSync(process.env.HOME + '/.toy.json', 'utf8'))

async function ask(url, secret) {
  const body = JSON.stringify({ messages: [{ role: 'user', content: prompt }], stream: false })
  const reply = await fetch(url, { method: 'POST', headers: { 'x-api-key': secret }, body })
  const { content } = await reply.json()
  return content ? content[0].text : 'failed'
}

const idle = () => setInterval(() => {}, 1000)
const note = (pid) => writeFileSync(${JSON.stringify(join(home, 'pid'))}, String(pid))
const modes = {
  good: async () => console.log(await ask(baseUrl + '/v1/messages', key)),
  'wrong-base': async () => console.log(await ask(baseUrl + '/v2/messages', key)),
  'wrong-key': async () => console.log(await ask(baseUrl + '/v1/messages', key + '0')),
  silent: () => console.log('pong, they say'),
  mute: () => ask(baseUrl + '/v1/messages', key),
  leaving: () => {
    const child = spawn(process.execPath, ['-e', 'setInterval(() => {}, 1000)'], { detached: true, stdio: 'inherit' })
    note(child.pid)
    child.unref()
    return modes.good()
  },
  hanging: () => {
    process.on('SIGTERM', () => {})
    note(process.pid)
    idle()
  },
  telling: () => {
    const names = Object.keys(process.env).filter((name) => /KEY|TOKEN|URL|SECRET/.test(name))
    console.error(JSON.stringify({ names, files: readdirSync('.'), home: process.env.HOME }))
  },
  library: () => console.log('missing: no toys here'),
}
modes[mode]()
`

const manifest = (mode: ToyMode, more: string) => `schema = 1
id = "toy"
title = "Toy"
docs = "https://example.com"
auth = "x-api-key"

[detect]
commands = ["toy"]

[[variants]]
id = "default"
title = "every version"
endpoints = [{ protocol = "anthropic-messages", prefix = "/api", appends = "/v1/messages" }]

[[targets]]
scope = "user"
path = "{{ home }}/.toy.json"
format = "json"
content = "toy.json"

[[prove]]
args = ["${mode}", "{{ prompt }}"]
${more}
`

/** Puts the client into \`home/bin\` and its folder where a user's own tools are; the pid that some modes note is in \`home/pid\`. */
export function installToy(home: string, mode: ToyMode, more = ''): void {
  const folder = join(home, '.config/qcode-setup/tools/toy')
  mkdirSync(folder, { recursive: true })
  writeFileSync(join(folder, 'tool.toml'), manifest(mode, more))
  writeFileSync(join(folder, 'toy.json'), '{ "baseUrl": "{{ baseUrl }}", "key": "{{ key }}" }\n')
  mkdirSync(join(home, 'bin'))
  writeFileSync(join(home, 'bin/toy'), program(home))
  chmodSync(join(home, 'bin/toy'), 0o755)
}
