import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import type { Host } from '../../../src/host/host.ts'
import { runInProcess } from '../../support/run-in-process.ts'
import { createTestHost } from '../../support/test-host.ts'
import { examine, makeSituation } from '../doctor/doctor-home.ts'

const url = 'https://old.example.com/v1'
const key = `sk-proj-${'oldoldold'.repeat(4)}`

/** Tools of variables, and what a terminal has of them that was opened before. */
const before: readonly (readonly [tool: string, variables: Readonly<Record<string, string>>])[] = [
  ['openai-sdk', { OPENAI_BASE_URL: url }],
  ['openai-sdk', { OPENAI_BASE_URL: url, OPENAI_API_KEY: key }],
  ['claude-agent-sdk', { ANTHROPIC_BASE_URL: url, ANTHROPIC_API_KEY: key }],
  ['litellm', { OPENAI_API_BASE: url, ANTHROPIC_API_BASE: url }],
  ['copilot', { COPILOT_PROVIDER_BASE_URL: url }],
  ['copilot', { COPILOT_PROVIDER_API_KEY: key }],
  ['copilot', { COPILOT_PROVIDER_TYPE: 'openai' }],
]

/** The same home, as a terminal sees it that has these variables besides. */
const terminal = (host: Host, variables: Readonly<Record<string, string>>): Host =>
  createTestHost(host.home, { ...host, env: { ...host.env, ...variables } })

/** As a terminal sees it that is opened now. */
function newTerminal(host: Host): Host {
  const text = readFileSync(join(host.home, '.config/qcode-setup/env.sh'), 'utf8')
  const lines = [...text.matchAll(/^export (\w+)='(.*)'$/gm)]
  return terminal(host, Object.fromEntries(lines.map(([, name = '', value = '']) => [name, value])))
}

const setUp = (tool: string, more = '') => `setup --tool ${tool}${more} --key-file - --yes --no-check`
const errorsOf = async (host: Host) =>
  (await examine(host)).findings.filter(({ level }) => level === 'error').map(({ id }) => id)

describe('a terminal that was opened before the variables were written', () => {
  it.each(
    before.flatMap(([tool, variables]) => [true, false].map((isLine) => ({ tool, variables, isLine }))),
  )(
    'with $variables, set by a line of .bashrc: $isLine, is told of by setup of $tool, and doctor blames nothing else',
    async ({ tool, variables, isLine }) => {
      const lines = Object.entries(variables).map(([name, value]) => `export ${name}=${value}\n`)
      const files = { '.bashrc': isLine ? lines.join('') : 'alias x=y\n' }
      const host = makeSituation({ files, env: { SHELL: '/bin/bash', ...variables } })
      const ended = await runInProcess(setUp(tool), host)
      expect(ended.exit, ended.text).toBe(0)
      const { findings } = await examine(host)
      const wrong = findings.filter(({ level }) => level === 'error')
      if (wrong.length > 0) expect(ended.text).toContain('Until you open a new terminal: ')
      for (const { message } of wrong)
        expect(Object.keys(variables).some((name) => String(message).includes(name))).toBe(true)
      expect(findings.filter(({ id }) => /^key-to-|-without-|clash/.test(id))).toEqual([])
      expect(String(findings.map(({ hint }) => hint))).not.toMatch(/Remove \w+ from \S+env\.sh|--on-conflict/)
      expect(await errorsOf(newTerminal(host))).toEqual([])
    },
  )

  it.each(['openai-sdk', 'claude-agent-sdk', 'llm'])(
    'with what setup of %s wrote first, has a new terminal as the way out after another region and another key',
    async (tool) => {
      const host = makeSituation({ env: { SHELL: '/bin/bash' } })
      expect((await runInProcess(setUp(tool, ' --region eu'), host)).exit).toBe(0)
      const old = newTerminal(host)
      expect((await runInProcess('switch us --yes --no-check', old)).exit).toBe(0)
      const { findings } = await examine(old)
      const told = findings.filter(({ level }) => level === 'warning' || level === 'error')
      expect(told.map(({ id }) => id)).toContain('base-url-overridden')
      expect(new Set(told.map(({ hint }) => String(hint)))).toEqual(new Set(['Open a new terminal.']))
      expect((await examine(newTerminal(host))).findings.filter(({ level }) => level === 'warning')).toEqual(
        [],
      )
    },
  )
})
