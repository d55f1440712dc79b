import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, it } from 'vitest'
import { runInProcess } from '../../support/run-in-process.ts'
import { makeSituation } from '../doctor/doctor-home.ts'

const url = 'https://eu.qcode.cc'
const provider = (baseURL: string) => JSON.stringify({ provider: { anthropic: { options: { baseURL } } } })
const variables = (ANTHROPIC_BASE_URL: string) => JSON.stringify({ env: { ANTHROPIC_BASE_URL } })

/** Files that clients read beside those that setup writes: what stands in them, and the base URL that is right there. */
const files: readonly (readonly [path: string, text: (url: string) => string, right: string])[] = [
  ['project/.claude/settings.json', variables, `${url}/api`],
  ['.config/opencode/opencode.json', provider, `${url}/api/v1`],
  ['.opencode/opencode.jsonc', (base) => `// mine\n${provider(base)}\n`, `${url}/api/v1`],
  ['project/opencode.json', provider, `${url}/api/v1`],
  ['.config/kilo/kilo.json', provider, `${url}/api/v1`],
  ['project/.qwen/settings.json', variables, `${url}/api`],
  ['project/.qwen/.env', (base) => `ANTHROPIC_BASE_URL=${base}\r\n`, `${url}/api`],
  [
    'project/.codex/config.toml',
    (base) => `[model_providers.own]\nname = "own"\nbase_url = "${base}"\n`,
    `${url}/openai`,
  ],
  [
    'project/.vibe/config.toml',
    (base) => `[[providers]]\nname = "qcode"\napi_base = "${base}"\n`,
    `${url}/api`,
  ],
]

it.each(files)('given a wrong base URL in %s, then lint finds and corrects it', async (path, text, right) => {
  const host = makeSituation({ files: { [path]: text(`${url}/v2`) } })
  expect((await runInProcess('lint', host)).exit).toBe(3)
  const mended = await runInProcess('lint --fix --yes', host)
  expect(mended.exit, mended.text).toBe(0)
  expect(readFileSync(join(host.home, path), 'utf8')).toBe(text(right))
})
