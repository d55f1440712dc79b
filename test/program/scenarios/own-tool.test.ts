import { mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { toolsWithoutModel } from '../../support/every-tool.ts'
import { readTree, usersPart } from '../../support/home-tree.ts'
import { ownTools } from '../../support/own-tool.ts'
import { makeHome, runProgram, sampleKey, setUp } from '../../support/run-program.ts'

/** A client of its own kind: JSON with comments, two protocols' worth of prefix, appends only `/messages`. */
const manifest = `schema = 1
id = "crush"
title = "Crush"
docs = "https://crush.example/docs"
auth = "x-api-key"

[detect]
commands = ["crush"]
folders = ["{{ xdgConfig }}/crush"]

[[variants]]
id = "default"
title = "every version"
endpoints = [{ protocol = "anthropic-messages", prefix = "/api/v1", appends = "/messages" }]

[[targets]]
scope = "user"
path = "{{ xdgConfig }}/crush/crush.jsonc"
format = "jsonc"
content = "crush.json"

[env.variables]
CRUSH_BASE_URL = "{{ baseUrl }}"
CRUSH_KEY = "{{ key }}"
`

const content = `{ "provider": { "anthropic": { "options": { "baseURL": "{{ baseUrl }}", "apiKey": "{{ key }}" } } } }\n`

const config = `{
  // how it looks
  "theme": "dark", /* never light */
  "provider": {
    "anthropic": { "options": { "timeout": 600000 } },
  },
}
`

function addTool(home: string, text: string, name = 'crush'): string {
  const folder = join(ownTools(home), name)
  mkdirSync(folder, { recursive: true })
  writeFileSync(join(folder, 'tool.toml'), text)
  writeFileSync(join(folder, 'crush.json'), content)
  return join(folder, 'tool.toml')
}

async function inHome(work: (home: string) => Promise<void>): Promise<void> {
  const { home, drop } = makeHome()
  await work(home).finally(drop)
}

describe.concurrent('one more tool as a folder of the user', () => {
  it('is set up, shown by status, switched, printed, undone and removed without a line of code', () =>
    inHome(async (home) => {
      addTool(home, manifest)
      mkdirSync(join(home, '.config/crush'))
      const file = join(home, '.config/crush/crush.jsonc')
      writeFileSync(file, config, { mode: 0o644 })
      const start = usersPart(readTree(home))
      const run = (...args: readonly string[]) => runProgram(args, { home })

      const help = await run('--help')
      expect(help.stdout).toContain('crush')
      expect((await setUp(['crush'], { home })).exit).toBe(0)
      const written = readFileSync(file, 'utf8')
      expect(written).toContain('// how it looks')
      expect(written).toContain('/* never light */')
      expect(written).toContain('"baseURL": "https://api.qcode.cc/api/v1"')
      expect(written).toContain(`"apiKey": "${sampleKey}"`)
      expect(readTree(home)['.config/crush/crush.jsonc']?.mode).toBe(0o600)

      const status = JSON.parse((await run('status', '--json')).stdout)
      expect(status.tools).toMatchObject([{ tool: 'crush', region: 'global', asWritten: true }])
      expect((await run('switch', 'eu', '--yes', '--no-check')).exit).toBe(0)
      expect(readFileSync(file, 'utf8')).toBe(written.replace('api.qcode.cc', 'eu.qcode.cc'))
      expect((await run('undo', '--yes')).exit).toBe(0)
      expect(readFileSync(file, 'utf8')).toBe(written)

      const printed = await run('print', 'crush', '--format', 'fish', '--region', 'asia')
      expect(printed.stdout).toContain("set -gx CRUSH_BASE_URL 'https://asia.qcode.cc/api/v1'")
      expect((await run('remove', '--tool', 'crush', '--yes')).exit).toBe(0)
      expect(readFileSync(file, 'utf8')).toBe(config)
      expect((await run('undo', '--yes')).exit).toBe(0)
      expect(readFileSync(file, 'utf8')).toBe(written)
      expect((await run('undo', '--yes')).exit).toBe(0)
      expect(usersPart(readTree(home))).toEqual(start)
    }))

  it('is part of all and of detected', () =>
    inHome(async (home) => {
      addTool(home, manifest)
      mkdirSync(join(home, '.config/crush'))
      const found = JSON.parse((await setUp(['detected'], { home }, '--json', '--dry-run')).stdout)
      expect(found.edits).toMatchObject([{ tool: 'crush', baseUrl: 'https://api.qcode.cc/api/v1' }])
      const all = JSON.parse((await setUp(['all'], { home }, '--json', '--dry-run')).stdout)
      const tools = new Set(all.edits.map(({ tool }: { tool: string }) => tool))
      expect(tools).toEqual(new Set([...toolsWithoutModel, 'crush']))
    }))
})

/** Manifests with one fault each, what is said of it, and the file that is named where it is not the manifest. */
const faults: Readonly<Record<string, { text: string; says: string; names?: string }>> = {
  'a prefix that makes no route': {
    text: manifest.replace('"/api/v1"', '"/api"'),
    says: '/api + /messages is not an endpoint of anthropic-messages',
  },
  'a prefix with a trailing slash': { text: manifest.replace('"/api/v1"', '"/api/v1/"'), says: 'prefix' },
  'a path that climbs out': {
    text: manifest.replace('{{ xdgConfig }}/crush/crush.jsonc', '{{ home }}/../../etc/crush.jsonc'),
    says: 'targets.0.path',
  },
  'a path without a place': {
    text: manifest.replace('"{{ xdgConfig }}/crush/crush.jsonc"', '"/etc/crush.jsonc"'),
    says: 'targets.0.path',
  },
  'a content file of another folder': {
    text: manifest.replace('"crush.json"', '"../../crush.json"'),
    says: 'targets.0.content',
  },
  'a content file that is not there': {
    text: manifest.replace('"crush.json"', '"other.json"'),
    says: '',
    names: 'other.json',
  },
  'an unknown field': { text: `flavour = "sweet"\n${manifest}`, says: 'flavour' },
  'an unknown field deeper down': {
    text: manifest.replace('scope =', 'owner = "me"\nscope ='),
    says: 'owner',
  },
  'an unknown protocol': { text: manifest.replace('anthropic-messages', 'anthropic'), says: 'protocol' },
  'an unknown format': { text: manifest.replace('"jsonc"', '"ini"'), says: 'targets.0.format' },
  'an id that is taken': { text: manifest.replace('id = "crush"', 'id = "codex"'), says: 'codex' },
  'another schema': { text: manifest.replace('schema = 1', 'schema = 2'), says: 'schema' },
  'a place that is not known': {
    text: manifest.replaceAll('{{ xdgConfig }}', '{{ nowhere }}'),
    says: 'nowhere',
  },
  'TOML that does not parse': { text: `${manifest}\n[[`, says: 'TOML' },
}

describe.concurrent('a folder that cannot be a tool', () => {
  it.each(Object.entries(faults))(
    '%s: exit 2 with the file and the field, nothing written',
    (_, { text, says, names = 'tool.toml' }) =>
      inHome(async (home) => {
        expect(text).not.toBe(manifest)
        const file = addTool(home, text)
        const tree = readTree(home)
        const ran = await setUp(['codex'], { home }, '--json')
        expect(ran.exit, ran.stderr).toBe(2)
        const { error } = JSON.parse(ran.stdout)
        expect(error.code).toBe('tool-folder')
        expect(error.where.file).toBe(join(dirname(file), names))
        expect(String(error.message)).toContain(says)
        expect(readTree(home)).toEqual(tree)
      }),
  )
})
