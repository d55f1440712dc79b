import { execFileSync } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { parse as parseDotenv } from 'dotenv'
import { parse as parseToml } from 'smol-toml'
import { describe, expect, it } from 'vitest'
import { parse as parseYaml } from 'yaml'
import { readTree } from '../../support/home-tree.ts'
import { makeHome, type Ran, runProgram, sampleKey } from '../../support/run-program.ts'

const origins = {
  global: 'https://api.qcode.cc',
  us: 'https://us.qcode.cc',
  eu: 'https://eu.qcode.cc',
  asia: 'https://asia.qcode.cc',
  china: 'http://103.236.53.153',
}

interface Expected {
  readonly prefix: string
  /** Every base URL in the files of the tool, each read by a parser that the program does not edit with. */
  readonly read: (home: string) => unknown[]
  readonly keyFile: string
}

const tools: Readonly<Record<string, Expected>> = {
  'claude-code': {
    prefix: '/api',
    read: (home) => [dig(readJson(home, '.claude/settings.json'), 'env', 'ANTHROPIC_BASE_URL')],
    keyFile: '.claude/settings.json',
  },
  'claude-agent-sdk': {
    prefix: '/api',
    read: (home) => readVariables(home, 'ANTHROPIC_BASE_URL'),
    keyFile: '.config/qcode-setup/env.sh',
  },
  aider: {
    prefix: '/api',
    read: (home) => {
      const envFile = parseYaml(readText(home, '.aider.conf.yml'))['env-file']
      return [parseDotenv(readFileSync(envFile)).ANTHROPIC_API_BASE]
    },
    keyFile: '.config/qcode-setup/aider.env',
  },
  codex: {
    prefix: '/openai',
    read: (home) => {
      const config = parseToml(readText(home, '.codex/config.toml'))
      return [dig(config, 'model_providers', String(config.model_provider), 'base_url')]
    },
    keyFile: '.codex/.env',
  },
  cline: {
    prefix: '/api/v1',
    read: (home) => {
      const file = readJson(home, '.cline/data/settings/providers.json')
      return [dig(file, 'providers', String(dig(file, 'lastUsedProvider')), 'settings', 'baseUrl')]
    },
    keyFile: '.cline/data/settings/providers.json',
  },
  'openai-sdk': {
    prefix: '/openai/v1',
    read: (home) => readVariables(home, 'OPENAI_BASE_URL'),
    keyFile: '.config/qcode-setup/env.sh',
  },
  langchain: {
    prefix: '/openai/v1',
    read: (home) => readVariables(home, 'OPENAI_BASE_URL', 'OPENAI_API_BASE'),
    keyFile: '.config/qcode-setup/env.sh',
  },
}

const cases = Object.entries(tools).flatMap(([tool, expected]) =>
  Object.entries(origins).map(([region, origin]) => ({ tool, region, origin, ...expected })),
)

describe.concurrent('every tool in every region, in an empty home', () => {
  it.each(cases)('$tool $region', async ({ tool, region, origin, prefix, read, keyFile }) => {
    const { home, drop } = makeHome()
    try {
      const first = await setUp(tool, region, home)
      expect(first.exit, first.stderr).toBe(0)
      const baseUrls = read(home)
      expect(baseUrls).toEqual(baseUrls.map(() => origin + prefix))
      expectDocument(first, { tool, region, origin, baseUrl: origin + prefix })
      expect(first.stderr.includes('unencrypted')).toBe(region === 'china')

      const tree = readTree(home)
      const holders = Object.entries(tree).filter(([, { bytes }]) => bytes?.includes(sampleKey))
      expect(holders.map(([path, { mode }]) => [path, mode])).toEqual([[keyFile, 0o600]])

      const second = await setUp(tool, region, home)
      expect(second.exit).toBe(0)
      expect(JSON.parse(second.stdout)).toMatchObject({ changed: false, run: null })
      expect(readTree(home)).toEqual(tree)
    } finally {
      drop()
    }
  })
})

function setUp(tool: string, region: string, home: string): Promise<Ran> {
  const flags = ['--key-file', '-', '--yes', '--no-check', '--json']
  return runProgram(['--tool', tool, '--region', region, ...flags], { home, input: `${sampleKey}\n` })
}

function expectDocument(
  { stdout, stderr }: Ran,
  { tool, region, origin, baseUrl }: Readonly<Record<'tool' | 'region' | 'origin' | 'baseUrl', string>>,
): void {
  const document = JSON.parse(stdout)
  expect(document).toMatchObject({ version: 1, command: 'setup', changed: true, region, gateway: origin })
  expect(document.run).toMatch(/^\d{8}T\d{6}Z-[0-9a-f]+$/)
  expect(document.warnings.map(({ id }: { id: string }) => id)).toEqual(
    region === 'china' ? ['plain-http'] : [],
  )
  expect(document.edits).not.toEqual([])
  for (const edit of document.edits) {
    expect(edit).toEqual({
      tool,
      path: expect.stringMatching(/^\//),
      action: 'create',
      baseUrl,
      keyStore: 'file',
      changes: expect.arrayContaining([expect.objectContaining({ kind: 'created' })]),
    })
  }
  expect(stdout + stderr).not.toContain(sampleKey)
}

function readText(home: string, path: string): string {
  return readFileSync(join(home, path), 'utf8')
}

function readJson(home: string, path: string): unknown {
  return JSON.parse(readText(home, path))
}

/** The value at a path of keys. */
function dig(data: unknown, ...keys: readonly string[]): unknown {
  return keys.reduce((at, key) => (at as Record<string, unknown> | undefined)?.[key], data)
}

/** The values that a real shell has after it read the file of variables. */
function readVariables(home: string, ...names: readonly string[]): string[] {
  const script = `. "$1"; printf '%s\\n' ${names.map((name) => `"$${name}"`).join(' ')}`
  const file = join(home, '.config/qcode-setup/env.sh')
  return execFileSync('sh', ['-c', script, 'sh', file], { encoding: 'utf8' }).trimEnd().split('\n')
}
