import { chmodSync, mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { manifestOf, ownTools, writeOwnTool } from '../../support/own-tool.ts'

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
  | 'copying'

/** A client that a user has a folder of their own for: it reads ~/.toy/settings.json and does what the mode says. */
const program = (home: string) => `#!${process.execPath}
const { readFileSync, writeFileSync, readdirSync } = require('node:fs')
const { spawn } = require('node:child_process')
const [mode, prompt] = process.argv.slice(2)
if (mode === '--version') {
  console.log('toy 4.5.6')
  process.exit()
}
const { baseURL, apiKey } = JSON.parse(readFileSync(process.env.HOME + '/.toy/settings.json', 'utf8'))

async function ask(url, secret) {
  const body = JSON.stringify({ messages: [{ role: 'user', content: prompt }], stream: false })
  const reply = await fetch(url, { method: 'POST', headers: { 'x-api-key': secret }, body })
  const { content } = await reply.json()
  return content ? content[0].text : 'failed'
}

const idle = () => setInterval(() => {}, 1000)
const note = (pid) => writeFileSync(${JSON.stringify(join(home, 'pid'))}, String(pid))
const modes = {
  good: async () => console.log(await ask(baseURL + '/messages', apiKey)),
  'wrong-base': async () => console.log(await ask(baseURL + '/v2/messages', apiKey)),
  'wrong-key': async () => console.log(await ask(baseURL + '/messages', apiKey + '0')),
  copying: () => {
    writeFileSync(${JSON.stringify(join(home, '../copy.json'))}, readFileSync(process.env.HOME + '/.toy/settings.json'))
    return modes.good()
  },
  silent: () => console.log('pong, they say'),
  mute: () => ask(baseURL + '/messages', apiKey),
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

/** Puts the client into `home/bin` and its folder where a user's own tools are; the pid that some modes note is in `home/pid`. */
export function installToy(home: string, mode: ToyMode, more = ''): void {
  const prove = `[[prove]]\nargs = ["${mode}", "{{ prompt }}"]\n${more}\n`
  writeOwnTool(ownTools(home), { 'tool.toml': `${manifestOf('toy', 'Toy')}\n${prove}` }, 'toy')
  mkdirSync(join(home, 'bin'))
  writeFileSync(join(home, 'bin/toy'), program(home))
  chmodSync(join(home, 'bin/toy'), 0o755)
}
