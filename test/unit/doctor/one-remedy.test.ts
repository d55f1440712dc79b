import { expect, it } from 'vitest'
import { reportDoctor } from '../../../src/ui/report-doctor.ts'
import { runInProcess } from '../../support/run-in-process.ts'
import { textsFor } from '../../support/test-host.ts'
import { claude, ready, settings } from './base-url-table.ts'
import { examine, makeSituation } from './doctor-home.ts'
import { gatewayKey } from './trap-table.ts'

const codexTable = (base: string) =>
  `model_provider = "own"\n[model_providers.own]\nname = "own"\nbase_url = "${base}"\nenv_key = "QCODE_API_KEY"\n`
const codexEnv = { '.codex/.env': `QCODE_API_KEY=${gatewayKey}\n` }

/** Homes with a base URL that leads to a 404: what the client requests, shows, has, and should have. */
const notFound = [
  [
    'claude-code',
    { [settings]: claude({ ...ready, ANTHROPIC_BASE_URL: 'https://eu.qcode.cc/api/v1' }) },
    '/api/v1/v1/messages',
    "There's an issue with the selected model",
    'https://eu.qcode.cc/api/v1',
    'https://eu.qcode.cc/api',
  ],
  [
    'claude-code',
    { [settings]: claude({ ...ready, ANTHROPIC_BASE_URL: 'https://us.qcode.cc' }) },
    '/v1/messages',
    "There's an issue with the selected model",
    'https://us.qcode.cc',
    'https://us.qcode.cc/api',
  ],
  [
    'codex',
    { '.codex/config.toml': codexTable('https://asia.qcode.cc/api'), ...codexEnv },
    '/api/responses',
    'unexpected status 404 Not Found',
    'https://asia.qcode.cc/api',
    'https://asia.qcode.cc/openai',
  ],
] as const

it.each(notFound)(
  'given %s with a wrong path, when doctor looks, then it says 404, what the client shows, both values and one command',
  async (tool, files, path, shows, wrong, right) => {
    const host = makeSituation({ files })
    const { findings } = await examine(host)
    const found = findings.filter((finding) => finding.tool === tool && finding.level === 'error')
    expect(found).toHaveLength(1)
    expect(String(found[0]?.message)).toContain(`requests ${path}, which the gateway doesn't have (404)`)
    expect(found[0]).toMatchObject({
      shows: expect.stringContaining(shows),
      values: { wrong, right },
      hint: 'qcode-setup lint --fix',
    })
    const mended = await runInProcess('lint --fix --yes', host)
    expect(mended.exit, mended.text).toBe(0)
    expect((await examine(host)).findings.filter(({ level }) => level === 'error')).toEqual([])
  },
)

const broken = { ...ready, ANTHROPIC_AUTH_TOKEN: undefined, ANTHROPIC_BASE_URL: 'https://eu.qcode.cc/api' }

/** How a tool was set up, what then happens to it, and the command that sets it up again. */
const setUpAgain = [
  ['--region eu', { [settings]: claude(broken) }, 'no-key', '--region eu'],
  ['--region us', { [settings]: '{}' }, 'base-url-missing', '--region us'],
  [
    '--gateway http://127.0.0.1:9 --allow-http',
    { [settings]: '{}' },
    'base-url-missing',
    '--gateway http://127.0.0.1:9',
  ],
  [
    '--region asia --model claude-opus-5-5',
    { [settings]: '{}' },
    'base-url-missing',
    '--region asia --model',
  ],
] as const

it.each(setUpAgain)(
  'given a set-up with %s, when its settings are gone, then the command of doctor leads there again',
  async (flags, files, id, expected) => {
    const host = makeSituation({})
    const line = `setup --tool claude-code ${flags} --key-file - --yes --no-check`
    expect((await runInProcess(line, host)).exit).toBe(0)
    const { writeFileSync } = await import('node:fs')
    for (const [path, text] of Object.entries(files)) writeFileSync(`${host.home}/${path}`, text)
    const { findings } = await examine(host)
    const hint = findings.find((finding) => finding.id === id)?.hint
    expect(String(hint)).toContain(`qcode-setup --tool claude-code ${expected}`)
  },
)

it('given a tool that is not set up, when others are set up for one region, then its command names that region', async () => {
  const host = makeSituation({
    programs: { claude: { package: '@anthropic-ai/claude-code', version: '2.1.330' } },
  })
  const line = 'setup --tool codex --region eu --key-file - --yes --no-check'
  expect((await runInProcess(line, host)).exit).toBe(0)
  const { findings } = await examine(host)
  const missing = findings.find(({ id, tool }) => id === 'base-url-missing' && tool === 'claude-code')
  expect(missing).toMatchObject({ hint: 'qcode-setup --tool claude-code --region eu' })
})

it.each(['en_US.UTF-8', 'zh_CN.UTF-8'])(
  'given tools in use and others, when doctor reports in %s, then the others are one line at the end',
  async (lang) => {
    const host = makeSituation({
      files: { [settings]: claude(ready) },
      programs: { codex: { package: '@openai/codex', version: '0.169.0' } },
    })
    const { findings, tools, summary } = await examine(host)
    const absent = ['Aider', 'Cline']
    const page = { ...host, texts: textsFor({ LANG: lang }) }
    const { report } = reportDoctor({ findings, tools, summary: summary as never, absent }, page)
    const [first = '', ...rest] = report.split('\n\n')
    expect(first).toMatch(/^✔ Claude Code/)
    expect(rest.at(-2)).toMatch(
      lang.startsWith('zh')
        ? /^未设置：Codex CLI。未安装：Aider、Cline。$/
        : /^Not configured: Codex CLI\. Not installed: Aider, Cline\.$/,
    )
    expect(rest.slice(0, -2).join('\n')).not.toContain('Codex')
  },
)
