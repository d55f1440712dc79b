import { mkdirSync, symlinkSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { describe, expect, it } from 'vitest'
import type { Host } from '../../../src/host/host.ts'
import { examine, makeSituation } from './doctor-home.ts'

const key = `cr_${'a'.repeat(64)}`
const claude = JSON.stringify({
  env: { ANTHROPIC_BASE_URL: 'https://api.qcode.cc/api', ANTHROPIC_AUTH_TOKEN: key },
})
const codex =
  'model = "gpt-5.5"\nmodel_provider = "qcode"\n[model_providers.qcode]\nname = "Q"\nbase_url = "https://api.qcode.cc/openai"\nwire_api = "responses"\nenv_key = "QCODE_API_KEY"\n'
const aider = 'ANTHROPIC_API_BASE=https://api.qcode.cc/api\nANTHROPIC_API_KEY=x\n'

/** The user's own file of each tool that also looks for one of that name in a project. */
const rows = [
  {
    tool: 'claude-code',
    folder: '.claude',
    file: 'settings.json',
    text: claude,
    variable: 'CLAUDE_CONFIG_DIR',
  },
  {
    tool: 'claude-agent-sdk',
    folder: '.claude',
    file: 'settings.json',
    text: claude,
    variable: 'CLAUDE_CONFIG_DIR',
  },
  { tool: 'codex', folder: '.codex', file: 'config.toml', text: codex, variable: 'CODEX_HOME' },
  { tool: 'aider', folder: '.', file: '.env', text: aider, variable: undefined },
  {
    tool: 'aider',
    folder: '.',
    file: '.aider.conf.yml',
    text: 'anthropic-api-key: some-key-or-other\n',
    variable: undefined,
  },
]

describe('the user’s own file is not the project’s as well', () => {
  for (const { tool, folder, file, text, variable } of rows) {
    const programs = {
      claude: { package: '@anthropic-ai/claude-code', version: '2.1.330' },
      codex: { package: '@openai/codex', version: '0.130.0' },
      aider: { package: 'aider', version: '0.86.2' },
    }
    const machine = () =>
      makeSituation({
        files: { [join(folder, file)]: text, 'requirements.txt': 'claude-agent-sdk\n' },
        programs,
        cwd: '.',
      })

    it(`${tool}, ${file}: doctor in the home itself`, async () => {
      expect(await levelsOf(machine(), tool, file)).toEqual({ levels: ['user'], ofProject: [] })
    })

    it(`${tool}, ${file}: doctor in a link to the home`, async () => {
      const host = machine()
      symlinkSync(host.home, join(host.home, 'self'))
      const there = { ...host, cwd: join(host.home, 'self') }
      expect(await levelsOf(there, tool, file)).toEqual({ levels: ['user'], ofProject: [] })
    })

    if (variable === undefined) continue
    it(`${tool}, ${file}: ${variable} is in the repository where doctor is typed`, async () => {
      const host = makeSituation({ programs, files: { 'project/requirements.txt': 'claude-agent-sdk\n' } })
      write(join(host.cwd, folder, file), text)
      const there = { ...host, env: { ...host.env, [variable]: join(host.cwd, folder) } }
      expect(await levelsOf(there, tool, file)).toEqual({ levels: ['user'], ofProject: [] })
    })
  }
})

/** The levels at which values of a file of this name count, and the findings about a project. */
async function levelsOf(host: Host, tool: string, file: string) {
  const { tools, findings } = await examine(host)
  const sources = tools
    .filter((row) => row.tool === tool)
    .flatMap(({ baseUrl, key: own, overridden }) => [baseUrl, own, ...overridden])
    .flatMap((row) => (row?.source.file?.endsWith(file) ? [row.source.level] : []))
  const ofProject = findings
    .filter(({ id, message }) => /-project-|\bproject's /i.test(`${id} ${message}`))
    .map(({ id }) => id)
  return { levels: [...new Set(sources)], ofProject }
}

function write(path: string, text: string): void {
  mkdirSync(dirname(path), { recursive: true })
  writeFileSync(path, text, { mode: 0o600 })
}
