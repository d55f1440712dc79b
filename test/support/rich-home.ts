import { chmodSync, existsSync, mkdirSync, symlinkSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { resolvePath, resolvePlaces } from '../../src/catalog/places.ts'
import type { Tool } from '../../src/catalog/tool.ts'
import { testCatalog } from './test-catalog.ts'

const bom = '\uFEFF'
const crlf = (text: string) => text.replaceAll('\n', '\r\n')

/** Files by path: their bytes, their modes, and the lines that a setup has to replace. */
export const richFiles: Readonly<
  Record<string, { text: string; mode: number; replaced?: readonly string[] }>
> = {
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

[[notes]]
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

/** Symbolic links by path, and where they lead. */
export const richLinks: Readonly<Record<string, string>> = {
  '.codex/config.toml': '../dotfiles/codex/config.toml',
  '.claude': 'dotfiles/claude-now',
  'dotfiles/claude-now': 'claude',
  '.aider.conf.yml': '.aider-link.yml',
  '.aider-link.yml': 'dotfiles/aider.yml',
  '.profile': 'dotfiles/profile',
}

/** Fills a home with commented, linked, CRLF and BOM files of every tool. */
export function fillRichHome(home: string): void {
  for (const [path, { text, mode }] of Object.entries(richFiles)) {
    mkdirSync(dirname(join(home, path)), { recursive: true })
    writeFileSync(join(home, path), text)
    chmodSync(join(home, path), mode)
  }
  for (const [path, target] of Object.entries(richLinks)) symlinkSync(target, join(home, path))
  for (const { path, text } of testCatalog.tools.flatMap((tool) => otherFiles(tool, home))) {
    mkdirSync(dirname(path), { recursive: true })
    writeFileSync(path, text)
  }
}

const almostNothing: Readonly<Record<string, string>> = {
  toml: '# mine\r\n',
  yaml: '# mine\r\n',
  dotenv: '# mine\r\n',
  json: '{\r\n}',
  jsonc: '{ // mine\r\n}',
}

/** The user's files of a tool of which there is none above: with next to nothing in them. */
function otherFiles({ places, targets }: Tool, home: string): { path: string; text: string }[] {
  const found = resolvePlaces(places, { env: {}, home, cwd: home, platform: 'linux' })
  const files = targets
    .filter(({ scope, path }) => scope === 'user' && !path.startsWith('{{ config }}'))
    .map(({ path, format }) => ({ path: resolvePath(path, found), text: almostNothing[format] ?? '' }))
  return files.some(({ path }) => existsSync(path)) ? [] : files
}
