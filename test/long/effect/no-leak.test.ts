import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import type { Setting, Source } from '../../../src/catalog/diagnosis.ts'
import { resolvePath, resolvePlaces } from '../../../src/catalog/places.ts'
import type { Tool } from '../../../src/catalog/tool.ts'
import { runRemove } from '../../../src/commands/remove.ts'
import { runSetup } from '../../../src/commands/setup.ts'
import { runSwitch } from '../../../src/commands/switch.ts'
import type { Value } from '../../../src/documents/document.ts'
import { type FormatId, loadFormats } from '../../../src/documents/formats.ts'
import { UserError } from '../../../src/errors.ts'
import type { Host } from '../../../src/host/host.ts'
import type { Input } from '../../../src/request/request.ts'
import { modelFlags } from '../../support/every-tool.ts'
import { testCatalog } from '../../support/test-catalog.ts'
import { createTestContext } from '../../support/test-context.ts'
import { testKey } from '../../support/test-host.ts'
import { examine, makeSituation, type Situation } from '../../unit/doctor/doctor-home.ts'
import { vendorKey } from '../../unit/doctor/trap-table.ts'

/** One home in which somebody else's key stands where a client looks for its own. */
interface Row {
  readonly tool: string
  readonly place: string
  readonly situation: Situation
  /** The file, below the home. */
  readonly file?: string
}

const formats = await loadFormats(['json', 'jsonc', 'toml', 'yaml', 'dotenv'])
const names = {
  provider: 'qcode',
  keyName: 'QCODE_OTHER',
  keyHeaderName: 'OLD_HEADER',
  authorizationName: 'OLD_AUTH',
}
const filled = (text: string) =>
  text.replace(/\{\{ (\w+) \}\}/g, (_, name) => names[name as keyof typeof names] ?? '')

function valueFor({ entry, key }: Setting): Value {
  if (entry === undefined) return vendorKey
  return key?.at(-1) === 'api-key' ? [`other=x`, `${entry}=${vendorKey}`] : { [entry]: vendorKey }
}

function textFor({ entry, variable = '' }: Setting): string {
  if (entry === undefined) return vendorKey
  return variable.endsWith('HEADERS') ? `${entry}: ${vendorKey}` : `${entry}=${vendorKey}`
}

function rowsOf(tool: Tool): Row[] {
  const settings = tool.diagnosis.connections.flatMap(({ keys }) => keys)
  return settings.filter(({ command }) => !command).flatMap((setting) => placesOf(tool, setting))
}

function placesOf(tool: Tool, setting: Setting): Row[] {
  const { file, format = 'json', key } = setting
  if (key) {
    const sources =
      file === undefined ? tool.diagnosis.sources : [{ level: 'user', path: file, format } as Source]
    return sources
      .filter((source) => source.format !== 'dotenv')
      .flatMap((source) => inFile(tool, source, key.map(filled), valueFor(setting)))
  }
  const name = filled(setting.variable ?? '')
  const text = textFor(setting)
  const inFiles = tool.diagnosis.sources
    .filter(({ variables }) => variables !== undefined)
    .flatMap((source) => inFile(tool, source, [...(source.variables ?? []), name], text))
  return [
    { tool: tool.id, place: `$${name}`, situation: { env: { [name]: text } } },
    {
      tool: tool.id,
      place: `.bashrc (${name})`,
      situation: { files: { '.bashrc': `export ${name}='${text}'\n` } },
      file: '.bashrc',
    },
    ...inFiles,
  ]
}

function inFile(
  tool: Tool,
  { path, format, level }: Source,
  keyPath: readonly string[],
  value: Value,
): Row[] {
  const places = placesIn(tool)
  const place = /^\{\{ (\w+) \}\}/.exec(path ?? '')?.[1] ?? ''
  if (path === undefined || level === 'managed' || !Object.hasOwn(places, place) || path.includes('*'))
    return []
  const below = resolvePath(path, places).slice('/HOME/'.length)
  return [
    {
      tool: tool.id,
      place: `${below} (${keyPath.join('.')})`,
      situation: { files: { [below]: textOf(format, keyPath, value) } },
      file: below,
    },
  ]
}

