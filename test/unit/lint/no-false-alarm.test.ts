import { existsSync, readdirSync, readFileSync, statSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { Origin } from '../../../src/gateway/origin.ts'
import { printFormats, printTool } from '../../../src/plan/print-tool.ts'
import { completeChoice } from '../../../src/request/choose-tools.ts'
import { Secret } from '../../../src/secrets/secret.ts'
import { projectFolder, testCatalog } from '../../support/test-catalog.ts'
import { ledgerOf, lintHost, placesAt } from './lint-at.ts'

const templates = join(projectFolder, 'templates')
const written = testCatalog.tools.flatMap(({ id }) => {
  const cases = join(templates, id, 'cases')
  return readdirSync(cases).flatMap((name) => filesBelow(join(cases, name, 'after'), name))
})

function filesBelow(folder: string, name: string): { file: string; name: string; path: string }[] {
  if (!existsSync(folder)) return []
  const files = readdirSync(folder, { recursive: true, encoding: 'utf8' })
  return files
    .filter((file) => statSync(join(folder, file)).isFile())
    .map((file) => ({ file: join(folder, file), name, path: join('/HOME', file) }))
}

const endings: Readonly<Record<string, string>> = {
  sh: 'sh',
  fish: 'fish',
  powershell: 'ps1',
  cmd: 'cmd',
  dotenv: 'env',
  python: 'py',
  typescript: 'ts',
}

describe('what this program writes and prints', () => {
  it('is there to be looked at', () => {
    expect(written.length).toBeGreaterThan(10)
  })

  it.each(written)('$name/$path has no problem', async ({ file, path }) => {
    expect(await placesAt(path, readFileSync(file, 'utf8'))).toEqual([])
  })

  it.each(testCatalog.tools)('prints nothing wrong for $id', async (tool) => {
    for (const region of testCatalog.gateway.regions) {
      const input = { values: {}, switches: new Set<string>(), positionals: [] }
      const choice = await completeChoice(tool, Origin.ofRegion(region), input, testCatalog, lintHost)
      const key = new Secret('cr_YOUR_KEY')
      const context = { gateway: testCatalog.gateway, host: lintHost, key, now: lintHost.now() }
      for (const format of printFormats(choice, context)) {
        const { text, files } = await printTool(choice, format, context)
        const path = files[0]?.path ?? `/x/file.${endings[format] ?? format}`
        expect(await placesAt(path, text), `${format} ${region.id}`).toEqual([])
      }
    }
  })
})

describe.each([
  ['a call of its own', '/x/a.ts', "await fetch('https://api.qcode.cc/api/v1/messages', { method: 'POST' })"],
  [
    'a call on the next line',
    '/x/a.py',
    'httpx.post(\n    "https://api.qcode.cc/openai/v1/chat/completions",\n)',
  ],
  ['a call in a shell', '/x/a.sh', 'curl -s https://api.qcode.cc/api/v1/models -H "x-api-key: $K"'],
  [
    'a call beside a client',
    '/x/a.py',
    'c = OpenAI()\nrequests.post("https://api.qcode.cc/api/v1/messages")',
  ],
  ['a URL that goes on', '/x/a.ts', 'const u = `https://api.qcode.cc$' + '{path}`'],
  ['a URL that is added to', '/x/a.ts', 'const u = "https://api.qcode.cc" + path'],
  ['a template', '/x/a.py', 'u = "https://api.qcode.cc/{}".format(p)'],
  ['a comment', '/x/a.py', 'x = 1  # base_url="https://api.qcode.cc/"'],
  ['a comment line', '/x/.env', '# ANTHROPIC_BASE_URL=https://api.qcode.cc/api/'],
  ['a comment block', '/x/a.ts', '/**\n * baseURL: "https://api.qcode.cc/"\n */'],
  ['a comment in a shell', '/x/run.sh', 'true # export ANTHROPIC_BASE_URL="https://api.qcode.cc/"'],
  ['a list of addresses', '/x/hosts.yaml', 'hosts:\n  - https://api.qcode.cc\n'],
  ['an origin', '/x/gateway.toml', 'origin = "https://api.qcode.cc"'],
  ['a page', '/x/a.yaml', 'docs: https://docs.qcode.cc/start'],
  ['a page without a name', '/x/a.md', 'See https://qcode.cc for keys.'],
  ['another vendor', '/x/.env', 'OPENAI_BASE_URL=https://openrouter.ai/api/v1/\nANTHROPIC_BASE_URL=$X'],
  ['another address', '/x/.env', 'OPENAI_BASE_URL=http://127.0.0.1:1234/v1/'],
  ['an empty variable of an example', '/x/.env.example', 'ANTHROPIC_BASE_URL=\n'],
  ['a variable that is passed on', '/x/compose.yaml', 'environment:\n  OPENAI_BASE_URL:\n'],
  ['a default of code', '/x/a.py', 'os.environ.get("OPENAI_BASE_URL", "")'],
  ['an empty key of another provider', '/HOME/.codex/config.toml', '[model_providers.b]\nbase_url = ""\n'],
  ['a URL for one client of the file', '/x/a.ts', bothClients("const PLACE = 'https://api.qcode.cc/api'")],
  ['a whole route without a name', '/x/urls.yaml', '- https://api.qcode.cc/api/v1/messages'],
  ['a URL that some client can use', '/x/x.json', '{"base_url": "https://api.qcode.cc/openai"}'],
  ['the second base of Codex', '/HOME/.codex/config.toml', codex('https://eu.qcode.cc/openai/v1')],
])('%s', (_, path, text) => {
  it(`is no problem in ${path}`, async () => {
    expect(await placesAt(path, text)).toEqual([])
  })
})

describe('the texts and the source of this project', () => {
  const names = [
    'README.md',
    'templates/gateway.toml',
    'src/gateway/judge-base-url.ts',
    'src/checks/lint/lint-text.ts',
  ]

  it.each(names)('%s has no problem', async (name) => {
    expect(await placesAt(`/x/${name}`, readFileSync(join(projectFolder, name), 'utf8'))).toEqual([])
  })
})

describe('a relay of the user', () => {
  const setup = {
    tool: 'codex',
    region: 'custom',
    gateway: 'https://relay.example.com',
    scope: 'user',
    method: 'file',
    variant: 'openai',
  }

  it('is judged once a tool is set up for it', async () => {
    const text = codex('https://relay.example.com/openai/')
    expect(await placesAt('/HOME/.codex/config.toml', text)).toEqual([])
    expect(await placesAt('/HOME/.codex/config.toml', text, ledgerOf(setup))).toEqual(['2:13 trailing-slash'])
    const right = codex('https://relay.example.com/openai')
    expect(await placesAt('/HOME/.codex/config.toml', right, ledgerOf(setup))).toEqual([])
  })
})

function codex(url: string): string {
  return `[model_providers.qcode]\nbase_url = "${url}"\nwire_api = "responses"\n`
}

function bothClients(line: string): string {
  return `import Anthropic from '@anthropic-ai/sdk'\nimport OpenAI from 'openai'\n\n${line}\n`
}
