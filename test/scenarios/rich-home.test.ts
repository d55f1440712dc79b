import { chmodSync, mkdirSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { type HomeTree, readTree, usersPart } from '../support/home-tree.ts'
import { makeHome, runProgram, sampleKey, setUp } from '../support/run-program.ts'

const bom = '\uFEFF'
const crlf = (text: string) => text.replaceAll('\n', '\r\n')

/** Files by path: their bytes, their modes, and the lines that a setup has to replace. */
const files: Readonly<Record<string, { text: string; mode: number; replaced?: readonly string[] }>> = {
  'dotfiles/codex/config.toml': {
    mode: 0o640,
    text:
      bom +
      crlf(`# Codex, as I like it
model = "gpt-5"                # the big one
model_provider = 'azure'       # at work
approval_policy = "on-request"
notify = [
  "notify-send",  # two words
  "Codex",
]

[model_providers.azure]   # ours
name = "Azure"
base_url = "https://mine.openai.azure.com/openai"
query_params = { api-version = "2025-04-01" }

["projects"."/home/me/a \\"b\\""]
trust_level = "trusted"

[[hooks]]
run = """
  two lines
"""
`),
    replaced: ["model_provider = 'azure'       # at work"],
  },
  '.codex/.env': {
    mode: 0o600,
    text: '# keys for Codex\n\nexport GITHUB_TOKEN="ghp_mine # not a comment"\nQCODE_API_KEY=cr_old\nEMPTY=\n',
    replaced: ['QCODE_API_KEY=cr_old'],
  },
  'dotfiles/claude/settings.json': {
    mode: 0o600,
    text: crlf(`{
\t"$schema": "https://json.schemastore.org/claude-code-settings.json",
\t"permissions": { "allow": ["Bash(git:*)"],   "deny": [] },
\t"env": {
\t\t"ANTHROPIC_BASE_URL": "https://old.example.com/",
\t\t"BIG": 12345678901234567890, "TINY": 1.0e-7
\t},

\t"hooks": {}
}`),
    replaced: ['\t\t"ANTHROPIC_BASE_URL": "https://old.example.com/",'],
  },
  '.cline/data/settings/providers.json': {
    mode: 0o600,
    text: `{
    "version": 1,
    "lastUsedProvider": "openrouter",
    "modes": { "plan": "openrouter" },
    "providers": {
        "openrouter": {
            "settings": { "provider": "openrouter", "apiKey": "or-mine", "reasoning": {"effort": "high"} },
            "updatedAt": "2026-01-01T00:00:00.000Z", "tokenSource": "manual"
        }
    }
}
`,
    replaced: ['    "lastUsedProvider": "openrouter",'],
  },
  'dotfiles/aider.yml': {
    mode: 0o644,
    text: crlf(`# Aider
model: sonnet   # by default
read: [CONVENTIONS.md, "my notes.md"]

alias:
  - "fast:haiku"
  # one more
  - 'slow:opus'
commit-prompt: |
  Write a short
  message.
`),
  },
  '.bashrc': {
    mode: 0o640,
    text: "# my bashrc\nalias ll='ls -l'\nexport EDITOR=vi\nif [ -f /etc/bash_completion ]; then\n  . /etc/bash_completion\nfi",
  },
  'dotfiles/profile': { mode: 0o755, text: crlf('# login\numask 022\n. "$HOME/.bashrc"\n') },
}

const links: Readonly<Record<string, string>> = {
  '.codex/config.toml': '../dotfiles/codex/config.toml',
  '.claude': 'dotfiles/claude-now',
  'dotfiles/claude-now': 'claude',
  '.aider.conf.yml': '.aider-link.yml',
  '.aider-link.yml': 'dotfiles/aider.yml',
  '.profile': 'dotfiles/profile',
}

const run = (home: string, ...args: readonly string[]) => runProgram([...args, '--yes', '--json'], { home })

describe('a home with rich, commented, linked, CRLF and BOM files for every tool', () => {
  it('is set up without a loss, and comes back by undo', () =>
    inRichHome(async (home) => {
      const start = readTree(home)
      const ran = await setUp(['all'], { home }, '--json')
      expect(ran.exit, ran.stderr).toBe(0)
      const after = readTree(home)
      for (const [path, file] of Object.entries(files)) {
        expect(lostLines(file.text, readFileSync(join(home, path), 'utf8')), path).toEqual(
          file.replaced ?? [],
        )
        expect(after[path]?.mode, path).toBe(file.mode)
      }
      for (const [path, target] of Object.entries(links))
        expect(after[path]).toMatchObject({ kind: 'link', target })
      expect(lineEnds(after, 'dotfiles/codex/config.toml')).toEqual(['\r\n'])
      expect(lineEnds(after, 'dotfiles/claude/settings.json')).toEqual(['\r\n'])
      expect(lineEnds(after, 'dotfiles/aider.yml')).toEqual(['\r\n'])
      expect(lineEnds(after, 'dotfiles/profile')).toEqual(['\r\n'])
      expect(after['dotfiles/codex/config.toml']?.bytes).toMatch(/^\u00EF\u00BB\u00BF# Codex/)

      const again = await setUp(['all'], { home }, '--json')
      expect(JSON.parse(again.stdout).changed).toBe(false)
      expect(readTree(home)).toEqual(after)

      expect((await run(home, 'undo')).exit).toBe(0)
      expect(usersPart(readTree(home))).toEqual(usersPart(start))
    }))

  it('holds nothing of ours after a switch and a removal, and what was replaced is back', () =>
    inRichHome(async (home) => {
      const start = usersPart(readTree(home))
      expect((await setUp(['all'], { home })).exit).toBe(0)
      expect((await run(home, 'switch', 'china', '--no-check')).exit).toBe(0)
      const removed = await run(home, 'remove')
      expect(removed.exit, removed.stderr).toBe(0)
      const after = usersPart(readTree(home))
      expect(withoutQuotes(after)).toEqual(withoutQuotes(start))
      for (const [path, { bytes = '' }] of Object.entries(after)) {
        expect(bytes.replace('QCODE_API_KEY=cr_old', ''), path).not.toMatch(/qcode|cr_|103\.236\.53\.153/i)
        expect(bytes).not.toContain(sampleKey)
      }
    }))

  it('gets one tool taken out after the other in any order', () =>
    inRichHome(async (home) => {
      const start = usersPart(readTree(home))
      expect((await setUp(['all'], { home })).exit).toBe(0)
      for (const tool of [
        'langchain',
        'codex',
        'claude-agent-sdk',
        'aider',
        'openai-sdk',
        'cline',
        'claude-code',
      ]) {
        const removed = await run(home, 'remove', '--tool', tool)
        expect(removed.exit, removed.stderr).toBe(0)
      }
      expect(withoutQuotes(usersPart(readTree(home)))).toEqual(withoutQuotes(start))
    }))
})

async function inRichHome(work: (home: string) => Promise<void>): Promise<void> {
  const { home, drop } = makeHome()
  for (const [path, { text, mode }] of Object.entries(files)) {
    mkdirSync(dirname(join(home, path)), { recursive: true })
    writeFileSync(join(home, path), text)
    chmodSync(join(home, path), mode)
  }
  for (const [path, target] of Object.entries(links)) symlinkSync(target, join(home, path))
  await work(home).finally(drop)
}

/** A value that is given back may be spelled with other quotes than before. */
function withoutQuotes(tree: HomeTree): HomeTree {
  const entries = Object.entries(tree).map(([path, leaf]) => [
    path,
    { ...leaf, bytes: leaf.bytes?.replace(/["']/g, '') },
  ])
  return Object.fromEntries(entries)
}

/** The lines of the old text that are not, in their order, in the new one, where something may follow on the line. */
function lostLines(before: string, after: string): string[] {
  const lines = after.split(/\r?\n/)
  let at = 0
  return before.split(/\r?\n/).filter((line) => {
    const found = lines.findIndex((other, index) => index >= at && goesOn(other, line))
    if (found >= 0) at = found + 1
    return found < 0
  })
}

function goesOn(line: string, start: string): boolean {
  return start.trim() === '' ? line === start : line.startsWith(start)
}

function lineEnds(tree: HomeTree, path: string): string[] {
  return [...new Set(tree[path]?.bytes?.match(/\r?\n/g))]
}