function textOf(format: FormatId, keyPath: readonly string[], value: Value): string {
  const isList = format === 'yaml' && keyPath[0] === 'set-env'
  const document = formats.get(format)?.open('', 'x')
  if (isList) document?.set(['set-env'], [`${keyPath[1]}=${value}`])
  else document?.set(keyPath, value)
  return document?.toText() ?? ''
}

function placesIn(tool: Tool) {
  const host = {
    env: {},
    home: '/HOME',
    cwd: '/HOME/project',
    platform: 'linux',
    systemFolder: '/HOME/system',
  } as const
  return resolvePlaces(tool.places, host)
}

const rows = testCatalog.tools.flatMap(rowsOf)
const once = [...new Map(rows.map((row) => [`${row.tool} ${row.place}`, row])).values()]

const leaks = ['foreign-key', 'key-to-stranger', 'key-to-vendor', 'no-key']

async function leaksIn(host: Host, tool: string): Promise<string[]> {
  const { findings } = await examine(host)
  return findings
    .filter((one) => one.tool === tool && leaks.includes(one.id))
    .map(({ id, message }) => `${id}: ${message}`)
}

const input = (values: Input['values'], positionals: readonly string[] = []): Input => ({
  values,
  switches: new Set(['yes', 'noCheck', 'allowTracked']),
  positionals: [...positionals],
})

/** The exit code of a command; of one that refuses, after a look that it says where and what to do. */
async function exitOf(run: () => Promise<{ exit: number }>): Promise<number> {
  try {
    return (await run()).exit
  } catch (error) {
    if (!(error instanceof UserError)) throw error
    expect([error.code, error.exit]).toEqual(['no-effect', 3])
    expect(String(error.message)).toMatch(/Remove |unset |qcode-setup /)
    expect(String(error.message)).not.toContain(vendorKey)
    return error.exit
  }
}

const scopes = (tool: string) => {
  const { targets, env } = testCatalog.tools.find(({ id }) => id === tool) as Tool
  return ['user', ...(env?.dotenv || targets.some(({ scope }) => scope === 'project') ? ['project'] : [])]
}

describe('with a key of somebody else where a client looks', () => {
  it.each(once.flatMap((row) => scopes(row.tool).map((scope) => [row.tool, scope, row.place, row] as const)))(
    '%s at %s scope, %s: no command that ends well leaves a leak',
    async (tool, scope, _, { situation, file }) => {
      const host = makeSituation(situation)
      const withKey = createTestContext({ ...host, readStdin: async () => Buffer.from(testKey) })
      const [, model] = modelFlags(tool)
      const named = { tool: [tool], scope: [scope], keyFile: ['-'], ...(model && { model: [model] }) }
      const set = await exitOf(() => runSetup(input(named), withKey))
      if (set === 0) expect(await leaksIn(inNewShell(host), tool)).toEqual([])
      const moved = await exitOf(() => runSwitch(input({}, ['us']), withKey))
      if (set === 0 && moved === 0) expect(await leaksIn(inNewShell(host), tool)).toEqual([])
      expect(await exitOf(() => runRemove(input({}), withKey))).toBe(0)
      expect(await leaksIn(host, tool)).toEqual([])
      if (file !== undefined) expect(readFileSync(join(host.home, file), 'utf8')).toContain(vendorKey)
    },
  )
})

/** What a shell that is started now finds: what our file of variables sets. */
function inNewShell(host: Host): Host {
  const path = join(host.home, '.config/qcode-setup/env.sh')
  try {
    const lines = readFileSync(path, 'utf8').matchAll(/^export (\w+)='(.*)'$/gm)
    return {
      ...host,
      env: { ...host.env, ...Object.fromEntries([...lines].map(([, name, value]) => [name, value])) },
    }
  } catch {
    return host
  }
}
