import { describe, expect, it } from 'vitest'
import type { Host } from '../../../src/host/host.ts'
import { type HomeTree, readTree, usersPart } from '../../support/home-tree.ts'
import { runInProcess } from '../../support/run-in-process.ts'
import { testCatalog } from '../../support/test-catalog.ts'
import { createTestHost } from '../../support/test-host.ts'
import { makeSituation, type Situation } from '../../unit/doctor/doctor-home.ts'
import { gatewayKey } from '../../unit/doctor/trap-table.ts'

/** What this program itself reads, by its own code and by that of Node.js. */
const own = [
  'XDG_CONFIG_HOME XDG_STATE_HOME XDG_DATA_HOME XDG_CACHE_HOME LOCALAPPDATA APPDATA ZDOTDIR SHELL VIRTUAL_ENV',
  'HTTPS_PROXY HTTP_PROXY ALL_PROXY NO_PROXY https_proxy http_proxy all_proxy no_proxy NODE_EXTRA_CA_CERTS',
  'LANG LC_ALL LC_MESSAGES TERM CI NO_COLOR FORCE_COLOR QCODE_API_KEY SUDO_USER SUDO_UID',
].flatMap((line) => line.split(' '))

/** Every variable that a tool's folder names: of its sources, traps, places and key ways. */
function namedByTools(): string[] {
  const text = JSON.stringify([testCatalog.tools, testCatalog.machine])
  return [...text.matchAll(/"([A-Z][A-Z\d]*(?:_[A-Z\d]+)+)"/g)].map(([, name]) => name ?? '')
}

const variables = [...new Set([...own, ...namedByTools()])].toSorted()

const url = 'https://api.qcode.cc/api'
const claude = { ANTHROPIC_BASE_URL: url, ANTHROPIC_AUTH_TOKEN: gatewayKey }
const home: Situation = {
  files: {
    '.claude/settings.json': JSON.stringify({ env: claude }),
    '.codex/config.toml': 'model = "gpt-5.5"\n',
    '.bashrc': 'alias ll=ls\n',
    'project/requirements.txt': 'openai\nlangchain\nclaude-agent-sdk\n',
  },
  programs: { aider: undefined, opencode: undefined },
}

const key = '--key-file - --yes --no-check'
const commands = {
  'setup of all tools': [`setup --tool all ${key} --on-conflict overwrite`],
  'setup by variables': [
    `setup --tool openai-sdk,langchain,claude-agent-sdk,aider ${key} --on-conflict overwrite`,
  ],
  'setup, then doctor, status, lint': [
    `setup --tool all ${key} --on-conflict overwrite`,
    'doctor --no-check',
    'status',
    'lint',
  ],
  'setup, then switch, key rotate, remove, undo': [
    `setup --tool all ${key} --on-conflict overwrite`,
    'switch eu --yes --no-check',
    `key rotate ${key}`,
    'remove --yes',
    'undo --yes',
  ],
  doctor: ['doctor --no-check'],
  lint: ['lint'],
  'lint --fix': ['lint --fix --yes'],
  print: ['print codex', 'print aider', 'print langchain'],
}

interface Ended {
  readonly said: readonly string[]
  readonly files: HomeTree
}

async function run(lines: readonly string[], env: Readonly<Record<string, string>>): Promise<Ended> {
  const host: Host = makeSituation({ ...home, env: { ...without, ...env } })
  const said: string[] = []
  for (const line of lines) {
    const { exit, text } = await runInProcess(line, createTestHost(host.home, host))
    said.push(`${line}: ${exit} ${text.replaceAll(host.home, 'HOME')}`)
  }
  const tree = Object.entries(usersPart(readTree(host.home)))
  const files = tree.map(([path, leaf]) => [
    path,
    { ...leaf, bytes: leaf.bytes?.replaceAll(host.home, 'HOME') },
  ])
  return { said, files: Object.fromEntries(files) }
}

/** Those of the test's own host are unset as well. */
const without = { SHELL: undefined } as const

/** Set and empty, this one keeps Claude Code from all settings of the user (2.1.330): doctor and setup say so. */
const heard = ['CLAUDE_CONFIG_DIR']
const emptied = (names: readonly string[]) => Object.fromEntries(names.map((name) => [name, '']))
const asText = ({ said, files }: Ended, root: string) =>
  JSON.stringify([said, files]).replaceAll(root, 'HOME')

describe('an empty variable is as good as none', () => {
  const rows = Object.entries(commands).map(([name, lines]) => [name, lines] as const)
  it.each(rows)(
    '%s: given every variable empty, says and writes what it does without them',
    async (_, lines) => {
      const quiet = variables.filter((name) => !heard.includes(name))
      const [unset, empty] = [await run(lines, {}), await run(lines, emptied(quiet))]
      expect(empty.said).toEqual(unset.said)
      expect(asText(empty, '')).toEqual(asText(unset, ''))
    },
  )

  it.each(variables.filter((name) => !heard.includes(name)))(
    'given %s alone empty, doctor and lint say what they say without it',
    async (name) => {
      const lines = ['doctor --no-check', 'lint']
      const [unset, empty] = [await run(lines, {}), await run(lines, emptied([name]))]
      expect(empty.said).toEqual(unset.said)
    },
  )
})
